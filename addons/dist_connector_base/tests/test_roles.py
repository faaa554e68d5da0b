"""Who may see and do what."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..core.errors import BusinessError
from .common import DistCase, shipment

MODELS = (
    "dist.backend",
    "dist.backend.setting",
    "dist.credential",
    "dist.profile",
    "dist.flow",
    "dist.message",
    "dist.attempt",
    "dist.binding",
    "dist.code.map",
    "dist.exception",
)
#: Model by model: r(ead), w(rite), c(reate), u(nlink), in the order of MODELS.
RIGHTS = {
    "base.group_user": ["", "", "", "", "", "", "", "", "", ""],
    "group_auditor": ["r", "r", "", "r", "r", "r", "r", "r", "r", "r"],
    "group_operator": ["r", "r", "", "r", "r", "rw", "r", "r", "r", "rw"],
    "group_reviewer": ["r", "r", "", "r", "r", "rw", "r", "r", "rwc", "rw"],
    "group_manager": [
        "rwcu",
        "rwcu",
        "",
        "rwcu",
        "rw",
        "rw",
        "r",
        "rwcu",
        "rwcu",
        "rw",
    ],
    "group_credential_admin": ["r", "r", "rwcu", "r", "r", "r", "r", "r", "r", "r"],
}
VERBS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestRoles(DistCase):
    def user(self, group):
        xml_id = group if "." in group else f"dist_connector_base.{group}"
        return new_test_user(self.env, f"user_{group}", groups=xml_id)

    def test_each_role_has_its_rights_and_no_more(self):
        for group, rights in RIGHTS.items():
            user = self.user(group)
            for model, letters in zip(MODELS, rights, strict=True):
                for letter, verb in VERBS.items():
                    with self.subTest(group=group, model=model, verb=verb):
                        allowed = self.env[model].with_user(user).has_access(verb)
                        self.assertEqual(allowed, letter in letters)

    def test_operator_replays_and_auditor_does_not(self):
        self.handler.faults = {"S1": BusinessError("no")}
        message = self.arrive(shipment()).with_context(dist_no_wake=True)
        with self.assertRaises(AccessError):
            message.with_user(self.user("group_auditor")).action_replay()
        message.with_user(self.user("group_operator")).action_replay()
        self.assertEqual(message.state, "received")

    def test_companies_do_not_see_each_other(self):
        other = self.env["res.company"].create({"name": "Other company"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="dist_connector_base.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.handler.faults = {"S1": BusinessError("no")}
        message = self.arrive(shipment())
        for record in (
            self.backend,
            self.backend.flow_ids,
            message,
            message.exception_ids,
            message.attempt_ids,
            self.backend.code_map_ids,
            self.backend.setting_ids,
        ):
            with self.subTest(model=record._name):
                found = record.with_user(user).search([("id", "in", record.ids)])
                self.assertFalse(found)
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])
