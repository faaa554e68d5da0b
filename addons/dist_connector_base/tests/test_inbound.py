"""Incoming documents: one effect each, faults apart, order kept."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..core.errors import BusinessError, TransientError
from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestInbound(DistCase):
    def test_document_is_applied_once_and_done(self):
        message = self.arrive(shipment())
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(message.state, "done")
        self.assertEqual((message.key, message.owns_key), ("S1", True))
        self.assertEqual(message.partition, "R1")

    def test_same_document_again_is_a_duplicate_without_effect(self):
        first = self.arrive(shipment())
        second = self.arrive(shipment())
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(second.state, "duplicate")
        self.assertIn(str(first.id), second.note)
        self.assertFalse(second.exception_ids)

    def test_same_document_twice_in_one_batch_has_one_effect(self):
        messages = self.arrive(shipment(), shipment())
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(messages.mapped("state"), ["done", "duplicate"])

    def test_same_key_with_other_content_is_a_conflict_for_a_person(self):
        self.arrive(shipment())
        second = self.arrive(shipment(lines=[{"sku": "A-1", "quantity": 3}]))
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(second.state, "exception")
        self.assertEqual(second.exception_ids.error_class, "conflict")

    def test_corrected_document_replaces_one_that_failed(self):
        self.handler.faults = {"S1": BusinessError("more than was asked")}
        first = self.arrive(shipment())
        self.handler.faults = {}
        second = self.arrive(shipment(lines=[{"sku": "A-1", "quantity": 1}]))
        self.assertEqual((first.state, second.state), ("cancelled", "done"))
        self.assertEqual(first.exception_ids.state, "resolved")
        self.assertEqual(first.exception_ids.resolution, "superseded")

    def test_one_bad_document_stands_alone_and_the_rest_goes_on(self):
        self.handler.faults = {"S3": BusinessError("no such order", path="order")}
        messages = self.arrive(*[shipment(f"S{n}", f"R{n}") for n in range(8)])
        self.assertEqual(len(self.handler.applied), 7)
        self.assertEqual(
            messages.filtered(lambda m: m.state == "exception").mapped("key"), ["S3"]
        )
        self.assertEqual(messages.exception_ids.path, "order")
        self.assertEqual(self.handler.batches[0], 8, "the hopeful case is one batch")

    def test_later_documents_of_an_order_wait_behind_a_failed_one(self):
        self.handler.faults = {"S1": BusinessError("first fails")}
        messages = self.arrive(shipment("S1"), shipment("S2"), shipment("S3", "R2"))
        self.assertEqual(messages.mapped("state"), ["exception", "waiting", "done"])
        self.handler.faults = {}
        messages[0].with_context(dist_no_wake=True).action_replay()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(set(messages.mapped("state")), {"done"})
        self.assertEqual(self.handler.applied, ["S3", "S1", "S2"])

    def test_two_documents_of_one_order_never_meet_in_one_batch(self):
        self.arrive(shipment("S1"), shipment("S2"), shipment("S3", "R2"))
        self.assertEqual(self.handler.batches, [2, 1])
        self.assertEqual(self.handler.applied, ["S1", "S3", "S2"])

    def test_file_with_many_documents_makes_a_message_of_each(self):
        body = {"shipments": [shipment(f"S{n}", f"R{n}") for n in range(5)]}
        message = self.arrive(body)
        self.assertEqual((message.kind, message.state), ("transmission", "done"))
        self.assertEqual(set(message.child_ids.mapped("state")), {"done"})
        self.assertEqual(len(self.handler.applied), 5)

    def test_polled_list_keeps_no_row_of_what_is_known(self):
        body = {"shipments": [shipment("S1"), shipment("S2", "R2")]}
        self.arrive(body, via="poll")
        again = self.arrive(body, via="poll")
        self.assertEqual(len(self.handler.applied), 2)
        self.assertFalse(again.child_ids)
        self.assertEqual(again.note, "2 documents, 2 known")

    def test_polled_document_that_came_by_webhook_is_a_duplicate(self):
        self.arrive(shipment("S1"))
        page = self.arrive({"shipments": [shipment("S1")]}, via="poll")
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(page.child_ids.mapped("state"), ["duplicate"])

    def test_faulty_document_of_a_list_is_one_exception_however_often_polled(self):
        body = {"shipments": [shipment("S1", lines=[]), shipment("S2", "R2")]}
        self.arrive(body, via="poll")
        self.arrive(body, via="poll")
        found = self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(len(found), 1)

    def test_documents_of_a_file_come_before_what_arrived_after_it(self):
        flow = self.flow("shipment_confirmation")
        self.arrive(
            {"shipments": [shipment("S1"), shipment("S2", "R2")]},
            shipment("S3", "R1"),
            run=False,
        )
        self.run_flow(flow)
        self.assertEqual(self.handler.applied, ["S1", "S2", "S3"])

    def test_unmapped_code_still_tells_which_order_it_is_about(self):
        message = self.arrive(shipment(carrier="PigeonPost"))
        self.assertEqual((message.key, message.partition), ("S1", "R1"))

    def test_unreadable_body_is_kept_and_tells_the_place(self):
        message = self.arrive(b'{"number": "S1", oops')
        self.assertEqual(message.state, "exception")
        self.assertEqual(message.exception_ids.error_class, "data")
        self.assertIn("oops", message.payload_text)

    def test_wrong_type_names_the_field_of_the_partners_document(self):
        message = self.arrive(shipment(lines=[{"sku": "A-1", "quantity": "many"}]))
        self.assertIn("lines[0].quantity", message.exception_ids.path)

    def test_unknown_code_waits_for_a_mapping_and_closes_by_itself(self):
        message = self.arrive(shipment(carrier="PigeonPost"))
        found = message.exception_ids
        self.assertEqual(found.error_class, "mapping")
        self.assertEqual(
            (found.vocabulary, found.code_value), ("carrier", "PigeonPost")
        )
        action = found.with_context(dist_no_wake=True).action_map_code()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard.create({"chosen_code": "UPS"}).action_apply()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(message.state, "done")
        self.assertEqual((found.state, found.resolution), ("resolved", "replayed"))

    def test_same_cause_has_the_same_fingerprint(self):
        messages = self.arrive(
            shipment("S1", carrier="PigeonPost"),
            shipment("S2", "R2", carrier="PigeonPost"),
            shipment("S3", "R3", carrier="Stork"),
        )
        prints = messages.exception_ids.sorted("id").mapped("fingerprint")
        self.assertEqual(prints[0], prints[1])
        self.assertNotEqual(prints[0], prints[2])

    def test_passing_trouble_is_tried_again_and_given_up_in_the_end(self):
        self.handler.faults = {"S1": TransientError("locked")}
        flow = self.flow("shipment_confirmation")
        flow.max_tries = 2
        message = self.arrive(shipment())
        self.assertEqual((message.state, message.tries), ("ready", 1))
        self.assertFalse(message.exception_ids)
        self.due_again(message)
        self.run_flow(flow)
        self.assertEqual((message.state, message.tries), ("dead", 2))
        self.assertEqual(message.exception_ids.error_class, "transient")

    @mute_logger("odoo.addons.dist_connector_base.pipeline.failures")
    def test_fault_of_the_software_fails_one_message_only(self):
        self.handler.faults = {"S1": ZeroDivisionError()}
        messages = self.arrive(shipment("S1"), shipment("S2", "R2"))
        self.assertEqual(messages.mapped("state"), ["exception", "done"])
        self.assertEqual(messages.exception_ids.error_class, "fatal")

    def test_odoos_own_refusal_is_a_business_question_in_its_words(self):
        self.handler.faults = {"S1": UserError("No lot is set.")}
        message = self.arrive(shipment())
        self.assertEqual(message.exception_ids.error_class, "business")
        self.assertEqual(message.exception_ids.name, "No lot is set.")

    def test_accepted_message_frees_what_waits_behind_it(self):
        self.handler.faults = {"S1": BusinessError("first fails")}
        messages = self.arrive(shipment("S1"), shipment("S2"))
        messages[0].exception_ids.with_context(dist_no_wake=True)._accept("settled")
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(messages.mapped("state"), ["cancelled", "done"])
        self.assertEqual(messages[0].exception_ids.resolution, "accepted")

    def test_file_is_taken_once(self):
        flow = self.flow("shipment_confirmation")
        from ..pipeline import ledger

        arrival = ledger.Arrival(b"{}", via="file", transport_key="SHP_1.csv:abc")
        self.assertEqual(len(ledger.insert_arrivals(self.env, flow, [arrival])), 1)
        self.assertEqual(ledger.insert_arrivals(self.env, flow, [arrival]), [])

    def test_attempt_is_on_record(self):
        message = self.arrive(shipment())
        self.assertEqual(message.attempt_ids.mapped("outcome"), ["done"])
