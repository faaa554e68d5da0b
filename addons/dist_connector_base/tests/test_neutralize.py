"""A copied database cannot reach a partner."""

from unittest.mock import patch

from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..core.errors import ConfigurationError
from ..pipeline.context import open_rest
from .common import DistCase


@tagged("post_install", "-at_install")
class TestNeutralize(DistCase):
    def neutralize(self):
        """Do what Odoo does to a copy, for all installed addons of the suite."""
        self.env.flush_all()
        addons = self.env["ir.module.module"].search(
            [("name", "=like", "dist\\_%"), ("state", "=", "installed")]
        )
        for query in get_neutralization_queries(addons.mapped("name")):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def test_copy_has_no_live_backend_secret_or_webhook(self):
        self.env["dist.credential"].search([]).write({"secret": "newer"})
        token = self.backend.webhook_token
        self.neutralize()
        self.assertFalse(self.backend.active)
        self.assertEqual(self.backend.environment, "test")
        self.assertNotEqual(self.backend.webhook_token, token)
        self.assertFalse(any(self.backend.flow_ids.mapped("active")))
        self.assertFalse(self.env["dist.backend"]._webhook_door(token))
        self.env.cr.execute(
            """SELECT count(*) FROM dist_credential
                WHERE cipher IS NOT NULL OR previous_cipher IS NOT NULL"""
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_copy_sends_nothing_that_waited_to_be_sent(self):
        message = self.send("R1", run=False)
        self.partner.script = [(201, {"id": "P1"})]
        flow = self.flow("fulfilment_request")
        self.neutralize()
        self.assertEqual(flow._job_run(), "the flow is not active")
        self.assertEqual(self.partner.calls, [])
        self.assertEqual(message.state, "ready")

    def test_copy_cannot_call_even_when_somebody_switches_it_on_again(self):
        self.neutralize()
        self.backend.active = True
        self.backend.flow_ids.active = True
        with self.assertRaises(ConfigurationError):
            open_rest(self.backend, self.backend.profile_id._parsed())

    def test_copy_that_nobody_neutralized_cannot_call_either(self):
        message = self.send("R1", run=False)
        self.env["ir.config_parameter"].set_param("database.uuid", "a-copy")
        with patch(
            "odoo.addons.dist_connector_base.pipeline.post.open_rest", open_rest
        ):
            self.run_flow(self.flow("fulfilment_request"), times=1)
        self.assertEqual(message.state, "exception")
        self.assertEqual(message.exception_ids.error_class, "configuration")
        self.assertIn("another database", message.note)
