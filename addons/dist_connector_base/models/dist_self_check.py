"""The self-check: is the machinery itself well, and what to do where it is not."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..core.errors import ConfigurationError
from .dist_credential import _vault

#: A job that waits longer than this past its time, in minutes, was forgotten.
JOB_MINUTES = 5
#: A cron is late after this many of its own intervals, and not before 15 minutes.
CRON_INTERVALS = 3
#: Clocks further apart than this, in seconds, spoil signatures and deadlines.
CLOCK_SECONDS = 5
#: A poll is late after this many of its own intervals.
FETCH_INTERVALS = 3
#: Contracts that end within so many days are named.
CONTRACT_DAYS = 60
BASE = "dist_connector_base"


class Check(NamedTuple):
    """One line of the self-check.

    :ivar state: ``ok``, ``warn`` (look at it today) or ``fail`` (messages stand still)
    """

    key: str
    label: str
    state: str
    detail: str
    next_step: str = ""
    action: dict | None = None


class DistSelfCheck(models.AbstractModel):
    _name = "dist.self.check"
    _description = "Self-check"

    @api.model
    def get_checks(self):
        """Give all checks, the worst first, each with what to do about it.

        :return: list of dicts with the keys of :class:`Check`
        :raises AccessError: for a user without a role in the suite
        """
        if not self.env.user.has_groups(f"{BASE}.group_operator,{BASE}.group_auditor"):
            raise AccessError(
                self.env._("The self-check is for people with a role in it.")
            )
        order = ("fail", "warn", "ok")
        # sudo: it tells of jobs, crons and secrets by name and date only
        checks = self.sudo()._checks()
        return [c._asdict() for c in sorted(checks, key=lambda c: order.index(c.state))]

    def _checks(self):
        """Run all checks; an addon adds its own by extending this.

        :rtype: list[Check]
        """
        return [
            self._check_runner(),
            self._check_jobs(),
            self._check_clock(),
            self._check_key(),
            self._check_secrets(),
            self._check_crons(),
            *self._check_fetches(),
            *self._check_contracts(),
        ]

    # --------------------------------------------------------------- checks

    def _runner_is_alive(self, lock=PG_ADVISORY_LOCK_ID):
        """Say whether a job runner holds its lock on this database.

        :param lock: key of the advisory lock that the master runner takes
        """
        ((alive,),) = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                       SELECT 1 FROM pg_locks
                        WHERE locktype = 'advisory' AND granted AND objsubid = 1
                          AND classid = %s AND objid = %s
                          AND database = (SELECT oid FROM pg_database
                                           WHERE datname = current_database()))""",
                lock >> 32,
                lock & 0xFFFFFFFF,
            )
        )
        return alive

    def _check_runner(self):
        if self._runner_is_alive():
            return Check(
                "runner",
                self.env._("Job runner"),
                "ok",
                self.env._("A runner is at work on this database."),
            )
        return Check(
            "runner",
            self.env._("Job runner"),
            "fail",
            self.env._("No job runner is connected: nothing is sent or handled."),
            self.env._(
                "Put queue_job into server_wide_modules of odoo.conf and start Odoo "
                "again; with workers = 0 it runs inside the one process."
            ),
        )

    def _check_jobs(self):
        ((late, minutes),) = self.env.execute_query(
            SQL(
                """SELECT count(*), extract(epoch FROM now() AT TIME ZONE 'UTC'
                              - min(greatest(date_created, eta))) / 60
                     FROM queue_job
                    WHERE state = 'pending' AND channel LIKE 'root.dist%%'
                      AND greatest(date_created, eta) < now() AT TIME ZONE 'UTC'
                                                        - make_interval(mins => %s)""",
                JOB_MINUTES,
            )
        )
        label = self.env._("Jobs in time")
        if not late:
            return Check("jobs", label, "ok", self.env._("No job is forgotten."))
        return Check(
            "jobs",
            label,
            "warn",
            self.env._(
                "%(count)s jobs are late, the oldest by %(minutes)s minutes.",
                count=late,
                minutes=round(minutes),
            ),
            self.env._(
                "If the runner is at work, it has more to do than its channels allow: "
                "raise the capacity of root.dist in odoo.conf."
            ),
        )

    def _check_clock(self):
        ((database,),) = self.env.execute_query(
            SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        )
        apart = abs((fields.Datetime.now() - database).total_seconds())
        label = self.env._("Clocks")
        if apart <= CLOCK_SECONDS:
            return Check("clock", label, "ok", self.env._("Odoo and PostgreSQL agree."))
        return Check(
            "clock",
            label,
            "fail",
            self.env._("Odoo and PostgreSQL are %s seconds apart.", round(apart)),
            self.env._("Switch on time synchronisation (NTP) on both machines."),
        )

    def _check_key(self):
        label = self.env._("Key of the credentials")
        try:
            _vault()
        except ConfigurationError as exc:
            return Check("key", label, "fail", str(exc), exc.next_step)
        return Check("key", label, "ok", self.env._("The key is set and well formed."))

    def _check_secrets(self):
        """Look at the secrets that expire soon; names and days only."""
        label = self.env._("Secrets")
        secrets = self.env["dist.credential"].search([("expires_on", "!=", False)])
        due = secrets.filtered(lambda secret: secret._is_due())
        if not due:
            return Check("secrets", label, "ok", self.env._("None expires soon."))
        return Check(
            "secrets",
            label,
            "warn",
            ", ".join(
                self.env._(
                    "%(name)s of %(partner)s on %(day)s",
                    name=secret.name,
                    partner=secret.backend_id.name,
                    day=secret.expires_on,
                )
                for secret in due
            ),
            self.env._(
                "Have a credential administrator store the next one; both are taken "
                "during the change-over."
            ),
        )

    def _check_crons(self):
        """Look at the crons of the suite's models."""
        label = self.env._("Scheduled actions")
        crons = (
            self.env["ir.cron"]
            .with_context(active_test=False)
            .search([("model_id.model", "=like", "dist.%")])
        )
        now = fields.Datetime.now()
        late = crons.filtered(lambda c: not c.active or self._is_late(c, now))
        if not late:
            return Check(
                "crons", label, "ok", self.env._("All %s are in time.", len(crons))
            )
        return Check(
            "crons",
            label,
            "warn",
            self.env._("Late or switched off: %s", ", ".join(late.mapped("cron_name"))),
            self.env._(
                "Switch them on under Settings, Technical, Scheduled Actions; if they "
                "are on, see whether the server runs crons (max_cron_threads)."
            ),
        )

    @staticmethod
    def _is_late(cron, now):
        unit = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}
        interval = cron.interval_number * unit.get(cron.interval_type, 43200)
        allowed = max(CRON_INTERVALS * interval, 15)
        return cron.nextcall < fields.Datetime.subtract(now, minutes=allowed)

    def _check_fetches(self):
        """Look at the polls that should have run: one line for each late flow."""
        flows = self.env["dist.flow"].search(
            [
                ("direction", "=", "in"),
                ("fetch_minutes", ">", 0),
                ("backend_id.active", "=", True),
            ]
        )
        now = fields.Datetime.now()
        late = flows.filtered(
            lambda f: (
                (f.last_fetch_at or f.create_date)
                < fields.Datetime.subtract(
                    now, minutes=FETCH_INTERVALS * f.fetch_minutes
                )
            )
        )
        if not late:
            return [
                Check(
                    "fetch",
                    self.env._("Polling"),
                    "ok",
                    self.env._("%s flows were polled in time.", len(flows)),
                )
            ]
        return [
            Check(
                f"fetch_{flow.id}",
                self.env._("Polling"),
                "warn",
                self.env._(
                    "%(flow)s was polled last at %(moment)s.",
                    flow=flow.display_name,
                    moment=flow.last_fetch_at or self.env._("no time yet"),
                ),
                self.env._("Open the flow: its exceptions say why the partner fails."),
                {
                    "type": "ir.actions.act_window",
                    "res_model": "dist.flow",
                    "res_id": flow.id,
                    "views": [[False, "form"]],
                },
            )
            for flow in late
        ]

    def _check_contracts(self):
        """Look at the partners' contracts that end soon: one line for each."""
        limit = fields.Date.add(fields.Date.context_today(self), days=CONTRACT_DAYS)
        profiles = (
            self.env["dist.backend"]
            .search([("profile_id.contract_sunset", "<=", limit)])
            .profile_id
        )
        if not profiles:
            return [
                Check(
                    "contract",
                    self.env._("Partners' contracts"),
                    "ok",
                    self.env._("None ends within %s days.", CONTRACT_DAYS),
                )
            ]
        return [
            Check(
                f"contract_{profile.id}",
                self.env._("Partners' contracts"),
                "warn",
                self.env._(
                    "%(profile)s: the partner ends this version on %(day)s.",
                    profile=profile.display_name,
                    day=profile.contract_sunset,
                ),
                self.env._("Make a new version of the profile and have it approved."),
                {
                    "type": "ir.actions.act_window",
                    "res_model": "dist.profile",
                    "res_id": profile.id,
                    "views": [[False, "form"]],
                },
            )
            for profile in profiles
        ]
