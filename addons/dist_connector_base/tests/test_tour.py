"""A person opens an exception, reads what is wrong, and replays the message."""

from odoo.tests import tagged

from ..core.errors import BusinessError
from .common import DistTourCase, shipment


@tagged("post_install", "-at_install")
class TestTour(DistTourCase):
    def test_open_read_and_replay_an_exception(self):
        self.handler.faults = {
            "S1": BusinessError(
                "more was shipped than asked",
                path="lines[0].quantity",
                next_step="Ask the warehouse what really left.",
            )
        }
        message = self.arrive(shipment())
        self.handler.faults = {}
        built = self.bundles()
        self.start_tour(
            "/odoo/distribution-exceptions", "dist_replay_exception", login="admin"
        )
        self.env.invalidate_all()
        self.assertEqual(self.bundles(), built, "the page had to build its assets")
        self.assertEqual(message.state, "received")
        self.assertEqual(message.exception_ids.state, "working")
        self.due_again(message)
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(message.state, "done")
        self.assertEqual(message.exception_ids.state, "resolved")
