"""What a partner says of holds: its answers to ours, and those of its own."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError


class FulfilmentResponseHandler(models.AbstractModel):
    _inherit = "dist.handler.fulfilment_response"

    def _apply_accepted(self, inbound, picking):
        """A partner that works on it again has ended its own hold."""
        result = super()._apply_accepted(inbound, picking)
        if picking.dist_hold_state == "partner" and self._is_newer(inbound, picking):
            self._partner_let_go(picking)
        return result

    def _apply_on_hold(self, inbound, picking):
        self._apply_accepted_quietly(inbound, picking)
        open_here = picking._dist_open()
        if not open_here or not self._is_newer(inbound, open_here):
            picking._dist_hold_answered("fulfilment_hold")
            return
        state, document = open_here.dist_hold_state, inbound.document
        if state == "asked":
            open_here._dist_hold_granted()
        elif state in ("none", "refused", "partner"):
            open_here._dist_held_by_partner(
                self._reason(document), _naive(document.responded_at)
            )
            # it stands beside what the partner said of the request
            open_here._dist_write({"dist_reason": self._reason(document)})
        elif document.reason:
            open_here._dist_write({"dist_hold_reason": self._reason(document)})
        picking._dist_hold_answered("fulfilment_hold")

    def _apply_accepted_quietly(self, inbound, picking):
        """Take what an acceptance says, but for the end of a hold."""
        return super()._apply_accepted(inbound, picking)

    def _apply_hold_refused(self, inbound, picking):
        reason = self._reason(inbound.document)
        open_here = picking._dist_open()
        asked = open_here.dist_hold_state == "asked"
        open_here._dist_hold_refused(reason)
        picking._dist_hold_answered("fulfilment_hold", reason[:250])
        if asked:
            inbound.warn(
                BusinessError(
                    self.env._("The partner refused to hold: %s", reason),
                    next_step=self.env._(
                        "The partner ships it: cancel it there, or tell the customer."
                    ),
                )
            )

    def _apply_released(self, inbound, picking):
        open_here = picking._dist_open()
        state = open_here.dist_hold_state
        if state in ("held", "release_refused") and self._is_newer(inbound, open_here):
            reason = self._reason(inbound.document)
            open_here._dist_hold_over()
            inbound.warn(
                BusinessError(
                    self.env._("The partner released what we had held: %s", reason),
                    next_step=self.env._(
                        "Ask the partner to hold it again, or let it ship."
                    ),
                )
            )
        elif state == "release_asked":
            open_here._dist_hold_over()
        elif state == "partner" and self._is_newer(inbound, open_here):
            self._partner_let_go(open_here)
        picking._dist_hold_answered("fulfilment_release")

    def _apply_release_refused(self, inbound, picking):
        reason = self._reason(inbound.document)
        picking._dist_hold_answered("fulfilment_release", reason[:250])
        open_here = picking._dist_open()
        if open_here.dist_hold_state != "release_asked":
            return
        open_here._dist_release_refused(reason)
        inbound.warn(
            BusinessError(
                self.env._("The partner refused to release: %s", reason),
                next_step=self.env._(
                    "Mend what the partner names and release again, or cancel it."
                ),
            )
        )

    def _partner_let_go(self, picking):
        picking._dist_hold_over()
        picking._dist_write({"dist_reason": False})

    def _is_newer(self, inbound, picking):
        """Whether an answer is not older than the hold that is known."""
        said = _naive(inbound.document.responded_at)
        return not said or not picking.dist_hold_at or said >= picking.dist_hold_at


def _naive(moment):
    return moment and moment.replace(tzinfo=None)
