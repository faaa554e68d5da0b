"""Reconciliations: one comparison of the partner's side with ours."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.errors import BusinessError
from ..reconcile import KINDS, Comparison
from .dist_reconciliation_line import STILL_OPEN
from .dist_reconciliation_source import PREFIX

#: First key of the advisory lock of a series; any number that is ours alone.
SERIES_LOCK = 0x7265636F


class DistReconciliation(models.Model):
    _name = "dist.reconciliation"
    _description = "Reconciliation"
    _order = "id desc"

    source = fields.Selection("_sources", "What", required=True, readonly=True)
    backend_id = fields.Many2one(
        "dist.backend",
        "Partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    flow_id = fields.Many2one("dist.flow", readonly=True, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    as_of = fields.Datetime(
        readonly=True, help="The moment that the partner's side speaks of."
    )
    started_at = fields.Datetime("Compared at", readonly=True)
    seconds = fields.Float("Took (s)", readonly=True, digits=(12, 2))
    previous_id = fields.Many2one(
        "dist.reconciliation", "Run before", readonly=True, ondelete="set null"
    )
    tolerance_percent = fields.Float("Tolerance (%)", readonly=True, digits=(16, 4))
    tolerance_amount = fields.Float(
        "Tolerance (quantity)", readonly=True, digits=(16, 4)
    )
    lag_hours = fields.Float("Late for (h)", readonly=True)
    value_limit = fields.Float("Act by itself up to", readonly=True)
    total_ids = fields.One2many("dist.reconciliation.total", "reconciliation_id")
    line_ids = fields.One2many("dist.reconciliation.line", "reconciliation_id")
    real_count = fields.Integer("Differences", readonly=True)
    late_count = fields.Integer(
        "Late",
        readonly=True,
        help="Explained by a movement or a document on its way; not counted as real.",
    )
    new_count = fields.Integer("New", readonly=True)
    settled_count = fields.Integer(
        "Settled", readonly=True, help="Differences of the run before that are gone."
    )
    real_value = fields.Monetary("Value", readonly=True)
    left_out_count = fields.Integer("Not compared", readonly=True)
    left_out_note = fields.Char("Why not", readonly=True)
    open_count = fields.Integer("Still to settle", compute="_compute_open")
    open_value = fields.Monetary("Value to settle", compute="_compute_open")
    oldest_at = fields.Datetime("Oldest since", compute="_compute_open")
    exception_id = fields.Many2one(
        "dist.exception", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _previous_unique = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "A run has one run after it.",
    )
    _series = models.Index("(backend_id, source, id)")

    # ------------------------------------------------------------- computes

    @api.model
    def _sources(self):
        return sorted(
            (name.removeprefix(PREFIX), self.env[name]._dist_title)
            for name in self.env.registry
            if name.startswith(PREFIX)
        )

    @api.depends("source", "backend_id", "as_of")
    def _compute_display_name(self):
        titles = dict(self._sources())
        for run in self:
            moment = fields.Datetime.context_timestamp(
                run, run.as_of or run.env.cr.now()
            )
            run.display_name = (
                f"{titles.get(run.source, run.source)}: {run.backend_id.name}, "
                f"{moment:%Y-%m-%d %H:%M}"
            )

    def _compute_open(self):
        groups = {
            run: values
            for run, *values in self.env["dist.reconciliation.line"]._read_group(
                [("reconciliation_id", "in", self.ids), *STILL_OPEN],
                ["reconciliation_id"],
                ["__count", "value:sum", "first_seen:min"],
            )
        }
        for run in self:
            run.open_count, run.open_value, run.oldest_at = groups.get(
                run, (0, 0, False)
            )

    # -------------------------------------------------------------- buttons

    def action_compare_again(self):
        """Compare anew with what both sides say now."""
        self.ensure_one()
        self._check_operator()
        run = self._start(self.source, self.backend_id)
        return run._open()

    def action_open_lines(self):
        """Open the differences of this run; ``dist_kind`` in the context chooses."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_reconciliation_line_action"
        )
        action["name"] = self.display_name
        action["domain"] = [("reconciliation_id", "=", self.id)]
        chosen = self.env.context.get("dist_filter") or "still_open"
        action["context"] = {f"search_default_{chosen}": 1}
        return action

    def action_open_settled(self):
        """Open what was settled when this run was made."""
        action = self.action_open_lines()
        action["domain"] = [("next_id", "=", self.id), ("state", "=", "settled")]
        action["context"] = {}
        return action

    def action_open_exception(self):
        """Open the exception that tells of this run's differences."""
        self.ensure_one()
        return self.exception_id and {
            "type": "ir.actions.act_window",
            "res_model": "dist.exception",
            "res_id": self.exception_id.id,
            "view_mode": "form",
        }

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------- business verbs

    @api.model
    def _start(self, source, backend):
        """Compare both sides now, and do what the drift policy says.

        :param source: the kind, such as ``partner_stock``
        :return: the new run
        :raises UserError: when there is nothing to compare with, or another
            comparison of this partner is at work
        """
        backend.check_access("read")
        # sudo: runs are written by the comparison alone
        run = self.sudo()._prepare(source, backend.sudo())
        began = fields.Datetime.now()
        Comparison(run, run._source()).go()
        run._count()
        run.seconds = (fields.Datetime.now() - began).total_seconds()
        run._tell()
        run._follow_policy()
        self.env["dist.audit"]._record("reconciliation.run", run, run.display_name)
        return run.sudo(self.env.su)

    @api.model
    def _prepare(self, source, backend):
        ((taken,),) = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", SERIES_LOCK, backend.id)
        )
        if not taken:
            raise UserError(
                self.env._("%s is being compared already. Wait a minute.", backend.name)
            )
        provider = self._source_of(source)
        flow = provider._flow(backend)
        previous = self.search(
            [("source", "=", source), ("backend_id", "=", backend.id)], limit=1
        )
        return self.create(
            {
                "source": source,
                "backend_id": backend.id,
                "flow_id": flow.id,
                "company_id": backend.company_id.id,
                "as_of": provider._newest(backend),
                "started_at": fields.Datetime.now(),
                "previous_id": previous.id,
                "tolerance_percent": flow.recon_tolerance_percent,
                "tolerance_amount": flow.recon_tolerance_amount,
                "lag_hours": flow.recon_lag_hours,
                "value_limit": flow.drift_value_limit,
            }
        )

    @api.model
    def _job_start(self, source, backend_id):
        """Job: compare.

        :return: a line for the job's result
        """
        run = self._start(source, self.env["dist.backend"].browse(backend_id))
        return f"{run.real_count} differences, {run.late_count} late"

    def _source(self):
        self.ensure_one()
        return self._source_of(self.source)

    @api.model
    def _source_of(self, source):
        """Give the model that knows what a kind of comparison compares."""
        return self.env[PREFIX + source]

    # -------------------------------------------------------- private steps

    def _count(self):
        """Write the numbers of the run on it."""
        ((real, late, new, value),) = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE kind != 'late'),
                          count(*) FILTER (WHERE kind = 'late'),
                          count(*) FILTER (WHERE kind != 'late' AND seen_count = 1),
                          coalesce(sum(value) FILTER (WHERE kind != 'late'), 0)
                     FROM dist_reconciliation_line
                    WHERE reconciliation_id = %s AND company_id = %s""",
                self.id,
                self.company_id.id,
            )
        )
        self.write(
            {
                "real_count": real,
                "late_count": late,
                "new_count": new,
                "real_value": value,
                "settled_count": self.env["dist.reconciliation.line"].search_count(
                    [("next_id", "=", self.id), ("state", "=", "settled")]
                ),
            }
        )
        self.flow_id.recon_last_at = self.started_at

    def _tell(self):
        """Open one exception for what stands open at the partner, or close it."""
        lines = self.env["dist.reconciliation.line"]
        domain = [
            ("source", "=", self.source),
            ("backend_id", "=", self.backend_id.id),
            *STILL_OPEN,
        ]
        ((count, value),) = lines._read_group(domain, [], ["__count", "value:sum"])
        earlier = self.previous_id.exception_id
        title = dict(self._sources())[self.source]
        if count:
            # the place is the same in every run, so the open exception is renewed
            self.exception_id = self.env["dist.exception"]._open_for_cause(
                self.backend_id,
                self.flow_id,
                BusinessError(
                    self.env._(
                        "%(title)s differs in %(count)s places, worth %(value)s",
                        title=title,
                        count=count,
                        value=self.currency_id.format(value or 0),
                    ),
                    path=f"reconciliation {self.source}",
                    next_step=self.env._(
                        "Open Distribution > Reconciliation, look at the oldest and "
                        "the most valuable differences first, and settle them."
                    ),
                ),
            )
        elif earlier and earlier.state != "resolved":
            earlier._resolve("closed", self.env._("Both sides agree again."))

    def _follow_policy(self):
        """Let the drift policy of the flow act on the differences of this run."""
        for kind in KINDS[1:]:
            policy = self.flow_id[f"drift_{kind}"] if self.flow_id else "ask"
            if policy == "ask":
                continue
            lines = self.env["dist.reconciliation.line"].search(
                [
                    ("reconciliation_id", "=", self.id),
                    ("kind", "=", kind),
                    ("state", "=", "open"),
                ]
            )
            lines._within_limit()._enqueue(policy)

    @api.model
    def _check_operator(self):
        self.env["dist.reconciliation.line"]._check_group(
            "dist_connector_base.group_operator"
        )

    # ----------------------------------------------------------------- cron

    @api.model
    def _cron_compare(self):
        """Enqueue the comparisons that are due."""
        for name, _title in self._sources():
            for backend in self._source_of(name)._due():
                self._enqueue_start(name, backend)

    @api.model
    def _enqueue_start(self, source, backend):
        """Have a job compare; one that waits already is enough."""
        self.sudo().with_delay(
            identity_key=f"dist.reconciliation:{source}:{backend.id}",
            description=f"Compare {source} of {backend.name}",
        )._job_start(source, backend.id)
