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

    def test_map_an_unknown_code_and_replay_all_that_wait_for_it(self):
        messages = self.arrive(
            shipment("S1", "R1", carrier="Pigeon"),
            shipment("S2", "R2", carrier="Pigeon"),
        )
        self.start_tour("/odoo/distribution-exceptions", "dist_map_code", login="admin")
        self.env.invalidate_all()
        self.due_again(*messages)
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(messages.mapped("state"), ["done", "done"])
        self.assertEqual(set(messages.exception_ids.mapped("state")), {"resolved"})

    def test_every_view_of_the_exceptions_opens(self):
        self.handler.faults = {"S1": BusinessError("more was shipped than asked")}
        exception = self.arrive(shipment()).exception_ids
        exception.impact_value = 5
        self.start_tour(
            "/odoo/distribution-exceptions", "dist_look_around", login="admin"
        )
