"""A profile version: approved by a second person, in force at its date, rolled back."""

import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import PROFILE, DistCase, shipment


@tagged("post_install", "-at_install")
class TestProfileApproval(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.author, cls.other = (
            new_test_user(cls.env, name, groups="dist_connector_base.group_manager")
            for name in ("ann_author", "otto_other")
        )
        cls.first = cls.backend.profile_id

    def draft(self, version="2", text=PROFILE, **values):
        return (
            self.env["dist.profile"]
            .with_user(self.author)
            .create({"document": text.replace('version: "1"', f'version: "{version}"')})
            .with_user(self.other)
        )

    # ------------------------------------------------------------- approval

    def test_an_approved_version_takes_over_and_backends_follow(self):
        draft = self.draft()
        draft.action_approve()
        self.assertEqual((draft.state, draft.current), ("approved", True))
        self.assertEqual(self.backend.profile_id, draft)
        self.assertFalse(self.first.current)
        self.assertEqual(draft.replaces_id, self.first)

    def test_whoever_edited_the_draft_does_not_approve_it(self):
        draft = self.draft()
        draft.document = draft.document.replace("Test house", "Better house")
        with self.assertRaises(UserError):
            draft.action_approve()
        self.assertEqual(draft.state, "draft")

    def test_operators_and_auditors_approve_nothing(self):
        draft = self.draft()
        for group in ("operator", "reviewer", "auditor"):
            user = new_test_user(
                self.env, group, groups=f"dist_connector_base.group_{group}"
            )
            for verb in ("action_approve", "action_retire", "action_roll_back"):
                refused = self.assertRaises(AccessError)
                with self.subTest(group=group, verb=verb), refused:
                    getattr(draft.with_user(user), verb)()

    def test_no_rpc_call_sets_what_the_approval_sets(self):
        draft = self.draft()
        for vals in (
            {"state": "approved"},
            {"author_id": self.other.id},
            {"editor_ids": [(5,)]},
            {"approver_id": self.other.id},
            {"current": True},
            {"replaces_id": self.first.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                draft.write(vals)
            with self.subTest(create=vals), self.assertRaises(UserError):
                self.draft("9").create({"document": PROFILE, **vals})

    def test_a_context_makes_no_author_and_no_approved_profile(self):
        profile = (
            self.env["dist.profile"]
            .with_user(self.author)
            .with_context(default_state="approved", default_author_id=self.other.id)
            .create({"document": PROFILE.replace('version: "1"', 'version: "5"')})
        )
        self.assertEqual((profile.state, profile.author_id), ("draft", self.author))

    def test_an_approved_version_is_not_deleted(self):
        draft = self.draft()
        draft.action_approve()
        with self.assertRaises(UserError):
            draft.unlink()
        self.draft("3").unlink()

    def test_only_one_version_is_in_force(self):
        draft = self.draft()
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            draft.sudo()._govern({"current": True})
            draft.flush_recordset()
        self.assertIn("current_unique", str(caught.exception))

    # -------------------------------------------------------- effective date

    def test_a_version_takes_over_at_its_date(self):
        draft = self.draft()
        draft.effective_at = fields.Datetime.add(fields.Datetime.now(), days=2)
        draft.action_approve()
        self.assertEqual((draft.state, draft.current), ("approved", False))
        self.assertEqual(self.backend.profile_id, self.first)
        self.env["dist.profile"]._cron_take_over()
        self.assertEqual(self.backend.profile_id, self.first)
        draft.sudo()._govern({"effective_at": fields.Datetime.now()})
        self.env["dist.profile"]._cron_take_over()
        self.assertEqual(self.backend.profile_id, draft)

    def test_the_cron_is_called_for_the_date(self):
        draft = self.draft()
        moment = fields.Datetime.add(fields.Datetime.now(), days=2)
        draft.effective_at = moment
        draft.action_approve()
        cron = self.env.ref("dist_connector_base.cron_profile_take_over")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(moment, triggers.mapped("call_at"))

    def test_the_date_of_an_approved_version_stays(self):
        draft = self.draft()
        draft.effective_at = fields.Datetime.add(fields.Datetime.now(), days=2)
        draft.action_approve()
        with self.assertRaises(UserError):
            draft.effective_at = fields.Datetime.now()

    def test_a_backend_may_run_ahead_on_an_approved_version(self):
        draft = self.draft()
        draft.effective_at = fields.Datetime.add(fields.Datetime.now(), days=2)
        draft.action_approve()
        self.backend.profile_id = draft
        self.assertFalse(draft.current)

    def test_versions_from_before_there_was_one_in_force_take_over_too(self):
        self.env.cr.execute(
            "UPDATE dist_profile SET current = false, current_since = NULL,"
            " effective_at = NULL WHERE id = %s",
            [self.first.id],
        )
        self.env.invalidate_all()
        self.env["dist.profile"]._cron_take_over()
        self.assertTrue(self.first.current)

    # ------------------------------------------------------------- roll back

    def test_roll_back_returns_every_backend(self):
        draft = self.draft()
        draft.action_approve()
        draft.action_roll_back()
        self.assertEqual(self.backend.profile_id, self.first)
        self.assertTrue(self.first.current)
        self.assertEqual((draft.state, draft.current), ("retired", False))
        self.env["dist.profile"]._cron_take_over()
        self.assertEqual(self.backend.profile_id, self.first)

    def test_two_roll_backs_go_back_two_versions(self):
        second, third = self.draft("2"), self.draft("3")
        second.action_approve()
        third.action_approve()
        third.action_roll_back()
        self.assertEqual(self.backend.profile_id, second)
        second.action_roll_back()
        self.assertEqual(self.backend.profile_id, self.first)

    def test_a_first_version_cannot_be_rolled_back(self):
        with self.assertRaises(UserError):
            self.first.with_user(self.other).action_roll_back()

    def test_approval_and_roll_back_are_audited(self):
        draft = self.draft()
        draft.action_approve()
        draft.action_roll_back()
        actions = self.env["dist.audit"].search(
            [("res_model", "=", "dist.profile"), ("res_id", "=", draft.id)]
        )
        self.assertLessEqual(
            {"profile.approve", "profile.roll_back"}, set(actions.mapped("action"))
        )
        self.assertEqual(actions.user_id, self.other)

    # --------------------------------------------------------------- messages

    def test_a_message_keeps_the_version_that_handled_it(self):
        before = self.arrive(shipment("S1"))
        draft = self.draft()
        draft.action_approve()
        after = self.arrive(shipment("S2", "R2"))
        self.assertEqual((before.profile_id, after.profile_id), (self.first, draft))
        self.assertEqual(draft.message_count, 1)

    # ------------------------------------------------ versions, files, clones

    def test_new_version_is_a_draft_of_whoever_asks(self):
        action = self.first.with_user(self.author).action_new_version()
        draft = self.env["dist.profile"].browse(action["res_id"])
        self.assertEqual((draft.code, draft.version), ("test_house", "2"))
        self.assertEqual((draft.state, draft.author_id), ("draft", self.author))
        self.assertEqual(self.first.copy().version, "3")

    def test_the_difference_shows_what_changed(self):
        draft = self.draft(text=PROFILE.replace("path: /orders", "path: /v2/<orders>"))
        self.assertEqual(draft.compare_id, self.first)
        html = str(draft.difference_html)
        self.assertRegex(html, "table-success.*path: /v2/&lt;orders&gt;")
        self.assertRegex(html, "table-danger.*path: /orders")
        self.assertNotIn("Address", html)
        with Form(draft) as form:
            form.compare_id = self.env["dist.profile"]
            self.assertFalse(form.difference_html)

    def test_export_and_import_give_the_same_text(self):
        draft = self.draft("4")
        content, name = draft.document_file, draft.document_name
        self.assertEqual(name, "test_house-4.yaml")
        self.assertIn("field=document_file", draft.action_export()["url"])
        text = draft.document
        draft.unlink()
        wizard = self.importer(content)
        self.assertEqual(wizard.title, "Test house (v4)")
        action = wizard.action_import()
        found = self.env["dist.profile"].browse(action["res_id"])
        self.assertEqual((found.document, found.state), (text, "draft"))
        self.assertEqual(found.author_id, self.author)

    def importer(self, content):
        return (
            self.env["dist.profile.import"]
            .with_user(self.author)
            .create({"file": content, "file_name": "acme.yaml"})
        )

    def test_a_faulty_file_names_every_place_and_imports_nothing(self):
        text = PROFILE.replace("method: POST", "metod: POST")
        text = text.replace("method: GET", "method: FETCH")
        wizard = self.importer(base64.b64encode(text.encode()))
        self.assertEqual(wizard.problem_count, 2)
        self.assertRegex(str(wizard.problem_html), r"line 19.*create_order\.metod")
        with self.assertRaisesRegex(UserError, r"line 27.*find_order\.method"):
            wizard.action_import()
        with self.assertRaisesRegex(UserError, "UTF-8 at byte 1"):
            self.importer(base64.b64encode(b"a\xff")).action_import()
        with self.assertRaisesRegex(UserError, "exists already"):
            self.importer(base64.b64encode(PROFILE.encode())).action_import()

    def test_a_profile_is_cloned_for_another_partner(self):
        form = Form(
            self.env["dist.profile.clone"]
            .with_user(self.author)
            .with_context(default_profile_id=self.first.id)
        )
        form.title = "Acme Fulfilment-Nord"
        self.assertEqual(form.code, "acme_fulfilment_nord")
        action = form.save().action_clone()
        clone = self.env["dist.profile"].browse(action["res_id"])
        self.assertEqual(
            (clone.name, clone.version, clone.state),
            ("Acme Fulfilment-Nord", "1", "draft"),
        )
        self.assertIn("create_order", clone._parsed().operations)

    def test_a_clone_takes_no_name_that_is_taken_or_none(self):
        wizard = self.env["dist.profile.clone"].create(
            {"profile_id": self.first.id, "title": "X", "code": "test_house"}
        )
        with self.assertRaises(UserError):
            wizard.action_clone()
        wizard.code = "No Name"
        with self.assertRaises(ValidationError):
            wizard.action_clone()
