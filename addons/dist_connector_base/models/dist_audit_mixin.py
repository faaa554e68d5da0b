"""Configuration whose changes are put on the audit trail."""

from odoo import api, models


class DistAuditMixin(models.AbstractModel):
    """Records who created, changed or deleted a record, with old and new values.

    ``_audited_fields`` says which fields matter; an addon adds to it with ``super()``.
    What a profile seeds by itself is written with ``dist_no_audit`` in the context:
    the choice of the profile is on record already.
    """

    _name = "dist.audit.mixin"
    _description = "Audited Configuration"

    @api.model
    def _audited_fields(self):
        """Give the names of the fields whose changes are recorded."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._audit("create")
        return records

    def write(self, vals):
        names = sorted(self._audited_fields() & set(vals))
        before = [record._audit_values(names) for record in self]
        result = super().write(vals)
        if not names:
            return result
        for record, old in zip(self, before, strict=True):
            new = record._audit_values(names)
            changed = {
                name: f"{old[name]} → {new[name]}"
                for name in names
                if old[name] != new[name]
            }
            if changed:
                record._audit("change", **changed)
        return result

    def unlink(self):
        self._audit("delete")
        return super().unlink()

    def _audit(self, verb, **detail):
        if self and not self.env.context.get("dist_no_audit"):
            noun = self._name.removeprefix("dist.").replace(".", "_")
            self.env["dist.audit"]._record(f"{noun}.{verb}", self, **detail)

    def _audit_values(self, names):
        """Give the values as an auditor reads them."""
        self.ensure_one()
        record = self.sudo()
        return {
            name: (
                ", ".join(record[name].mapped("display_name"))
                if record._fields[name].relational
                else str(record[name])
            )
            for name in names
        }
