"""What partners say of holds and releases, and how a hold ends."""

from odoo import api, fields, models

from . import stock_picking_choice  # noqa: F401  it is extended here: it comes first

#: Something is held, or the partner was asked for it.
ACTIVE_HOLDS = (
    "waiting",
    "asked",
    "held",
    "partner",
    "release_asked",
    "release_refused",
)
#: A request that is over takes its hold along.
_OVER = ("rejected", "cancelled", "shipped")


class StockPicking(models.Model):
    # buttons and what they do are in stock_picking_hold.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_hold_state = fields.Selection(
        [
            ("none", "Not held"),
            ("waiting", "Held here"),
            ("asked", "Hold asked"),
            ("held", "Held"),
            ("partner", "Held by the 3PL"),
            ("refused", "Hold refused"),
            ("release_asked", "Release asked"),
            ("release_refused", "Release refused"),
        ],
        "3PL hold",
        default="none",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Whether the delivery is kept back: here before it was asked for, or by "
        "the third party.",
    )
    dist_hold_reason = fields.Text("3PL says of the hold", readonly=True, copy=False)
    dist_hold_at = fields.Datetime("Held since", readonly=True, copy=False)

    # ------------------------------------------- what the partner answered

    def _dist_hold_granted(self):
        """Note that the partner keeps back what we asked it to keep back."""
        asked = self.filtered(lambda p: p.dist_hold_state == "asked")
        asked._dist_write(
            {
                "dist_hold_state": "held",
                "dist_hold_reason": False,
                "dist_hold_at": fields.Datetime.now(),
            }
        )
        # nobody is late with what we asked not to ship
        asked._dist_drop_expected("fulfilment_request")
        asked._dist_free_stock()

    def _dist_held_by_partner(self, reason, since=None):
        """Note that the partner keeps a delivery back on its own.

        :param since: naive UTC, by the partner's word
        """
        self._dist_write(
            {
                "dist_hold_state": "partner",
                "dist_hold_reason": reason,
                "dist_hold_at": since or fields.Datetime.now(),
            }
        )

    def _dist_hold_refused(self, reason):
        """Show that the partner ships although we asked it to wait."""
        for picking in self:
            if picking.dist_hold_state == "asked":
                picking._dist_write(
                    {
                        "dist_hold_state": "refused",
                        "dist_hold_reason": reason
                        or self.env._("No reason was given."),
                    }
                )
            elif picking.dist_hold_state == "release_asked":
                # it ships, and that is what we want by now
                picking._dist_hold_unsent("fulfilment_release")
                picking._dist_hold_over()

    def _dist_release_refused(self, reason):
        """Show that the partner keeps back what we asked it to ship."""
        self.filtered(lambda p: p.dist_hold_state == "release_asked")._dist_write(
            {
                "dist_hold_state": "release_refused",
                "dist_hold_reason": reason or self.env._("No reason was given."),
            }
        )

    def _dist_hold_over(self):
        """Forget a hold; what was never asked for is asked for now."""
        if not self:
            return
        waiting = self.filtered(
            lambda p: (
                p.dist_hold_state == "waiting" and p.state not in ("done", "cancel")
            )
        )
        freed = self.filtered(lambda p: not p.dist_hold_keep_stock)
        self._dist_write(self._dist_no_hold())
        self._dist_drop_expected("fulfilment_hold")
        for picking in (waiting + freed).filtered(
            lambda p: p.state in ("confirmed", "waiting")
        ):
            picking.action_assign()
        ready = waiting.filtered(
            lambda p: p.state == "assigned" and p.dist_state == "none"
        )
        if ready:
            self._dist_collect_later(ready.ids)

    @api.model
    def _dist_no_hold(self):
        return {
            "dist_hold_state": "none",
            "dist_hold_code": False,
            "dist_hold_note": False,
            "dist_hold_keep_stock": True,
            "dist_hold_reason": False,
            "dist_hold_at": False,
        }

    def _dist_hold_messages(self, message_type, states):
        """Give the questions of a type about the open requests, in these states."""
        keys = [key for key in self.mapped("dist_request_key") if key]
        return (
            self.env["dist.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "in", self.dist_backend_id.ids),
                    ("direction", "=", "out"),
                    ("message_type", "=", message_type),
                    ("partition", "in", keys),
                    ("state", "in", states),
                ]
            )
        )

    def _dist_hold_answered(self, message_type, note=False):
        """Close the questions of a type that wait for the partner's answer."""
        waiting = self._dist_hold_messages(message_type, ["waiting"]).filtered(
            lambda m: not (m.note or "").startswith("behind ")
        )
        waiting.write({"state": "done", "note": note, "done_at": fields.Datetime.now()})
        waiting._release_partitions()

    def _dist_forget_refused_holds(self):
        """Let a hold or release that was refused hold up no later question."""
        for message_type in ("fulfilment_hold", "fulfilment_release"):
            refused = self._dist_hold_messages(message_type, ["exception", "dead"])
            refused.action_accept()
            refused.exception_ids._resolve("superseded")

    def _dist_drop_expected(self, message_type):
        """Wait no longer for what was to follow messages of a type."""
        keys = [key for key in self.mapped("dist_request_key") if key]
        if keys:
            self.env["dist.expectation"]._drop(
                [
                    ("backend_id", "in", self.dist_backend_id.ids),
                    ("message_id.message_type", "=", message_type),
                    ("message_id.partition", "in", keys),
                ]
            )

    # ------------------------------------------------ what ends or moves it

    def _dist_ask_cancel(self):
        """Cancel what is held, too: a refused hold may not stand in the way."""
        self._dist_forget_refused_holds()
        unsent = self.filtered(lambda p: p.dist_hold_state == "asked")
        unsent = unsent._dist_hold_unsent("fulfilment_hold")
        unsent._dist_write(self._dist_no_hold())
        return super()._dist_ask_cancel()

    def _dist_write(self, vals):
        """Let a hold end, or come back here, with the request that it was about."""
        if vals.get("dist_state") in (*_OVER, "none"):
            held = self.filtered(lambda p: p.dist_hold_state != "none")
            if vals["dist_state"] == "none":
                # it is to be asked for anew: what we hold waits here
                ours = held.filtered(
                    lambda p: (
                        p.dist_hold_state in ACTIVE_HOLDS
                        and p.dist_hold_state not in ("partner", "release_asked")
                    )
                )
                super(StockPicking, ours)._dist_write({"dist_hold_state": "waiting"})
                held -= ours
            held._dist_end_hold()
        return super()._dist_write(vals)

    def _dist_end_hold(self):
        """Close what is open about the holds of requests that are over."""
        over = self.filtered(
            lambda p: p.dist_request_key and p.dist_hold_state in ACTIVE_HOLDS
        )
        # a backorder may go on under the same request, and its hold with it
        over -= over.filtered(lambda p: p._dist_request_goes_on())
        for message_type in ("fulfilment_hold", "fulfilment_release"):
            over._dist_hold_unsent(message_type)
            over._dist_hold_answered(message_type, self.env._("The request is over."))
        return super()._dist_write(self._dist_no_hold())

    def _dist_request_goes_on(self):
        """Say whether another open delivery is under the same request."""
        self.ensure_one()
        same = self.sudo().search(
            [
                ("dist_backend_id", "=", self.dist_backend_id.id),
                ("dist_request_key", "=", self.dist_request_key),
                ("id", "!=", self.id),
            ]
        )
        return bool(same._dist_open())

    def _create_backorder_picking(self):
        """Keep held what is left of a held delivery.

        Under the same request it is held where it was; a rest that becomes a request
        of its own waits here.
        """
        backorder = super()._create_backorder_picking()
        if self.dist_hold_state not in (*ACTIVE_HOLDS, "refused"):
            return backorder
        same_request = self.id in self.env.context.get("dist_rest_follows", ())
        if not same_request and self.dist_hold_state not in ("asked", "held"):
            return backorder
        backorder._dist_write(
            {
                name: self[name]
                for name in (*self._dist_no_hold(), "dist_hold_count")
                if name != "dist_hold_state"
            }
            | {"dist_hold_state": self.dist_hold_state if same_request else "waiting"}
        )
        return backorder
