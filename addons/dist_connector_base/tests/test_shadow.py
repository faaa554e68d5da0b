"""A flow in shadow does everything, and nothing of it stays or leaves."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..core.errors import BusinessError
from ..pipeline.rehearsal import rehearse
from .common import PROFILE, DistCase, shipment

POLLED = (
    PROFILE.replace("test_house", "test_shadow_house")
    .replace(
        "flows:\n",
        """  list_shipments:
    method: GET
    safe: true
    path: /shipments
    paging: {style: number, items: shipments, param: page, size: 50, size_param: n}
    cursor: {param: since}
flows:
""",
    )
    .replace(
        "    webhook: [order.shipped]\n",
        "    webhook: [order.shipped]\n    poll: {operation: list_shipments}\n",
    )
)


@tagged("post_install", "-at_install")
class TestShadow(DistCase):
    def setUp(self):
        super().setUp()
        self.inbound = self.flow("shipment_confirmation")
        self.outbound = self.flow("fulfilment_request")

    def results(self, messages):
        self.env.invalidate_all()
        found = self.env["dist.shadow.result"].search(
            [("message_id", "in", messages.ids)]
        )
        return found.sorted(lambda result: result.message_id.id)

    def rename(self, batch):
        """An effect that can be seen: the handler renames a partner per document."""
        for item in batch:
            record = self.env["res.partner"].create({"name": f"of {item.key}"})
            item.link(record)
            self.env.cr.execute(
                "UPDATE res_partner SET comment = 'by SQL' WHERE id = %s", [record.id]
            )
            self.env.cr.postcommit.add(lambda: self.fail("it ran after the commit"))

    def partners(self):
        return self.env["res.partner"].search_count([("name", "=like", "of %")])

    # ------------------------------------------------------------- incoming

    def test_incoming_document_is_applied_and_taken_back(self):
        self.handler._apply = self.rename
        self.inbound.action_shadow()
        message = self.arrive(shipment())
        self.assertEqual(self.partners(), 0)
        self.assertEqual(message.state, "done")
        self.assertEqual(message.note, "shadow: nothing was changed")
        self.assertFalse(message.res_id)
        result = self.results(message)
        self.assertIn("res.partner: 1 created", result.effects)
        self.assertRegex(result.effects, r"res\.partner: \d changed", "SQL counts")
        self.assertEqual(result.key, "S1")

    def test_callbacks_of_a_rehearsal_are_forgotten_and_earlier_ones_stay(self):
        ran = []
        self.env.cr.postcommit.add(lambda: ran.append("ours"))
        rehearse(
            self.env,
            lambda: self.env.cr.postcommit.add(lambda: ran.append("rehearsed")),
        )
        self.env.cr.postcommit.run()
        self.assertEqual(ran, ["ours"])

    def test_failure_in_shadow_asks_nobody_for_work(self):
        self.handler.faults = {"S1": BusinessError("more than was asked", path="qty")}
        self.inbound.action_shadow()
        messages = self.arrive(shipment("S1"), shipment("S2"))
        self.assertEqual(set(messages.mapped("state")), {"done"})
        self.assertFalse(messages.exception_ids)
        failed, fine = self.results(messages)
        self.assertEqual((failed.verdict, failed.error_class), ("failed", "business"))
        self.assertIn("more than was asked", failed.error)
        self.assertFalse(fine.error, "the next one of the order does not wait")

    def test_unmapped_code_is_a_result_too(self):
        self.inbound.action_shadow()
        message = self.arrive(shipment(carrier="PigeonPost"))
        self.assertEqual(self.results(message).error_class, "mapping")
        self.assertFalse(message.exception_ids)

    def test_live_again_does_for_real_what_comes_then(self):
        self.handler._apply = self.rename
        self.inbound.action_shadow()
        self.arrive(shipment("S1"))
        self.inbound.action_live()
        self.handler._apply = type(self.handler)._apply.__get__(self.handler)
        self.arrive(shipment("S2", "R2"))
        self.assertEqual(self.handler.applied, ["S2"])

    def test_back_fill_does_for_real_what_was_done_in_shadow(self):
        self.inbound.action_shadow()
        old = self.arrive(shipment("S0", "R0"))
        old.received_at -= timedelta(days=9)
        message = self.arrive(shipment("S1"))
        self.handler.applied.clear()
        self.inbound.action_live()
        since = self.env.cr.now() - timedelta(days=1)
        self.assertEqual(self.inbound._back_fill(since), {"again": 1})
        self.run_flow(self.inbound)
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual(message.state, "done")
        self.assertFalse(message.note)
        self.assertFalse(self.results(message))
        self.assertEqual(self.results(old).key, "S0", "before the date: left alone")

    # ------------------------------------------------------------- outgoing

    def test_outgoing_document_is_prepared_and_never_sent(self):
        self.outbound.action_shadow()
        message = self.send("R1")
        self.assertEqual(self.partner.calls, [])
        self.assertEqual(message.state, "done")
        self.assertFalse(message.attempt_ids)
        self.assertEqual(self.handler.settled, [])
        result = self.results(message)
        self.assertIn("POST", result.request)
        self.assertEqual(result.prepared, '{"reference":"R1"}')

    # ----------------------------------------------------------- comparison

    def shadow_of(self, message_type):
        """Give a flow in shadow, on a backend of its own, beside the live one."""
        other = self.env["dist.backend"].create(
            {"name": "New version", "profile_id": self.backend.profile_id.id}
        )
        flow = other._flow(message_type).with_context(dist_no_wake=True)
        flow.write({"compare_flow_id": self.flow(message_type).id, "mirror": True})
        flow.action_shadow()
        return flow

    def test_shadow_gets_a_copy_of_each_live_message_once(self):
        shadow = self.shadow_of("shipment_confirmation")
        self.arrive(shipment("S1"), shipment("S2", "R2"))
        for _turn in range(2):
            shadow._sweep_control()
        self.run_flow(shadow)
        found = self.env["dist.shadow.result"].search([("flow_id", "=", shadow.id)])
        self.assertEqual(sorted(found.mapped("key")), ["S1", "S2"])
        self.assertEqual(set(found.mapped("verdict")), {"same"})

    def test_what_both_sides_understood_differently_is_shown(self):
        shadow = self.shadow_of("shipment_confirmation")
        self.arrive(shipment("S1"))
        shadow._sweep_control()
        self.env["dist.code.map"].search(
            [("backend_id", "=", shadow.backend_id.id)]
        ).canonical_code = "DHL"
        self.run_flow(shadow)
        result = self.env["dist.shadow.result"].search([("flow_id", "=", shadow.id)])
        self.assertEqual(result.verdict, "different")
        self.assertIn('-  "carrier": "UPS"', result.difference)
        self.assertIn('+  "carrier": "DHL"', result.difference)
        self.assertEqual(
            self.env["dist.shadow.result"].search([("verdict", "in", ["different"])]),
            result,
        )

    def test_document_that_the_live_flow_never_had_is_told(self):
        shadow = self.shadow_of("shipment_confirmation")
        self.arrive(shipment("S1"))
        shadow._sweep_control()
        self.run_flow(shadow)
        self.env["dist.message"].search(
            [("flow_id", "=", self.inbound.id)]
        ).owns_key = False
        result = self.env["dist.shadow.result"].search([("flow_id", "=", shadow.id)])
        self.assertEqual(result.verdict, "missing")

    def test_request_that_went_out_is_compared_with_the_one_that_would_have(self):
        shadow = self.shadow_of("fulfilment_request")
        self.partner.script = [(201, {"id": "7"})]
        self.send("R1")
        shadow._sweep_control()
        self.run_flow(shadow)
        self.assertEqual(len(self.partner.calls), 1)
        result = self.env["dist.shadow.result"].search([("flow_id", "=", shadow.id)])
        self.assertEqual(result.verdict, "same", result.difference)

    def test_flow_is_compared_with_one_of_the_same_document_only(self):
        with self.assertRaises(ValidationError):
            self.inbound.compare_flow_id = self.outbound


@tagged("post_install", "-at_install")
class TestFlowControl(DistCase):
    def setUp(self):
        super().setUp()
        self.inbound = self.flow("shipment_confirmation")

    def test_paused_flow_keeps_what_comes_and_goes_on_later(self):
        self.inbound.action_pause()
        message = self.arrive(shipment())
        self.assertEqual((message.state, self.handler.applied), ("received", []))
        self.env["dist.flow"]._cron_sweep()
        self.assertFalse(self.jobs())
        self.inbound.with_context(dist_no_wake=False).action_resume()
        self.assertTrue(self.jobs())
        self.run_flow(self.inbound)
        self.assertEqual(message.state, "done")

    def jobs(self):
        return self.env["queue.job"].search(
            [("identity_key", "=like", f"dist.flow:{self.inbound.id}:%")]
        )

    def test_paused_flow_fetches_nothing(self):
        self.inbound.action_pause()
        self.assertEqual(self.inbound._job_fetch(), "the flow is paused")

    def test_drain_finishes_what_is_in_line_and_then_pauses(self):
        self.inbound.batch_size = 1
        self.arrive(shipment("S1"), shipment("S2", "R2"), run=False)
        self.inbound.action_drain()
        late = self.arrive(shipment("S3", "R3"), run=False)
        self.run_flow(self.inbound, times=1)
        self.assertEqual(self.inbound.run_state, "draining")
        self.run_flow(self.inbound)
        self.assertEqual(self.handler.applied, ["S1", "S2"])
        self.assertEqual(self.inbound.run_state, "paused")
        self.assertEqual(late.state, "received")

    def test_drain_of_an_empty_flow_pauses_at_once(self):
        self.inbound.action_drain()
        self.assertEqual(self.inbound.run_state, "paused")

    def test_back_fill_reads_the_partners_list_from_the_date(self):
        profile = self.env["dist.profile"].create({"document": POLLED})
        profile._approve()
        self.backend.profile_id = profile
        self.inbound.cursor = "2026-03-01T00:00:00Z"
        wizard = self.env["dist.flow.back.fill"].create(
            {"flow_id": self.inbound.id, "since": "2026-01-15 08:00:00"}
        )
        wizard.action_confirm()
        self.assertEqual(self.inbound.cursor, "2026-01-15T08:00:00Z")
        self.assertTrue(
            self.env["queue.job"].search(
                [("identity_key", "=", f"dist.flow.fetch:{self.inbound.id}")]
            )
        )

    def test_back_fill_of_a_flow_that_keeps_no_date_says_so(self):
        self.inbound.action_shadow()
        with self.assertRaises(UserError):
            self.inbound._back_fill("2026-01-15 08:00:00")

    def test_each_control_is_audited_and_for_managers_only(self):
        manager = new_test_user(
            self.env, "flow_manager", "dist_connector_base.group_manager"
        )
        operator = new_test_user(
            self.env, "flow_operator", "dist_connector_base.group_operator"
        )
        for name in ("pause", "resume", "drain", "shadow", "live"):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    getattr(self.inbound.with_user(operator), f"action_{name}")()
                getattr(self.inbound.with_user(manager), f"action_{name}")()
                entry = self.env["dist.audit"].search(
                    [("action", "=", f"flow.{name}"), ("res_id", "=", self.inbound.id)]
                )
                self.assertEqual(entry.user_id, manager)
        with self.assertRaises(AccessError):
            self.inbound.with_user(operator)._back_fill("2026-01-15 08:00:00")

    # -------------------------------------------------------------- urgency

    def test_urgent_request_passes_the_others(self):
        flow = self.flow("fulfilment_request")
        flow.batch_size = 1
        self.partner.script = [(201, {"id": "1"})]
        plain, urgent = self.send("R1", "R2", run=False)
        urgent.action_put_first()
        self.run_flow(flow, times=1)
        self.assertEqual((plain.state, urgent.state), ("ready", "done"))

    def test_urgent_message_never_passes_its_own_order(self):
        first, second = self.send("R1", "R2", run=False)
        (first | second).write({"partition": "SO1"})
        second.action_put_first()
        self.partner.script = [(201, {"id": "1"}), (201, {"id": "2"})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual([key for key, _outcome in self.handler.settled], ["R1", "R2"])
