"""The fees and the head of one invoice at once."""

from odoo.addons.dist_connector_base.tests.committed import CommittedCase
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

NUMBER = "BILL-MEETING"


@tagged("post_install", "-at_install")
class TestChargesMeeting(CommittedCase):
    @classmethod
    def _remove(cls):
        with cls.transaction() as env:
            env["dist.service.invoice"].search([("number", "=", NUMBER)]).unlink()
        return super()._remove()

    def invoice(self, env):
        backend = env["dist.backend"].browse(self.backend_id)
        return env["dist.service.invoice"]._of_number(
            backend, NUMBER, backend.company_id.currency_id
        )

    def test_the_second_one_tries_again_and_finds_the_invoice_of_the_first(self):
        with (
            self.assertRaises(SerializationFailure),
            mute_logger("odoo.sql_db"),
            self.transaction() as slow,
        ):
            slow.cr.execute("SELECT 1 FROM dist_service_invoice")
            with self.transaction() as quick:
                first = self.invoice(quick).id
            self.invoice(slow)
        with self.transaction() as env:
            self.assertEqual(self.invoice(env).id, first)
