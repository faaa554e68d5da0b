"""Shadow results: what a flow in shadow would have done."""

import difflib
import json

from odoo import api, fields, models


class DistShadowResult(models.Model):
    _name = "dist.shadow.result"
    _description = "Shadow Result"
    _order = "id desc"
    _rec_name = "message_id"

    message_id = fields.Many2one(
        "dist.message", required=True, readonly=True, ondelete="cascade"
    )
    flow_id = fields.Many2one(
        related="message_id.flow_id", store=True, index=True, readonly=True
    )
    backend_id = fields.Many2one(
        related="message_id.backend_id", store=True, string="Partner"
    )
    company_id = fields.Many2one(
        related="message_id.company_id", store=True, index=True
    )
    message_type = fields.Char(related="message_id.message_type", store=True)
    key = fields.Char(related="message_id.key", store=True, string="Business key")
    received_at = fields.Datetime(related="message_id.received_at", store=True)
    effects = fields.Text(
        "Would have written",
        readonly=True,
        help="Records by model, counted while it was done; then all was taken back.",
    )
    error = fields.Text("Would have failed with", readonly=True)
    error_class = fields.Char(readonly=True)
    request = fields.Text(
        "Would have sent", readonly=True, help="Secrets and personal data are masked."
    )
    prepared = fields.Text(
        "Prepared body",
        readonly=True,
        groups="dist_connector_base.group_manager",
        help="In full, as it would have gone out.",
    )
    verdict = fields.Selection(
        [
            ("same", "Same"),
            ("different", "Different"),
            ("missing", "Not in the live flow"),
            ("failed", "Fails in shadow"),
            ("alone", "Nothing to compare with"),
        ],
        "Comparison",
        compute="_compute_comparison",
        search="_search_verdict",
    )
    live_message_id = fields.Many2one(
        "dist.message", "Live message", compute="_compute_comparison"
    )
    difference = fields.Text(
        compute="_compute_comparison", help="- live, + shadow; empty when the same."
    )

    _message_unique = models.UniqueIndex(
        "(message_id)", "A message has one result in shadow."
    )

    @api.depends(
        "key", "error", "request", "message_id.canonical", "flow_id.compare_flow_id"
    )
    def _compute_comparison(self):
        live = self._live_messages()
        for result in self:
            flow = result.flow_id.compare_flow_id
            message = live.get((flow.id, result.key)) if flow else None
            result.live_message_id = message
            result.difference = result._difference(message) if message else False
            if result.error:
                result.verdict = "failed"
            elif not flow:
                result.verdict = "alone"
            elif not message:
                result.verdict = "missing"
            else:
                result.verdict = "different" if result.difference else "same"

    def _live_messages(self):
        """Give the live messages of the same keys.

        :rtype: dict[tuple[int, str], dist.message record]
        """
        found = self.env["dist.message"].search(
            [
                ("flow_id", "in", self.flow_id.compare_flow_id.ids),
                ("key", "in", [key for key in self.mapped("key") if key]),
                ("owns_key", "=", True),
            ]
        )
        return {(message.flow_id.id, message.key): message for message in found}

    def _difference(self, live):
        """Give the lines in which both sides differ; empty when they agree.

        Incoming: what both understood. Outgoing: what was sent and would be sent.
        """
        mine, theirs = _pretty(self.message_id.canonical), _pretty(live.canonical)
        if self.message_id.direction == "out":
            sent = live.attempt_ids.filtered(lambda a: a.step == "send")[:1]
            if sent:
                mine, theirs = _essence(self.request), _essence(sent.request)
        lines = difflib.unified_diff(
            theirs.splitlines(), mine.splitlines(), "live", "shadow", lineterm="", n=2
        )
        return "\n".join(lines)

    def _search_verdict(self, operator, value):
        """Find by comparison; looks at the youngest ten thousand."""
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        recent = self.search([], limit=10_000)
        return [("id", "in", [r.id for r in recent if r.verdict in wanted])]

    # -------------------------------------------------------------- buttons

    def action_open_message(self):
        """Open the message that was done in shadow."""
        self.ensure_one()
        return self._open(self.message_id)

    def action_open_live(self):
        """Open the live message of the same key."""
        self.ensure_one()
        return self._open(self.live_message_id)

    def _open(self, message):
        return {
            "type": "ir.actions.act_window",
            "res_model": "dist.message",
            "res_id": message.id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------- services

    @api.model
    def _keep(self, rows):
        """Keep results; one that was rehearsed before is replaced.

        :param rows: list of values, each with ``message_id``
        """
        if not rows:
            return
        ids = [row["message_id"] for row in rows]
        self.search([("message_id", "in", ids)]).unlink()
        self.create(rows)


def _essence(request):
    """Give a request without its headers: each carries trace ids of its own."""
    head, blank, body = (request or "").partition("\n\n")
    return head.partition("\n")[0] + blank + body


def _pretty(text):
    if not text:
        return ""
    return json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False)
