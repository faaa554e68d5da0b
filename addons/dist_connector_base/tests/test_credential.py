"""Secrets: stored encrypted, bound to their place, shown to nobody."""

import json
import os
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.errors import ConfigurationError
from ..models.dist_credential import KEY_VARIABLE
from ..pipeline.context import open_rest
from .common import DistCase

PLAIN = "pl4in-s3cret-of-the-partner"


class CredentialCase(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credentials = cls.env["dist.credential"]
        cls.credential = cls.credentials.search(
            [("backend_id", "=", cls.backend.id), ("name", "=", "api_token")]
        )
        cls.admin = new_test_user(
            cls.env,
            "keys",
            groups="dist_connector_base.group_credential_admin,base.group_allow_export",
        )

    def live(self, use=None):
        return self.credentials._secrets(self.backend, "api_token", use)

    def actions(self):
        entries = self.env["dist.audit"].search(
            [
                ("res_model", "=", "dist.credential"),
                ("res_id", "=", self.credential.id),
            ],
            order="id",
        )
        return entries.mapped("action")


@tagged("post_install", "-at_install")
class TestCredentialIsUnreadable(CredentialCase):
    """Each way out is tried by the one who may store secrets."""

    def setUp(self):
        super().setUp()
        self.mine = self.credential.with_user(self.admin)
        self.mine.secret = PLAIN
        self.env.flush_all()
        self.cipher = self.credential.sudo().cipher
        self.assertIn(PLAIN, self.live())

    def assert_hidden(self, told):
        text = json.dumps(told, default=str)
        self.assertNotIn(PLAIN, text)
        self.assertNotIn(self.cipher, text)

    def test_database_holds_no_plain_secret_in_any_column(self):
        self.env.cr.execute(
            "SELECT to_jsonb(c)::text FROM dist_credential c WHERE id = %s",
            [self.credential.id],
        )
        self.assertNotIn(PLAIN, self.env.cr.fetchone()[0])

    def test_read_web_read_and_search_read_give_nothing(self):
        names = ["name", "secret", "is_set"]
        self.assert_hidden(self.mine.read())
        self.assert_hidden(self.mine.search_read([("id", "=", self.mine.id)], names))
        self.assert_hidden(self.mine.web_read({name: {} for name in names}))
        found = self.mine.web_search_read(
            [("id", "=", self.mine.id)], {name: {} for name in names}
        )
        self.assert_hidden(found)
        self.assertTrue(found["records"][0]["is_set"])

    def test_saving_in_the_web_client_does_not_echo_the_secret(self):
        told = self.mine.web_save({"secret": "an0ther-secret"}, {"secret": {}})
        self.assertNotIn("an0ther-secret", json.dumps(told))
        (new,) = self.credentials.with_user(self.admin).web_save(
            {"backend_id": self.backend.id, "name": "x", "secret": "an0ther-secret"},
            {"secret": {}, "is_set": {}},
        )
        self.assertFalse(new["secret"])
        self.assertTrue(new["is_set"])

    def test_cipher_is_refused_to_everybody_on_every_way(self):
        for name in ("cipher", "previous_cipher"):
            ways = {
                "read": lambda n=name: self.mine.read([n]),
                "search_read": lambda n=name: self.mine.search_read([], [n]),
                "web_read": lambda n=name: self.mine.web_read({n: {}}),
                "export": lambda n=name: self.mine.export_data([n]),
                "oracle": lambda n=name: self.mine.search([(n, "=like", "g%")]),
                "count": lambda n=name: self.mine.search_count([(n, "like", "g")]),
                "order": lambda n=name: self.mine.search([], order=n),
                "group": lambda n=name: self.mine.formatted_read_group([], [n]),
                "sum": lambda n=name: self.mine.formatted_read_group(
                    [], ["name"], [f"{n}:array_agg"]
                ),
                "write": lambda n=name: self.mine.write({n: "x"}),
                "child": lambda n=name: self.backend.with_user(self.admin).search(
                    [(f"credential_ids.{n}", "like", "g")]
                ),
            }
            for way, attempt in ways.items():
                with self.subTest(field=name, way=way), self.assertRaises(AccessError):
                    attempt()

    def test_secret_is_no_oracle_and_leaves_by_no_export_or_grouping(self):
        self.assert_hidden(self.mine.export_data(["name", "secret", "is_set"]))
        self.assert_hidden(self.mine.name_search(PLAIN))
        self.assertFalse(self.mine.name_search(PLAIN))
        for attempt in (
            lambda: self.mine.search([("secret", "like", PLAIN[:4])]),
            lambda: self.mine.search([], order="secret"),
            lambda: self.mine.formatted_read_group([], ["secret"]),
        ):
            # Odoo refuses with ValueError here and UserError there
            with self.assertRaises(Exception) as caught:
                attempt()
            self.assertIsInstance(caught.exception, (ValueError, UserError))
            self.assertNotIn(PLAIN, str(caught.exception))

    def test_copy_of_the_record_takes_no_secret_along(self):
        self.assertFalse(self.mine.copy().is_set)

    def test_chatter_audit_and_log_keep_no_secret(self):
        with self.assertLogs("odoo.sql_db", "DEBUG") as caught:
            self.mine.secret = "an0ther-secret"
            self.env.flush_all()
            self.live()
        self.assertNotIn("an0ther-secret", "\n".join(caught.output))
        for model in ("mail.message", "mail.tracking.value", "dist.audit"):
            self.assert_hidden(
                self.env[model].search([], limit=50, order="id desc").read()
            )

    def test_error_text_keeps_no_secret(self):
        with (
            patch.dict("os.environ", {KEY_VARIABLE: "not a fernet key"}),
            self.assertRaises(UserError) as caught,
        ):
            self.mine.secret = "an0ther-secret"
        error = caught.exception
        while error:
            self.assertNotIn("an0ther-secret", str(error))
            self.assertNotIn("not a fernet key", str(error))
            error = error.__cause__ or error.__context__

    def test_integration_manager_does_not_even_see_the_credential(self):
        manager = new_test_user(
            self.env, "manager", groups="dist_connector_base.group_manager"
        )
        with self.assertRaises(AccessError):
            self.credential.with_user(manager).read(["name"])
        with self.assertRaises(AccessError):
            self.backend.with_user(manager).read(["credential_ids"])


@tagged("post_install", "-at_install")
class TestCredential(CredentialCase):
    def test_server_without_a_key_stores_nothing(self):
        with (
            patch.dict("os.environ", {KEY_VARIABLE: ""}),
            self.assertRaises(UserError),
        ):
            self.credential.secret = "x"

    def test_missing_secret_names_the_credential_to_store(self):
        with self.assertRaises(ConfigurationError) as caught:
            self.credentials._secrets(self.backend, "absent")
        self.assertIn("absent", caught.exception.next_step)

    # ----------------------------------------------------------------- place

    def test_copy_by_odoo_cannot_use_the_secret(self):
        self.env["ir.config_parameter"].set_param("database.uuid", "a-copy")
        with self.assertRaises(ConfigurationError) as caught:
            self.live()
        self.assertIn("another database", str(caught.exception))

    def test_copy_by_postgresql_cannot_use_the_secret(self):
        place = type(self.credential)._place
        with (
            patch.object(
                type(self.credential),
                "_place",
                lambda row: place(row) | {"database name": "staging"},
            ),
            self.assertRaises(ConfigurationError),
        ):
            self.live()

    def test_test_secret_does_not_reach_production(self):
        self.backend.environment = "production"
        with self.assertRaises(ConfigurationError) as caught:
            self.live()
        self.assertIn("another environment", str(caught.exception))
        self.assertIn("another environment", self.credential.problem)
        self.backend.environment = "test"
        self.assertEqual(self.live(), ["t0ken"])

    def test_cipher_moved_to_another_backend_does_not_open(self):
        other = self.make_backend(name="Other house")
        target = self.credentials.search(
            [("backend_id", "=", other.id), ("name", "=", "api_token")]
        )
        target.sudo().cipher = self.credential.sudo().cipher
        with self.assertRaises(ConfigurationError):
            self.credentials._secrets(other, "api_token")

    # ------------------------------------------------------------------ keys

    def test_another_key_says_what_to_do(self):
        other = {KEY_VARIABLE: Fernet.generate_key().decode()}
        with (
            patch.dict("os.environ", other),
            self.assertRaises(ConfigurationError) as caught,
        ):
            self.live()
        self.assertIn("another key", str(caught.exception))
        self.assertIn("Restore the key", caught.exception.next_step)

    def test_keys_are_rotated_without_storing_any_secret_again(self):
        old, new = os.environ[KEY_VARIABLE], Fernet.generate_key().decode()
        with patch.dict("os.environ", {KEY_VARIABLE: f"{new}, {old}"}):
            self.assertEqual(self.live(), ["t0ken"])
            self.credentials.with_user(self.admin).action_renew()
        self.assertIn("credential.renew", self.actions())
        with patch.dict("os.environ", {KEY_VARIABLE: new}):
            self.assertEqual(self.live(), ["t0ken"])

    def test_only_the_credential_administrator_encrypts_anew(self):
        manager = new_test_user(
            self.env, "manager", groups="dist_connector_base.group_manager"
        )
        with self.assertRaises(AccessError):
            self.credentials.with_user(manager).action_renew()

    # ------------------------------------------------------------ change-over

    def test_old_secret_lives_on_until_its_date(self):
        self.credential.secret = "newer"
        self.assertEqual(self.live(), ["newer", "t0ken"])
        self.credential.sudo().previous_until = "2020-01-01 00:00:00"
        self.assertEqual(self.live(), ["newer"])
        self.credentials._cron_watch()
        self.assertFalse(self.credential.sudo().previous_cipher, "destroyed")

    def test_old_secret_is_stopped_at_once(self):
        self.credential.secret = "newer"
        self.credential.with_user(self.admin).action_end_previous()
        self.assertEqual(self.live(), ["newer"])
        self.assertIn("credential.end_previous", self.actions())

    def test_webhook_signed_with_the_old_secret_is_taken_during_the_change_over(self):
        hook = self.credentials.search(
            [("backend_id", "=", self.backend.id), ("name", "=", "webhook_secret")]
        )
        hook.secret = "whsec_" + "bmV3ZXIgc2VjcmV0IG9mIDMyIGJ5dGVzIGxvbmchISE="
        door = self.env["dist.backend"]._webhook_door(self.backend.webhook_token)
        self.assertEqual(len(door.secrets), 2)
        hook.action_end_previous()
        door = self.env["dist.backend"]._webhook_door(self.backend.webhook_token)
        self.assertEqual(len(door.secrets), 1)

    def test_call_carries_the_old_secret_as_second_choice(self):
        self.credential.secret = "newer"
        with open_rest(self.backend, self.backend.profile_id._parsed()) as rest:
            self.assertEqual(rest.secrets(), ["newer", "t0ken"])

    # ------------------------------------------------------------ scope, use

    def test_webhook_secret_signs_no_call(self):
        self.credential.use = "webhook"
        with self.assertRaises(ConfigurationError) as caught:
            self.live("call")
        self.assertIn("may not be used", str(caught.exception))
        self.assertEqual(self.live("webhook"), ["t0ken"])

    def test_storing_changing_and_using_a_secret_is_on_the_audit_trail(self):
        self.credential.secret = "newer"
        self.credential.use = "call"
        self.live("call")
        self.live("call")
        self.assertEqual(
            self.actions(),
            [
                "credential.store",
                "credential.replace",
                "credential.change",
                "credential.use",
            ],
            "the use once a day",
        )
        self.assertTrue(self.credential.last_used_at)
        credential_id = self.credential.id
        self.credential.unlink()
        self.assertTrue(
            self.env["dist.audit"].search(
                [
                    ("action", "=", "credential.delete"),
                    ("res_id", "=", credential_id),
                ]
            )
        )

    # ---------------------------------------------------------------- expiry

    def expire(self, days):
        self.credential.expires_on = fields.Date.add(fields.Date.today(), days=days)
        self.credentials._cron_watch()

    def test_owner_is_reminded_before_the_secret_expires_once(self):
        self.credential.user_id = self.admin
        self.expire(60)
        self.assertFalse(self.backend.activity_ids)
        self.expire(20)
        self.credentials._cron_watch()
        self.assertEqual(self.backend.activity_ids.user_id, self.admin)
        self.assertEqual(
            self.backend.activity_ids.date_deadline, self.credential.expires_on
        )

    def test_expired_secret_is_an_exception_until_a_new_one_is_stored(self):
        self.expire(-1)
        found = self.env["dist.exception"].search(
            [("path", "=", "credentials.api_token.expires_on")]
        )
        self.assertEqual((found.error_class, found.state), ("configuration", "open"))
        self.credential.secret = "newer"
        self.assertFalse(self.credential.expires_on)
        self.credentials._cron_watch()
        self.assertEqual(found.state, "resolved")
        self.assertFalse(self.backend.activity_ids)
