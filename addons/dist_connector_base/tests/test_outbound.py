"""Outgoing documents: stored first, sent once, looked up when nobody knows."""

from odoo.tests import tagged

from ..core.errors import ConflictError, TransientError, UnknownOutcomeError
from .common import DistCase

SEND, FIND = "POST http://127.0.0.1:9/orders", "GET http://127.0.0.1:9/orders"


@tagged("post_install", "-at_install")
class TestOutbound(DistCase):
    def test_accepted_request_is_done_with_the_partners_number(self):
        self.partner.script = [(201, {"id": 77})]
        message = self.send("R1")
        self.assertEqual((message.state, message.remote_id), ("done", "77"))
        self.assertEqual(self.handler.settled, [("R1", "accepted")])
        self.assertEqual(message.attempt_ids.outcome, "accepted")

    def test_same_key_is_stored_once(self):
        first = self.send("R1", run=False)
        self.assertEqual(self.send("R1", run=False), first)
        with self.assertRaises(ConflictError):
            self.send("R1", quantity=9, run=False)

    def test_refusal_is_told_to_the_record_and_to_people(self):
        self.partner.script = [(422, {"reason": "unknown postal code"})]
        message = self.send("R1")
        self.assertEqual(message.state, "exception")
        self.assertEqual(message.exception_ids.error_class, "business")
        self.assertIn("unknown postal code", message.exception_ids.name)
        self.assertEqual(self.handler.settled[0], ("R1", "rejected"))

    def test_unreachable_partner_gets_it_later_and_others_wait_with_it(self):
        self.partner.script = [TransientError("connection refused")]
        messages = self.send("R1", "R2", "R3")
        self.assertEqual(set(messages.mapped("state")), {"ready"})
        self.assertEqual(self.partner.calls, [SEND], "one try tells enough")
        self.assertEqual(messages.mapped("tries"), [1, 0, 0])
        self.assertFalse(messages.exception_ids)

    def test_lost_answer_is_looked_up_and_never_sent_again(self):
        self.partner.script = [UnknownOutcomeError("no answer")]
        message = self.send("R1")
        self.assertTrue(message.outcome_unknown)
        self.let_time_pass()
        self.partner.script = [(200, {"orders": [{"reference": "R1", "id": 5}]})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(self.partner.calls[0], SEND)
        self.assertTrue(self.partner.calls[1].startswith(FIND))
        self.assertEqual((message.state, message.remote_id), ("done", "5"))

    def test_look_up_that_finds_nothing_sends_again(self):
        self.partner.script = [UnknownOutcomeError("no answer")]
        message = self.send("R1")
        self.let_time_pass()
        self.partner.script = [(200, {"orders": []}), (201, {"id": 8})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(len(self.partner.calls), 3)
        self.assertEqual((message.state, message.remote_id), ("done", "8"))

    def test_look_up_comes_too_early_to_be_believed(self):
        self.partner.script = [UnknownOutcomeError("no answer")]
        message = self.send("R1")
        self.due_again(message)
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(self.partner.calls, [SEND])
        self.assertEqual(message.state, "ready")

    def test_look_up_that_cannot_tell_goes_to_a_person(self):
        self.partner.script = [UnknownOutcomeError("no answer")]
        message = self.send("R1")
        self.let_time_pass()
        self.partner.script = [(200, {"surprise": True})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(message.state, "exception")
        self.assertEqual(message.exception_ids.error_class, "unknown_outcome")

    def test_person_may_send_again_what_the_partner_never_got(self):
        self.test_look_up_that_cannot_tell_goes_to_a_person()
        message = self.env["dist.message"].search([("key", "=", "R1")])
        self.partner.script = [(201, {"id": 9})]
        message.exception_ids.with_context(dist_no_wake=True).action_send_again()
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual((message.state, message.remote_id), ("done", "9"))
        self.assertEqual(message.exception_ids.state, "resolved")

    def test_server_killed_while_sending_looks_up_first(self):
        message = self.send("R1", run=False)
        # what a killed server leaves behind: an attempt without an end
        self.env["dist.attempt"]._begin(message.id, "send", 0)
        self.let_time_pass()
        self.partner.script = [(200, {"orders": [{"reference": "R1", "id": 6}]})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(len(self.partner.calls), 1)
        self.assertTrue(self.partner.calls[0].startswith(FIND))
        self.assertEqual((message.state, message.remote_id), ("done", "6"))

    def test_server_killed_after_the_answer_settles_without_a_call(self):
        message = self.send("R1", run=False)
        attempts = self.env["dist.attempt"]
        attempt = attempts._begin(message.id, "send", 0)
        self.env.cr.execute(
            "UPDATE dist_attempt SET ended_at = now(), outcome = 'accepted',"
            " remote_id = '4' WHERE id = %s",
            [attempt],
        )
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(self.partner.calls, [])
        self.assertEqual((message.state, message.remote_id), ("done", "4"))

    def test_duplicate_at_the_partner_is_ours_if_it_shows_it(self):
        self.partner.script = [
            (409, {}),
            (200, {"orders": [{"reference": "R1", "id": 3}]}),
        ]
        message = self.send("R1")
        self.assertEqual((message.state, message.remote_id), ("done", "3"))

    def test_duplicate_that_the_partner_does_not_show_is_a_conflict(self):
        self.partner.script = [(409, {}), (200, {"orders": []})]
        message = self.send("R1")
        self.assertEqual(message.exception_ids.error_class, "conflict")

    def test_given_up_after_so_many_tries(self):
        flow = self.flow("fulfilment_request")
        flow.max_tries = 1
        self.partner.script = [TransientError("down")]
        message = self.send("R1")
        self.assertEqual(message.state, "dead")
        self.assertEqual(self.handler.settled, [("R1", "transient")])

    def test_request_that_has_not_left_can_be_withdrawn(self):
        message = self.send("R1", run=False)
        gone = self.backend._dist_cancel_unsent("fulfilment_request", ["R1"])
        self.assertEqual(gone, {"R1"})
        self.assertEqual(message.state, "cancelled")
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(self.partner.calls, [])

    def test_request_that_may_have_left_cannot_be_withdrawn(self):
        self.partner.script = [UnknownOutcomeError("no answer")]
        self.send("R1")
        gone = self.backend._dist_cancel_unsent("fulfilment_request", ["R1"])
        self.assertEqual(gone, set())

    def test_secrets_and_addresses_are_masked_in_attempts(self):
        self.partner.script = [(201, {"id": 1, "email": "jane@example.com"})]
        message = self.send("R1")
        attempt = message.attempt_ids
        self.assertNotIn("t0ken", attempt.request)
        self.assertNotIn("jane@example.com", attempt.response)
