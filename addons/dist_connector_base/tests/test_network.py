"""Backends and our own network: refused unless a manager says so, and on record."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..pipeline.context import open_rest
from .common import DistCase


@tagged("post_install", "-at_install")
class TestNetwork(DistCase):
    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own guard of tests knows no pair of timeouts; ours is what is tested
        return super()._request_handler(s, r, **{**kw, "timeout": 10})

    def entries(self):
        return self.env["dist.audit"].search(
            [
                ("action", "=", "backend.private_network"),
                ("res_id", "=", self.backend.id),
            ]
        )

    def test_connection_to_this_machine_is_refused_and_says_what_to_do(self):
        told = self.backend.action_test_connection()["params"]
        self.assertEqual(told["type"], "danger")
        self.assertIn("Private network", told["message"])

    def test_allowing_it_is_on_record(self):
        self.backend.allow_private_network = True
        self.backend.allow_private_network = True
        self.assertEqual(len(self.entries()), 1)
        self.backend.allow_private_network = False
        self.assertEqual(len(self.entries()), 2)

    def test_backend_made_with_it_is_on_record_too(self):
        self.backend = self.make_backend(name="Ours", allow_private_network=True)
        self.assertEqual(len(self.entries()), 1)

    def test_operator_cannot_allow_it(self):
        operator = new_test_user(
            self.env, "op_network", "base.group_user,dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.backend.with_user(operator).allow_private_network = True

    def test_transports_follow_the_backend(self):
        profile = self.backend.profile_id._parsed()
        for allowed in (False, True):
            self.backend.allow_private_network = allowed
            with open_rest(self.backend, profile) as rest:
                self.assertEqual(rest.settings.allow_private_network, allowed)

    def test_copy_starts_without_it(self):
        self.backend.allow_private_network = True
        self.assertFalse(self.backend.copy().allow_private_network)
