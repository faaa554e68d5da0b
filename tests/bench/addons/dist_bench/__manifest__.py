{
    "name": "Benchmarks of the distribution suite",
    "summary": "What our figures are measured against; never installed by a user",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Distribution Suite maintainers",
    "category": "Hidden",
    "depends": ["dist_3pl"],
    "data": ["security/ir.model.access.csv"],
    "installable": True,
}
