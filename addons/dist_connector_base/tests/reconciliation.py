"""A made-up source of a reconciliation: both sides are lists in the test."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tools import SQL

from ..models.dist_reconciliation import DistReconciliation
from ..reconcile import ACTIONS, Compared, Key
from .common import DistCase

NAME = "test_counts"
_TYPES = {"reference": SQL("varchar"), "changed_at": SQL("timestamp")}


class FakeSource:
    """Compares pieces and money of references; remembers what it is asked to do.

    A row is ``(reference, pieces, money, changed_at)``.
    """

    _dist_title = "Counts"
    _dist_keys = (Key("reference", "varchar"),)
    _dist_fields = (Compared("pieces", "Pieces"), Compared("money", "Money"))
    _dist_way_keys = ("reference",)

    def __init__(self, env):
        self.env = env
        self.ours, self.theirs, self.way = [], [], []
        self.told = None
        self.price = 1
        self.done = []
        self.refused = set()
        self.allowed = ACTIONS

    def _rows(self, rows):
        values = SQL(", ").join(
            SQL("(%s::varchar, %s::numeric, %s::numeric, %s::timestamp)", *row)
            for row in rows or [(None, None, None, None)]
        )
        return SQL(
            "SELECT * FROM (VALUES %s) AS v (reference, pieces, money, changed_at)"
            " WHERE reference IS NOT NULL",
            values,
        )

    def _ours(self, run):
        return self._rows(self.ours)

    def _theirs(self, run):
        return self._rows(self.theirs)

    def _ours_changed(self, run, diff):
        return None

    def _on_the_way(self, run, diff):
        if not self.way:
            return None
        return SQL(
            "SELECT * FROM (VALUES %s) AS w (reference, down, up)",
            SQL(", ").join(
                SQL("(%s::varchar, %s::numeric, %s::numeric)", *row) for row in self.way
            ),
        )

    def _unit_value(self, run):
        return SQL("%s", self.price)

    def _told(self, run):
        return self.told and SQL("p.reference = ANY(%s)", self.told)

    def _compared(self, run):
        run.left_out_count = len(self.told or ())

    def _newest(self, backend):
        return self.env.cr.now().replace(tzinfo=None)

    def _flow(self, backend):
        return backend._flow("shipment_confirmation")

    def _allowed(self, line):
        return self.allowed

    def _adopt(self, lines, reason):
        if self.refused & set(lines.mapped("reference")):
            raise UserError(self.env._("The period is closed"))
        self.done += [("adopt", line.reference, reason) for line in lines]

    def _republish(self, lines):
        self.done += [("republish", line.reference) for line in lines]
        return "asked again"

    def _recount(self, lines):
        self.done += [("recount", line.reference) for line in lines]
        return "asked to count"


class ReconciliationCase(DistCase):
    """Runs over the made-up source; jobs are run at once."""

    def setUp(self):
        super().setUp()
        self.env = self.env(context={**self.env.context, "queue_job__no_delay": True})
        self.source = FakeSource(self.env)
        self.startPatcher(
            patch.object(
                DistReconciliation, "_source_of", lambda _self, _name: self.source
            )
        )
        self.startPatcher(
            patch.object(
                DistReconciliation, "_sources", lambda _self: [(NAME, "Counts")]
            )
        )
        self.policy = self.backend._flow("shipment_confirmation")

    def compare(self, ours=None, theirs=None):
        """Compare; sides that are not given stay as they were."""
        if ours is not None:
            self.source.ours = [self.row(*row) for row in ours]
        if theirs is not None:
            self.source.theirs = [self.row(*row) for row in theirs]
        return self.env["dist.reconciliation"]._start(NAME, self.backend)

    @staticmethod
    def row(reference, pieces, money=0, changed_at=None):
        return (reference, pieces, money, changed_at)

    def line(self, reference, run=None, field="pieces"):
        """Give the latest difference of a reference, or that of one run."""
        domain = [("reference", "=", reference), ("field", "=", field)]
        domain += (
            [("reconciliation_id", "=", run.id)] if run else [("current", "=", True)]
        )
        return self.env["dist.reconciliation.line"].search(domain)

    def kinds(self, run):
        return {line.reference: line.kind for line in run.line_ids}

    def user(self, group, login):
        """Give a user with one role."""
        return self.env["res.users"].create(
            {
                "name": login.title(),
                "login": login,
                "group_ids": [
                    (4, self.env.ref(f"dist_connector_base.group_{group}").id)
                ],
            }
        )
