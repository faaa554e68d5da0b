"""Holding a delivery back: here before it was asked for, at the partner afterwards."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from . import stock_picking_choice  # noqa: F401  it is extended here: it comes first
from .stock_picking_hold_answer import ACTIVE_HOLDS

#: Why somebody holds a delivery back: the canonical reasons, in words.
HOLD_REASONS = [
    ("payment", "Payment is open"),
    ("address", "Address is in doubt"),
    ("customer", "Customer's wish"),
    ("stock", "To be shipped with other goods"),
    ("quality", "Quality is in doubt"),
    ("other", "Other"),
]
#: The partner has the request and can still keep it back.
_CAN_BE_HELD = ("queued", "sent", "accepted", "partly_shipped")
#: Nobody was asked to ship yet.
_NOT_ASKED = ("none", "blocked")


class StockPicking(models.Model):
    # what partners answer is in stock_picking_hold_answer.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_hold_code = fields.Selection(
        HOLD_REASONS, "Held because of", readonly=True, copy=False
    )
    dist_hold_note = fields.Char("Remark on the hold", readonly=True, copy=False)
    dist_hold_keep_stock = fields.Boolean(
        "Keep the stock", default=True, readonly=True, copy=False
    )
    dist_hold_count = fields.Integer(readonly=True, copy=False)
    dist_can_hold = fields.Boolean(compute="_compute_dist_hold_offers")
    dist_can_release = fields.Boolean(compute="_compute_dist_hold_offers")

    # ------------------------------------------------------------- computes

    @api.depends("state", "dist_state", "dist_hold_state", "picking_type_id")
    def _compute_dist_hold_offers(self):
        for picking in self:
            picking.dist_can_hold = (
                picking.dist_hold_state in ("none", "refused")
                and not picking._dist_hold_hindrance()
            )
            picking.dist_can_release = (
                picking.state not in ("done", "cancel")
                and picking.dist_hold_state in ACTIVE_HOLDS
                and picking.dist_hold_state != "release_asked"
                and picking._dist_release_possible()
            )

    def _dist_hold_hindrance(self):
        """Say why a delivery cannot be held back; empty when it can.

        Judged by what the partner last said: what is shipped, or about to be dropped,
        cannot be held.
        """
        self.ensure_one()
        backend = self.dist_backend_id.sudo() or self._dist_warehouse_backend()
        if not backend or self.state in ("done", "cancel", "draft"):
            return self.env._("%s is not an open delivery of a 3PL.", self.name)
        if self.dist_state in _NOT_ASKED:
            return ""
        if self.dist_state not in _CAN_BE_HELD:
            return self.env._(
                "%(delivery)s cannot be held: its request is %(state)s.",
                delivery=self.name,
                state=dict(self._fields["dist_state"]._description_selection(self.env))[
                    self.dist_state
                ].lower(),
            )
        if self.dist_state != "queued" and not backend._flow("fulfilment_hold"):
            return self.env._(
                "%(partner)s takes no holds. Cancel there, or let it ship.",
                partner=backend.name,
            )
        return ""

    def _dist_release_possible(self):
        """Say whether a release can be asked for, or needs nobody's consent."""
        self.ensure_one()
        return self.dist_hold_state in ("waiting", "asked") or bool(
            self.dist_backend_id.sudo()._flow("fulfilment_release")
        )

    # -------------------------------------------------------------- buttons

    def action_dist_hold(self):
        """Ask why, then hold these deliveries back."""
        self._dist_check_hold_group()
        for picking in self:
            picking._dist_refuse_hold()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask to hold"),
            "res_model": "dist.hold.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_picking_ids": [(6, 0, self.ids)]},
        }

    def action_dist_release(self):
        """Let these deliveries go: here, or by asking the partner.

        :raises AccessError: for anybody but an operator
        :raises UserError: nothing is held, or its stock went to other orders
        """
        self._dist_check_hold_group()
        for picking in self:
            if not picking.dist_can_release:
                raise UserError(
                    self.env._("%s is not held, or was released.", picking.name)
                )
        self.sudo()._dist_release()
        self.env["dist.audit"]._record("delivery.release", self)
        return True

    def action_dist_request_again(self):
        """Keep people from asking for what is held here."""
        for picking in self:
            if picking.dist_hold_state == "waiting":
                raise UserError(
                    self.env._("%s is held here. Release it first.", picking.name)
                )
        return super().action_dist_request_again()

    def _dist_check_hold_group(self):
        self.check_access("write")
        group = "dist_connector_base.group_operator"
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Only people who work with partners may hold or release.")
            )

    def _dist_refuse_hold(self):
        """Refuse what cannot be held.

        :raises UserError: with the reason
        """
        reason = self._dist_hold_hindrance()
        if not reason and self.dist_hold_state not in ("none", "refused", "partner"):
            reason = self.env._("%s is held already, or was asked to be.", self.name)
        if reason:
            raise UserError(reason)

    # ------------------------------------------------------ business verbs

    def _dist_hold(self, code, note="", keep_stock=True):
        """Hold deliveries back: here where nobody was asked, else at the partner.

        :param code: a value of ``dist_hold_code``
        :param keep_stock: whether the goods stay reserved for them
        :raises UserError: when one of them cannot be held
        """
        for picking in self:
            picking._dist_refuse_hold()
        self._dist_write(
            {
                "dist_hold_state": "waiting",
                "dist_hold_code": code,
                "dist_hold_note": note or False,
                "dist_hold_keep_stock": keep_stock,
                "dist_hold_reason": False,
                "dist_hold_at": fields.Datetime.now(),
            }
        )
        here = self.filtered(lambda p: p.dist_state in _NOT_ASKED)
        queued = self.filtered(lambda p: p.dist_state == "queued")
        leaving = queued._dist_withdraw() if queued else queued
        at_partner = self - here - queued + leaving
        for picking in leaving.filtered(
            lambda p: not p.dist_backend_id.sudo()._flow("fulfilment_hold")
        ):
            # the button was offered while the request stood in line
            raise UserError(
                self.env._("The request of %s has just left.", picking.name)
            )
        at_partner._dist_write({"dist_hold_state": "asked"})
        # A request that is just being sent has no number at the partner yet: its
        # hold goes out when the answer is there.
        known = at_partner.filtered(lambda p: p.dist_state != "queued")
        known._dist_forget_refused_holds()
        self.env["dist.handler.fulfilment_hold"]._collect(known.sudo())
        (self - at_partner)._dist_free_stock()

    def _dist_release(self):
        """Let held deliveries go.

        :raises UserError: the stock of one went to other orders
        """
        here = self.filtered(lambda p: p.dist_hold_state == "waiting")
        asked = self.filtered(lambda p: p.dist_hold_state == "asked")
        silent = asked.filtered(lambda p: p.dist_state == "queued")
        silent += (asked - silent)._dist_hold_unsent("fulfilment_hold")
        ask = self - here - silent
        (here + silent)._dist_hold_over()
        for picking in ask:
            picking._dist_take_stock_back()
        ask._dist_forget_refused_holds()
        ask._dist_write({"dist_hold_state": "release_asked", "dist_hold_reason": False})
        self.env["dist.handler.fulfilment_release"]._collect(ask)

    def _dist_hold_unsent(self, message_type):
        """Take back questions that have not left.

        :return: the deliveries of which the partner hears nothing
        """
        gone = self.browse()
        for backend, pickings in self.grouped("dist_backend_id").items():
            latest = {p._dist_hold_key(): p for p in pickings}
            keys = backend.sudo()._dist_cancel_unsent(message_type, latest)
            gone += self.browse([latest[key].id for key in keys])
        return gone

    def _dist_hold_key(self, step=0):
        """Give the key of the latest hold or release, or of the next with 1."""
        self.ensure_one()
        return f"{self.dist_request_key}-H{self.dist_hold_count + step}"

    # ----------------------------------------------------------------- stock

    def _dist_free_stock(self):
        """Let other orders have the goods of what is held, where it was so asked."""
        free = self.filtered(
            lambda p: (
                p.dist_hold_state in ("waiting", "held") and not p.dist_hold_keep_stock
            )
        )
        if free:
            free.do_unreserve()

    def _dist_take_stock_back(self):
        """Reserve again what was freed for other orders.

        :raises UserError: it is not all there any more
        """
        self.ensure_one()
        if self.dist_hold_keep_stock or self.dist_hold_state != "held":
            return
        self.with_context(dist_release=True).action_assign()
        if any(
            move.state not in ("assigned", "done", "cancel") for move in self.move_ids
        ):
            raise UserError(
                self.env._(
                    "The stock of %s went to other orders while it was held. Wait for "
                    "goods, or cancel it.",
                    self.name,
                )
            )
