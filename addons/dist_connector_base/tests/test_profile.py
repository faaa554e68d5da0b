"""Profiles: checked, approved by a second person, followed by the backend."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import PROFILE, DistCase


@tagged("post_install", "-at_install")
class TestProfile(DistCase):
    def test_author_does_not_approve(self):
        text = PROFILE.replace('version: "1"', 'version: "2"')
        author = new_test_user(
            self.env, "author", groups="dist_connector_base.group_manager"
        )
        profile = self.env["dist.profile"].with_user(author).create({"document": text})
        with self.assertRaises(UserError):
            profile.action_approve()
        other = new_test_user(
            self.env, "other", groups="dist_connector_base.group_manager"
        )
        profile.with_user(other).action_approve()
        self.assertEqual((profile.state, profile.approver_id), ("approved", other))

    def test_approved_profile_does_not_change(self):
        with self.assertRaises(UserError):
            self.backend.profile_id.document = PROFILE.replace("Test house", "Other")

    def test_fault_names_line_and_path(self):
        text = PROFILE.replace("method: POST", "metod: POST")
        with self.assertRaisesRegex(ValidationError, r"line \d+.*metod"):
            self.env["dist.profile"].create({"document": text})

    def test_backend_takes_no_draft(self):
        text = PROFILE.replace('version: "1"', 'version: "3"')
        draft = self.env["dist.profile"].create({"document": text})
        with self.assertRaises(ValidationError):
            self.backend.profile_id = draft

    def test_backend_gets_settings_flows_and_codes_of_its_profile(self):
        self.assertEqual(self.backend.setting_ids.mapped("name"), ["base_url"])
        self.assertEqual(
            set(self.backend.flow_ids.mapped("message_type")),
            {"fulfilment_request", "shipment_confirmation"},
        )
        self.assertEqual(self.backend.code_map_ids.mapped("partner_code"), ["UPS"])

    def test_profile_in_use_is_not_retired(self):
        with self.assertRaises(UserError):
            self.backend.profile_id.action_retire()
