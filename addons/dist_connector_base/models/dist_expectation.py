"""Expectations: X was sent, Y must come before T."""

from odoo import api, fields, models

from ..pipeline import expect

#: Deadlines that one step of the cron looks at; each late one writes an exception.
OVERDUE_BATCH = 200


class DistExpectation(models.Model):
    _name = "dist.expectation"
    _description = "Expectation"
    _order = "deadline, id"
    _rec_name = "subject"

    rule_id = fields.Many2one(
        "dist.expectation.rule",
        "Expected",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    backend_id = fields.Many2one(
        "dist.backend", "Partner", required=True, readonly=True, ondelete="cascade"
    )
    flow_id = fields.Many2one(
        "dist.flow", "After", readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    message_id = fields.Many2one(
        "dist.message",
        "Opened by",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    subject = fields.Char(
        "About", readonly=True, help="What both messages have in common."
    )
    met_by = fields.Char("Must come", readonly=True)
    severity = fields.Selection(
        [
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
            ("critical", "Critical"),
        ],
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "Running"),
            ("overdue", "Overdue"),
            ("met", "Met"),
            ("cancelled", "Not needed any more"),
        ],
        required=True,
        readonly=True,
    )
    opened_at = fields.Datetime("Since", readonly=True)
    deadline = fields.Datetime("Due", readonly=True)
    met_at = fields.Datetime("Came", readonly=True)
    met_message_id = fields.Many2one(
        "dist.message", "Met by", readonly=True, index="btree_not_null"
    )
    late = fields.Boolean(readonly=True, help="It came, but after its deadline.")
    exception_id = fields.Many2one("dist.exception", readonly=True)
    correlation = fields.Char("Order", readonly=True, index="btree_not_null")
    res_model = fields.Char("Related model", readonly=True)
    res_id = fields.Many2oneReference(
        "Related record", model_field="res_model", readonly=True
    )

    # one message opens an expectation once, however often it is replayed
    _opened_once = models.UniqueIndex(
        "(rule_id, message_id)", "This message opened the expectation already."
    )
    _running = models.Index("(backend_id, subject) WHERE state IN ('open', 'overdue')")
    _due = models.Index("(deadline) WHERE state = 'open'")
    _record = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _opened_by = models.Index("(message_id)")

    # -------------------------------------------------------------- buttons

    def action_open_message(self):
        """Open the message that the answer is missing to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "dist.message",
            "res_id": self.message_id.id,
            "view_mode": "form",
        }

    # ------------------------------------------------------------- services

    @api.model
    def _drop(self, domain):
        """Close running expectations that nobody waits for any more.

        :param domain: on ``dist.expectation``; a cancelled request, mostly
        """
        running = self.sudo().search([*domain, ("state", "in", ["open", "overdue"])])
        if not running:
            return
        running.write({"state": "cancelled"})
        expect.close_exceptions(
            running, self.env._("It is not needed any more: the request is gone.")
        )

    @api.model
    def _drop_for_records(self, records):
        """Close what is expected of the partners of these records.

        :param records: records that the opening messages are about
        """
        if records:
            self._drop(
                [("res_model", "=", records._name), ("res_id", "in", records.ids)]
            )

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_overdue(self):
        """Open exceptions for what did not come in time, so many at a time."""
        env = self.env(su=True)
        while True:
            done = expect.find_overdue(env, OVERDUE_BATCH)
            left = env["dist.expectation"].search_count(
                [("state", "=", "open"), ("deadline", "<=", fields.Datetime.now())]
            )
            seconds = env["ir.cron"]._commit_progress(done, remaining=left)
            if not done or not left or not seconds:
                break
