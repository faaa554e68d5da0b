"""Book a confirmed transfer: what shipments and receipts share of it."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class TransferBooking(models.AbstractModel):
    _name = "dist.transfer.booking"
    _description = "Booking of Confirmed Transfers"

    def _asked_lines(self, model, key, batch):
        """Give the lines that confirmations are about, in one query.

        :param model: of the lines
        :param key: field of the lines and of the documents that names what was asked
        :param batch: list of ``pipeline.inbound.Inbound``
        :return: ``{(backend id, key): lines}``
        """
        lines = (
            self.env[model]
            .sudo()
            .search(
                [
                    ("backend_id", "in", [inbound.backend.id for inbound in batch]),
                    (key, "in", [getattr(inbound.document, key) for inbound in batch]),
                ]
            )
        )
        return lines.grouped(lambda line: (line.backend_id.id, line[key]))

    def _tracking(self, picking, product):
        """Say what a confirmation has to tell of each unit: nothing, lot or serial."""
        picking_type = picking.picking_type_id
        if not (picking_type.use_create_lots or picking_type.use_existing_lots):
            return "none"
        return product.tracking

    def _set_quantity(self, move, moved):
        """Set what moved where it is not what the move says anyway.

        :param moved: in the product's unit
        """
        quantity = move.product_id.uom_id._compute_quantity(
            float(moved), move.product_uom, rounding_method="HALF-UP"
        )
        if move.product_uom.compare(move.quantity, quantity):
            move.quantity = quantity

    def _validate(self, pickings, rest, **context):
        """Validate the way a user does, without questions, in one call.

        :param rest: those of them that more goods follow for under the same key
        :param context: tells the transfers who validates them
        :raises BusinessError: Odoo wants a decision first
        """
        pickings = pickings.with_context(skip_backorder=True, skip_sms=True, **context)
        # the policy "no backorder" may not drop what the partner still moves
        kept = pickings.filtered(
            lambda p: p.id in rest.ids and p.picking_type_id.create_backorder == "never"
        )
        kept._action_done()
        (pickings - kept).button_validate()
        for picking in pickings:
            if picking.state != "done":
                raise BusinessError(
                    self.env._("%s could not be validated.", picking.name),
                    next_step=self.env._("Open the transfer and look what it lacks."),
                )
