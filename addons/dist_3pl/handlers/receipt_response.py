"""Receipt responses: how far a partner is with what was announced."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.pipeline.timeline import Milestone


class ReceiptResponseHandler(models.AbstractModel):
    _name = "dist.handler.receipt_response"
    _inherit = "dist.handler"
    _description = "Receipt response"

    def _dist_milestone(self, event, document):
        """The partner's status is the milestone."""
        kind = {"accepted": "acknowledged"}.get(document.status, document.status)
        return Milestone(kind, document.responded_at)

    def _apply(self, batch):
        """Write the partners' answers onto the receipts they are about.

        :raises BusinessError: the advice is not ours, or the answer contradicts what
            the partner received
        """
        pickings = self.env["stock.picking"]._dist_by_receipt(
            (inbound.backend, inbound.document.receipt_key) for inbound in batch
        )
        for inbound in batch:
            key = (inbound.backend.id, inbound.document.receipt_key)
            picking = pickings.get(key)
            if not picking and self._was_replaced(inbound):
                continue
            if not picking:
                raise BusinessError(
                    self.env._("We announced no receipt %s.", key[1]),
                    path="receipt_key",
                )
            inbound.link(picking)
            getattr(self, f"_apply_{inbound.document.status}")(inbound, picking)
            self._close_asked(inbound, picking)

    def _was_replaced(self, inbound):
        """Whether it speaks of an advice that a newer one took the place of."""
        if inbound.document.status not in ("accepted", "cancelled"):
            return False
        lines = self.env["dist.receipt.line"].search(
            [
                ("backend_id", "=", inbound.backend.id),
                ("receipt_key", "=", inbound.document.receipt_key),
            ]
        )
        if lines:
            inbound.link(lines.move_id.picking_id[:1])
        return bool(lines)

    def _close_asked(self, inbound, picking):
        """Close the messages that waited for this answer."""
        document = inbound.document
        refused = document.status in ("rejected", "cancel_refused")
        note = self._reason(document)[:250] if refused else False
        closed = {"receipt_notice": note if document.status == "rejected" else False}
        if document.status in ("cancelled", "cancel_refused"):
            closed["receipt_cancel"] = note
        for message_type, text in closed.items():
            self.env["dist.message"]._dist_answered_by(
                inbound.backend, message_type, [document.receipt_key], text
            )

    def _apply_accepted(self, inbound, picking, state="accepted"):
        values = {}
        if inbound.document.remote_id:
            values["dist_remote_id"] = inbound.document.remote_id
        # a late answer takes back nothing that came after it
        before = ("queued", "sent") + (("accepted",) if state == "arrived" else ())
        if picking.dist_receipt_state in before:
            values["dist_receipt_state"] = state
            values["dist_reason"] = inbound.document.reason or False
        picking._dist_write(values)

    def _apply_arrived(self, inbound, picking):
        self._apply_accepted(inbound, picking, "arrived")

    def _apply_rejected(self, inbound, picking):
        self._refuse_if_received(picking)
        document = inbound.document
        picking._dist_receipt_rejected(document.reason, document.reason_code)
        if picking.dist_receipt_state == "rejected":
            inbound.warn(
                BusinessError(
                    self.env._(
                        "The partner does not expect the receipt: %s",
                        self._reason(document),
                    ),
                    next_step=self.env._(
                        "Correct the receipt and announce it again, or cancel it."
                    ),
                )
            )

    def _apply_cancelled(self, inbound, picking):
        self._refuse_if_received(picking)
        if picking.dist_receipt_state in ("cancel_pending", "change_pending"):
            picking._dist_receipt_dropped()
        elif picking.state != "cancel":
            # nobody here asked for it: the goods are still on their way
            self._apply_rejected(inbound, picking)

    def _apply_cancel_refused(self, inbound, picking):
        if picking.dist_receipt_state not in ("cancel_pending", "change_pending"):
            return
        reason = self._reason(inbound.document)
        picking._dist_receipt_refused(reason)
        inbound.warn(
            BusinessError(
                self.env._("The partner refused to drop the receipt: %s", reason),
                next_step=self.env._(
                    "The partner receives it all the same: keep the receipt open, or "
                    "agree with the partner to send the goods back."
                ),
            )
        )

    def _refuse_if_received(self, picking):
        if picking.state == "done":
            raise BusinessError(
                self.env._("%s is received already.", picking.name), path="status"
            )

    def _reason(self, document):
        code = f"[{document.reason_code}]" if document.reason_code else ""
        return " ".join(part for part in (code, document.reason) if part) or self.env._(
            "no reason given"
        )
