"""Tests in which several transactions meet: their rows are committed, and removed."""

from contextlib import contextmanager
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name

from ..models.dist_credential import KEY_VARIABLE
from ..models.dist_flow import DistFlow
from ..pipeline import wake
from .common import PROFILE, SECRET, FakeHandler

CODE = "test_meeting"


class CommittedCase(BaseCase):
    """A backend of a made-up partner that every transaction can see."""

    backend_values = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.enterClassContext(
            patch.dict("os.environ", {KEY_VARIABLE: Fernet.generate_key().decode()})
        )
        cls._remove()
        cls.addClassCleanup(cls._remove)
        with cls.transaction() as env:
            profile = env["dist.profile"].create(
                {"document": PROFILE.replace("test_house", CODE)}
            )
            profile._approve()
            backend = env["dist.backend"].create(
                {
                    "name": "Meeting point",
                    "profile_id": profile.id,
                    **cls.backend_values,
                }
            )
            env["dist.credential"].create(
                [
                    {"backend_id": backend.id, "name": name, "secret": secret}
                    for name, secret in (
                        ("api_token", "t0ken"),
                        ("webhook_secret", SECRET),
                    )
                ]
            )
            cls.backend_id = backend.id

    def setUp(self):
        super().setUp()
        self.handler = FakeHandler()
        self.startPatcher(patch.object(DistFlow, "_handler", lambda _: self.handler))
        self.startPatcher(patch.object(wake, "_enqueue", lambda *_args: None))

    @classmethod
    @contextmanager
    def transaction(cls):
        """Give the environment of a transaction of its own, committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def flow(self, env, message_type):
        """Give a flow of the backend."""
        return env["dist.backend"].browse(self.backend_id)._flow(message_type)

    def states(self):
        """Give the states of all messages of the backend, in order."""
        with self.transaction() as env:
            messages = env["dist.message"].search(
                [("backend_id", "=", self.backend_id)], order="id"
            )
            return messages.mapped("state")

    @classmethod
    def _remove(cls):
        """Remove what this class committed."""
        with cls.transaction() as env:
            profiles = env["dist.profile"].search([("code", "=", CODE)])
            backends = (
                env["dist.backend"]
                .with_context(active_test=False)
                .search([("profile_id", "in", profiles.ids)])
            )
            for table in ("dist_exception", "dist_message", "dist_flow"):
                env.cr.execute(
                    f"DELETE FROM {table} WHERE backend_id = ANY(%s)",
                    [backends.ids],
                )
            env.cr.execute(
                "DELETE FROM queue_job WHERE identity_key LIKE 'dist.flow:%%'"
                " AND NOT EXISTS (SELECT 1 FROM dist_flow f"
                " WHERE f.id::varchar = split_part(identity_key, ':', 2))"
            )
            backends.unlink()
            env.cr.execute(
                "DELETE FROM dist_profile WHERE id = ANY(%s)", [profiles.ids]
            )
            env.registry.clear_cache()
