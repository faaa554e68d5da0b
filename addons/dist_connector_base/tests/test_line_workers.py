"""What workers share of a partner: trials, allowance, lanes."""

from unittest.mock import patch

from odoo.tests import tagged

from ..pipeline import lanes
from ..pipeline.gate import Gate, Held
from .committed import CommittedCase

OPERATION = "create_order"


@tagged("post_install", "-at_install")
class TestLineOfWorkers(CommittedCase):
    backend_values = {"breaker_minimum": 2}

    def setUp(self):
        super().setUp()
        with self.transaction() as env:
            env.cr.execute("DELETE FROM dist_circuit")
            env.cr.execute("DELETE FROM dist_bucket")
            self.backend(env).write({"calls_per_minute": 0, "lanes": 0})

    def backend(self, env):
        return env["dist.backend"].browse(self.backend_id)

    def gate(self, env):
        backend = self.backend(env)
        return Gate(backend, backend.profile_id._parsed())

    def fail(self, gate, times=2):
        for _time in range(times):
            with gate.call(OPERATION) as ended:
                ended.failed = True

    def test_worker_with_an_old_snapshot_sees_that_the_line_was_stopped(self):
        with self.transaction() as late, self.transaction() as quick:
            late_gate = self.gate(late)
            late_gate.enter(OPERATION)  # its transaction has begun
            self.fail(self.gate(quick))
            with self.assertRaises(Held):
                late_gate.enter(OPERATION)

    def test_exactly_one_worker_tries_the_line(self):
        with self.transaction() as one, self.transaction() as two:
            first, second = self.gate(one), self.gate(two)
            self.fail(first)
            with self.transaction() as env:
                env.cr.execute("UPDATE dist_circuit SET until = since")
            first.enter(OPERATION)
            with self.assertRaises(Held):
                second.enter(OPERATION)
            with first.call(OPERATION):
                pass  # the partner is back
            second.enter(OPERATION)

    def test_count_of_a_run_that_is_rolled_back_stays(self):
        with self.transaction() as env:
            self.fail(self.gate(env))
            env.cr.rollback()
        with self.transaction() as env:
            self.assertEqual(env["dist.circuit"].search([]).state, "open")

    def test_workers_count_together(self):
        with self.transaction() as one, self.transaction() as two:
            self.fail(self.gate(one), times=1)
            self.fail(self.gate(two), times=1)
        with self.transaction() as env:
            self.assertEqual(env["dist.circuit"].search([]).state, "open")

    def test_workers_share_one_allowance(self):
        with self.transaction() as env:
            self.backend(env).write({"calls_per_minute": 1, "calls_burst": 2})
        with self.transaction() as one, self.transaction() as two:
            first, second = self.gate(one), self.gate(two)
            first.enter(OPERATION)
            second.enter(OPERATION)
            for gate in (first, second):
                with self.assertRaises(Held):
                    gate.enter(OPERATION)

    def test_partner_takes_no_more_workers_than_its_lanes(self):
        with self.transaction() as env:
            self.backend(env).lanes = 2
        with (
            self.transaction() as one,
            self.transaction() as two,
            self.transaction() as three,
        ):
            taken = [
                lanes.take_lane(env, self.backend(env), "realtime")
                for env in (one, two, three)
            ]
            self.assertEqual(taken, [True, True, False])
            one.cr.rollback()  # or its server dies
            self.assertTrue(lanes.take_lane(three, self.backend(three), "realtime"))

    def test_one_partner_never_has_all_workers_of_the_queue(self):
        channels = "root:8,root.dist:6,root.dist.realtime:4,root.dist.bulk:1"
        self.startPatcher(patch.object(lanes, "_channels", lambda: channels))
        with self.transaction() as env:
            backend = self.backend(env)
            self.assertEqual(lanes.lanes_of(backend, "realtime"), 2)
            self.assertEqual(lanes.lanes_of(backend, "batch"), 3)
            self.assertEqual(lanes.lanes_of(backend, "bulk"), 1)

    def test_call_that_ends_well_is_noted(self):
        with self.transaction() as env:
            gate = self.gate(env)
            with gate.call(OPERATION):
                pass
        with self.transaction() as env:
            self.assertTrue(env["dist.circuit"].search([]).last_success_at)
