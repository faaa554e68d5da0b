"""Deliveries of a 3PL warehouse: what was asked of the partner, and what it says."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: The partner has the request or may have it: it ships, not we.
OPEN_STATES = (
    "queued",
    "sent",
    "accepted",
    "partly_shipped",
    "cancel_pending",
    "cancel_refused",
)
#: The partner has nothing: a new request may go out.
FREE_STATES = ("none", "blocked", "rejected", "cancelled")


class StockPicking(models.Model):
    _inherit = "stock.picking"

    dist_backend_id = fields.Many2one(
        "dist.backend",
        "3PL",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The third party that was asked to ship this delivery.",
    )
    dist_request_key = fields.Char(
        "3PL request", readonly=True, copy=False, index="btree_not_null"
    )
    dist_request_count = fields.Integer(readonly=True, copy=False)
    dist_cancel_count = fields.Integer(readonly=True, copy=False)
    dist_state = fields.Selection(
        [
            ("none", "Not asked"),
            ("blocked", "Data missing"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("partly_shipped", "Partly shipped"),
            ("shipped", "Shipped"),
            ("cancel_pending", "Cancel asked"),
            ("cancelled", "Cancelled"),
            ("cancel_refused", "Cancel refused"),
        ],
        "3PL status",
        default="none",
        readonly=True,
        copy=False,
        help="What the third party that runs the warehouse last said of the request.",
    )
    dist_reason = fields.Text("3PL says", readonly=True, copy=False)
    dist_remote_id = fields.Char("3PL order", readonly=True, copy=False)
    dist_shipped_at = fields.Datetime("Shipped by 3PL", readonly=True, copy=False)
    dist_parcel_ids = fields.One2many("dist.parcel", "picking_id", "Parcels")
    dist_request_line_ids = fields.One2many(
        "dist.request.line", compute="_compute_dist_request_line_ids"
    )
    dist_message_count = fields.Integer(
        compute="_compute_dist_counts", groups="dist_connector_base.group_operator"
    )
    dist_exception_count = fields.Integer(
        compute="_compute_dist_counts", groups="dist_connector_base.group_operator"
    )

    _dist_in_flight = models.Index(
        "(dist_backend_id, dist_state) WHERE dist_state IN ('blocked', 'queued', "
        "'sent', 'accepted', 'rejected', 'partly_shipped', 'cancel_pending', "
        "'cancel_refused')"
    )

    # ------------------------------------------------------------- computes

    @api.depends("move_ids", "dist_request_key")
    def _compute_dist_request_line_ids(self):
        for picking in self:
            picking.dist_request_line_ids = picking.move_ids.dist_request_line_ids

    def _compute_dist_counts(self):
        about = [("res_model", "=", "stock.picking"), ("res_id", "in", self.ids)]
        messages = dict(
            self.env["dist.message"]._read_group(about, ["res_id"], ["__count"])
        )
        exceptions = dict(
            self.env["dist.exception"]._read_group(
                [*about, ("state", "!=", "resolved")], ["res_id"], ["__count"]
            )
        )
        for picking in self:
            picking.dist_message_count = messages.get(picking._origin.id, 0)
            picking.dist_exception_count = exceptions.get(picking._origin.id, 0)

    def _compute_state(self):
        """Notice every delivery that becomes ready, whoever made it so.

        Reservation, receipts that free stock, a cancelled line under the policy "all
        at once", quantities typed in by hand: all of them end in this compute.
        """
        result = super()._compute_state()
        ready = [
            picking.id
            for picking in self
            if picking.state == "assigned"
            and picking.id
            and picking.dist_state == "none"
            and picking._dist_warehouse_backend()
        ]
        if ready:
            self._dist_collect_later(ready)
        return result

    def _dist_warehouse_backend(self):
        """Give the backend that ships this delivery, or an empty record."""
        self.ensure_one()
        if self.picking_type_id.code != "outgoing":
            return self.env["dist.backend"]
        return self.picking_type_id.warehouse_id.sudo().dist_backend_id

    def _dist_warehouse_code(self):
        """Give the code by which the partner knows whence this is shipped."""
        self.ensure_one()
        return self.picking_type_id.warehouse_id.code

    def _dist_ship_to(self):
        """Give the contact that the goods go to, or an empty record."""
        self.ensure_one()
        return self.partner_id

    def _dist_customer_reference(self):
        """Give what the customer calls the order; may be empty."""
        self.ensure_one()
        return self.sale_id.client_order_ref or ""

    # -------------------------------------------------------------- buttons

    def button_validate(self):
        """Keep people from shipping by hand what the partner ships.

        :raises UserError: when the partner has the request, unless an integration
            manager validates
        """
        held = self._dist_open()
        if held and not self._dist_may_overrule():
            raise UserError(
                self.env._(
                    "%(delivery)s is with %(partner)s, who ships it and confirms it "
                    "here. Validating it by hand would ship it twice on paper. Cancel "
                    "it instead, or ask an integration manager.",
                    delivery=held[0].name,
                    partner=held[0].dist_backend_id.sudo().name,
                )
            )
        return super().button_validate()

    def action_dist_request_again(self):
        """Ask the partner once more, under a new request key."""
        self.check_access("write")
        for picking in self:
            if picking.dist_state not in FREE_STATES or picking.state != "assigned":
                raise UserError(
                    self.env._(
                        "%s cannot be asked for again: it is not ready, or the "
                        "partner has it.",
                        picking.name,
                    )
                )
        self.sudo()._dist_close_failed()
        self.env["dist.handler.fulfilment_request"]._collect(self.sudo())
        self.env["dist.audit"]._record("fulfilment.request_again", self)
        return True

    def action_dist_cancel_here(self):
        """Cancel deliveries here although the partner did not agree to it.

        :raises AccessError: for anybody but an integration manager
        """
        self.check_access("write")
        if not self._dist_may_overrule():
            raise AccessError(
                self.env._("Only an integration manager may overrule the partner.")
            )
        held = self._dist_open()
        held.with_context(dist_partner_agreed=True).action_cancel()
        for picking in held:
            picking.message_post(
                body=self.env._("Cancelled here without the consent of the 3PL.")
            )
        held._dist_write({"dist_state": "cancelled"})
        self.env["dist.expectation"]._drop_for_records(held)
        self.env["dist.audit"]._record("fulfilment.cancel_here", held)
        return True

    def action_dist_messages(self):
        """Open the messages about this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_dist_exceptions(self):
        """Open the exceptions about this delivery."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_exception_action"
        )
        action["domain"] = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
        ]
        action["context"] = {}
        return action

    def _dist_may_overrule(self):
        return (
            self.env.context.get("dist_partner_shipped")
            or self.env.su
            or self.env.user.has_group("dist_connector_base.group_manager")
        )

    # --------------------------------------------- what Odoo does with them

    def _action_done(self):
        """Close the request of deliveries that somebody validated by hand."""
        by_hand = self.browse()
        if not self.env.context.get("dist_partner_shipped"):
            by_hand = self._dist_open()
        result = super()._action_done()
        if by_hand:
            by_hand._dist_write(
                {
                    "dist_state": "shipped",
                    "dist_reason": self.env._(
                        "Validated by hand by %s", self.env.user.name
                    ),
                }
            )
        return result

    def _create_backorder_picking(self):
        """Keep the request on a backorder that the partner still ships under it."""
        backorder = super()._create_backorder_picking()
        if self.id in self.env.context.get("dist_rest_follows", ()):
            backorder._dist_write(
                {
                    "dist_backend_id": self.dist_backend_id.id,
                    "dist_request_key": self.dist_request_key,
                    "dist_request_count": self.dist_request_count,
                    "dist_cancel_count": self.dist_cancel_count,
                    "dist_remote_id": self.dist_remote_id,
                    "dist_state": (
                        self.dist_state
                        if self.dist_state in ("cancel_pending", "cancel_refused")
                        else "partly_shipped"
                    ),
                }
            )
        return backorder

    def send_to_shipper(self):
        """Book no label with a carrier for what the partner has shipped already."""
        self.ensure_one()
        if self.dist_request_key and self.dist_state in (*OPEN_STATES, "shipped"):
            return None
        return super().send_to_shipper()
