"""Say what an unknown code means, and replay everything that it has stopped."""

import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class DistExceptionMap(models.TransientModel):
    _name = "dist.exception.map"
    _description = "Map an Unknown Code"

    exception_id = fields.Many2one(
        "dist.exception",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    backend_id = fields.Many2one(related="exception_id.backend_id")
    vocabulary = fields.Char(related="exception_id.vocabulary")
    code_value = fields.Char(related="exception_id.code_value", string="Unknown code")
    outgoing = fields.Boolean(compute="_compute_proposals")
    chosen_code = fields.Char("Its meaning", help="The code on the other side.")
    proposals = fields.Text(compute="_compute_proposals")
    waiting_count = fields.Integer(compute="_compute_waiting_count")
    replay_all = fields.Boolean("Replay all with this cause", default=True)
    per_minute = fields.Integer(
        "At most, each minute", help="0: all at once. For partners that are slow."
    )

    @api.depends("exception_id")
    def _compute_proposals(self):
        for wizard in self:
            exception = wizard.exception_id
            flow = exception.flow_id.sudo()
            wizard.outgoing = (
                exception.message_id.direction or flow.direction
            ) == "out"
            wizard.proposals = json.dumps(wizard._known_codes())

    def _known_codes(self):
        """Give the codes that are in use on the side that is asked for."""
        self.ensure_one()
        if self.outgoing:
            domain = [("backend_id", "=", self.backend_id.id)]
            name = "partner_code"
        else:
            domain = [("company_id", "=", self.backend_id.company_id.id)]
            name = "canonical_code"
        rows = self.env["dist.code.map"]._read_group(
            [*domain, ("vocabulary", "=", self.vocabulary)],
            [name],
            order=f"__count DESC, {name}",
        )
        return [code for (code,) in rows]

    @api.depends("exception_id")
    def _compute_waiting_count(self):
        for wizard in self:
            wizard.waiting_count = len(wizard._same_cause())

    def _same_cause(self):
        """Give the open exceptions with this cause whose messages can be replayed."""
        return self.exception_id.search(
            [
                ("fingerprint", "=", self.exception_id.fingerprint),
                ("state", "!=", "resolved"),
                ("message_id.state", "in", ["exception", "dead"]),
            ],
            order="message_id",
        )

    def action_apply(self):
        """Store the mapping, and replay."""
        self.ensure_one()
        return self._apply()

    def _apply(self):
        exception = self.exception_id
        exception._need("group_reviewer")
        code = (self.chosen_code or "").strip()
        if not code:
            raise UserError(self.env._("Say what the code means."))
        if exception.error_class != "mapping" or not self.vocabulary:
            raise UserError(self.env._("This exception is not about an unknown code."))
        self._store(code)
        same = self._same_cause() if self.replay_all else exception
        count = same._replay(self.per_minute, action="map", value=code)
        return exception._notify(
            self.env._("The code is mapped; %s messages are in line again.", count)
        )

    def _store(self, code):
        """Write the row of the code map, as the user.

        :raises UserError: the partner's code stands for something else already
        """
        theirs, ours = self.code_value, code
        if self.outgoing:
            theirs, ours = ours, theirs
        maps = self.env["dist.code.map"]
        place = [
            ("backend_id", "=", self.backend_id.id),
            ("vocabulary", "=", self.vocabulary),
        ]
        known = maps.search([*place, ("partner_code", "=", theirs)])
        today = fields.Date.context_today(self)
        valid = known.filtered(
            lambda row: (
                (not row.valid_from or row.valid_from <= today)
                and (not row.valid_to or row.valid_to >= today)
            )
        ).sorted(lambda row: row.valid_from or fields.Date.to_date("0001-01-01"))
        if valid and self.outgoing and valid[-1].canonical_code != ours:
            raise UserError(
                self.env._(
                    "The partner's code %(theirs)s means %(ours)s already.",
                    theirs=theirs,
                    ours=valid[-1].canonical_code,
                )
            )
        if valid:
            valid[-1].canonical_code = ours
            return
        # what is sent for one of our codes today stays what is sent
        taken = maps.search_count([*place, ("canonical_code", "=", ours)], limit=1)
        maps.create(
            {
                "backend_id": self.backend_id.id,
                "vocabulary": self.vocabulary,
                "partner_code": theirs,
                "canonical_code": ours,
                "preferred": not taken,
                # an old row of this code stays true for its days
                "valid_from": today if known else False,
            }
        )
