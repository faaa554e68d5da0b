"""What belongs to a document is asked for once the document is on record."""

from unittest.mock import patch

from odoo.tests import tagged

from ..core.errors import TransientError
from ..pipeline import context
from ..pipeline.gate import Gate, Held
from .common import PROFILE, DistCase, shipment

LINES = shipment()["lines"]


@tagged("post_install", "-at_install")
class TestExpand(DistCase):
    @classmethod
    def make_backend(cls, document=PROFILE, **values):
        text = document.replace(
            '    documents: "shipments || [@]"\n',
            '    documents: "shipments || [@]"\n'
            "    skip: [{when: state == 'open', reason: It has not left yet.}]\n"
            "    expand: {operation: get_lines, into: lines}\n",
        ).replace(
            "flows:",
            "  get_lines:\n"
            "    method: GET\n"
            "    path: /shipments/{number}/lines\n"
            "    safe: true\n"
            "    paging: {style: token, items: rows, param: after, next: more}\n"
            "flows:",
        )
        return super().make_backend(text, **values)

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(context, "open_rest", lambda backend, profile: self.partner)
        )

    def told(self, *numbers, **values):
        """Give a list of shipments that does not tell their lines."""
        bare = [shipment(number, **values) for number in numbers]
        for one in bare:
            del one["lines"]
        return {"shipments": bare}

    def messages(self):
        return self.env["dist.message"].search([("backend_id", "=", self.backend.id)])

    def test_parts_are_asked_for_and_stay_on_record_with_the_document(self):
        self.partner.script = [
            (200, {"rows": LINES, "more": "2"}),
            (200, {"rows": [{"sku": "A-2", "quantity": 1}]}),
        ]
        self.arrive(self.told("S1"), via="poll")
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(
            self.partner.calls, ["GET http://127.0.0.1:9/shipments/S1/lines"] * 2
        )
        page, bare, whole = self.messages().sorted("id")
        self.assertEqual((bare.parent_id, whole.parent_id), (page, bare))
        self.assertEqual(self.messages().mapped("state"), ["done"] * 3)
        self.assertIn('"A-2"', whole.payload_text)
        self.assertNotIn("A-2", bare.payload_text)

    def test_all_parts_of_a_list_are_of_the_moment_at_which_it_came(self):
        page = self.arrive(self.told("S1", "S2"), via="poll", run=False)
        page.received_at = "2026-01-31 10:00:00"
        self.env.flush_all()
        self.partner.script = [TransientError("gone")]
        self.run_flow(self.flow("shipment_confirmation"))
        waiting = self.messages().filtered(lambda m: m.state == "ready")
        self.partner.script = [(200, {"rows": LINES})] * 2
        self.due_again(*waiting)
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(len(self.messages()), 5)
        self.assertEqual(set(self.messages().mapped("received_at")), {page.received_at})

    def test_a_replay_reads_what_is_on_record(self):
        self.partner.script = [(200, {"rows": LINES})]
        self.handler.faults["S1"] = TransientError("busy")
        self.arrive(self.told("S1"), via="poll")
        self.handler.faults.clear()
        self.due_again(*self.messages().filtered(lambda m: m.state == "ready"))
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(len(self.partner.calls), 1)

    def test_a_part_that_cannot_be_had_leaves_the_document_and_the_others(self):
        self.partner.script = [(404, {}), (200, {"rows": LINES})]
        self.arrive(self.told("S1", "S2"), via="poll")
        self.assertEqual(self.handler.applied, ["S2"])
        failed = self.messages().filtered(lambda m: m.state == "exception")
        self.assertIn("S1", failed.payload_text)
        self.assertEqual(failed.exception_ids.error_class, "configuration")
        self.partner.script = [(200, {"rows": LINES})]
        failed.exception_ids._replay()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(self.handler.applied, ["S2", "S1"])

    def test_a_partner_that_is_not_there_is_asked_later(self):
        self.partner.script = [TransientError("gone")]
        self.arrive(self.told("S1", "S2"), via="poll")
        waiting = self.messages().filtered(lambda m: m.state == "ready")
        self.assertEqual(len(waiting), 2)
        self.assertEqual(len(self.partner.calls), 1, "the second was not asked for")
        self.partner.script = [(200, {"rows": LINES})] * 2
        self.due_again(*waiting)
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(sorted(self.handler.applied), ["S1", "S2"])

    def test_a_stopped_line_is_not_called_and_costs_no_try(self):
        with patch.object(Gate, "enter", side_effect=Held("stopped", retry_after=60)):
            self.arrive(self.told("S1"), via="poll")
        waiting = self.messages().filtered(lambda m: m.state == "ready")
        self.assertEqual(waiting.tries, 0)
        self.assertEqual(self.partner.calls, [])

    def test_a_list_that_is_seen_again_asks_nothing(self):
        self.partner.script = [(200, {"rows": LINES})]
        self.arrive(self.told("S1"), via="poll")
        self.arrive({**self.told("S1"), "page": 1}, via="poll")
        self.assertEqual(len(self.partner.calls), 1)
        self.assertEqual(self.handler.applied, ["S1"])

    def test_a_post_and_a_list_about_one_thing_have_one_effect(self):
        self.partner.script = [(200, {"rows": LINES})] * 2
        self.arrive(self.told("S1")["shipments"][0])
        self.arrive(self.told("S1", weight=3), via="poll")
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertIn("duplicate", self.messages().mapped("state"))

    def test_what_needs_no_action_is_not_asked_about(self):
        self.arrive(self.told("S1", state="open"), via="poll")
        self.assertEqual(self.partner.calls, [])
        self.assertIn("cancelled", self.messages().mapped("state"))

    def test_parts_without_an_end_are_for_a_person(self):
        self.partner.script = [
            (200, {"rows": LINES, "more": str(number)}) for number in range(60)
        ]
        self.arrive(self.told("S1"), via="poll")
        self.assertEqual(self.handler.applied, [])
        failed = self.messages().filtered(lambda m: m.state == "exception")
        self.assertIn("more than 50 pages", failed.note)
