"""Flows: one message type of one backend at run time."""

from datetime import timedelta

from odoo import api, fields, models

from ..pipeline import sweep, wake
from ..pipeline.again import at_once
from ..pipeline.fetch import fetch
from ..pipeline.inbound import InboundRun
from ..pipeline.lanes import PATIENCE, take_lane
from ..pipeline.outbound import OutboundRun

#: Messages of one job: few for sends, where each waits for the partner.
BATCH_IN = 200
BATCH_OUT = 20


class DistFlow(models.Model):
    _name = "dist.flow"
    _description = "Message Flow"
    _order = "backend_id, direction, message_type"
    _rec_name = "message_type"

    backend_id = fields.Many2one(
        "dist.backend", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="backend_id.company_id", store=True)
    message_type = fields.Char(required=True, readonly=True)
    direction = fields.Selection(
        [("in", "Incoming"), ("out", "Outgoing")], required=True, readonly=True
    )
    active = fields.Boolean(default=True)
    channel = fields.Selection(
        [("realtime", "Real time"), ("batch", "Batch"), ("bulk", "Bulk")],
        default="realtime",
        required=True,
        help="The queue that the work waits in; orders never wait behind a catalogue.",
    )
    batch_size = fields.Integer(default=BATCH_IN, required=True)
    priority = fields.Integer(
        default=10,
        required=True,
        help="Of two flows in the same queue, the one with the smaller number is "
        "worked on first.",
    )
    parallel = fields.Integer(
        "Jobs at once", default=2, required=True, help="For a burst of messages."
    )
    max_tries = fields.Integer(
        default=12, required=True, help="After so many tries a message is given up."
    )
    lookup_delay = fields.Integer(
        "Look up after",
        default=30,
        required=True,
        help="Seconds to wait after an unknown outcome: a partner that is still "
        "working on a request would deny it.",
    )
    fetch_minutes = fields.Float(
        "Fetch every", default=10, help="In minutes; 0 never fetches by itself."
    )
    next_fetch_at = fields.Datetime(default=fields.Datetime.now)
    last_fetch_at = fields.Datetime(readonly=True)
    last_sweep_at = fields.Datetime(
        readonly=True,
        help="When the partner's list was last read from further back, for what "
        "changed late. Its profile says how often.",
    )
    cursor = fields.Char(
        readonly=True, help="How far the partner's list was read; moved on commit."
    )

    expectation_rule_ids = fields.One2many(
        "dist.expectation.rule", "flow_id", "Deadlines"
    )

    _type_unique = models.UniqueIndex(
        "(backend_id, message_type)", "A message type has one flow per backend."
    )

    @api.depends("backend_id.name", "message_type")
    def _compute_display_name(self):
        for flow in self:
            words = (flow.message_type or "").replace("_", " ")
            flow.display_name = f"{flow.backend_id.name}: {words}"

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            # the webhook's door knows the active flows
            self.env.registry.clear_cache()
        return result

    def _follow_profile(self, backend, profile):
        """Make the flows that a profile names, and pause those it names no more."""
        known = {
            flow.message_type: flow for flow in self.with_context(active_test=False)
        }
        self.create(
            [
                {
                    "backend_id": backend.id,
                    "message_type": name,
                    "direction": spec.direction,
                    "batch_size": BATCH_IN if spec.direction == "in" else BATCH_OUT,
                    "channel": "batch" if name == "inventory_snapshot" else "realtime",
                    "fetch_minutes": spec.fetch_minutes,
                }
                for name, spec in profile.flows.items()
                if name not in known
            ]
        )
        for name, flow in known.items():
            if name not in profile.flows:
                flow.active = False

    # -------------------------------------------------------------- buttons

    def action_fetch_now(self):
        """Look for new documents at the partner now."""
        self.check_access("write")
        for flow in self:
            flow._enqueue_fetch()

    def action_open_messages(self):
        """Open the messages of this flow."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["domain"] = [("flow_id", "=", self.id)]
        action["context"] = {}
        return action

    # ----------------------------------------------------------------- jobs

    def _wake(self, count=1, delay=None):
        """See to it that a job handles the due messages of this flow.

        :param count: how many messages became due in this transaction
        :param delay: seconds until the first of them is due; None: now
        """
        for flow in self:
            wake.wake(flow, count=count, delay=delay)

    def _job_run(self):
        """Job: handle a batch of due messages.

        :return: a line for the job's result
        """
        self.ensure_one()
        if not self.exists() or not self.active:
            return "the flow is not active"
        if self.run_state == "paused":
            return "the flow is paused"
        with at_once(self.env):
            result = self._run_class()(self).run()
            self._end_drain()
            return result

    def _run_class(self):
        """Give what does the work of a job."""
        return OutboundRun if self.direction == "out" else InboundRun

    def _job_fetch(self):
        """Job: take new documents from the partner into the ledger.

        :return: a line for the job's result
        """
        self.ensure_one()
        if not self.exists() or not self.active:
            return "the flow is not active"
        if self.run_state != "running":
            return "the flow is paused"
        with at_once(self.env):
            if not take_lane(self.env, self.backend_id, self.channel):
                self._enqueue_fetch(delay=PATIENCE)
                return "all lanes to the partner are taken"
            return fetch(self)

    def _enqueue_fetch(self, delay=None):
        self.ensure_one()
        self.sudo().with_delay(
            priority=self.priority,
            eta=delay and timedelta(seconds=delay),
            channel=f"root.dist.{self.channel}",
            identity_key=f"dist.flow.fetch:{self.id}",
            description=f"Fetch {self.display_name}",
        )._job_fetch()

    def _handler(self):
        """Give the model that knows the message type's meaning in Odoo.

        :raises ConfigurationError: when no installed addon handles the type
        """
        self.ensure_one()
        return self.env["dist.handler"]._of(self.message_type)

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_fetch(self):
        """Enqueue the fetches that are due."""
        due = self.sudo().search(
            [
                ("direction", "=", "in"),
                ("fetch_minutes", ">", 0),
                ("next_fetch_at", "<=", fields.Datetime.now()),
                ("run_state", "=", "running"),
                ("backend_id.active", "=", True),
            ]
        )
        for flow in due:
            flow._enqueue_fetch()
            flow.next_fetch_at = fields.Datetime.add(
                fields.Datetime.now(), minutes=flow.fetch_minutes
            )

    @api.model
    def _cron_sweep(self):
        """Put messages back in line whose job died or vanished."""
        sweep.sweep(self.env(su=True))
        self.env["dist.circuit"].sudo()._tell_all()
        self._sweep_control()
