{
    "name": "Distribution: Replenishment Planning",
    "summary": "Exchange with an external demand-planning engine (empty for now)",
    "version": "19.0.0.1.0",
    "category": "Inventory/Purchase",
    "license": "LGPL-3",
    "author": "Distribution Suite maintainers",
    "website": "https://github.com/distribution-suite/distribution-suite",
    "depends": ["dist_connector_base", "purchase_stock"],
    "installable": True,
    "development_status": "Alpha",
}
