"""One person previews the draft that they wrote; another approves it and rolls back."""

from odoo.tests import new_test_user, tagged

from .common import PROFILE, DistTourCase

URL = "/odoo/distribution-profiles"


@tagged("post_install", "-at_install")
class TestProfileTour(DistTourCase):
    def test_preview_approve_and_roll_back_a_profile(self):
        groups = "base.group_user,dist_connector_base.group_manager"
        author = new_test_user(self.env, "ann_author", groups=groups)
        new_test_user(self.env, "otto_other", groups=groups)
        first = self.backend.profile_id
        text = PROFILE.replace('version: "1"', 'version: "2"')
        draft = (
            self.env["dist.profile"]
            .with_user(author)
            .create({"document": text.replace("path: /orders", "path: /v2/orders")})
        )
        messages = self.env["dist.message"].search_count([])
        self.start_tour(URL, "dist_preview_profile", login="ann_author")
        self.assertEqual(self.env["dist.message"].search_count([]), messages)
        self.start_tour(URL, "dist_approve_and_roll_back_profile", login="otto_other")
        self.env.invalidate_all()
        self.assertEqual(
            (draft.state, draft.approver_id.login), ("retired", "otto_other")
        )
        self.assertEqual(self.backend.profile_id, first)
        actions = self.env["dist.audit"].search(
            [("res_model", "=", "dist.profile"), ("res_id", "=", draft.id)]
        )
        self.assertLessEqual(
            {"profile.approve", "profile.roll_back"}, set(actions.mapped("action"))
        )
