"""Comparing both sides: what differs, how it is classified, and how it ages."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from ..core.errors import FatalError
from .reconciliation import ReconciliationCase


@tagged("post_install", "-at_install")
class TestReconciliation(ReconciliationCase):
    def ago(self, **span):
        return fields.Datetime.now() - timedelta(**span)

    # ---------------------------------------------------------- differences

    def test_only_differences_become_lines(self):
        run = self.compare(
            ours=[("A", 5), ("B", 3), ("C", 0)], theirs=[("A", 5), ("B", 1)]
        )
        self.assertEqual(self.kinds(run), {"B": "different"})
        line = run.line_ids
        self.assertEqual((line.ours, line.theirs, line.difference), (3, 1, -2))

    def test_a_key_of_one_side_is_missing_or_extra(self):
        run = self.compare(ours=[("A", 5)], theirs=[("B", 2)])
        self.assertEqual(self.kinds(run), {"A": "missing", "B": "extra"})

    def test_the_younger_side_is_named(self):
        self.policy.recon_lag_hours = 0
        run = self.compare(
            ours=[("A", 5, 0, self.ago(hours=1)), ("B", 5, 0, self.ago(hours=9))],
            theirs=[("A", 4, 0, self.ago(hours=5)), ("B", 4, 0, self.ago(hours=5))],
        )
        self.assertEqual(self.kinds(run), {"A": "ours_newer", "B": "theirs_newer"})

    def test_our_movement_after_their_count_is_late_within_the_lag(self):
        self.policy.recon_lag_hours = 2
        run = self.compare(
            ours=[("A", 5, 0, self.ago(hours=1)), ("B", 5, 0, self.ago(hours=3))],
            theirs=[("A", 6, 0, self.ago(hours=5)), ("B", 6, 0, self.ago(hours=5))],
        )
        self.assertEqual(self.kinds(run), {"A": "late", "B": "ours_newer"})
        self.assertEqual((run.real_count, run.late_count), (1, 1))

    def test_what_is_on_its_way_explains_no_more_than_its_quantity(self):
        self.source.way = [("A", 3, 0), ("B", 3, 0), ("C", 0, 2)]
        run = self.compare(
            ours=[("A", 10), ("B", 10), ("C", 10), ("D", 10)],
            theirs=[("A", 7), ("B", 6), ("C", 12), ("D", 9)],
        )
        self.assertEqual(
            self.kinds(run),
            {"A": "late", "B": "different", "C": "late", "D": "different"},
        )

    def test_each_compared_field_has_its_own_line(self):
        run = self.compare(ours=[("A", 5, 10)], theirs=[("A", 4, 12)])
        self.assertEqual(
            {line.field: line.difference for line in run.line_ids},
            {"pieces": -1, "money": 2},
        )

    # ------------------------------------------------------------ tolerance

    def test_within_tolerance_means_within_percent_and_amount(self):
        self.policy.write({"recon_tolerance_percent": 10, "recon_tolerance_amount": 5})
        run = self.compare(
            ours=[("BOTH", 100), ("PERCENT", 1000), ("AMOUNT", 10)],
            theirs=[("BOTH", 95), ("PERCENT", 940), ("AMOUNT", 7)],
        )
        self.assertEqual(set(self.kinds(run)), {"PERCENT", "AMOUNT"})

    def test_an_empty_tolerance_means_none(self):
        self.policy.write({"recon_tolerance_percent": 0, "recon_tolerance_amount": 5})
        self.assertTrue(self.compare(ours=[("A", 100)], theirs=[("A", 99)]).line_ids)
        self.policy.write({"recon_tolerance_percent": 5, "recon_tolerance_amount": 0})
        self.assertTrue(self.compare().line_ids)

    # ------------------------------------------------------- control totals

    def test_totals_of_both_sides_are_kept_and_foot(self):
        self.policy.write({"recon_tolerance_percent": 10, "recon_tolerance_amount": 5})
        run = self.compare(
            ours=[("A", 100, 1), ("B", 10, 1)],
            theirs=[("A", 98, 1), ("B", 4, 1), ("C", 3, 1)],
        )
        total = run.total_ids.filtered(lambda t: t.field == "pieces")
        self.assertEqual((total.count_ours, total.sum_ours), (2, 110))
        self.assertEqual((total.count_theirs, total.sum_theirs), (3, 105))
        self.assertEqual((total.sum_listed, total.sum_tolerated), (-3, -2))
        self.assertEqual(len(run.total_ids), 2)

    def test_a_key_that_stands_twice_does_not_foot(self):
        with self.assertRaisesRegex(FatalError, "a key stands twice"):
            self.compare(ours=[("A", 5)], theirs=[("A", 5), ("A", 5)])

    @mute_logger("odoo.sql_db")
    def test_totals_that_do_not_foot_cannot_be_stored(self):
        run = self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        with self.assertRaises(CheckViolation), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE dist_reconciliation_total SET sum_listed = 0"
                " WHERE reconciliation_id = %s AND field = 'pieces'",
                [run.id],
            )

    # ---------------------------------------------------------------- ages

    def test_the_age_is_carried_from_run_to_run(self):
        first = self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        first.line_ids.sudo().first_seen = self.ago(days=3)
        second = self.compare(theirs=[("A", 3)])
        line = second.line_ids
        self.assertEqual(line.first_seen, first.line_ids.first_seen)
        self.assertEqual(line.seen_count, 2)
        self.assertGreater(line.age_days, 2.9)
        self.assertEqual(
            (first.line_ids.state, first.line_ids.current), ("carried", False)
        )
        self.assertEqual((second.new_count, second.previous_id), (0, first))

    def test_a_settled_difference_is_closed_and_says_since_when(self):
        first = self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        second = self.compare(theirs=[("A", 5)])
        line = first.line_ids
        self.assertEqual((line.state, line.current), ("settled", False))
        self.assertEqual((line.settled_at, line.next_id), (second.started_at, second))
        self.assertEqual(second.settled_count, 1)
        self.assertEqual(self.compare(theirs=[("A", 1)]).line_ids.seen_count, 1)

    def test_what_the_partner_did_not_tell_is_not_settled(self):
        first = self.compare(ours=[("A", 5), ("B", 5)], theirs=[("A", 4), ("B", 4)])
        self.source.told = ["B"]
        self.compare(ours=[("B", 5)], theirs=[("B", 5)])
        self.assertEqual(self.line("A", first).state, "open")
        self.assertEqual(self.line("B", first).state, "settled")
        self.source.told = None
        third = self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        self.assertEqual(self.line("A", third).seen_count, 2)

    def test_a_new_difference_belongs_to_whoever_looks_after_the_partner(self):
        self.backend.user_id = self.env.ref("base.user_admin")
        self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        self.assertEqual(self.line("A").user_id, self.backend.user_id)
        self.line("A")._settle("assign", user=self.env.user)
        self.compare(theirs=[("A", 3)])
        self.assertEqual(self.line("A").user_id, self.env.user)

    def test_owner_and_acceptance_stay_while_nothing_changes(self):
        self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        self.line("A")._settle("assign", user=self.env.user)
        self.line("A")._settle("accept", reason="sample in the showroom")
        self.compare()
        line = self.line("A")
        self.assertEqual((line.state, line.user_id), ("accepted", self.env.user))
        self.assertEqual(line.reason, "sample in the showroom")
        self.compare(theirs=[("A", 3)])
        self.assertEqual(self.line("A").state, "open")
        self.assertEqual(self.line("A").user_id, self.env.user)

    # ------------------------------------------------------------ exception

    def test_a_run_with_differences_has_one_exception_with_count_and_value(self):
        self.source.price = 10
        run = self.compare(ours=[("A", 5), ("B", 5)], theirs=[("A", 4), ("B", 3)])
        exception = run.exception_id
        self.assertIn("2 places", exception.name)
        self.assertIn("30.00", exception.name)
        again = self.compare(ours=[("A", 5)])
        self.assertEqual(again.exception_id, exception)
        self.assertEqual(exception.occurrences, 2)

    def test_the_exception_closes_when_both_sides_agree(self):
        exception = self.compare(ours=[("A", 5)], theirs=[("A", 4)]).exception_id
        self.compare(theirs=[("A", 5)])
        self.assertEqual(exception.state, "resolved")

    def test_late_differences_open_no_exception(self):
        self.source.way = [("A", 1, 0)]
        run = self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        self.assertFalse(run.exception_id)
        self.assertEqual(run.late_count, 1)

    # -------------------------------------------------------------- set-wise

    def test_ten_times_the_rows_take_no_more_statements(self):
        def statements(number):
            rows = [(f"R{i}", i) for i in range(number)]
            self.compare(ours=[], theirs=[])
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.compare(ours=rows, theirs=[(name, n + 1) for name, n in rows])
            return self.cr.sql_log_count - before

        statements(10)
        self.assertEqual(statements(1000), statements(100))

    def test_each_company_has_its_own_series(self):
        other = self.make_backend(
            company_id=self.env["res.company"].create({"name": "Other"}).id
        )
        self.compare(ours=[("A", 5)], theirs=[("A", 4)])
        run = self.env["dist.reconciliation"]._start("test_counts", other)
        self.assertEqual(run.line_ids.company_id, other.company_id)
        self.assertEqual(run.line_ids.seen_count, 1)
        self.assertFalse(run.previous_id)
