"""Changing what a partner was asked to ship: asked for, agreed to, or refused."""

import json

from odoo import api, fields, models
from odoo.addons.dist_connector_base.core.canonical import (
    FulfilmentChange,
    FulfilmentRequest,
)
from odoo.addons.dist_connector_base.core.errors import DistError

from ..core.changes import CONTENT, differences
from . import stock_picking_request  # noqa: F401  it is extended here: it comes first

_CHANGED = "dist_3pl.changed"
#: What of a delivery a partner was told.
TOLD_FIELDS = {"partner_id", "scheduled_date", "carrier_id"}
#: A request that is over takes its changes along.
_OVER = ("none", "queued", "rejected", "cancelled", "shipped")


class StockPicking(models.Model):
    # the buttons are in stock_picking_choice.py
    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    dist_change_state = fields.Selection(
        [
            ("none", "No change"),
            ("held", "Change waits"),
            ("pending", "Change asked"),
            ("refused", "Change refused"),
            ("impossible", "Change not possible"),
        ],
        "3PL change",
        default="none",
        readonly=True,
        copy=False,
        help="Whether what was changed here after the request is what the third party "
        "will ship.",
    )
    dist_change_reason = fields.Text("3PL says of it", readonly=True, copy=False)
    dist_change_count = fields.Integer(readonly=True, copy=False)
    dist_agreed = fields.Text(
        readonly=True, copy=False, groups="dist_connector_base.group_manager"
    )
    dist_agreed_partner_id = fields.Many2one(
        "res.partner", "Address the 3PL has", readonly=True, copy=False
    )

    def write(self, vals):
        """Notice what partners were told otherwise."""
        told = self.browse()
        if TOLD_FIELDS & vals.keys() and not self.env.context.get("dist_no_change"):
            told = self._dist_open()
        if "partner_id" in vals:
            for picking in told.filtered(lambda p: not p.dist_agreed_partner_id):
                picking._dist_write({"dist_agreed_partner_id": picking.partner_id.id})
        result = super().write(vals)
        if told:
            told._dist_change_later()
        return result

    # ------------------------------------------------------ business verbs

    def _dist_change_later(self):
        """Ask for the change when the transaction is about to be stored.

        A person who changes the address and two lines so asks for one change.
        """
        pending = self.env.cr.precommit.data.setdefault(_CHANGED, set())
        if not pending:
            model = self.env(su=True, context={})["stock.picking"]
            self.env.cr.precommit.add(model._dist_change_noted)
        pending.update(self.ids)

    @api.model
    def _dist_change_noted(self):
        ids = self.env.cr.precommit.data.pop(_CHANGED, ())
        self.browse(sorted(ids)).exists()._dist_open()._dist_change()

    def _dist_change(self):
        """Tell the partners what is otherwise now, as far as their status allows it."""
        fresh = self.filtered(lambda p: p.dist_state == "queued")
        on_its_way = fresh._dist_withdraw() if fresh else fresh
        on_its_way._dist_write({"dist_change_state": "held"})
        asked = []
        for picking in (self - fresh).filtered(
            lambda p: p.dist_state not in ("cancel_pending", "queued")
        ):
            what = differences(picking._dist_agreed_content(), picking._dist_wanted())
            if not what:
                picking._dist_change_over()
            elif refusal := picking._dist_change_refusal():
                picking._dist_write(refusal)
            elif picking.dist_change_state != "pending":
                asked.append((picking, what))
        if asked:
            self._dist_collect_changes(asked)

    def _dist_takes_changes(self):
        """Say whether the partner can be asked for a change at this moment."""
        self.ensure_one()
        return self.dist_state in ("sent", "accepted") and bool(
            self.dist_backend_id._flow("fulfilment_change")
        )

    def _dist_collect_changes(self, asked):
        """Queue changes; a change that cannot be written holds back no other."""
        for picking, what in asked:
            try:
                self.env["dist.handler.fulfilment_change"]._collect([(picking, what)])
            except DistError as exc:
                picking._dist_write(
                    {"dist_change_state": "refused", "dist_change_reason": str(exc)}
                )

    def _dist_change_refusal(self):
        """Say why a change need not be asked for; empty when it can be."""
        self.ensure_one()
        backend = self.dist_backend_id
        if not backend._flow("fulfilment_change"):
            reason = self.env._(
                "%s takes no changes. Cancel there and request anew, or let it ship "
                "as asked.",
                backend.name,
            )
            return {"dist_change_state": "impossible", "dist_change_reason": reason}
        if backend.builds_kits and any(self._dist_request_lines().mapped("kit_key")):
            reason = self.env._(
                "%s was asked for kits, and takes no change of their components. "
                "Cancel there and request anew, or let it ship as asked.",
                backend.name,
            )
            return {"dist_change_state": "impossible", "dist_change_reason": reason}
        if self.dist_state not in ("sent", "accepted"):
            reason = self.env._("%s is shipping it already.", backend.name)
            return {"dist_change_state": "refused", "dist_change_reason": reason}
        return {}

    # ------------------------------------------- what the partner answered

    def _dist_change_of(self, change_key=None):
        """Give the change message that an answer is about: the latest, or the named."""
        self.ensure_one()
        domain = [
            ("res_model", "=", self._name),
            ("res_id", "=", self.id),
            ("direction", "=", "out"),
            ("message_type", "=", "fulfilment_change"),
        ]
        if change_key:
            domain.append(("key", "=", change_key))
        return self.env["dist.message"].sudo().search(domain, order="id desc", limit=1)

    def _dist_change_answered(self, note=False):
        """Close the change messages that wait for the partner's answer."""
        for picking in self:
            message = picking._dist_change_of()
            if message.state == "waiting":
                message.write(
                    {"state": "done", "note": note, "done_at": fields.Datetime.now()}
                )
                message._release_partitions()

    def _dist_change_agreed(self, document):
        """Hold the delivery to what the partner agreed to.

        :param document: the canonical change
        """
        self.ensure_one()
        self._dist_write(
            {
                "dist_agreed": json.dumps(_content_of(document)),
                "dist_change_state": "none",
                "dist_change_reason": False,
                "dist_agreed_partner_id": False,
            }
        )
        self._dist_take_over_lines(document)
        dropped = self.move_ids.filtered("dist_drop_asked")
        if dropped:
            dropped.dist_drop_asked = False
            dropped.with_context(dist_partner_agreed=True)._action_cancel()
        # somebody may have changed more while the partner was thinking
        self._dist_change_later()

    def _dist_take_over_lines(self, document):
        """Make the request lines say what the partner agreed to ship."""
        lines = self.env["dist.request.line"].sudo()
        known = {line.line_key: line for line in self._dist_request_lines()}
        for part in document.lines:
            if line := known.get(part.line_key):
                line.quantity = float(part.quantity)
                continue
            move = self.env["stock.move"].browse(int(part.line_key))
            lines.create(
                {
                    "backend_id": self.dist_backend_id.id,
                    "company_id": self.company_id.id,
                    "request_key": self.dist_request_key,
                    "line_key": part.line_key,
                    "move_id": move.id,
                    "product_id": move.product_id.id,
                    "quantity": float(part.quantity),
                }
            )

    def _dist_change_refused(self, reason):
        """Show that the partner ships as it was asked before."""
        self._dist_write(
            {
                "dist_change_state": "refused",
                "dist_change_reason": reason or self.env._("No reason was given."),
            }
        )

    def _dist_change_over(self):
        """Forget a change that nobody wants any more."""
        self.filtered(lambda p: p.dist_change_state != "none")._dist_write(
            {"dist_change_state": "none", "dist_change_reason": False}
        )

    def _dist_write(self, vals):
        """Let a change end with the request that it was about."""
        if vals.get("dist_state") in _OVER:
            changed = self.filtered(
                lambda p: p.dist_change_state != "none" or p.sudo().dist_agreed
            )
            pending = changed.filtered(lambda p: p.dist_change_state == "pending")
            pending._dist_change_answered(self.env._("The request is over."))
            super(StockPicking, changed)._dist_write(
                {
                    "dist_change_state": "none",
                    "dist_change_reason": False,
                    "dist_agreed": False,
                    "dist_agreed_partner_id": False,
                }
            )
        return super()._dist_write(vals)

    # ------------------------------------------- what is agreed, and wanted

    def _dist_request_lines(self):
        """Give the lines that the partner was asked for under the open request."""
        self.ensure_one()
        return (
            self.env["dist.request.line"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.dist_backend_id.id),
                    ("request_key", "=", self.dist_request_key),
                ]
            )
        )

    def _dist_agreed_content(self):
        """Give what the partner was last asked for and did not refuse.

        :rtype: dict
        """
        self.ensure_one()
        if self.sudo().dist_agreed:
            return json.loads(self.sudo().dist_agreed)
        message = (
            self.env["dist.message"]
            .sudo()
            .search(
                [
                    ("backend_id", "=", self.dist_backend_id.id),
                    ("direction", "=", "out"),
                    ("message_type", "=", "fulfilment_request"),
                    ("key", "=", self.dist_request_key),
                ],
                order="id desc",
                limit=1,
            )
        )
        return _content_of(FulfilmentRequest.from_json(message.canonical))

    def _dist_wanted(self):
        """Give what the partner should ship now, as plain data.

        Demand that grows has a delivery of its own; a line that somebody adds to this
        one is asked for here.
        """
        self.ensure_one()
        handler = self.env["dist.handler.fulfilment_request"]
        lines, asked = {}, self.env["stock.move"]
        for line in self._dist_request_lines():
            move = line.move_id
            asked += move
            demand = 0.0
            if move.state != "cancel" and not move.dist_drop_asked:
                demand = move.product_uom._compute_quantity(
                    move.product_uom_qty, line.uom_id, rounding_method="HALF-UP"
                )
            lines[line.line_key] = min(line.quantity, demand)
        for move in self.move_ids - asked:
            if move.state not in ("done", "cancel"):
                lines[str(move.id)] = move.product_qty
        return {
            "ship_to": handler._party(self),
            "carrier": self.carrier_id.dist_carrier_code or None,
            "service": self.carrier_id.dist_service_code or None,
            "requested_ship_date": self.scheduled_date.date().isoformat(),
            "requested_delivery_date": (
                self.date_deadline.date().isoformat() if self.date_deadline else None
            ),
            "lines": lines,
        }

    def _dist_change_line(self, line_key):
        """Give what a line of a change says of its product."""
        line = self._dist_request_lines().filtered(lambda r: r.line_key == line_key)
        product = (
            line.product_id or self.env["stock.move"].browse(int(line_key)).product_id
        )
        return {
            "sku": product.default_code,
            "description": product.name,
            "unit": product.uom_id.dist_unit_code,
        }


def _content_of(document: FulfilmentRequest | FulfilmentChange):
    """Give what of a document can be changed, as plain data."""
    data = document.model_dump(mode="json", include=set(CONTENT))
    # of a kit that the partner builds, what counts here are its components
    data["lines"] = {
        part.line_key: str(part.quantity)
        for line in document.lines
        for part in getattr(line, "components", None) or [line]
    }
    return data
