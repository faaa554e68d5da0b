"""Deadlines as a flow has them: the profile's proposal, as people changed it."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz
from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..pipeline import expect

_PLAIN = {"minutes": "minutes", "hours": "hours", "days": "days"}


class Rule(NamedTuple):
    """What the pipeline needs of a rule, held in memory."""

    id: int
    flow_id: int
    kind: str
    when: str
    message_type: str
    met_by: tuple[str, ...]
    match: str
    overdue: bool


class DistExpectationRule(models.Model):
    _name = "dist.expectation.rule"
    _description = "Deadline"
    _order = "flow_id, kind, id"

    name = fields.Char(
        "What is missing then",
        required=True,
        help="As people read it in the exception when the time is over.",
    )
    code = fields.Char(required=True, readonly=True, help="Its name in the profile.")
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("answer", "An answer to each"), ("heartbeat", "Something must come")],
        required=True,
        readonly=True,
        default="answer",
    )
    flow_id = fields.Many2one(
        "dist.flow",
        "After",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    backend_id = fields.Many2one(
        related="flow_id.backend_id", store=True, index=True, string="Partner"
    )
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    when = fields.Selection(
        [("done", "Sent, or handled here"), ("stored", "Put in line")],
        required=True,
        readonly=True,
        default="done",
        help="From when on the time runs.",
    )
    met_by = fields.Char("Must come", readonly=True, help="Any of these documents.")
    match = fields.Selection(
        [
            ("partition", "The same request"),
            ("key", "The same number"),
            ("correlation", "The same order"),
        ],
        required=True,
        readonly=True,
        default="partition",
    )
    amount = fields.Integer("Within", required=True, default=1)
    unit = fields.Selection(
        [
            ("minutes", "Minutes"),
            ("hours", "Hours"),
            ("days", "Days"),
            ("working_hours", "Working hours"),
            ("working_days", "Working days"),
        ],
        required=True,
        default="hours",
        help="Two working days run to the end of the second working day after "
        "today; other times run from the minute on.",
    )
    times = fields.Char(
        "At",
        help="Times of day at which something must have come, such as 06:00, 18:00, "
        "on the calendar's working days. What stands under Within is then how late "
        "it may be.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working hours",
        help="Empty: the company's own.",
    )
    severity = fields.Selection(
        [
            ("low", "Low"),
            ("medium", "Medium"),
            ("high", "High"),
            ("critical", "Critical"),
        ],
        required=True,
        default="high",
    )
    armed_at = fields.Datetime(
        default=fields.Datetime.now,
        readonly=True,
        help="Nothing is missed that should have come before.",
    )
    exception_id = fields.Many2one("dist.exception", readonly=True)
    overdue = fields.Boolean(readonly=True, help="It is late at this moment.")

    _code_unique = models.UniqueIndex(
        "(flow_id, kind, code)", "This flow has a deadline of that name already."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "A deadline is at least one minute."
    )

    # ----------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        if vals.get("active"):
            vals = {**vals, "armed_at": fields.Datetime.now()}
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.constrains("times", "unit")
    def _check_times(self):
        for rule in self.filtered("times"):
            rule._clocks()

    @api.model
    def _follow_profile(self, backend, profile):
        """Make the rules that a profile names and pause those it names no more.

        What a person changed stays as it is.

        :param backend: one ``dist.backend``; its flows are there
        :param profile: the parsed profile
        """
        flows = {flow.message_type: flow for flow in backend.flow_ids}
        wanted = {}
        for code, spec in profile.expectations.items():
            if flow := flows.get(spec.opened_by):
                wanted[flow.id, "answer", code] = self._answer_vals(flow, code, spec)
        for message_type, spec in profile.flows.items():
            if spec.heartbeat and (flow := flows.get(message_type)):
                key = (flow.id, "heartbeat", message_type)
                wanted[key] = self._heartbeat_vals(flow, spec.heartbeat)
        known = self.with_context(active_test=False).search(
            [("backend_id", "=", backend.id)]
        )
        of_known = {(rule.flow_id.id, rule.kind, rule.code): rule for rule in known}
        self.create([vals for key, vals in wanted.items() if key not in of_known])
        gone = [rule.id for key, rule in of_known.items() if key not in wanted]
        if gone:
            self.browse(gone).write({"active": False})

    def _answer_vals(self, flow, code, spec):
        return {
            "flow_id": flow.id,
            "kind": "answer",
            "code": code,
            "name": spec.message,
            "when": spec.when,
            "met_by": ",".join(spec.met_by),
            "match": spec.match,
            "amount": spec.within.amount,
            "unit": spec.within.unit,
            "severity": spec.severity,
        }

    def _heartbeat_vals(self, flow, spec):
        words = flow.message_type.replace("_", " ")
        return {
            "flow_id": flow.id,
            "kind": "heartbeat",
            "code": flow.message_type,
            "name": spec.message or self.env._("No %s has come.", words),
            "amount": spec.within.amount,
            "unit": spec.within.unit,
            "times": ", ".join(spec.at) or False,
            "severity": spec.severity,
        }

    # ------------------------------------------------------------- services

    @api.model
    @tools.ormcache("backend_id")
    def _of_backend(self, backend_id):
        """Give the active rules of a backend: a hot path reads them from memory.

        :rtype: tuple[Rule, ...]
        """
        rules = self.sudo().search([("backend_id", "=", backend_id)])
        return tuple(
            Rule(
                rule.id,
                rule.flow_id.id,
                rule.kind,
                rule.when,
                rule.flow_id.message_type,
                tuple(filter(None, (rule.met_by or "").split(","))),
                rule.match,
                rule.overdue,
            )
            for rule in rules
        )

    def _deadline(self, start):
        """Give the moment until which it may take.

        :param start: UTC without zone
        :return: UTC without zone
        """
        self.ensure_one()
        if self.unit in _PLAIN:
            return start + timedelta(**{_PLAIN[self.unit]: self.amount})
        calendar = self._calendar()
        local = pytz.utc.localize(start).astimezone(self._zone())
        if self.unit == "working_hours":
            end = calendar.plan_hours(self.amount, local, compute_leaves=True)
            plain = timedelta(hours=self.amount)
        else:
            end = self._end_of_working_day(calendar, local)
            plain = timedelta(days=self.amount)
        # a calendar without any working time gives no end: plain time then
        return end.astimezone(pytz.utc).replace(tzinfo=None) if end else start + plain

    def _end_of_working_day(self, calendar, local):
        """Give the end of the working day so many working days after today."""
        zone = self._zone()
        tomorrow = local.date() + timedelta(days=1)
        found = calendar.plan_days(
            self.amount, zone.localize(datetime.combine(tomorrow, time.min)), True
        )
        if not found:
            return None
        stops = [stop for _start, stop in self._worked_on(calendar, found.date())]
        return max(stops)

    def _worked_on(self, calendar, day):
        """Give the working intervals of a day, with zone."""
        zone = self._zone()
        first = zone.localize(datetime.combine(day, time.min))
        last = zone.localize(datetime.combine(day, time.max))
        intervals = calendar._work_intervals_batch(first, last)[False]
        return [(start, stop) for start, stop, _meta in intervals]

    def _next_due(self, since):
        """Give when something must have come that last came at ``since``.

        :param since: UTC without zone
        :return: UTC without zone
        """
        self.ensure_one()
        if not self.times:
            return self._deadline(since)
        zone, calendar = self._zone(), self._calendar()
        local = pytz.utc.localize(since).astimezone(zone)
        # two weeks hold every break of a business but the longest holidays
        for ahead in range(15):
            day = local.date() + timedelta(days=ahead)
            if not self._worked_on(calendar, day):
                continue
            for clock in self._clocks():
                moment = zone.localize(datetime.combine(day, clock))
                if moment > local:
                    due = moment.astimezone(pytz.utc).replace(tzinfo=None)
                    return self._deadline(due)
        return self._deadline(since + timedelta(days=15))

    def _clocks(self):
        """Give the times of day, in order.

        :raises ValidationError: when one cannot be read
        """
        try:
            return sorted(
                datetime.strptime(part.strip(), "%H:%M").time()
                for part in (self.times or "").split(",")
                if part.strip()
            )
        except ValueError as exc:
            raise ValidationError(
                self.env._("Write times of day as 06:00, 18:00.")
            ) from exc

    def _calendar(self):
        company = self.company_id or self.env.company
        return self.calendar_id or company.resource_calendar_id

    def _zone(self):
        calendar = self._calendar()
        return pytz.timezone(calendar.tz or self.backend_id.tz or "UTC")

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_heartbeats(self):
        """Open an exception for each flow in which nothing came that should have."""
        expect.check_heartbeats(self.env(su=True))
