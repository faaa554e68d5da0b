"""A copied database cannot reach a partner."""

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..core.errors import ConfigurationError
from .common import DistCase


@tagged("post_install", "-at_install")
class TestNeutralize(DistCase):
    def test_copy_has_no_live_backend_secret_or_webhook(self):
        token = self.backend.webhook_token
        self.env.flush_all()
        for query in get_neutralization_queries(["dist_connector_base"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertFalse(self.backend.active)
        self.assertEqual(self.backend.environment, "test")
        self.assertNotEqual(self.backend.webhook_token, token)
        self.assertFalse(any(self.backend.flow_ids.mapped("active")))
        with self.assertRaises(ConfigurationError):
            self.env["dist.credential"]._secrets(self.backend, "api_token")
