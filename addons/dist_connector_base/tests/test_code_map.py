"""Code maps: by date, from a file, and the list of what nobody has mapped yet."""

import base64
import json

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import PROFILE, DistCase, shipment


@tagged("post_install", "-at_install")
class TestCodeMap(DistCase):
    def code(self, theirs, ours, vocabulary="carrier", **values):
        return self.env["dist.code.map"].create(
            {
                "backend_id": self.backend.id,
                "vocabulary": vocabulary,
                "partner_code": theirs,
                "canonical_code": ours,
                **values,
            }
        )

    def carrier(self, message):
        return json.loads(message.canonical)["carrier"]

    # ----------------------------------------------------------------- dates

    def test_a_document_is_read_with_the_codes_of_its_day(self):
        today = fields.Date.today()
        self.code("UPS", "DHL", valid_from=fields.Date.add(today, days=-5))
        new, old = self.arrive(shipment("S1"), shipment("S2", "R2"), run=False)
        old.received_at = fields.Datetime.add(fields.Datetime.now(), days=-30)
        self.env.flush_all()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual((self.carrier(new), self.carrier(old)), ("DHL", "UPS"))

    def test_a_change_of_dates_counts_at_once(self):
        row = self.code("UPS", "DHL", valid_from="2020-01-01")
        self.assertEqual(self.carrier(self.arrive(shipment("S1"))), "DHL")
        row.valid_to = "2020-12-31"
        self.assertEqual(self.carrier(self.arrive(shipment("S2", "R2"))), "UPS")
        row.unlink()
        self.assertEqual(self.carrier(self.arrive(shipment("S3", "R3"))), "UPS")

    def test_one_row_of_a_code_begins_on_a_day(self):
        self.code("UPS", "DHL", valid_from="2026-01-01")
        for values in ({}, {"valid_from": "2026-01-01"}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                self.code("UPS", "GLS", **values)

    def test_a_code_ends_after_it_begins(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.code("X", "Y", valid_from="2026-02-01", valid_to="2026-01-01")

    # ------------------------------------------------------------------ file

    def importer(self, text, user=None, **values):
        return (
            self.env["dist.code.map.import"]
            .with_user(user or self.env.user)
            .create(
                {
                    "backend_id": self.backend.id,
                    "file": base64.b64encode(text.encode()),
                    "file_name": "codes.csv",
                    **values,
                }
            )
        )

    def test_a_file_is_shown_and_then_imported(self):
        wizard = self.importer(
            "code_list,partner_code,our_code,valid_from\n"
            "carrier,DP,DPD,2026-01-01\nunit,PCE,EA,\n"
        )
        self.assertEqual((wizard.line_count, wizard.fault_count), (2, 0))
        self.assertIn("DPD", str(wizard.preview_html))
        wizard.action_import()
        found = self.backend.code_map_ids.filtered(lambda r: r.partner_code == "DP")
        self.assertEqual(
            (found.vocabulary, found.canonical_code, str(found.valid_from)),
            ("carrier", "DPD", "2026-01-01"),
        )
        entry = self.env["dist.audit"].search(
            [("action", "=", "code_map.import"), ("res_id", "=", self.backend.id)]
        )
        self.assertEqual(entry.detail, {"codes": 2})

    def test_one_fault_and_nothing_is_imported(self):
        count = self.env["dist.code.map"].search_count([])
        for text, told in (
            ("partner_code,our_code\nA,B\nA,C\n", "line 3: maps carrier 'A' again"),
            ("partner_code,our_code\nA,B\nUPS,C\n", "line 3: .*mapped already, to UPS"),
            ("partner_code,our_code\nA,B\n,C\n", "line 3: has no partner code"),
            ("partner_code,our_code\n", "no codes"),
        ):
            with self.subTest(told), self.assertRaisesRegex(UserError, told):
                self.importer(text, vocabulary="carrier").action_import()
        self.assertEqual(self.env["dist.code.map"].search_count([]), count)

    def test_operators_import_nothing(self):
        user = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.importer("partner_code,our_code\nA,B\n", user).action_import()

    # -------------------------------------------------------------- unmapped

    def unmapped(self):
        self.env.flush_all()
        return self.env["dist.code.unmapped"].search(
            [("backend_id", "=", self.backend.id)]
        )

    def test_unmapped_codes_are_counted_by_code(self):
        for number in range(3):
            self.arrive(shipment(f"S{number}", f"R{number}", carrier="ZZ"))
        self.arrive(shipment("S9", "R9", carrier="YY"))
        counts = {row.code: row.open_count for row in self.unmapped()}
        self.assertEqual(counts, {"ZZ": 3, "YY": 1})
        row = self.unmapped().filtered(lambda r: r.code == "ZZ")
        self.assertEqual(
            (row.vocabulary, row.direction, row.occurrences), ("carrier", "in", 3)
        )
        domain = row.action_open_exceptions()["domain"]
        self.assertEqual(self.env["dist.exception"].search_count(domain), 3)

    def test_one_click_maps_the_code_and_takes_it_off_the_list(self):
        message = self.arrive(shipment(carrier="ZZ"))
        action = self.unmapped().action_map()
        self.env["dist.code.map"].with_context(**action["context"]).create(
            {"canonical_code": "DHL"}
        )
        self.assertFalse(self.unmapped())
        message.with_context(dist_no_wake=True).action_replay()
        self.run_flow(self.flow("shipment_confirmation"))
        self.assertEqual(message.state, "done")

    def test_an_outgoing_code_is_ours(self):
        text = PROFILE.replace('version: "1"', 'version: "2"').replace(
            "body: {reference: request_key}",
            "body: {reference: request_key, via: \"code('carrier', carrier)\"}",
        )
        profile = self.env["dist.profile"].create({"document": text})
        profile._approve()
        self.send("R1", carrier="GLS")
        row = self.unmapped()
        self.assertEqual((row.direction, row.code), ("out", "GLS"))
        context = row.action_map()["context"]
        self.assertEqual(context["default_canonical_code"], "GLS")
        self.assertNotIn("default_partner_code", context)

    def test_what_was_seen_long_ago_is_not_listed(self):
        self.arrive(shipment(carrier="ZZ"))
        self.assertTrue(self.unmapped())
        self.env["dist.exception"].search(
            [("code_value", "=", "ZZ")]
        ).last_seen = fields.Datetime.add(fields.Datetime.now(), days=-31)
        self.assertFalse(self.unmapped())

    def test_companies_do_not_see_each_others_codes(self):
        self.arrive(shipment(carrier="ZZ"))
        other = self.env["res.company"].create({"name": "Other company"})
        user = new_test_user(
            self.env,
            "elsewhere",
            groups="dist_connector_base.group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.env.flush_all()
        self.assertFalse(self.env["dist.code.unmapped"].with_user(user).search([]))

    def test_an_unknown_status_is_an_unknown_code_and_no_faulty_document(self):
        text = (
            PROFILE.replace('version: "1"', 'version: "2"')
            .replace(
                "carrier: \"code('carrier', carrier)\"",
                "completes_request: \"code('final', state) == 'yes'\"\n"
                "      shipped_at: \"code('moment', shipped_at)\"",
            )
            .replace("      shipped_at: shipped_at\n", "")
        )
        profile = self.env["dist.profile"].create({"document": text})
        profile._approve()
        message = self.arrive(shipment(shipped_at="tomorrow"))
        self.assertEqual(message.exception_ids.error_class, "mapping")
