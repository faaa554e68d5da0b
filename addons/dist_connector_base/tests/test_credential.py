"""Secrets: stored encrypted, shown to nobody."""

from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.errors import ConfigurationError
from ..models.dist_credential import KEY_VARIABLE
from .common import DistCase


@tagged("post_install", "-at_install")
class TestCredential(DistCase):
    def setUp(self):
        super().setUp()
        self.credential = self.env["dist.credential"].search(
            [("backend_id", "=", self.backend.id), ("name", "=", "api_token")]
        )

    def test_secret_is_not_in_the_database_in_plain(self):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT cipher FROM dist_credential WHERE id = %s", [self.credential.id]
        )
        self.assertNotIn("t0ken", self.env.cr.fetchone()[0])

    def test_nobody_reads_a_secret_back(self):
        admin = new_test_user(
            self.env,
            "keys",
            groups="dist_connector_base.group_credential_admin,base.group_allow_export",
        )
        mine = self.credential.with_user(admin)
        mine.invalidate_recordset()
        self.assertFalse(mine.secret)
        self.assertTrue(mine.is_set)
        with self.assertRaises(AccessError):
            mine.read(["cipher"])
        with self.assertRaises(AccessError):
            mine.export_data(["cipher"])
        with self.assertRaises(AccessError):
            mine.search([("cipher", "=like", "g%")])

    def test_integration_manager_does_not_even_see_the_credential(self):
        manager = new_test_user(
            self.env, "manager", groups="dist_connector_base.group_manager"
        )
        with self.assertRaises(AccessError):
            self.credential.with_user(manager).read(["name"])

    def test_two_live_secrets_the_newest_first(self):
        self.env["dist.credential"].create(
            {"backend_id": self.backend.id, "name": "api_token", "secret": "newer"}
        )
        found = self.env["dist.credential"]._secrets(self.backend, "api_token")
        self.assertEqual(found, ["newer", "t0ken"])

    def test_another_key_says_what_to_do(self):
        other = {KEY_VARIABLE: Fernet.generate_key().decode()}
        with (
            patch.dict("os.environ", other),
            self.assertRaises(ConfigurationError) as caught,
        ):
            self.env["dist.credential"]._secrets(self.backend, "api_token")
        self.assertIn("another key", str(caught.exception))

    def test_server_without_a_key_stores_nothing(self):
        with (
            patch.dict("os.environ", {KEY_VARIABLE: ""}),
            self.assertRaises(UserError),
        ):
            self.credential.secret = "x"

    def test_missing_secret_names_the_credential_to_store(self):
        with self.assertRaises(ConfigurationError) as caught:
            self.env["dist.credential"]._secrets(self.backend, "absent")
        self.assertIn("absent", caught.exception.next_step)
