"""One change of one product's stock, and the stock moves that book it."""

from odoo import fields, models
from odoo.fields import Domain

STOCK_STATUSES = [
    ("sellable", "Sellable"),
    ("quarantine", "Quarantine"),
    ("damaged", "Damaged"),
    ("hold", "On hold"),
]


class DistAdjustmentLine(models.Model):
    _name = "dist.adjustment.line"
    _description = "Stock Adjustment Line"
    _order = "id"
    _rec_name = "product_id"

    adjustment_id = fields.Many2one(
        "dist.adjustment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="adjustment_id.company_id", store=True)
    currency_id = fields.Many2one(related="adjustment_id.currency_id")
    product_id = fields.Many2one("product.product", required=True, readonly=True)
    quantity = fields.Float(
        "Change",
        digits="Product Unit",
        readonly=True,
        help="In the product's unit; negative when stock was lost.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    reason_code = fields.Char("Cause", required=True, readonly=True)
    reason = fields.Char("In words", readonly=True)
    from_status = fields.Selection(
        STOCK_STATUSES,
        "From status",
        readonly=True,
        help="Only where goods changed their status.",
    )
    status = fields.Selection(STOCK_STATUSES, required=True, readonly=True)
    lot_id = fields.Many2one("stock.lot", "Lot/Serial", readonly=True)
    owner_id = fields.Many2one(
        "res.partner", readonly=True, help="Whose the goods are, where not ours."
    )
    value = fields.Monetary(readonly=True, help="At cost, when it was reported.")
    move_ids = fields.One2many("stock.move", "dist_adjustment_line_id", readonly=True)

    def _places(self):
        """Give where the goods come from and where they go.

        :return: two locations
        :raises MappingError: a stock status has no place in the warehouse
        """
        self.ensure_one()
        warehouse = self.adjustment_id.warehouse_id
        place = self.env["dist.place"]
        here = place._of_status(warehouse, self.status, "lines.status")
        if self.from_status:
            return (
                place._of_status(warehouse, self.from_status, "lines.from_status"),
                here,
            )
        counterpart = place._of_reason(warehouse, self.reason_code, self.product_id)
        return (counterpart, here) if self.quantity > 0 else (here, counterpart)

    def _sources(self):
        """Say out of which stock the goods are taken: the fullest first.

        :return: list of ``(quant, quantity)``, and what is missing
        """
        self.ensure_one()
        source, _target = self._places()
        rest = abs(self.quantity)
        taken = []
        for quant in self._quants(source):
            if self.uom_id.compare(rest, 0) <= 0:
                break
            now = min(rest, quant.quantity)
            taken.append((quant, now))
            rest -= now
        return taken, self.uom_id.round(rest)

    def _quants(self, source):
        """Give the stock in a place, without the places of other statuses in it."""
        warehouse = self.adjustment_id.warehouse_id.sudo()
        places = warehouse.dist_place_ids.location_id | warehouse.lot_stock_id
        inside = Domain("location_id", "child_of", source.id)
        for place in places - source:
            if place.parent_path.startswith(source.parent_path):
                inside &= ~Domain("location_id", "child_of", place.id)
        if self.adjustment_id.backend_id.sudo().stock_owners:
            inside &= Domain("owner_id", "=", self.owner_id.id)
        return self.env["stock.quant"].search(
            inside
            & Domain("product_id", "=", self.product_id.id)
            & Domain("lot_id", "=", self.lot_id.id)
            & Domain("quantity", ">", 0),
            order="quantity desc, id",
        )

    def _missing(self):
        """Give how much more is taken away than we hold."""
        if self.quantity > 0 and not self.from_status:
            return 0.0
        return self._sources()[1]

    def _move_values(self):
        """Give the values of the stock moves that book the change.

        One move for each stock it is taken out of. What we do not hold is taken all
        the same once a person approved it: the stock is then below zero, as Odoo
        shows what was never booked in.
        """
        source, target = self._places()
        if source.usage != "internal":
            return [self._one_move(abs(self.quantity), source, target)]
        taken, missing = self._sources()
        values = [
            self._one_move(quantity, quant.location_id, target, quant)
            for quant, quantity in taken
        ]
        if missing > 0:
            values.append(self._one_move(missing, source, target))
        return values

    def _one_move(self, quantity, source, target, quant=None):
        adjustment = self.adjustment_id
        place = {
            "product_id": self.product_id.id,
            "location_id": source.id,
            "location_dest_id": target.id,
            "company_id": adjustment.company_id.id,
        }
        owner = (quant or self).owner_id.id
        return {
            **place,
            "product_uom": self.uom_id.id,
            "product_uom_qty": quantity,
            "state": "confirmed",
            "origin": adjustment.adjustment_key,
            "is_inventory": True,
            "inventory_name": self._name_of_move(),
            "picked": True,
            "restrict_partner_id": owner,
            "dist_adjustment_line_id": self.id,
            "move_line_ids": [
                (
                    0,
                    0,
                    {
                        **place,
                        "product_uom_id": self.uom_id.id,
                        "quantity": quantity,
                        "lot_id": self.lot_id.id,
                        "package_id": quant.package_id.id if quant else False,
                        "owner_id": owner,
                    },
                )
            ],
        }

    def _name_of_move(self):
        words = [self.adjustment_id.adjustment_key, self.reason_code, self.reason]
        return ": ".join(filter(None, words))
