"""Fulfilment responses: what a partner says to a request after it was sent."""

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentChange
from odoo.addons.dist_connector_base.core.errors import BusinessError


class FulfilmentResponseHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_response"
    _inherit = "dist.handler.answer"
    _description = "Fulfilment response"

    _answer_key = "request_key"
    _answer_asked = "fulfilment_request"
    _answer_cancel = "fulfilment_cancel"

    def _answer_pickings(self, keys):
        return self.env["stock.picking"]._dist_by_request(keys)

    def _answer_unknown(self, inbound, key):
        raise BusinessError(
            self.env._("We know no request %s.", key), path="request_key"
        )

    def _answer_done(self, picking):
        return self.env._("%s is shipped already.", picking.name)

    def _apply_accepted(self, inbound, picking):
        values = {}
        if inbound.document.remote_id:
            values["dist_remote_id"] = inbound.document.remote_id
        # a late answer takes back nothing that came after it
        if picking.dist_state in ("queued", "sent"):
            values["dist_state"] = "accepted"
            values["dist_reason"] = False
        picking._dist_write(values)

    def _apply_on_hold(self, inbound, picking):
        self._apply_accepted(inbound, picking)
        picking._dist_open()._dist_write(
            {"dist_reason": self._reason(inbound.document)}
        )

    def _apply_rejected(self, inbound, picking):
        self._refuse_if_done(picking)
        reason = self._reason(inbound.document)
        open_here = picking._dist_open()
        open_here._dist_rejected(inbound.document.reason, inbound.document.reason_code)
        if open_here.dist_state == "rejected":
            inbound.warn(
                BusinessError(
                    self.env._("The partner rejected the request: %s", reason),
                    next_step=self.env._(
                        "Correct the delivery and request again, or cancel it."
                    ),
                )
            )

    def _apply_cancelled(self, inbound, picking):
        self._refuse_if_done(picking)
        if picking.state == "cancel":
            return
        if picking.dist_state == "cancel_pending":
            picking._dist_dropped()
            return
        # nobody here asked for it: the goods still have to reach the customer
        picking._dist_rejected(inbound.document.reason, inbound.document.reason_code)
        inbound.warn(
            BusinessError(
                self.env._(
                    "The partner cancelled a request on its own: %s",
                    self._reason(inbound.document),
                )
            )
        )

    def _apply_cancel_refused(self, inbound, picking):
        reason = self._reason(inbound.document)
        if picking.dist_state != "cancel_pending":
            return
        picking._dist_cancel_refused(reason)
        inbound.warn(
            BusinessError(
                self.env._("The partner refused to cancel: %s", reason),
                next_step=self.env._(
                    "The partner ships it: tell the customer, or agree a return."
                ),
            )
        )

    def _apply_changed(self, inbound, picking):
        message = picking._dist_change_of(inbound.document.change_key)
        if picking.dist_change_state == "pending" and message:
            picking._dist_change_agreed(FulfilmentChange.from_json(message.canonical))
        picking._dist_change_answered()

    def _apply_change_refused(self, inbound, picking):
        reason = self._reason(inbound.document)
        picking._dist_change_answered(reason[:250])
        if picking.dist_change_state != "pending":
            return
        picking._dist_change_refused(reason)
        inbound.warn(
            BusinessError(
                self.env._("The partner refused a change: %s", reason),
                next_step=self.env._(
                    "Open the delivery and choose: let it ship as asked, ask again, or "
                    "ship the difference apart."
                ),
            )
        )
