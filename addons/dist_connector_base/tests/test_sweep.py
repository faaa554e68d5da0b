"""Messages whose job died or vanished come back in line."""

from odoo.tests import tagged

from ..core.errors import BusinessError
from ..pipeline import wake
from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestSweep(DistCase):
    def setUp(self):
        super().setUp()
        wake._enqueued.clear()

    def jobs(self):
        flow = self.backend._flow("shipment_confirmation")
        return self.env["queue.job"].search(
            [("identity_key", "=like", f"dist.flow:{flow.id}:%")]
        )

    def test_message_without_a_job_gets_one(self):
        self.arrive(shipment(), run=False)
        self.assertFalse(self.jobs())
        self.env["dist.flow"]._cron_sweep()
        self.assertEqual(len(self.jobs()), 1)
        self.env["dist.flow"]._cron_sweep()
        self.assertEqual(len(self.jobs()), 1, "one is enough")

    def test_failed_job_does_not_keep_a_message_from_its_next_one(self):
        self.arrive(shipment(), run=False)
        self.env["dist.flow"]._cron_sweep()
        self.jobs().write({"state": "failed", "exc_name": "MemoryError"})
        self.env.flush_all()
        self.env["dist.flow"]._cron_sweep()
        self.assertEqual(len(self.jobs()), 2)
        found = self.env["dist.exception"].search([("error_class", "=", "fatal")])
        self.assertIn("MemoryError", found.name)

    def test_message_that_waits_behind_a_settled_one_is_freed(self):
        self.handler.faults = {"S1": BusinessError("first fails")}
        messages = self.arrive(shipment("S1"), shipment("S2"))
        messages[0].state = "done"
        self.env.flush_all()
        self.env["dist.flow"]._cron_sweep()
        self.assertEqual(messages[1].state, "ready")

    def test_message_that_waits_behind_an_open_one_stays(self):
        self.handler.faults = {"S1": BusinessError("first fails")}
        messages = self.arrive(shipment("S1"), shipment("S2"))
        self.env["dist.flow"]._cron_sweep()
        self.assertEqual(messages[1].state, "waiting")
