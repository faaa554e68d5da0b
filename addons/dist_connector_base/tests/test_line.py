"""A partner that does not answer is left alone; its messages wait and lose nothing."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.errors import TransientError
from ..core.wire import HttpResponse
from .common import PROFILE, DistCase, shipment
from .test_shadow import POLLED

DOWN = TransientError("the partner cannot be reached")
ACCEPTED = (201, {"id": "77"})


@tagged("post_install", "-at_install")
class TestLine(DistCase):
    def setUp(self):
        super().setUp()
        self.backend.breaker_minimum = 2
        self.outbound = self.flow("fulfilment_request")

    def line(self):
        self.env.invalidate_all()
        return self.backend.circuit_ids.filtered(
            lambda circuit: circuit.operation == "create_order"
        )

    def alarms(self):
        return self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id), ("path", "=like", "line:%")]
        )

    def break_down(self):
        """Let the partner fail until its line stops; give the messages."""
        self.partner.script = [DOWN, DOWN]
        messages = self.send("R1", "R2")
        self.due_again(*messages)
        self.run_flow(self.outbound, times=1)
        self.assertEqual(self.line().state, "open")
        return messages

    def pause_is_over(self):
        self.env.cr.execute(
            "UPDATE dist_circuit SET until = now() AT TIME ZONE 'UTC'"
            " - interval '1 second'"
        )
        self.env.cr.execute(
            "UPDATE dist_message SET next_try_at = now() AT TIME ZONE 'UTC'"
            " - interval '1 second' WHERE state = 'ready'"
        )
        self.env.invalidate_all()

    # ------------------------------------------------------------ automatic

    def test_messages_wait_while_the_line_is_stopped_and_lose_no_try(self):
        self.break_down()
        calls = len(self.partner.calls)
        late = self.send("R3", "R4")
        self.assertEqual(len(self.partner.calls), calls, "nobody calls the partner")
        self.assertEqual(set(late.mapped("state")), {"ready"})
        self.assertEqual(set(late.mapped("tries")), {0})
        self.assertIn("waits: the line to Test house is stopped", late[0].note)
        self.assertFalse(late.attempt_ids)
        self.assertFalse(late.exception_ids)
        self.assertGreater(late[0].next_try_at, self.env.cr.now())

    def test_stopped_line_is_one_exception_that_says_what_to_do(self):
        self.break_down()
        self.send("R3")
        self.send("R4")
        alarm = self.alarms()
        self.assertEqual(len(alarm), 1)
        self.assertIn("Test house does not answer", alarm.name)
        self.assertIn("messages wait", alarm.next_step)

    def test_line_that_works_again_closes_its_exception_by_itself(self):
        messages = self.break_down()
        self.pause_is_over()
        self.partner.script = [ACCEPTED, ACCEPTED]
        self.run_flow(self.outbound, times=1)
        self.assertEqual(set(messages.mapped("state")), {"done"})
        self.assertEqual(self.line().state, "closed")
        self.assertEqual(
            (self.alarms().state, self.alarms().resolution), ("resolved", "replayed")
        )
        self.assertTrue(self.line().last_success_at)

    def test_one_request_tries_the_line_and_the_rest_goes_on_waiting(self):
        messages = self.break_down()
        self.pause_is_over()
        self.partner.script = [DOWN]
        calls = len(self.partner.calls)
        self.run_flow(self.outbound, times=3)
        self.assertEqual(len(self.partner.calls), calls + 1)
        self.assertEqual(self.line().state, "open")
        self.assertEqual(set(messages.mapped("state")), {"ready"})

    def test_sweep_closes_an_exception_whose_job_could_not(self):
        self.break_down()
        self.env.cr.execute("UPDATE dist_circuit SET state = 'closed'")
        self.env["dist.flow"]._cron_sweep()
        self.assertEqual(self.alarms().state, "resolved")

    def test_fetches_wait_too(self):
        profile = self.env["dist.profile"].create({"document": POLLED})
        profile._approve()
        self.backend.profile_id = profile
        self.env.cr.execute(
            "INSERT INTO dist_circuit (backend_id, operation, state, override)"
            " VALUES (%s, 'list_shipments', 'closed', 'open')",
            [self.backend.id],
        )
        flow = self.flow("shipment_confirmation")
        self.assertIn("is stopped (list shipments)", flow._job_fetch())
        job = self.env["queue.job"].search(
            [("identity_key", "=", f"dist.flow.fetch:{flow.id}")]
        )
        self.assertTrue(job.eta)
        self.assertFalse(self.env["dist.exception"].search([("flow_id", "=", flow.id)]))

    def test_list_that_is_too_long_for_one_poll_is_not_skipped_over(self):
        profile = self.env["dist.profile"].create(
            {"document": POLLED.replace("size: 50", "size: 1")}
        )
        profile._approve()
        self.backend.profile_id = profile
        self.partner.script = [
            (200, {"shipments": [shipment(f"S{n}", f"R{n}")]}) for n in range(3)
        ]
        flow = self.flow("shipment_confirmation")
        flow.cursor = "2026-01-01T00:00:00Z"
        place = "odoo.addons.dist_connector_base.pipeline.fetch"
        with (
            patch(f"{place}.MAX_PAGES", 2),
            patch(f"{place}.open_rest", lambda *_args: self.partner),
        ):
            self.assertEqual(flow._job_fetch(), "2 new")
        self.assertEqual(flow.cursor, "2026-01-01T00:00:00Z")
        told = self.env["dist.exception"].search([("flow_id", "=", flow.id)])
        self.assertIn("more than 2 pages", told.name)

    # ------------------------------------------------------------- by hand

    def manager(self):
        return new_test_user(
            self.env, "line_manager", "dist_connector_base.group_manager"
        )

    def decide(self, decision, reason, user=None):
        circuit = self.line().with_user(user or self.manager())
        action = getattr(
            circuit,
            {
                "open": "action_stop",
                "closed": "action_let_through",
                "auto": "action_automatic",
            }[decision],
        )()
        wizard = (
            self.env["dist.circuit.override"]
            .with_user(circuit.env.user)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        wizard.action_confirm()

    def test_person_stops_a_line_and_sets_it_back(self):
        self.partner.script = [ACCEPTED]
        self.send("R1")
        manager = self.manager()
        self.decide("open", "The partner moves its server", manager)
        late = self.send("R2")
        self.assertEqual((late.state, len(self.partner.calls)), ("ready", 1))
        self.assertIn("stopped by hand", self.alarms().name)
        entry = self.env["dist.audit"].search([("action", "=", "circuit.open")])
        self.assertEqual(entry.user_id, manager)
        self.assertEqual(entry.summary, "The partner moves its server")
        self.decide("auto", "It is back", manager)
        self.assertEqual(self.alarms().state, "resolved")
        self.env.invalidate_all()
        self.assertLessEqual(late.next_try_at, self.env.cr.now(), "nobody waits longer")
        self.partner.script = [ACCEPTED]
        self.run_flow(self.outbound, times=1)
        self.assertEqual(late.state, "done")

    def test_person_lets_everything_through_although_the_partner_fails(self):
        self.break_down()
        self.decide("closed", "They fixed it, the counters are old")
        self.partner.script = [DOWN]
        self.send("R3")
        self.assertEqual(self.partner.script, [])

    def test_control_needs_a_reason_and_a_manager(self):
        self.break_down()
        with self.assertRaises(UserError):
            self.decide("open", "  ")
        operator = new_test_user(
            self.env, "line_operator", "dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.line().with_user(operator).action_stop()
        with self.assertRaises(AccessError):
            self.line().with_user(operator)._decide("open", "no")
        with self.assertRaises(AccessError):
            self.line().with_user(operator).write({"state": "closed"})

    # -------------------------------------------------------------- limits

    def answer(self, *answers):
        """Let the partner answer with a status and headers."""
        script = list(answers)

        def call(request):
            self.partner.calls.append(request.url)
            status, headers = script.pop(0)
            return HttpResponse(status, headers, b'{"id": "1"}', 0.01)

        self.partner.call = call

    def test_retry_after_holds_all_requests_of_the_credential(self):
        self.answer((429, {"Retry-After": "300"}))
        messages = self.send("R1", "R2")
        later = self.send("R3")
        self.assertEqual(len(self.partner.calls), 1)
        self.assertEqual((messages[1].tries, later.tries), (0, 0))
        self.assertIn("called too often", later.note)
        self.assertGreater((later.next_try_at - self.env.cr.now()).total_seconds(), 250)
        self.assertEqual(self.line().state, "closed", "it answers: it is well")

    def test_requests_per_minute_are_kept_to(self):
        self.backend.write({"calls_per_minute": 6, "calls_burst": 2})
        self.answer(*[(201, {})] * 5)
        messages = self.send("R1", "R2", "R3", "R4")
        self.assertEqual(len(self.partner.calls), 2)
        self.assertEqual(messages.mapped("state"), ["done", "done", "ready", "ready"])
        self.assertEqual(messages[2].tries, 0)

    def test_remaining_quota_of_an_answer_is_honoured(self):
        profile = self.env["dist.profile"].create(
            {
                "document": PROFILE.replace("test_house", "test_quota").replace(
                    "auth:", "pace: {remaining: X-Left, keep: 1, reset: X-Reset}\nauth:"
                )
            }
        )
        profile._approve()
        self.backend.profile_id = profile
        self.answer(
            (201, {"X-Left": "2", "X-Reset": "90"}),
            (201, {"X-Left": "1", "X-Reset": "90"}),
        )
        messages = self.send("R1", "R2", "R3")
        self.assertEqual(messages.mapped("state"), ["done", "done", "ready"])
        self.assertGreater(
            (messages[2].next_try_at - self.env.cr.now()).total_seconds(), 60
        )

    def test_flow_with_the_smaller_number_is_worked_on_first(self):
        self.backend._flow("fulfilment_request").priority = 3
        self.backend._flow("fulfilment_request")._wake(delay=600)
        job = self.env["queue.job"].search(
            [("identity_key", "=like", f"dist.flow:{self.outbound.id}:%")]
        )
        self.assertEqual(job.priority, 3)

    def test_slow_partner_gives_its_worker_back(self):
        self.partner.script = [ACCEPTED] * 3
        clock = iter(range(0, 10_000, 50))
        with patch(
            "odoo.addons.dist_connector_base.pipeline.outbound.time.monotonic",
            lambda: next(clock),
        ):
            messages = self.send("R1", "R2", "R3")
        self.assertIn("ready", messages.mapped("state"))
        self.assertIn("done", messages.mapped("state"))
        self.run_flow(self.outbound)
        self.assertEqual(set(messages.mapped("state")), {"done"})
