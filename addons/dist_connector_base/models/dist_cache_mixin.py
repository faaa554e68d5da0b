"""Records of which the server holds a copy in memory."""

from odoo import api, models


class DistCacheMixin(models.AbstractModel):
    """Clears the registry's cache of all workers whenever a record changes.

    For configuration that is read with every message and changed now and then.
    """

    _name = "dist.cache.mixin"
    _description = "Configuration Held in Memory"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
