"""The audit of a 3PL's fees: what they are for, and what was agreed."""

from odoo import fields, models
from odoo.fields import Domain

from ..core.charges import Facts, judge
from .dist_routing import exact
from .dist_service_charge import UNDECIDED

#: Messages by which a partner's own number of a shipment or receipt is known. What the
#: partner names by its kind is looked for among that kind alone: its numbers of orders,
#: shipments and receipts are counted separately and meet.
CONFIRMATIONS = {
    "shipment": ("shipment_confirmation",),
    "receipt": ("receipt_confirmation",),
    "return": ("return_notice",),
    "request": ("shipment_confirmation", "receipt_confirmation", "return_notice"),
}


class DistServiceCharge(models.Model):
    # fields and buttons are in dist_service_charge.py
    _inherit = "dist.service.charge"  # pylint: disable=consider-merging-classes-inherited

    def _judge(self):
        """Find what these fees are for, and judge them with all that belong to it."""
        for charge in self.filtered(lambda c: not c.picking_id):
            charge.picking_id = charge._find_work()
        done = self.browse()
        for charge in self:
            if charge in done:
                continue
            together = charge._same_work_as() or charge
            done |= together
            charge._judge_together(together)

    def _judge_together(self, charges):
        """Judge all fees of one kind for one piece of work, and note the finding."""
        judgement = judge(
            self.fee,
            [exact(charge.signed_amount) for charge in charges],
            self.env["dist.rate.card"]._rates(
                self.backend_id, self.currency_id, self.charge_date
            ),
            self._facts(charges),
        )
        values = {
            "finding": judgement.finding,
            "expected": judgement.expected or 0,
            "difference": judgement.difference,
            "rate_id": judgement.rate.ref if judgement.rate else False,
        }
        for charge in charges.filtered(lambda c: c.state in UNDECIDED):
            charge.write({**values, **charge._state_values(judgement.finding)})

    def _state_values(self, finding):
        """Give the state of a fee, with an owner and an age when it is in dispute."""
        if finding == "ok" or self.kind == "credit":
            return {"state": "right", "disputed_at": False}
        return {
            "state": "disputed",
            "disputed_at": self.disputed_at or fields.Datetime.now(),
            "user_id": (self.user_id or self.backend_id.user_id).id,
        }

    def _same_work_as(self):
        """Give all fees of the same kind for the same transfer, this one among them."""
        if not self.picking_id:
            return self.browse()
        return self.search(
            [
                ("backend_id", "=", self.backend_id.id),
                ("fee", "=", self.fee),
                ("picking_id", "=", self.picking_id.id),
                ("currency_id", "=", self.currency_id.id),
            ],
            order="id",
        )

    def _find_work(self):
        """Give the transfer that is named by our key, its number or a parcel."""
        pickings = self.env["stock.picking"].sudo()
        mine = [("dist_backend_id", "=", self.backend_id.id)]
        if self.reference:
            found = self._asked_as(mine) or self._confirmed_as()
            if found:
                return found
        if self.tracking_number:
            return pickings.search(
                [*mine, ("dist_parcel_ids.tracking_number", "=", self.tracking_number)],
                limit=1,
            )
        return pickings.browse()

    def _asked_as(self, mine):
        """Give the delivery or receipt that bears our key or the partner's number."""
        pickings = self.env["stock.picking"].sudo()
        if self.reference_type in ("shipment", "return"):
            return pickings.browse()
        names = ["dist_request_key", "dist_remote_id"]
        if self.reference_type == "receipt":
            names = ["dist_receipt_key"]
        asked = Domain.OR(Domain(name, "=", self.reference) for name in names)
        return pickings.search(Domain(mine) & asked, order="id", limit=1)

    def _confirmed_as(self):
        """Give the transfer that a confirmation of this number was about."""
        message = (
            self.env["dist.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("direction", "=", "in"),
                    ("message_type", "in", CONFIRMATIONS.get(self.reference_type, ())),
                    ("key", "=", self.reference),
                    ("res_model", "in", ("stock.picking", "dist.return")),
                ],
                limit=1,
            )
        )
        if not message:
            return self.env["stock.picking"]
        record = self.env[message.res_model].sudo().browse(message.res_id).exists()
        return record.picking_id if record._name == "dist.return" else record

    def _facts(self, charges):
        """Give what we know of the work; None when the partner names work unknown."""
        stated = sum(charges.mapped("quantity")) or None
        if not self.picking_id:
            if self.reference_type != "none":
                return None
            return Facts(
                weight_kg=exact(self.weight_kg) if self.weight_kg else None,
                carrier=self.carrier or "",
                stated=exact(stated) if stated else None,
            )
        picking = self.picking_id.sudo()
        moves = picking.move_ids.filtered(lambda m: m.state == "done")
        parcels = picking.dist_parcel_ids
        weight = sum(parcels.mapped("weight_kg")) or self.weight_kg or picking.weight
        return Facts(
            lines=exact(len(moves)),
            units=exact(sum(moves.mapped("quantity"))),
            parcels=exact(len(parcels) or 1),
            weight_kg=exact(weight) if weight else None,
            carrier=self.carrier or parcels[:1].carrier or "",
            stated=exact(stated) if stated else None,
            confirmed=self._confirmed_cost(picking),
        )

    def _confirmed_cost(self, picking):
        """Give the shipping cost that was confirmed for the request of a transfer.

        A request may leave in several shipments, each a delivery of its own.
        """
        if not picking.dist_request_key:
            return None
        costs = (
            self.env["dist.shipping.cost"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.backend_id.id),
                    ("picking_id.dist_request_key", "=", picking.dist_request_key),
                ]
            )
        )
        if not costs:
            return None
        return exact(self.currency_id.round(costs._total_in(self.currency_id)))
