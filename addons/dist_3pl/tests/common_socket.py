"""A backend whose partner is a process of its own, behind a real socket."""

from contextlib import contextmanager
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.addons.dist_connector_base.models.dist_credential import KEY_VARIABLE
from odoo.tests.common import _super_send

from .common_inbound import InboundCase


class SocketCase(InboundCase):
    """Runs the jobs of the flows by hand; what they send really leaves."""

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(
            patch.dict("os.environ", {KEY_VARIABLE: Fernet.generate_key().decode()})
        )
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))

    @contextmanager
    def _same_cursor(self):
        # a test's rows are never committed, so a second cursor could not see them
        yield self.env.cr

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own compares a timeout with a number, and ours is a pair
        return _super_send(s, r, **kw)

    # ------------------------------------------------------------- pipeline

    def flow(self, message_type):
        """Give a flow of the backend; its jobs are run by hand."""
        return self.backend._flow(message_type).with_context(dist_no_wake=True)

    def leave(self, message_type):
        """Send what is due of a type, as a worker does."""
        self.commit()
        told = self.flow(message_type)._job_run()
        self.commit()
        self.env.invalidate_all()
        return told

    def fetch(self, message_type):
        """Poll, and handle what came."""
        flow = self.flow(message_type)
        self.assertIn("new", flow._job_fetch())
        while flow._job_run() != "nothing to do":
            self.commit()
        self.env.invalidate_all()
