"""Drop-ship transfers: a supplier ships to the customer, and is asked to."""

from odoo import models


class StockPicking(models.Model):
    # fields and screens of the request itself are in stock_picking.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    def _dist_is_dropship(self):
        """Say whether a supplier ships this to a customer; a return it is not."""
        self.ensure_one()
        # the code and the field come with the app Dropshipping
        return self.picking_type_id.code == "dropship" and self.is_dropship

    def _dist_vendor(self):
        """Give the company that the drop-ship purchase order was sent to."""
        self.ensure_one()
        return self.sudo().purchase_id.partner_id.commercial_partner_id

    def _dist_warehouse_backend(self):
        """Ask the partner through which the vendor drop-ships."""
        if not self._dist_is_dropship():
            return super()._dist_warehouse_backend()
        vendor = self._dist_vendor().with_company(self.company_id)
        return vendor.dist_dropship_backend_id

    def _dist_warehouse_code(self):
        """Name the vendor by its reference; else the operation type by its prefix."""
        if not self._dist_is_dropship():
            return super()._dist_warehouse_code()
        return self._dist_vendor().ref or self.picking_type_id.sequence_code

    def _dist_ship_to(self):
        """Give the customer's address, where the transfer names the vendor."""
        partner = super()._dist_ship_to()
        if not self._dist_is_dropship():
            return partner
        # a person, or a new address of the sale order, may have named the customer
        if partner and partner.commercial_partner_id != self._dist_vendor():
            return partner
        return (
            self.sudo().purchase_id.dest_address_id or self.sale_id.partner_shipping_id
        )

    def _dist_customer_reference(self):
        """Name the sale order, since the request names the purchase order."""
        if not self._dist_is_dropship():
            return super()._dist_customer_reference()
        orders = self.sudo().move_ids.sale_line_id.order_id or self.sudo().sale_id
        return ", ".join(order.client_order_ref or order.name for order in orders)
