{
    "name": "Distribution EDI",
    "summary": "X12 and EDIFACT: reading, checking, acknowledging, writing and mapping "
    "(the core; documents in Odoo come later)",
    "version": "19.0.0.1.0",
    "category": "Inventory/Distribution",
    "license": "LGPL-3",
    "author": "Distribution Suite maintainers",
    "website": "https://github.com/distribution-suite/distribution-suite",
    # Sale, purchase, stock and account join when documents in Odoo come.
    "depends": ["dist_connector_base"],
    "external_dependencies": {"python": ["pydantic", "yaml"]},
    "installable": True,
    "development_status": "Alpha",
}
