"""The life of a receipt's advice: announced, changed, cancelled, answered."""

from odoo import api, models

from .stock_picking_receipt import AT_THE_DOOR, OPEN_RECEIPT_STATES

_READY = "dist_3pl.receipts"


class StockPicking(models.Model):
    # fields and screens are in stock_picking_receipt.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------ business verbs

    def _dist_announce_later(self, ids):
        """Look at these receipts when the transaction is about to be stored.

        See ``_dist_collect_later``: what is announced is what is true in the end.
        """
        pending = self.env.cr.precommit.data.setdefault(_READY, set())
        if not pending:
            model = self.env(su=True, context={})["stock.picking"]
            self.env.cr.precommit.add(model._dist_announce_ready)
        pending.update(ids)

    @api.model
    def _dist_announce_ready(self):
        ids = self.env.cr.precommit.data.pop(_READY, ())
        pickings = self.browse(sorted(ids)).exists()
        pickings = pickings.filtered(lambda p: p.state == "assigned")
        changed = pickings.filtered(lambda p: p._dist_receipt_differs())
        changed._dist_receipt_change()
        fresh = pickings.filtered(
            lambda p: p.dist_receipt_state == "none" and p._dist_receipt_backend()
        )
        if fresh:
            self.env["dist.handler.receipt_notice"]._collect(fresh)

    def _dist_receipt_differs(self):
        """Whether the receipt is not what was announced any more."""
        self.ensure_one()
        if self.dist_receipt_state not in ("queued", "sent", "accepted"):
            return False
        told = {
            line.move_id.id: line
            for line in self.dist_receipt_line_ids
            if line.receipt_key == self.dist_receipt_key
        }
        open_moves = self._dist_expected_moves()
        if set(told) != set(open_moves.ids):
            return True
        return any(
            move.product_id.uom_id.compare(
                move._dist_expected(),
                told[move.id].quantity - told[move.id].quantity_received,
            )
            for move in open_moves
        )

    def _dist_expected_moves(self):
        """Give the moves of a receipt that goods are expected for."""
        return self.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel") and m._dist_expected()
        )

    def _dist_receipt_change(self):
        """Announce anew what changed; what has left already is withdrawn first.

        The partner is asked to drop the old advice. Only when it agreed does the new
        one go out, under a key of its own: goods are never expected twice.
        """
        if not self:
            return
        gone = self._dist_receipt_withdraw()
        gone._dist_write({"dist_receipt_state": "none"})
        left = self - gone
        if left:
            left._dist_ask_receipt_cancel(
                "change_pending", self.env._("Replaced by a new advice")
            )

    def _dist_ask_receipt_cancel(self, state, reason):
        """Send a cancel for advices that have left.

        An advice that is just being sent has no number at the partner yet: its
        cancel goes out when the answer is there.
        """
        known = self.filtered(lambda p: p.dist_receipt_state != "queued")
        self._dist_write({"dist_receipt_state": state, "dist_reason": False})
        self.env["dist.handler.receipt_cancel"]._collect(known.sudo(), reason)

    def _dist_receipt_withdraw(self):
        """Take advices back that have not left.

        :return: the receipts whose advice never leaves
        """
        gone = self.browse()
        for backend, pickings in self.grouped("dist_backend_id").items():
            keys = backend.sudo()._dist_cancel_unsent(
                "receipt_notice", pickings.mapped("dist_receipt_key")
            )
            unsent = pickings.filtered(lambda p, k=keys: p.dist_receipt_key in k)
            unsent.dist_receipt_line_ids.sudo().unlink()
            gone += unsent
        return gone

    def _dist_receipt_cancel(self):
        """Ask the partners not to expect these receipts.

        :return: the receipts that nobody expects any more and may be cancelled now
        """
        held = self._dist_receipt_open()
        free = held._dist_receipt_withdraw()
        free._dist_write({"dist_receipt_state": "cancelled", "dist_reason": False})
        for picking in held - free:
            if picking.dist_receipt_state in AT_THE_DOOR:
                picking._dist_write(
                    {
                        "dist_receipt_state": "cancel_refused",
                        "dist_reason": self.env._(
                            "The goods are at the partner's door already."
                        ),
                    }
                )
                continue
            if picking.dist_receipt_state == "cancel_pending":
                continue
            if picking.dist_receipt_state == "change_pending":
                # a change has asked the partner to drop the advice already
                picking._dist_write({"dist_receipt_state": "cancel_pending"})
            else:
                picking._dist_ask_receipt_cancel(
                    "cancel_pending", self.env._("Receipt cancelled")
                )
            picking.sudo().message_post(
                body=self.env._(
                    "%s expects this receipt: the cancel was asked for, and it stays "
                    "open until the answer is there.",
                    picking.dist_backend_id.sudo().name,
                )
            )
        return free

    # ------------------------------------------- what the partner answered

    @api.model
    def _dist_by_receipt(self, keys):
        """Give the receipt of each advice: the open one, else the latest.

        :param keys: iterable of ``(backend, receipt key)``
        :rtype: dict[tuple[int, str], stock.picking]
        """
        wanted = list(keys)
        found = self.sudo().search(
            [
                ("dist_backend_id", "in", [backend.id for backend, _key in wanted]),
                ("dist_receipt_key", "in", [key for _backend, key in wanted]),
            ],
            order="id",
        )
        result = {}
        for picking in found:
            key = (picking.dist_backend_id.id, picking.dist_receipt_key)
            known = result.get(key)
            if not known or known.state in ("done", "cancel"):
                result[key] = picking
        return result

    @api.model
    def _dist_receipts_of(self, messages):
        """Give the receipt that each outgoing message is about now, by message id."""
        messages = self.env["dist.message"].concat(*messages)
        pickings = self._dist_by_receipt((m.backend_id, m.key) for m in messages)
        found = {m.id: pickings.get((m.backend_id.id, m.key)) for m in messages}
        return {message_id: picking for message_id, picking in found.items() if picking}

    def _dist_receipt_rejected(self, reason, code=""):
        """Show that the partner does not expect the goods."""
        text = " ".join(filter(None, (f"[{code}]" if code else "", reason)))
        for picking in self._dist_receipt_open():
            if picking.dist_receipt_state in ("cancel_pending", "change_pending"):
                picking._dist_receipt_dropped()
            else:
                picking._dist_write(
                    {"dist_receipt_state": "rejected", "dist_reason": text}
                )

    def _dist_receipt_refused(self, reason):
        """Show that the partner expects the goods although we asked it not to."""
        for picking in self:
            change = picking.dist_receipt_state == "change_pending"
            picking._dist_write(
                {
                    "dist_receipt_state": "change_refused"
                    if change
                    else "cancel_refused",
                    "dist_reason": reason,
                }
            )

    def _dist_receipt_dropped(self):
        """Go on with receipts whose advice the partner dropped."""
        again = self.filtered(lambda p: p.dist_receipt_state == "change_pending")
        over = self.filtered(lambda p: p.dist_receipt_state == "cancel_pending")
        if over:
            over.with_context(dist_partner_agreed=True).action_cancel()
            over._dist_write({"dist_receipt_state": "cancelled", "dist_reason": False})
        if again:
            again._dist_write({"dist_receipt_state": "none", "dist_reason": False})
            self._dist_announce_later(again.ids)

    def _dist_receipt_open(self):
        """Give the receipts that the partner expects or may expect."""
        return self.filtered(
            lambda p: (
                p.dist_receipt_state in OPEN_RECEIPT_STATES
                and p.state not in ("done", "cancel")
            )
        )
