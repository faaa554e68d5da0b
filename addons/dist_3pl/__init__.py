# The core of this addon is plain Python and must import without Odoo, so the Odoo
# parts load only under `odoo.addons`.
if __name__.startswith("odoo.addons."):
    from . import handlers, models, wizards
    from .hooks import post_init_hook
