"""Before an approval: samples that pass, a pin to the partner's specification."""

import base64
import hashlib

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import PROFILE, DistCase, shipment

SAMPLES = """
samples:
  - name: a shipment
    flow: shipment_confirmation
    data: {number: S1, order: R1, shipped_at: "2026-01-31T10:00:00Z", carrier: UPS,
           lines: [{sku: A-1, quantity: 2}]}
    gives: [{confirmation_key: S1, lines: [{quantity: 2}]}]
"""


@tagged("post_install", "-at_install")
class TestProfileContract(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.author, cls.other = (
            new_test_user(cls.env, name, groups="dist_connector_base.group_manager")
            for name in ("ann_author", "otto_other")
        )

    def draft(self, text=PROFILE + SAMPLES):
        return (
            self.env["dist.profile"]
            .with_user(self.author)
            .create({"document": text.replace('version: "1"', 'version: "2"')})
        )

    # --------------------------------------------------------------- samples

    def test_samples_that_pass_are_shown_and_let_the_approval_through(self):
        draft = self.draft()
        draft.action_run_samples()
        self.assertEqual(draft.sample_state, "passed")
        self.assertIn("a shipment", str(draft.sample_report))
        draft.with_user(self.other).action_approve()
        self.assertEqual(draft.state, "approved")

    def test_a_failing_sample_stops_the_approval_and_says_where(self):
        draft = self.draft(
            PROFILE + SAMPLES.replace("quantity: 2}]}]", "quantity: 3}]}]")
        )
        with self.assertRaisesRegex(UserError, r"a shipment: .*quantity is"):
            draft.with_user(self.other).action_approve()
        self.assertEqual(draft.state, "draft")

    def test_a_failing_sample_does_not_matter_where_the_rule_says_so(self):
        draft = self.draft(
            PROFILE + SAMPLES.replace("quantity: 2}]}]", "quantity: 3}]}]")
        )
        draft.sample_rule = "none"
        draft.with_user(self.other).action_approve()
        self.assertEqual((draft.state, draft.sample_state), ("approved", "failed"))
        with self.assertRaises(UserError):
            draft.sample_rule = "pass"

    def test_every_flow_may_have_to_have_a_sample(self):
        draft = self.draft()
        draft.sample_rule = "cover"
        with self.assertRaisesRegex(UserError, "fulfilment request has no sample"):
            draft.with_user(self.other).action_approve()

    def test_a_changed_text_has_no_result_yet(self):
        draft = self.draft()
        draft.action_run_samples()
        draft.document = draft.document.replace("Test house", "House")
        self.assertFalse(draft.sample_state)

    def test_samples_write_nothing_to_the_ledger(self):
        count = self.env["dist.message"].search_count([])
        self.draft().action_run_samples()
        self.assertEqual(self.env["dist.message"].search_count([]), count)
        self.assertEqual(self.arrive(shipment()).state, "done")

    # -------------------------------------------------------------- contract

    def pin(self, profile, content=None, **values):
        form = Form(
            self.env["dist.profile.contract"]
            .with_user(self.author)
            .with_context(default_profile_id=profile.id)
        )
        if content is not None:
            form.file = base64.b64encode(content)
        for name, value in values.items():
            setattr(form, name, value)
        return form

    def test_the_specification_file_is_pinned_by_its_fingerprint(self):
        draft = self.draft()
        day = fields.Date.to_date("2027-06-30")
        form = self.pin(draft, b"openapi: 3.0", version="2026-01", sunset=day)
        self.assertEqual(form.comparison, "none")
        form.save().action_pin()
        digest = hashlib.sha256(b"openapi: 3.0").hexdigest()
        self.assertEqual(draft.contract_sha256, digest)
        self.assertEqual(draft.contract_version, "2026-01")
        self.assertEqual(draft.contract_sunset, day)
        self.assertEqual(draft._parsed().contract.sha256, digest)
        self.assertEqual(draft.editor_ids, self.author)

    def test_a_changed_specification_is_noticed(self):
        draft = self.draft()
        self.pin(draft, b"openapi: 3.0").save().action_pin()
        draft.with_user(self.other).action_approve()
        self.assertEqual(self.pin(draft, b"openapi: 3.0").comparison, "same")
        form = self.pin(draft, b"openapi: 3.1")
        self.assertEqual(form.comparison, "other")
        with self.assertRaises(UserError):
            form.save().action_pin()

    def test_a_typed_fingerprint_has_the_form_of_one(self):
        form = self.pin(self.draft())
        form.sha256 = "abc"
        with self.assertRaises(ValidationError):
            form.save().action_pin()

    def test_the_sunset_may_become_known_after_the_approval(self):
        profile = self.backend.profile_id
        day = fields.Date.add(fields.Date.today(), days=30)
        self.pin(profile, sunset=day).save().action_pin()
        self.assertEqual(profile.contract_sunset, day)
        with self.assertRaises(UserError):
            profile.contract_sunset = False
        user = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            profile.with_user(user)._pin_contract(sunset=day)

    def warnings(self):
        self.env["dist.profile"]._cron_warn_sunset()
        return self.env["dist.exception"].search(
            [("backend_id", "=", self.backend.id), ("path", "=", "contract.sunset")]
        )

    def test_the_sunset_is_warned_of_once_ahead_and_once_after(self):
        profile = self.backend.profile_id
        today = fields.Date.today()
        profile._pin_contract(sunset=fields.Date.add(today, days=61))
        self.assertFalse(self.warnings())
        profile.sunset_warning_days = 61
        told = self.warnings()
        self.assertEqual(told.error_class, "configuration")
        activity = self.backend.activity_ids
        self.assertEqual(activity.user_id, self.backend.user_id)
        self.assertIn("ends on", activity.summary)
        self.assertEqual(self.warnings(), told)
        self.assertEqual(len(self.backend.activity_ids), 1)
        told._resolve("accepted")
        profile._pin_contract(sunset=fields.Date.add(today, days=-1))
        self.assertEqual(len(self.warnings()), 2)
        self.assertEqual(len(self.warnings()), 2)
