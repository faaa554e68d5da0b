"""Two jobs of one flow at once: they share the work, and neither has to wait."""

import json

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..pipeline import ledger
from .committed import CommittedCase
from .common import shipment


@tagged("post_install", "-at_install")
class TestMeeting(CommittedCase):
    def setUp(self):
        super().setUp()
        self.handler._dist_needs_order = False
        with self.transaction() as env:
            env.cr.execute(
                "DELETE FROM dist_message WHERE backend_id = %s", [self.backend_id]
            )
            flow = self.flow(env, "shipment_confirmation")
            flow.batch_size = 2
            ledger.insert_arrivals(
                env,
                flow,
                [
                    ledger.Arrival(
                        json.dumps(shipment(f"S{n}", f"R{n}")).encode(), via="webhook"
                    )
                    for n in range(4)
                ],
            )

    def run_job(self, env):
        return self.flow(env, "shipment_confirmation")._job_run()

    def test_two_jobs_take_different_messages(self):
        with self.transaction() as one, self.transaction() as two:
            self.run_job(one)
            self.run_job(two)
        self.assertEqual(self.handler.applied, ["S0", "S1", "S2", "S3"])
        self.assertEqual(set(self.states()), {"done"})

    @mute_logger("odoo.sql_db")
    def test_job_whose_snapshot_is_old_comes_back_at_once(self):
        with self.transaction() as late:
            late.cr.execute("SELECT 1")  # queue_job has locked the job's row by now
            with self.transaction() as quick:
                self.run_job(quick)
            with self.assertRaises(RetryableJobError) as caught, late.cr.savepoint():
                self.run_job(late)
        self.assertTrue(caught.exception.ignore_retry, "it costs no try")
        self.assertLess(caught.exception.seconds, 1)
        self.assertTrue(caught.exception.seconds, "0 would be ten minutes")
        with self.transaction() as again:
            self.run_job(again)
        self.assertEqual(self.handler.applied, ["S0", "S1", "S2", "S3"])
        self.assertEqual(set(self.states()), {"done"})

    @mute_logger("odoo.sql_db")
    def test_effects_that_meet_are_tried_again_at_once(self):
        def write_same_row(batch):
            env = batch[0].backend.env
            env.cr.execute(
                "UPDATE dist_backend SET write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id = %s",
                [self.backend_id],
            )

        self.handler._apply = write_same_row
        with self.transaction() as late:
            late.cr.execute("SELECT 1")
            with self.transaction() as quick:
                quick.cr.execute(
                    "SELECT id FROM dist_message WHERE backend_id = %s ORDER BY id"
                    " LIMIT 2 FOR UPDATE",
                    [self.backend_id],
                )
                write_same_row([type("Item", (), {"backend": quick.user})])
            with self.assertRaises(RetryableJobError), late.cr.savepoint():
                self.run_job(late)

    def test_other_database_errors_are_no_reason_to_run_again(self):
        self.handler._apply = lambda batch: batch[0].backend.env.cr.execute("oops")
        with (
            self.transaction() as env,
            mute_logger(
                "odoo.sql_db", "odoo.addons.dist_connector_base.pipeline.failures"
            ),
        ):
            self.run_job(env)
        self.assertEqual(self.states()[:2], ["exception", "exception"])
