"""Deadlines: what must follow what, what must come by when, and who hears of it."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..core.errors import BusinessError
from ..pipeline import expect
from ..pipeline.outbox import Outbound
from .common import PROFILE, DistCase, shipment

DEADLINES = """
expectations:
  shipped:
    opened_by: fulfilment_request
    met_by: shipment_confirmation
    within: 2 hours
    severity: high
    message: The warehouse has not shipped the order.
"""
HEARTBEAT = """    heartbeat: {within: 1 hour, message: No shipment has come.}
"""


@tagged("post_install", "-at_install")
class TestExpectation(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.make_profile("test_deadlines", PROFILE + DEADLINES)
        cls.backend.profile_id = cls.profile

    @classmethod
    def make_profile(cls, code, text):
        profile = cls.env["dist.profile"].create(
            {"document": text.replace("test_house", code)}
        )
        profile._approve()
        return profile

    def sent(self, *keys, **values):
        self.partner.script = [(201, {"id": key}) for key in keys]
        return self.send(*keys, **values)

    def expectations(self, *keys):
        domain = [("backend_id", "=", self.backend.id)]
        if keys:
            domain.append(("subject", "in", keys))
        return self.env["dist.expectation"].search(domain, order="id")

    def rule(self, kind="answer"):
        return self.env["dist.expectation.rule"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", kind)]
        )

    def time_is_over(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dist_expectation SET opened_at = opened_at - interval '1 day',"
            " deadline = deadline - interval '1 day'"
        )
        self.env.invalidate_all()

    def look(self):
        return expect.find_overdue(self.env(su=True), 100)

    # -------------------------------------------------- opened, met, overdue

    def test_a_sent_request_waits_for_its_shipment_until_the_deadline(self):
        message = self.sent("R1")
        expectation = self.expectations("R1")
        self.assertEqual(expectation.state, "open")
        self.assertEqual(expectation.message_id, message)
        self.assertEqual(
            expectation.deadline - expectation.opened_at, timedelta(hours=2)
        )

    def test_a_request_that_did_not_leave_is_waited_for_by_nobody(self):
        self.partner.script = [(422, {"reason": "no"})]
        self.send("R1")
        self.assertFalse(self.expectations())

    def test_the_shipment_meets_what_was_expected_and_only_that(self):
        self.sent("R1", "R2")
        arrived = self.arrive(shipment(order="R1"))
        first, second = self.expectations()
        self.assertEqual((first.state, second.state), ("met", "open"))
        self.assertEqual(first.met_message_id, arrived)
        self.assertFalse(first.late)

    def test_an_answer_that_odoo_cannot_take_is_an_answer(self):
        self.sent("R1")
        self.handler.faults = {"S1": BusinessError("too much")}
        self.arrive(shipment(order="R1"))
        self.assertEqual(self.expectations().state, "met")

    def test_what_does_not_come_in_time_is_an_exception_in_plain_words(self):
        message = self.sent("R1")
        self.assertEqual(self.look(), 0)
        self.time_is_over()
        self.assertEqual(self.look(), 1)
        expectation, exception = self.expectations(), message.exception_ids
        self.assertEqual(expectation.state, "overdue")
        self.assertEqual(expectation.exception_id, exception)
        self.assertEqual(exception.error_class, "sequence")
        self.assertIn(exception.severity, ("high", "critical"))
        self.assertIn("has not shipped the order. R1", exception.name)
        self.assertIn(f"{expectation.opened_at:%Y-%m-%d %H:%M}", exception.name)
        self.assertIn(self.backend.name, exception.next_step)
        self.assertIn(self.backend.user_id.name, exception.next_step)
        self.assertEqual(self.look(), 0, "it is told once")

    def test_a_late_answer_closes_the_exception_by_itself(self):
        message = self.sent("R1")
        self.time_is_over()
        self.look()
        self.arrive(shipment(order="R1"))
        expectation = self.expectations()
        self.assertEqual((expectation.state, expectation.late), ("met", True))
        self.assertEqual(message.exception_ids.state, "resolved")
        self.assertEqual(message.exception_ids.resolution, "closed")
        self.assertIn("after its deadline", message.exception_ids.resolution_note)

    def test_an_answer_faster_than_our_own_commit_is_not_missed(self):
        record = self.env["res.partner"].create({"name": "Order"})
        message = self.backend.with_context(dist_no_wake=True)._dist_send(
            "fulfilment_request", [Outbound(self.request("R1"), record)]
        )
        arrived = self.arrive(shipment(order="R1"))
        arrived.write({"res_model": record._name, "res_id": record.id})
        self.env.flush_all()
        self.env.invalidate_all()
        self.partner.script = [(201, {"id": 1})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(message.state, "done")
        self.assertEqual(self.expectations().state, "met")

    def test_a_replay_opens_nothing_a_second_time(self):
        message = self.sent("R1")
        expect.note(self.env(su=True), self.flow("fulfilment_request"), message.ids)
        self.assertEqual(len(self.expectations()), 1)

    def test_a_request_that_is_withdrawn_is_expected_no_more(self):
        self.rule().when = "stored"
        message = self.send("R1", run=False)
        self.assertEqual(self.expectations().message_id, message)
        self.backend._dist_cancel_unsent("fulfilment_request", ["R1"])
        self.assertEqual(self.expectations().state, "cancelled")

    def test_a_cancelled_case_closes_its_overdue_exception(self):
        message = self.sent("R1")
        self.time_is_over()
        self.look()
        self.env["dist.expectation"]._drop([("message_id", "=", message.id)])
        self.assertEqual(self.expectations().state, "cancelled")
        self.assertEqual(message.exception_ids.state, "resolved")

    def test_two_hundred_messages_cost_as_many_queries_as_two(self):
        flow = self.flow("fulfilment_request")
        few = self.sent("A1", "A2")
        flow.batch_size = 200
        many = self.sent(*(f"B{number}" for number in range(200)))
        self.expectations().unlink()
        self.assertEqual(len(many), 200)
        env = self.env(su=True)
        counts = []
        for messages in (few, few, many):
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            expect.note(env, flow, messages.ids)
            counts.append(self.env.cr.sql_log_count - start)
            self.expectations().unlink()
        self.assertEqual(counts[2], counts[1], counts)

    def test_the_cron_takes_so_many_at_a_time(self):
        self.sent("R1", "R2", "R3")
        self.time_is_over()
        env = self.env(su=True)
        self.assertEqual(expect.find_overdue(env, 2), 2)
        self.assertEqual(expect.find_overdue(env, 2), 1)
        self.assertEqual(set(self.expectations().mapped("state")), {"overdue"})

    # ------------------------------------------------------------ deadlines

    def test_a_person_changes_the_deadline_of_one_flow_and_the_profile_keeps_it(self):
        self.rule().write({"amount": 1, "unit": "days"})
        self.backend._follow_profile()
        self.sent("R1")
        expectation = self.expectations()
        self.assertEqual(
            expectation.deadline - expectation.opened_at, timedelta(days=1)
        )

    def test_a_deadline_that_the_profile_drops_is_paused(self):
        self.backend.profile_id = self.make_profile("test_no_deadlines", PROFILE)
        self.assertFalse(self.rule())
        self.sent("R1")
        self.assertFalse(self.expectations())

    def test_working_days_end_with_the_working_day_and_pass_over_holidays(self):
        rule = self.rule()
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Europe/Berlin"}
        )
        rule.write({"amount": 2, "unit": "working_days", "calendar_id": calendar.id})
        friday = datetime(2026, 1, 9, 9, 0)
        tuesday = datetime(2026, 1, 13, 16, 0)  # 17:00 in Berlin
        self.assertEqual(rule._deadline(friday), tuesday)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 1, 11, 23, 0),
                "date_to": datetime(2026, 1, 12, 22, 59),
            }
        )
        self.assertEqual(rule._deadline(friday), tuesday + timedelta(days=1))

    def test_working_hours_stop_over_night(self):
        rule = self.rule()
        calendar = self.env["resource.calendar"].create({"name": "UTC", "tz": "UTC"})
        rule.write({"amount": 4, "unit": "working_hours", "calendar_id": calendar.id})
        monday = datetime(2026, 1, 12, 15, 0)
        self.assertEqual(rule._deadline(monday), datetime(2026, 1, 13, 10, 0))

    # ----------------------------------------------------------- heartbeats

    def with_heartbeat(self):
        self.backend.profile_id = self.make_profile(
            "test_heartbeat", PROFILE + HEARTBEAT
        )
        return self.rule("heartbeat")

    def heard_from(self, hours_ago):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dist_message SET received_at = now() AT TIME ZONE 'UTC'"
            " - make_interval(hours => %s)",
            [hours_ago],
        )
        self.env.invalidate_all()

    def test_a_flow_that_falls_silent_is_an_exception_until_something_comes(self):
        rule = self.with_heartbeat()
        rule.armed_at = fields.Datetime.now() - timedelta(days=1)
        self.arrive(shipment())
        self.env["dist.expectation.rule"]._cron_heartbeats()
        self.assertFalse(rule.overdue)
        self.heard_from(3)
        self.env["dist.expectation.rule"]._cron_heartbeats()
        exception = rule.exception_id
        self.assertEqual((rule.overdue, exception.error_class), (True, "sequence"))
        self.assertIn("No shipment has come", exception.name)
        self.assertIn("The last shipment confirmation came", exception.name)
        self.arrive(shipment(number="S2"))
        self.assertEqual((rule.overdue, exception.state), (False, "resolved"))

    def test_a_new_flow_is_given_its_time_first(self):
        rule = self.with_heartbeat()
        self.env["dist.expectation.rule"]._cron_heartbeats()
        self.assertFalse(rule.overdue)
        rule.armed_at = fields.Datetime.now() - timedelta(hours=2)
        self.env["dist.expectation.rule"]._cron_heartbeats()
        self.assertTrue(rule.overdue)
        self.assertIn("has ever come", rule.exception_id.name)

    def test_times_of_day_count_on_working_days_only(self):
        rule = self.with_heartbeat()
        calendar = self.env["resource.calendar"].create({"name": "UTC", "tz": "UTC"})
        rule.write({"times": "06:00, 18:00", "calendar_id": calendar.id})
        friday_noon = datetime(2026, 1, 9, 12, 0)
        friday_night = datetime(2026, 1, 9, 20, 0)
        self.assertEqual(rule._next_due(friday_noon), datetime(2026, 1, 9, 19, 0))
        self.assertEqual(rule._next_due(friday_night), datetime(2026, 1, 12, 7, 0))
        with self.assertRaises(ValidationError):
            rule.times = "6 o'clock"
