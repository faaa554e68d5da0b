# The core of this addon is plain Python and imports without Odoo. It has no Odoo parts
# yet; when they come, they load only under `odoo.addons`, as in the other addons.
