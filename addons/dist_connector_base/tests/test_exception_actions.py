"""What people do about exceptions: checked, audited, and never a second effect."""

import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.errors import BusinessError
from ..pipeline import ledger
from .common import PROFILE, DistCase, shipment


@tagged("post_install", "-at_install")
class TestActions(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            role: new_test_user(
                cls.env,
                f"user_{role}",
                groups=f"dist_connector_base.group_{role}",
                email=f"{role}@example.com",
            )
            for role in ("auditor", "operator", "reviewer")
        }

    def failing(self, *numbers, **values):
        self.handler.faults = {number: BusinessError("no") for number in numbers}
        messages = self.arrive(
            *(shipment(number, f"R{number}", **values) for number in numbers)
        )
        self.handler.faults = {}
        return messages.exception_ids

    def by(self, role, records):
        return records.with_user(self.people[role]).with_context(dist_no_wake=True)

    def wizard(self, exceptions, action, role="reviewer", **values):
        """Open the wizard of a button as a user, and give it filled in."""
        opened = getattr(self.by(role, exceptions), action)()
        return (
            self.env[opened["res_model"]]
            .with_user(self.people[role])
            .with_context(**opened["context"], dist_no_wake=True)
            .create(values)
        )

    def audited(self, action):
        return self.env["dist.audit"].search([("action", "=", action)])

    def shipments(self):
        return self.flow("shipment_confirmation")

    # --------------------------------------------------------------- rights

    def test_nobody_writes_a_state_by_hand(self):
        exception = self.failing("S1")
        for values in (
            {"state": "resolved"},
            {"severity": "low"},
            {"last_action_by_id": 1},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self.by("reviewer", exception).write(values)

    def test_each_action_asks_for_its_role_on_the_server(self):
        exception = self.failing("S1")
        for role, call in (
            ("auditor", lambda e: e.action_take()),
            ("auditor", lambda e: e.action_replay()),
            ("auditor", lambda e: e.action_escalate()),
            ("auditor", lambda e: e._assign(e.team_id, e.env.user)),
            ("operator", lambda e: e.action_send_again()),
            ("operator", lambda e: e._accept("why")),
            ("operator", lambda e: e._reject("why", "told")),
        ):
            with self.subTest(role), self.assertRaises(AccessError):
                call(self.by(role, exception))
        for action in ("action_map_code", "action_correct"):
            with self.subTest(action), self.assertRaises(AccessError):
                self.wizard(exception, action, "operator").action_apply()

    def test_each_role_has_its_rights_on_teams_rules_and_versions(self):
        self.people["manager"] = new_test_user(
            self.env, "user_manager", groups="dist_connector_base.group_manager"
        )
        everything = {"read", "write", "create", "unlink"}
        for model, managers in (
            ("dist.team", everything),
            ("dist.exception.rule", everything),
            ("dist.message.version", {"read"}),
        ):
            for role, user in self.people.items():
                expected = managers if role == "manager" else {"read"}
                with self.subTest(model=model, role=role):
                    records = self.env[model].with_user(user)
                    allowed = {verb for verb in everything if records.has_access(verb)}
                    self.assertEqual(allowed, expected)

    def test_another_company_sees_neither_teams_nor_corrections(self):
        other = self.env["res.company"].create({"name": "Other company"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="dist_connector_base.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        company = {"company_id": self.env.company.id}
        team = self.env["dist.team"].create({"name": "Desk", **company})
        rule = self.env["dist.exception.rule"].create(
            {"name": "All", "team_id": team.id, **company}
        )
        exception = self.failing("S1")
        self.correct(exception, "A-1", "A-2")
        for records in (team, rule, exception.message_id.version_ids):
            with self.subTest(records._name):
                found = records.with_user(stranger).search([("id", "in", records.ids)])
                self.assertFalse(found)
                with self.assertRaises(AccessError):
                    records.with_user(stranger).read(["display_name"])

    # ------------------------------------------------------ take and assign

    def test_who_takes_it_owns_it(self):
        exception = self.failing("S1")
        self.by("operator", exception).action_take()
        self.assertEqual(exception.user_id, self.people["operator"])
        self.assertEqual(exception.state, "working")
        self.assertEqual(
            self.audited("exception.take").user_id, self.people["operator"]
        )

    def test_who_gets_it_from_another_finds_an_activity(self):
        exception = self.failing("S1")
        wizard = self.wizard(
            exception, "action_assign", "operator", user_id=self.people["reviewer"].id
        )
        wizard.action_apply()
        self.assertEqual(exception.user_id, self.people["reviewer"])
        self.assertEqual(exception.activity_ids.user_id, self.people["reviewer"])
        self.assertEqual(len(self.audited("exception.assign")), 1)

    # --------------------------------------------------------------- replay

    def test_replay_is_audited_and_its_success_credited(self):
        exception = self.failing("S1")
        self.by("operator", exception).action_replay()
        self.assertEqual(exception.state, "working")
        self.run_flow(self.shipments())
        self.assertEqual(
            (exception.state, exception.resolution), ("resolved", "replayed")
        )
        self.assertEqual(exception.resolved_by_id, self.people["operator"])
        self.assertEqual(self.audited("exception.replay").res_id, exception.id)
        self.assertEqual(self.handler.applied, ["S1"])

    def test_many_are_replayed_at_a_measured_pace_in_their_order(self):
        exceptions = self.failing(*(f"S{number}" for number in range(7)))
        wizard = self.wizard(exceptions, "action_redrive", "operator", per_minute=3)
        wizard.action_apply()
        messages = exceptions.message_id.sorted("id")
        first = messages[0].next_try_at
        self.assertEqual(
            [(m.next_try_at - first).total_seconds() for m in messages],
            [0, 20, 40, 60, 80, 100, 120],
        )
        self.assertEqual(set(messages.mapped("state")), {"received"})
        self.assertEqual(len(self.audited("exception.replay")), 7)

    # -------------------------------------------------------------- mapping

    def test_a_code_is_mapped_once_and_all_it_stopped_is_replayed(self):
        messages = self.arrive(
            *(
                shipment(f"S{number}", f"R{number}", carrier="Pigeon")
                for number in range(3)
            ),
            shipment("S9", "R9", carrier="Stork"),
        )
        exceptions = messages[:3].exception_ids
        wizard = self.wizard(exceptions[0], "action_map_code", chosen_code="UPS")
        self.assertEqual(wizard.waiting_count, 3)
        self.assertIn("UPS", json.loads(wizard.proposals))
        wizard.action_apply()
        self.run_flow(self.shipments())
        self.assertEqual(messages.mapped("state"), ["done"] * 3 + ["exception"])
        self.assertEqual(set(exceptions.mapped("state")), {"resolved"})
        row = self.backend.code_map_ids.filtered(lambda r: r.partner_code == "Pigeon")
        self.assertEqual(row.canonical_code, "UPS")
        self.assertFalse(row.preferred, "what is sent for UPS stays as it is")
        self.assertEqual(len(self.audited("code_map.create")), 1)
        self.assertEqual(len(self.audited("exception.map")), 3)

    def test_a_code_that_ran_out_gets_a_meaning_from_today_on(self):
        old = self.env["dist.code.map"].create(
            {
                "backend_id": self.backend.id,
                "vocabulary": "carrier",
                "partner_code": "Pigeon",
                "canonical_code": "OLD",
                "valid_to": "2020-12-31",
            }
        )
        message = self.arrive(shipment(carrier="Pigeon"))
        self.wizard(
            message.exception_ids, "action_map_code", chosen_code="UPS"
        ).action_apply()
        self.run_flow(self.shipments())
        self.assertEqual(message.state, "done")
        self.assertEqual(old.canonical_code, "OLD")

    # ----------------------------------------------------------- correction

    def correct(self, exception, old, new, **values):
        wizard = self.wizard(exception, "action_correct")
        self.assertIn(old, wizard.text)
        wizard.write(
            {"text": wizard.text.replace(old, new), "reason": "by phone", **values}
        )
        wizard.action_apply()
        return wizard

    def test_a_corrected_document_is_replayed_and_the_original_kept(self):
        message = self.arrive(shipment(lines=[{"sku": "A-1", "quantity": "two"}]))
        exception = message.exception_ids
        original = message._payloads()[message.id]
        self.correct(exception, '"two"', "2")
        self.run_flow(self.shipments())
        self.assertEqual(self.handler.applied, ["S1"])
        self.assertEqual((message.state, message.key), ("done", "S1"))
        self.assertEqual(exception.state, "resolved")
        first, second = message.version_ids.sorted("number")
        contents = message.version_ids._contents()
        self.assertEqual(contents[first.id], original)
        self.assertEqual(contents[second.id], message._payloads()[message.id])
        self.assertEqual(second.user_id, self.people["reviewer"])
        self.assertEqual(second.reason, "by phone")
        self.assertIn('-      "quantity": "two"', second.difference)
        self.assertIn('+      "quantity": 2', second.difference)
        self.assertEqual(self.audited("message.correct").summary, "by phone")

    def test_one_document_of_a_transmission_is_corrected_alone(self):
        (transmission,) = self.arrive(
            {
                "shipments": [
                    shipment("S1", "R1"),
                    shipment("S2", "R2", lines=[{"sku": "A-1", "quantity": "two"}]),
                ]
            }
        )
        child = transmission.child_ids.exception_ids.message_id
        self.assertEqual(self.handler.applied, ["S1"])
        self.correct(child.exception_ids, '"two"', "2")
        self.run_flow(self.shipments())
        self.assertEqual(self.handler.applied, ["S1", "S2"])
        self.assertEqual(transmission.child_ids.mapped("state"), ["done", "done"])

    def test_a_correction_that_repeats_a_known_document_has_no_second_effect(self):
        self.arrive(shipment("S1", "R1"))
        failed = self.arrive(
            shipment("S2", "R1", lines=[{"sku": "A-1", "quantity": "two"}])
        )
        wizard = self.wizard(failed.exception_ids, "action_correct", reason="typing")
        wizard.text = json.dumps(shipment("S1", "R1"))
        wizard.action_apply()
        self.run_flow(self.shipments())
        self.assertEqual(failed.state, "duplicate")
        self.assertEqual(self.handler.applied, ["S1"])

    def test_a_correction_may_become_several_documents(self):
        failed = self.failing("S1")
        wizard = self.wizard(failed, "action_correct", reason="two were meant")
        wizard.text = json.dumps(
            {"shipments": [shipment("S1", "R1"), shipment("S2", "R2")]}
        )
        wizard.action_apply()
        self.run_flow(self.shipments())
        self.assertEqual(self.handler.applied, ["S1", "S2"])

    def test_a_file_that_is_no_text_is_corrected_by_upload(self):
        message = self.arrive(b"\x00\x01 no document")
        wizard = self.wizard(message.exception_ids, "action_correct", reason="new file")
        self.assertFalse(wizard.editable)
        wizard.file = base64.b64encode(json.dumps(shipment()).encode())
        wizard.action_apply()
        self.run_flow(self.shipments())
        self.assertEqual(message.state, "done")

    def test_a_correction_needs_a_reason_and_a_change(self):
        exception = self.failing("S1")
        wizard = self.wizard(exception, "action_correct")
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_apply()
        wizard.reason = "none"
        with self.assertRaisesRegex(UserError, "Nothing was changed"):
            wizard.action_apply()

    def test_of_two_people_who_correct_only_the_first_does(self):
        exception = self.failing("S1")
        first = self.wizard(exception, "action_correct", reason="a")
        second = self.wizard(exception, "action_correct", reason="b")
        first.text = first.text.replace("A-1", "A-2")
        second.text = second.text.replace("A-1", "A-3")
        first.action_apply()
        with self.assertRaisesRegex(UserError, "somebody else"):
            second.action_apply()

    def test_what_the_partner_refused_is_corrected_and_sent_once_more(self):
        self.partner.script = [(422, {"reason": "no such article"})]
        message = self.send("R1")
        self.correct(message.exception_ids, '"A-1"', '"A-2"')
        self.assertEqual(message.round, 1)
        self.partner.script = [(201, {"id": "77"})]
        self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(message.state, "done")
        self.assertIn("A-2", message.canonical)

    def test_an_outgoing_document_keeps_its_number_and_stays_valid(self):
        self.partner.script = [(422, {"reason": "no"})]
        message = self.send("R1")
        with self.assertRaisesRegex(UserError, "keep its number"):
            self.correct(message.exception_ids, '"R1"', '"R2"')
        with self.assertRaisesRegex(UserError, "no valid document"):
            self.correct(message.exception_ids, '"lines"', '"rows"')

    def test_what_the_partner_may_have_is_not_corrected(self):
        self.partner.script = [(201, {"id": "77"})]
        message = self.send("R1")
        message.state = "exception"
        exception = self.env["dist.exception"]._open_for_message(
            message, BusinessError("settling failed")
        )
        with self.assertRaisesRegex(UserError, "may have this document"):
            self.correct(exception, '"A-1"', '"A-2"')

    # ----------------------------------------------------- accept and reject

    def test_accepting_needs_a_reason_and_keeps_it(self):
        exception = self.failing("S1")
        with self.assertRaisesRegex(UserError, "reason"):
            self.wizard(exception, "action_accept").action_apply()
        self.wizard(exception, "action_accept", reason="booked by hand").action_apply()
        self.assertEqual(exception.resolution, "accepted")
        self.assertEqual(exception.resolution_note, "booked by hand")
        self.assertEqual(exception.message_id.state, "cancelled")
        self.assertEqual(self.audited("exception.accept").summary, "booked by hand")

    def test_a_rejection_says_how_the_partner_was_told(self):
        exception = self.failing("S1")
        wizard = self.wizard(exception, "action_reject", reason="wrong order")
        self.assertTrue(wizard.must_tell)
        with self.assertRaisesRegex(UserError, "Tell the partner"):
            wizard.action_apply()
        wizard.told = "by phone at ten"
        wizard.action_apply()
        self.assertEqual(exception.resolution, "rejected")
        self.assertIn("by phone at ten", exception.resolution_note)
        self.assertEqual(exception.message_id.state, "cancelled")
        self.assertEqual(self.audited("exception.reject").summary, "wrong order")

    def test_a_partner_that_takes_advices_is_told_by_one(self):
        document = PROFILE.replace("test_house", "advised_house").replace(
            "flows:\n",
            "flows:\n  application_advice: {direction: out, send: create_advice}\n",
        )
        document = document.replace(
            "operations:\n",
            "operations:\n  create_advice:\n    method: POST\n    path: /advices\n"
            "    body: {about: about}\n    answers: [{status: 2xx, then: accepted}]\n",
        )
        profile = self.env["dist.profile"].create({"document": document})
        profile._approve()
        self.backend.profile_id = profile
        exception = self.failing("S1")
        wizard = self.wizard(exception, "action_reject", reason="wrong order")
        self.assertFalse(wizard.must_tell)
        wizard.action_apply()
        advice = self.env["dist.message"].search(
            [("message_type", "=", "application_advice")]
        )
        self.assertEqual(advice.key, f"REJ-{exception.message_id.id}")
        said = json.loads(advice.canonical)
        self.assertEqual((said["about"], said["status"]), ("S1", "rejected"))
        self.assertEqual(said["errors"][0]["text"], "wrong order")

    # ------------------------------------------------------ closes by itself

    def test_a_later_message_with_the_same_number_closes_the_older_exception(self):
        older = self.failing("S1")
        # an older row that stands for its number no more, as a conflict leaves it
        older.message_id.owns_key = False
        newer = self.arrive(shipment("S1", "R-new"))
        self.assertEqual(newer.state, "done")
        self.assertEqual((older.state, older.resolution), ("resolved", "later"))
        self.assertIn(str(newer.id), older.resolution_note)
        self.assertEqual(older.message_id.state, "cancelled")

    def test_a_repeated_document_that_did_nothing_closes_nothing(self):
        older = self.failing("S1")
        again = self.arrive(shipment("S1", "RS1"))
        self.assertEqual(again.state, "duplicate")
        self.assertEqual(older.state, "open")

    def test_what_arrived_is_laid_out(self):
        exception = self.failing("S1")
        self.assertIn('\n  "number": "S1"', exception.payload_pretty)
        ledger.insert_arrivals(
            self.env, self.shipments(), [ledger.Arrival(b"a;b\r\n1;2\r\n", via="file")]
        )
        latest = self.env["dist.message"].search([], limit=1)
        self.assertEqual(latest.payload_pretty, "a;b\n1;2\n")
