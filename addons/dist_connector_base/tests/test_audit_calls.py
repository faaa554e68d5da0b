"""Who created, changed, replayed or accepted what stands on the audit trail."""

from odoo.tests import new_test_user, tagged

from ..core.errors import BusinessError
from .common import DistCase, shipment


@tagged("post_install", "-at_install")
class TestAuditCalls(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "manager", groups="dist_connector_base.group_manager"
        )

    def told(self, record):
        """Give action and details of what the manager did with a record."""
        entries = self.env["dist.audit"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("user_id", "=", self.manager.id),
            ],
            order="id",
        )
        return [(entry.action, entry.detail or {}) for entry in entries]

    def failed(self):
        self.handler.faults = {"S1": BusinessError("no")}
        message = self.arrive(shipment()).with_context(dist_no_wake=True)
        return message.with_user(self.manager)

    def test_backend_from_its_creation_on(self):
        backend = (
            self.env["dist.backend"]
            .with_user(self.manager)
            .create({"name": "B", "profile_id": self.backend.profile_id.id})
        )
        backend._go_live_in_spite("The partner has no test system")
        backend.environment = "production"
        backend.unlink()
        told = self.told(backend)
        self.assertEqual(
            [action for action, _detail in told],
            ["backend.create", "backend.change", "backend.go_live", "backend.delete"],
        )
        self.assertEqual(told[1][1], {"environment": "test → production"})

    def test_setting_without_the_password_in_an_address(self):
        setting = self.backend.setting_ids[:1].with_user(self.manager)
        setting.value = "https://me:pa55@partner.example/api"
        ((action, detail),) = self.told(setting)
        self.assertEqual(action, "backend_setting.change")
        self.assertIn("partner.example", detail["value"])
        self.assertNotIn("pa55", detail["value"])

    def test_flow_that_was_paused(self):
        flow = self.backend.flow_ids[:1].with_user(self.manager)
        flow.active = False
        self.assertEqual(self.told(flow), [("flow.change", {"active": "True → False"})])

    def test_progress_of_a_fetch_is_no_business_of_the_audit(self):
        flow = self.backend.flow_ids[:1].with_user(self.manager)
        flow.sudo().cursor = "17"
        self.assertEqual(self.told(flow), [])

    def test_code_map_of_a_person_but_not_the_profiles_own(self):
        seeded = self.backend.code_map_ids[:1]
        self.assertFalse(
            self.env["dist.audit"].search(
                [("res_model", "=", "dist.code.map"), ("res_id", "=", seeded.id)]
            )
        )
        code = (
            self.env["dist.code.map"]
            .with_user(self.manager)
            .create(
                {
                    "backend_id": self.backend.id,
                    "vocabulary": "carrier",
                    "partner_code": "DHL",
                    "canonical_code": "DHL",
                }
            )
        )
        code.canonical_code = "DHL-EXPRESS"
        self.assertEqual(
            self.told(code),
            [
                ("code_map.create", {}),
                ("code_map.change", {"canonical_code": "DHL → DHL-EXPRESS"}),
            ],
        )

    def test_replay(self):
        message = self.failed()
        message.action_replay()
        self.assertEqual(self.told(message), [("message.replay", {})])

    def test_accept(self):
        message = self.failed()
        message.action_accept()
        self.assertEqual(self.told(message), [("message.accept", {})])

    def test_send_again(self):
        message = self.send("R1", run=False).with_context(dist_no_wake=True)
        message.state = "exception"
        message.with_user(self.manager).action_send_again()
        self.assertEqual(self.told(message), [("message.send_again", {})])

    def test_new_webhook_address(self):
        backend = self.backend.with_user(self.manager)
        backend.action_rotate_webhook_token()
        self.assertEqual(self.told(backend), [("webhook.rotate", {})])
