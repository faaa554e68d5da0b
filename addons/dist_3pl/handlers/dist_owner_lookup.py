"""Whose goods are: the codes by which partners know other owners than us."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError, MappingError


class DistOwnerLookup(models.AbstractModel):
    """Consignment: an owner's code is the reference of its contact.

    A partner's own codes are translated by the code list ``owner`` of its profile. Our
    company's own reference means our goods.
    """

    _name = "dist.owner.lookup"
    _description = "Owners of Goods by Code"

    def _code(self, owner, path):
        """Give the code of an owner; None for our own goods.

        :param owner: contact, or an empty record
        :raises BusinessError: the contact has no reference
        """
        if not owner:
            return None
        if not owner.ref:
            raise BusinessError(
                self.env._("The owner %s has no reference.", owner.display_name),
                path=path,
                next_step=self.env._(
                    "Enter the reference by which the warehouse knows this owner on "
                    "its contact, and request again."
                ),
            )
        return owner.ref

    def _of_move(self, move, path):
        """Give the code of the owner whose goods are reserved; None for ours.

        :raises BusinessError: goods of several owners are, or one without a code
        """
        if not self._used():
            return None
        owners = {line.owner_id for line in move.move_line_ids if line.quantity}
        if len(owners) > 1:
            raise BusinessError(
                self.env._(
                    "Goods of several owners are reserved for %s.",
                    move.product_id.display_name,
                ),
                path=path,
                next_step=self.env._(
                    "Reserve the goods of one owner, or split the delivery."
                ),
            )
        return self._code(next(iter(owners), move.restrict_partner_id), path)

    def _used(self):
        """Say whether Odoo keeps owners at all: the setting *Consignment*."""
        # whoever confirms an order need not be an internal user; the super user is
        return self.env.ref("base.user_root").has_group("stock.group_tracking_owner")

    def _owner(self, company, code, path):
        """Give the owner of a code; an empty record for our own goods.

        :raises MappingError: no contact or several have this reference
        """
        partners = self.env["res.partner"].sudo()
        if not code or code == company.partner_id.ref:
            return partners
        found = partners.search(
            [("ref", "=", code), ("company_id", "in", [False, company.id])]
        )
        if len(found) != 1:
            raise MappingError(
                self.env._("No single contact has the owner's reference %s.", code),
                path=path,
                vocabulary="owner",
                value=code,
                next_step=self.env._(
                    "Give one contact this reference, or map the code to the "
                    "reference of one, then replay."
                ),
            )
        return found
