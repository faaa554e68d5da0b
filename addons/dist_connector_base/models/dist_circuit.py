"""Circuits: whether calls to a partner go through, one row per operation."""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core import breaker
from ..pipeline import circuits


class DistCircuit(models.Model):
    """The state that all workers share. Written by ``pipeline.circuits`` in SQL."""

    _name = "dist.circuit"
    _description = "Line to a Partner"
    _order = "backend_id, operation"
    _rec_name = "operation"
    _log_access = False

    backend_id = fields.Many2one(
        "dist.backend", "Partner", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    operation = fields.Char(
        required=True, readonly=True, help="What the profile calls the request."
    )
    state = fields.Selection(
        [("closed", "Working"), ("open", "Stopped"), ("half_open", "Being tried")],
        default="closed",
        required=True,
        readonly=True,
        help="Working: requests go out. Stopped: the partner failed too often, and "
        "messages wait. Being tried: one request goes out to see whether it is back.",
    )
    override = fields.Selection(
        [
            ("auto", "Automatic"),
            ("open", "Stopped by hand"),
            ("closed", "Always let through"),
        ],
        "Control",
        default="auto",
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True, help="Why a person decided so.")
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    since = fields.Datetime(readonly=True, help="Begin of the state.")
    until = fields.Datetime("Tried again at", readonly=True)
    last_success_at = fields.Datetime("Last success", readonly=True)
    last_failure_at = fields.Datetime("Last failure", readonly=True)
    last_error = fields.Char("Last fault", readonly=True)
    memory = fields.Text(readonly=True, help="What was counted in the window.")
    status = fields.Selection(
        [
            ("working", "Working"),
            ("stopped", "Stopped"),
            ("trying", "Being tried"),
            ("stopped_by_hand", "Stopped by hand"),
            ("let_through", "Always let through"),
        ],
        compute="_compute_status",
        help="Working: requests go out. Stopped: the partner failed too often, and "
        "messages wait. Being tried: one request goes out to see whether it is back.",
    )
    is_stopped = fields.Boolean(compute="_compute_status")

    _operation_unique = models.UniqueIndex(
        "(backend_id, operation)", "An operation has one line to the partner."
    )

    @api.depends("state", "override")
    def _compute_status(self):
        by_hand = {"open": "stopped_by_hand", "closed": "let_through"}
        by_calls = {"closed": "working", "open": "stopped", "half_open": "trying"}
        for circuit in self:
            status = by_hand.get(circuit.override) or by_calls[circuit.state]
            circuit.status = status
            circuit.is_stopped = status not in ("working", "let_through")

    # -------------------------------------------------------------- buttons

    def action_stop(self):
        """Ask for a reason, and keep everything back."""
        return self._ask("open")

    def action_let_through(self):
        """Ask for a reason, and let everything through."""
        return self._ask("closed")

    def action_automatic(self):
        """Ask for a reason, and let the calls decide again."""
        return self._ask("auto")

    def _ask(self, decision):
        self.ensure_one()
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["override"]._description_selection(self.env))[
                decision
            ],
            "res_model": "dist.circuit.override",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_circuit_id": self.id,
                "default_decision": decision,
            },
        }

    def _check_manager(self):
        """Refuse anybody but an integration manager of the company."""
        self.check_access("read")
        if not self.env.user.has_group("dist_connector_base.group_manager"):
            raise AccessError(
                self.env._("Only an integration manager controls the line.")
            )

    # ------------------------------------------------------------- services

    def _decide(self, decision, reason):
        """Do what a person decided.

        :param decision: ``open``, ``closed`` or ``auto``
        :param reason: why; must not be empty
        :raises UserError: without a reason
        """
        self._check_manager()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the next person will ask."))
        for row in self.sudo():
            circuits.force(row, breaker.Override(decision))
            row.write({"reason": reason, "decided_by_id": self.env.uid})
            self.env["dist.audit"]._record(f"circuit.{decision}", row, reason)
            circuits.tell(row.backend_id)
        for flow in self.sudo().backend_id.flow_ids:
            circuits.wake_held(flow)

    @contextmanager
    def _own_cursor(self):
        """Give a cursor of its own that always reads what is committed now.

        All workers count in these rows, so a transaction must see what the others
        wrote while it waited for the row. The job's own transaction cannot.
        """
        with self.env["dist.attempt"]._own_cursor() as cr:
            if cr is not self.env.cr:
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            yield cr

    @api.model
    def _tell_all(self):
        """Open and close the exceptions of lines whose job could not do it."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT backend_id FROM dist_circuit")
        )
        for backend in self.env["dist.backend"].sudo().browse(r[0] for r in rows):
            circuits.tell(backend)
