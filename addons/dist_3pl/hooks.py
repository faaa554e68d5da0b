"""What is done once, when the addon is installed."""

#: UN/ECE Recommendation 20 codes of the units that Odoo brings along.
UNIT_CODES = {
    "uom.product_uom_unit": "EA",
    "uom.product_uom_dozen": "DZN",
    "uom.product_uom_kgm": "KGM",
    "uom.product_uom_gram": "GRM",
    "uom.product_uom_ton": "TNE",
    "uom.product_uom_lb": "LBR",
    "uom.product_uom_oz": "ONZ",
    "uom.product_uom_litre": "LTR",
    "uom.product_uom_meter": "MTR",
    "uom.product_uom_cm": "CMT",
    "uom.product_uom_square_meter": "MTK",
    "uom.product_uom_cubic_meter": "MTQ",
}


def post_init_hook(env):
    """Give Odoo's own units their codes, where nobody gave them one already."""
    for xml_id, code in UNIT_CODES.items():
        uom = env.ref(xml_id, raise_if_not_found=False)
        if uom and not uom.dist_unit_code:
            uom.dist_unit_code = code
