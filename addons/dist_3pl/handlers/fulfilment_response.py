"""Fulfilment responses: what a partner says to a request after it was sent."""

from odoo import models
from odoo.addons.dist_connector_base.core.canonical import FulfilmentChange
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.pipeline.timeline import Milestone


class FulfilmentResponseHandler(models.AbstractModel):
    _name = "dist.handler.fulfilment_response"
    _inherit = "dist.handler"
    _description = "Fulfilment response"

    def _dist_milestone(self, event, document):
        """The partner's status is the milestone."""
        kind = {"accepted": "acknowledged"}.get(document.status, document.status)
        note = document.reason_code or ""
        return Milestone(kind, document.responded_at, note)

    def _apply(self, batch):
        """Write the partners' answers onto the deliveries they are about.

        :raises BusinessError: the request is not ours, or the answer contradicts
            what the partner shipped
        """
        pickings = self.env["stock.picking"]._dist_by_request(
            (inbound.backend, inbound.document.request_key) for inbound in batch
        )
        for inbound in batch:
            key = (inbound.backend.id, inbound.document.request_key)
            picking = pickings.get(key)
            if not picking:
                raise BusinessError(
                    self.env._("We know no request %s.", key[1]), path="request_key"
                )
            inbound.link(picking)
            getattr(self, f"_apply_{inbound.document.status}")(inbound, picking)
        self._close_asked(batch, pickings)

    def _close_asked(self, batch, pickings):
        """Close the messages that waited for these answers."""
        asked = {}
        for inbound in batch:
            picking = pickings[inbound.backend.id, inbound.document.request_key]
            status = inbound.document.status
            refused = status in ("rejected", "cancel_refused")
            note = self._reason(inbound.document)[:250] if refused else False
            # whoever speaks of a cancel has taken the request
            closed = [("fulfilment_request", note if status == "rejected" else False)]
            if status in ("cancelled", "cancel_refused"):
                closed.append(("fulfilment_cancel", note))
            if status in ("changed", "change_refused"):
                picking._dist_change_answered(
                    self._reason(inbound.document)[:250]
                    if status == "change_refused"
                    else False
                )
            for what in closed:
                asked[what] = asked.get(what, self.env["stock.picking"]) + picking
        for (message_type, note), answered in asked.items():
            answered._dist_answered(message_type, note)

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
        self._refuse_if_shipped(picking)
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
        self._refuse_if_shipped(picking)
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
        if picking.dist_change_state != "pending" or not message:
            return
        picking._dist_change_agreed(FulfilmentChange.from_json(message.canonical))

    def _apply_change_refused(self, inbound, picking):
        if picking.dist_change_state != "pending":
            return
        reason = self._reason(inbound.document)
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

    def _refuse_if_shipped(self, picking):
        if picking.state == "done":
            raise BusinessError(
                self.env._("%s is shipped already.", picking.name), path="status"
            )

    def _reason(self, document):
        code = f"[{document.reason_code}]" if document.reason_code else ""
        return " ".join(part for part in (code, document.reason) if part) or self.env._(
            "no reason given"
        )
