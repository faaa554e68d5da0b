"""Where goods go that are not sellable, and where stock goes that is no more."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.errors import MappingError
from odoo.exceptions import ValidationError

#: Stock statuses of canonical documents that are not the warehouse's own stock.
STATUSES = ("quarantine", "damaged", "hold")


class DistPlace(models.Model):
    _name = "dist.place"
    _description = "Place for a Stock Status or Reason"
    _order = "warehouse_id, kind, code"
    _rec_name = "code"

    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="warehouse_id.company_id", store=True)
    kind = fields.Selection(
        [("status", "Stock status"), ("reason", "Reason")],
        "What",
        default="status",
        required=True,
        help="Stock status: goods that are there, but not for sale. Reason: the "
        "counterpart of stock that was lost, found or thrown away.",
    )
    code = fields.Char(
        required=True,
        help="Stock status: quarantine, damaged or hold. Reason: the canonical reason "
        "code of an adjustment, such as damaged, lost, found, expired or cycle_count; "
        "scrap is where returns go that are thrown away.",
    )
    location_id = fields.Many2one(
        "stock.location",
        required=True,
        check_company=True,
        ondelete="restrict",
        domain="[('usage', '=', 'internal' if kind == 'status' else 'inventory')]",
    )

    _code_unique = models.UniqueIndex(
        "(warehouse_id, kind, code)",
        "This status or reason has a place in this warehouse already.",
    )

    @api.constrains("kind", "code", "location_id")
    def _check_location(self):
        for place in self:
            wanted = "internal" if place.kind == "status" else "inventory"
            if place.location_id.usage != wanted:
                raise ValidationError(
                    self.env._(
                        "%(location)s cannot be the place of %(code)s: a stock status "
                        "needs an internal location, a reason an inventory loss "
                        "location.",
                        location=place.location_id.display_name,
                        code=place.code,
                    )
                )
            stock = place.warehouse_id.lot_stock_id
            if place.kind == "status" and place.location_id._child_of(stock):
                raise ValidationError(
                    self.env._(
                        "%(location)s lies in %(stock)s: what is there would be "
                        "promised to customers. Choose a location beside it.",
                        location=place.location_id.display_name,
                        stock=stock.display_name,
                    )
                )
            if place.kind == "status" and place.code not in STATUSES:
                raise ValidationError(
                    self.env._(
                        "%(code)s is no stock status; they are %(statuses)s.",
                        code=place.code,
                        statuses=", ".join(STATUSES),
                    )
                )

    @api.model
    def _of_status(self, warehouse, status, path=""):
        """Give the location of goods in a stock status.

        :param status: canonical stock status; sellable goods lie in the stock location
        :param path: where the status stands in the document, for the error
        :raises MappingError: when the warehouse has no place for the status
        """
        if status == "sellable":
            return warehouse.lot_stock_id
        place = self._find(warehouse, "status", status)
        if not place:
            raise MappingError(
                self.env._(
                    "%(warehouse)s has no place for goods in the status %(status)s.",
                    warehouse=warehouse.name,
                    status=status,
                ),
                path=path,
                vocabulary="stock_status",
                value=status,
                next_step=self.env._(
                    "Name a location for it on the warehouse, in Places at the 3PL, "
                    "and replay the message."
                ),
            )
        return place.location_id

    @api.model
    def _of_reason(self, warehouse, reason, product):
        """Give the counterpart of stock that came or went for a reason.

        :return: the mapped location, or the product's own inventory loss location
        """
        place = self._find(warehouse, "reason", reason)
        return (
            place.location_id
            or product.with_company(warehouse.company_id).property_stock_inventory
        )

    def _find(self, warehouse, kind, code):
        places = warehouse.sudo().dist_place_ids
        return places.filtered(lambda p: p.kind == kind and p.code == code)[:1]
