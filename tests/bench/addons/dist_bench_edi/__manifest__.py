{
    "name": "Benchmarks: the same message through OCA's EDI framework",
    "summary": "What light_messages_edi_core is measured against",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Distribution Suite maintainers",
    "category": "Hidden",
    "depends": ["product", "edi_core_oca", "edi_queue_oca"],
    "data": ["security/ir.model.access.csv"],
    "installable": True,
}
