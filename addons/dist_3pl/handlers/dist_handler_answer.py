"""What a partner says, in its own time, to what it was asked for a transfer."""

from odoo import models
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.pipeline.timeline import Milestone


class DistHandlerAnswer(models.AbstractModel):
    """Base of what is said of a delivery's request or of a receipt's advice."""

    _name = "dist.handler.answer"
    _inherit = "dist.handler"
    _description = "Answer of a partner"

    #: The document's field that names what was asked, and the message types of that.
    _answer_key = ""
    _answer_asked = ""
    _answer_cancel = ""

    # ---------------------------------------------------------------- hooks

    def _answer_pickings(self, keys):
        """Give the transfer of each ``(backend, key)``, by backend id and key."""
        raise NotImplementedError

    def _answer_unknown(self, inbound, key):
        """Take what is said of no transfer we have.

        :raises BusinessError: unless it is of no use any more
        """
        raise NotImplementedError

    def _answer_done(self, picking):
        """Say that the goods have moved already."""
        raise NotImplementedError

    # ---------------------------------------------------------------- apply

    def _dist_milestone(self, event, document):
        """The partner's status is the milestone."""
        kind = {"accepted": "acknowledged"}.get(document.status, document.status)
        return Milestone(kind, document.responded_at, document.reason_code or "")

    def _apply(self, batch):
        """Write the partners' answers onto the transfers they are about.

        :raises BusinessError: what was asked is not ours, or the answer contradicts
            what the partner did
        """
        said = [(i.backend, getattr(i.document, self._answer_key)) for i in batch]
        pickings = self._answer_pickings(said)
        closed = {}
        for inbound, (backend, key) in zip(batch, said, strict=True):
            picking = pickings.get((backend.id, key))
            if not picking:
                self._answer_unknown(inbound, key)
                continue
            inbound.link(picking)
            picking._dist_keep_status([(picking, inbound.document)])
            getattr(self, f"_apply_{inbound.document.status}")(inbound, picking)
            for message_type, note in self._answer_closes(inbound.document).items():
                closed.setdefault((backend, message_type, note), []).append(key)
        for (backend, message_type, note), keys in closed.items():
            self.env["dist.message"]._dist_answered_by(
                backend, message_type, keys, note
            )

    def _answer_closes(self, document):
        """Say which messages waited for the answer, and what they are told.

        :return: ``{message type: reason of a refusal, or False}``
        """
        status = document.status
        refused = status in ("rejected", "cancel_refused")
        note = self._reason(document)[:250] if refused else False
        # whoever speaks of a cancel has taken what was asked
        closes = {self._answer_asked: note if status == "rejected" else False}
        if status in ("cancelled", "cancel_refused"):
            closes[self._answer_cancel] = note
        return closes

    def _refuse_if_done(self, picking):
        """Refuse an answer that comes after the goods.

        :raises BusinessError: the transfer is done
        """
        if picking.state == "done":
            raise BusinessError(self._answer_done(picking), path="status")

    def _reason(self, document):
        """Give code and words of a refusal as one text."""
        code = f"[{document.reason_code}]" if document.reason_code else ""
        return " ".join(part for part in (code, document.reason) if part) or self.env._(
            "no reason given"
        )
