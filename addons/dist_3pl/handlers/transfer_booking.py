"""Book a confirmed transfer: what shipments and receipts share of it."""

from functools import partial

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError

from ..core.asked_lines import AskedLine, exact
from ..core.pack_check import checked


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

    def _asked(self, picking, line, **values):
        """Give a line as allocation and receiving work on it."""
        product, move = line.product_id, line.move_id
        return AskedLine(
            ref=line.id,
            line_key=line.line_key,
            sku=product.default_code or "",
            asked=exact(line.quantity),
            unit=product.uom_id.dist_unit_code or "",
            tracking=self._tracking(picking, product),
            # read only where a confirmation differs
            packs=partial(self._packs, product, move),
            **values,
        )

    def _packs(self, product, move):
        return self.env["dist.product.packs"]._of(product, move.packaging_uom_id)

    def _answers(self, batch):
        """Give what people decided about packs and kits, by message id."""
        messages = self.env["dist.message"].sudo()
        ids = [inbound.message_id for inbound in batch]
        found = messages.search([("id", "in", ids), ("figures_answer", "!=", False)])
        return {message.id: message.figures_answer for message in found}

    def _checked(self, inbound, asked, answers, closes, contents=(), document=None):
        """Give the document as it is to be booked; see ``core.pack_check``.

        :param answers: of ``_answers``
        :param document: where it is not that of ``inbound``
        :raises BusinessError: packs may have been read as pieces
        """
        document = document or inbound.document
        answer = answers.get(inbound.message_id, "")
        if not (answer or inbound.backend.check_packs):
            return document
        lines = checked(
            document.lines, asked, contents=contents, closes=closes, answer=answer
        )
        if lines == document.lines:
            return document
        return document.model_copy(update={"lines": lines})

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
