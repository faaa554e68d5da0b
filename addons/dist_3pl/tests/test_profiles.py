"""The partner profiles that the addon ships."""

from pathlib import Path

from odoo.tests import TransactionCase, tagged

FOLDER = Path(__file__).parent.parent / "profiles"


@tagged("post_install", "-at_install")
class TestProfiles(TransactionCase):
    def test_every_shipped_profile_is_loaded_and_approved(self):
        texts = [path.read_text() for path in FOLDER.glob("*.yaml")]
        self.assertTrue(texts)
        for text in texts:
            profile = self.env["dist.profile"].search([("document", "=", text)])
            self.assertEqual(profile.state, "approved")

    def test_they_know_the_flows_of_a_third_party_warehouse(self):
        for profile in self.env["dist.profile"].search(
            [("code", "in", ["shipbob", "csv_sftp", "xml_sftp", "ongoing_soap"])]
        ):
            self.assertLessEqual(
                {"fulfilment_request", "fulfilment_cancel", "shipment_confirmation"},
                set(profile._parsed().flows),
            )
