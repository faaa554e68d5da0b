"""The life of a delivery's request: asked for, withdrawn, cancelled, answered."""

from odoo import api, models

from .stock_picking import OPEN_STATES

_READY = "dist_3pl.ready"


class StockPicking(models.Model):
    # the other half, fields and screens, is in stock_picking.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------ business verbs

    def _dist_collect_later(self, ids):
        """Ask for these deliveries when the transaction is about to be stored.

        A delivery that is reserved line by line, or becomes ready and is cancelled
        again, is so asked for once, with what is true in the end; and 2,000
        deliveries that are confirmed one by one still make one set of statements. A
        savepoint runs what is pending before it opens, and a rollback drops what
        was noted after it.
        """
        pending = self.env.cr.precommit.data.setdefault(_READY, set())
        if not pending:
            # nothing of the caller's context belongs into what a partner gets
            model = self.env(su=True, context={})["stock.picking"]
            self.env.cr.precommit.add(model._dist_collect_ready)
        pending.update(ids)

    @api.model
    def _dist_collect_ready(self):
        ids = self.env.cr.precommit.data.pop(_READY, ())
        pickings = self.browse(sorted(ids)).exists()
        ready = pickings.filtered(
            lambda p: p.state == "assigned" and p.dist_state == "none"
        )
        if ready:
            self.env["dist.handler.fulfilment_request"]._collect(ready)

    def _dist_cancel(self):
        """Ask the partners to drop these deliveries' requests.

        :return: the deliveries that nobody ships any more and may be cancelled now;
            the others stay open until the partner answers
        """
        free = self.browse()
        for backend, pickings in self._dist_open().grouped("dist_backend_id").items():
            gone = backend.sudo()._dist_cancel_unsent(
                "fulfilment_request", pickings.mapped("dist_request_key")
            )
            unsent = pickings.filtered(lambda p, gone=gone: p.dist_request_key in gone)
            unsent._dist_write({"dist_state": "cancelled", "dist_reason": False})
            free += unsent
            (pickings - unsent)._dist_ask_cancel()
        return free

    def _dist_ask_cancel(self):
        """Send a cancel for requests that have left; deliveries stay open."""
        asked = self.filtered(lambda p: p.dist_state != "cancel_pending")
        if not asked:
            return
        # A request that is just being sent has no number at the partner yet: its
        # cancel goes out when the answer is there.
        known = asked.filtered(lambda p: p.dist_state != "queued")
        asked._dist_write({"dist_state": "cancel_pending", "dist_reason": False})
        self.env["dist.handler.fulfilment_cancel"]._collect(known.sudo())
        for picking in asked:
            picking.sudo().message_post(
                body=self.env._(
                    "%s has this delivery: the cancel was asked for, and it stays "
                    "open until the answer is there.",
                    picking.dist_backend_id.sudo().name,
                )
            )

    def _dist_withdraw(self):
        """Take requests that have not left back, to ask anew with what is true now.

        :return: the deliveries whose request has left already
        """
        left = self.browse()
        for backend, pickings in self._dist_open().grouped("dist_backend_id").items():
            gone = backend.sudo()._dist_cancel_unsent(
                "fulfilment_request", pickings.mapped("dist_request_key")
            )
            unsent = pickings.filtered(lambda p, gone=gone: p.dist_request_key in gone)
            unsent._dist_write({"dist_state": "none"})
            if unsent:
                self._dist_collect_later(unsent.ids)
            left += pickings - unsent
        return left

    def _dist_close_failed(self):
        """Close what is open about earlier requests: they will not be replayed."""
        about = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        failed = self.env["dist.message"].search(
            [*about, ("direction", "=", "out"), ("state", "in", ["exception", "dead"])]
        )
        failed.action_accept()
        self.env["dist.exception"].search(about)._resolve("superseded")

    # ------------------------------------------- what the partner answered

    @api.model
    def _dist_by_request(self, keys):
        """Give the delivery of each request: the open one, else the latest.

        :param keys: iterable of ``(backend, request key)``
        :rtype: dict[tuple[int, str], stock.picking]
        """
        wanted = list(keys)
        found = self.sudo().search(
            [
                ("dist_backend_id", "in", [backend.id for backend, _key in wanted]),
                ("dist_request_key", "in", [key for _backend, key in wanted]),
            ],
            order="id",
        )
        result = {}
        for picking in found:
            key = (picking.dist_backend_id.id, picking.dist_request_key)
            known = result.get(key)
            if not known or known.state in ("done", "cancel"):
                result[key] = picking
        return result

    @api.model
    def _dist_of_messages(self, messages):
        """Give the delivery that each message about a request is about now.

        A part shipment under one request leaves a done delivery behind; what the
        partner says afterwards is about the backorder. A request that was asked for
        anew since has no delivery any more.

        :param messages: iterable of ``dist.message`` (outgoing)
        :rtype: dict[int, stock.picking]
        """
        messages = self.env["dist.message"].concat(*messages)
        pickings = self._dist_by_request((m.backend_id, m.key) for m in messages)
        found = {m.id: pickings.get((m.backend_id.id, m.key)) for m in messages}
        return {message_id: picking for message_id, picking in found.items() if picking}

    def _dist_answered(self, message_type, note=False):
        """Close the messages of a type that wait for the partner's answer.

        :param note: what the partner answered, where it is not plain consent
        """
        self.env["dist.message"]._dist_answered_by(
            self.dist_backend_id, message_type, self.mapped("dist_request_key"), note
        )

    def _dist_rejected(self, reason, code=""):
        """Show a rejection; a delivery that was to be cancelled is cancelled now."""
        text = " ".join(filter(None, (f"[{code}]" if code else "", reason)))
        for picking in self:
            if picking.dist_state == "cancel_pending":
                picking._dist_dropped()
            else:
                picking._dist_write({"dist_state": "rejected", "dist_reason": text})
        self.env["dist.expectation"]._drop_for_records(self)

    def _dist_cancel_refused(self, reason):
        """Show that the partner ships although we asked it not to."""
        self._dist_write({"dist_state": "cancel_refused", "dist_reason": reason})

    def _dist_dropped(self):
        """Cancel deliveries that the partner agreed to drop."""
        if not self:
            return
        self.with_context(dist_partner_agreed=True).action_cancel()
        self._dist_write({"dist_state": "cancelled", "dist_reason": False})
        self.env["dist.expectation"]._drop_for_records(self)

    # ------------------------------------------------------- private steps

    def _dist_open(self):
        """Give the deliveries whose request the partner has or may have."""
        return self.filtered(
            lambda p: p.dist_state in OPEN_STATES and p.state not in ("done", "cancel")
        )

    def _dist_write(self, vals):
        """Write what the partner said; its history is the ledger, not the chatter."""
        return self.sudo().with_context(tracking_disable=True).write(vals)
