"""Goods that a customer sends back to a warehouse that a third party runs."""

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.errors import DistError
from odoo.exceptions import UserError

#: The partner expects the parcel or may do so.
EXPECTED_STATES = ("queued", "sent", "accepted")
OPEN_STATES = ("draft", "rejected", *EXPECTED_STATES)


class DistReturn(models.Model):
    _name = "dist.return"
    _description = "Return to a 3PL Warehouse"
    _order = "id desc"

    name = fields.Char(
        "Return",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("dist.return"),
        help="Our number of the return: it is the key that the partner is told, and "
        "what the customer writes on the parcel.",
    )
    backend_id = fields.Many2one(
        "dist.backend", "3PL", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    delivery_id = fields.Many2one(
        "stock.picking",
        index="btree_not_null",
        domain="[('picking_type_code', '=', 'outgoing'), ('state', '=', 'done'), "
        "('company_id', '=', company_id)]",
        help="The delivery that had shipped the goods.",
    )
    sale_id = fields.Many2one(related="delivery_id.sale_id", store=True)
    partner_id = fields.Many2one(
        related="delivery_id.partner_id", string="Customer", store=True
    )
    picking_id = fields.Many2one(
        "stock.picking", "Return transfer", readonly=True, copy=False
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("accepted", "Expected"),
            ("rejected", "Rejected"),
            ("unassigned", "Not assigned"),
            ("received", "Received"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    is_blind = fields.Boolean(
        "Unannounced", readonly=True, help="It came back without our authorisation."
    )
    exchange = fields.Boolean(
        "Send a replacement",
        help="When the goods are back, the same goods are sent again as a delivery of "
        "the sale order, with a request of its own. No credit is proposed.",
    )
    remote_key = fields.Char(
        "3PL return", readonly=True, copy=False, help="The partner's own number."
    )
    tracking_number = fields.Char("Tracking number", copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)
    reason_text = fields.Text("3PL says", readonly=True, copy=False)
    line_ids = fields.One2many("dist.return.line", "return_id", copy=True)
    goods = fields.Char(compute="_compute_goods", help="What came or comes back.")
    notice = fields.Text(
        readonly=True, copy=False, help="What the partner told, until it is assigned."
    )
    candidate_ids = fields.Many2many(
        "stock.picking", compute="_compute_candidate_ids", string="May belong to"
    )
    credit_note_id = fields.Many2one(
        "account.move", "Credit note", readonly=True, copy=False
    )
    credit_note_text = fields.Char(readonly=True, copy=False)
    replacement_ids = fields.One2many(
        "stock.picking", "dist_replaces_id", "Replacements", readonly=True
    )
    message_count = fields.Integer(
        compute="_compute_message_count", groups="dist_connector_base.group_operator"
    )

    _name_unique = models.UniqueIndex("(name)", "This return number is taken.")
    _remote_key_unique = models.UniqueIndex(
        "(backend_id, remote_key) WHERE remote_key IS NOT NULL",
        "This return of the partner is here already.",
    )

    # ------------------------------------------------------------- computes

    @api.depends(
        "line_ids.product_id", "line_ids.quantity", "line_ids.quantity_received"
    )
    def _compute_goods(self):
        for record in self:
            record.goods = ", ".join(
                f"{line.quantity_received or line.quantity:g} "
                f"{line.product_id.display_name}"
                for line in record.line_ids
                if line.quantity_received or line.quantity
            )

    def _compute_message_count(self):
        counts = dict(
            self.env["dist.message"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for record in self:
            record.message_count = counts.get(record._origin.id, 0)

    @api.depends("state", "line_ids.product_id")
    def _compute_candidate_ids(self):
        """Suggest deliveries that shipped all of what came back, latest first."""
        may_look = self.env["stock.picking"].has_access("read")
        for record in self:
            waits = record.state == "unassigned" and record.line_ids.product_id
            if not waits or not may_look:
                record.candidate_ids = False
                continue
            record.candidate_ids = self.env["stock.picking"].search(
                [
                    ("picking_type_id.warehouse_id", "in", record._warehouses().ids),
                    ("picking_type_id.code", "=", "outgoing"),
                    ("state", "=", "done"),
                    *(
                        ("move_ids.product_id", "=", product.id)
                        for product in record.line_ids.product_id
                    ),
                ],
                order="date_done desc, id desc",
                limit=10,
            )

    def _warehouses(self):
        self.ensure_one()
        return self.env["stock.warehouse"].search(
            [("dist_backend_id", "=", self.backend_id.id)]
        )

    # -------------------------------------------------------------- buttons

    def action_authorise(self):
        """Tell the partner to expect the goods.

        :raises UserError: nothing to return, or more than was delivered
        """
        self.check_access("write")
        for record in self:
            if record.state not in ("draft", "rejected"):
                raise UserError(
                    self.env._("%s was authorised before.", record.display_name)
                )
            if not record.line_ids.filtered("quantity"):
                raise UserError(self.env._("Enter how much comes back."))
            for line in record.line_ids:
                line._check_quantity()
        self.env["dist.handler.return_authorisation"]._collect(self.sudo())
        self.env["dist.audit"]._record("return.authorise", self)
        return True

    def action_cancel(self):
        """Drop returns that the partner does not expect.

        :raises UserError: the partner expects it or has it
        """
        self.check_access("write")
        for record in self.sudo():
            gone = record.state in ("draft", "rejected", "unassigned")
            if record.state == "queued":
                gone = record.backend_id._dist_cancel_unsent(
                    "return_authorisation", [record.name]
                )
            if not gone:
                raise UserError(
                    self.env._(
                        "%(partner)s expects %(number)s or has it: it cannot be "
                        "cancelled here.",
                        partner=record.backend_id.name,
                        number=record.name,
                    )
                )
            record.picking_id.action_cancel()
            record.state = "cancelled"
        self.env["dist.audit"]._record("return.cancel", self)
        return True

    def action_assign(self):
        """Book an unannounced return on the delivery that a person chose.

        :raises UserError: no delivery is chosen, or it is assigned already
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update()
        if self.state != "unassigned":
            raise UserError(self.env._("%s is assigned already.", self.name))
        if not self.delivery_id:
            raise UserError(self.env._("Choose the delivery first."))
        try:
            self.sudo()._assign(self.delivery_id.sudo())
        except DistError as exc:
            raise UserError(exc.advice) from exc
        self.env["dist.audit"]._record("return.assign", self, self.delivery_id.name)
        return True

    def action_propose_credit(self):
        """Draft a credit note for what came back; a person posts it.

        :raises UserError: there is nothing to credit
        """
        self.ensure_one()
        self.check_access("write")
        self.sudo()._propose_credit()
        if not self.credit_note_id:
            raise UserError(self.credit_note_text)
        self.env["dist.audit"]._record("return.propose_credit", self)
        return self.action_open_credit_note()

    def action_replace(self):
        """Send the same goods again, as a delivery with a request of its own.

        :raises UserError: a replacement is on its way already
        """
        self.ensure_one()
        self.check_access("write")
        if self.replacement_ids:
            raise UserError(
                self.env._("The replacement is %s.", self.replacement_ids[0].name)
            )
        self.sudo()._replace()
        self.env["dist.audit"]._record("return.replace", self)
        return True

    def action_open_credit_note(self):
        """Open the proposed credit note."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.credit_note_id.id,
            "view_mode": "form",
        }

    def action_messages(self):
        """Open the messages about this return."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["domain"] = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        action["context"] = {}
        return action
