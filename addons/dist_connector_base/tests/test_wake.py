"""One pending job for many messages, and jobs at once for a burst."""

from odoo.tests import tagged

from ..pipeline import wake
from .common import DistCase


@tagged("post_install", "-at_install")
class TestWake(DistCase):
    def setUp(self):
        super().setUp()
        wake._enqueued.clear()
        self.inbound = self.backend._flow("shipment_confirmation")

    def jobs(self):
        return self.env["queue.job"].search(
            [("identity_key", "=like", f"dist.flow:{self.inbound.id}:%")]
        )

    def test_trickle_of_messages_has_one_pending_job(self):
        for _message in range(5):
            self.inbound._wake()
        self.assertEqual(len(self.jobs()), 1)
        self.assertEqual(self.jobs().channel, "root.dist.realtime")

    def test_burst_has_jobs_at_once_but_no_more_than_may_run_together(self):
        self.inbound.write({"batch_size": 10, "parallel": 2})
        self.inbound._wake(count=100)
        self.assertEqual(len(self.jobs()), 2)
        self.assertFalse(any(self.jobs().mapped("eta")))

    def test_retry_has_a_job_of_its_own_time(self):
        self.inbound._wake(delay=600)
        self.inbound._wake()
        self.assertEqual(len(self.jobs()), 2)
