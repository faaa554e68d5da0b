"""Receipt responses: how far a partner is with what was announced."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class ReceiptResponseHandler(models.AbstractModel):
    _name = "dist.handler.receipt_response"
    _inherit = "dist.handler.answer"
    _description = "Receipt response"

    _answer_key = "receipt_key"
    _answer_asked = "receipt_notice"
    _answer_cancel = "receipt_cancel"

    def _answer_pickings(self, keys):
        return self.env["stock.picking"]._dist_by_receipt(keys)

    def _answer_unknown(self, inbound, key):
        """Pass over an advice that a newer one took the place of."""
        lines = self.env["dist.receipt.line"].search(
            [("backend_id", "=", inbound.backend.id), ("receipt_key", "=", key)]
        )
        if not lines or inbound.document.status not in ("accepted", "cancelled"):
            raise BusinessError(
                self.env._("We announced no receipt %s.", key), path="receipt_key"
            )
        inbound.link(lines.move_id.picking_id[:1])

    def _answer_done(self, picking):
        return self.env._("%s is received already.", picking.name)

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
        self._refuse_if_done(picking)
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
        self._refuse_if_done(picking)
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
