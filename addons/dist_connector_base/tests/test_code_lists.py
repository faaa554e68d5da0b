"""Code lists that partners tell: kept, offered for mapping, never mapped by itself."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..core.errors import TransientError
from .common import PROFILE, DistCase, shipment

TEXT = (
    PROFILE.replace('version: "1"', 'version: "2"')
    .replace(
        "  find_order:",
        "  list_carriers: {method: GET, path: /carriers, safe: true}\n  find_order:",
    )
    .rstrip()
    + """
code_lists:
  carrier: {operation: list_carriers, codes: carriers, code: id, name: title}
"""
)


@tagged("post_install", "-at_install")
class TestCodeLists(DistCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profile = cls.env["dist.profile"].create({"document": TEXT})
        profile._approve()
        cls.backend.profile_id = profile
        cls.manager = new_test_user(
            cls.env, "mara", groups="dist_connector_base.group_manager"
        )

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch(
                "odoo.addons.dist_connector_base.pipeline.code_lists.open_rest",
                lambda backend, profile: self.partner,
            )
        )

    def tell(self, user=None, **codes):
        """Let the partner tell its carriers, when a manager asks."""
        rows = [{"id": code, "title": name} for code, name in codes.items()]
        self.partner.script = [(200, {"carriers": rows})]
        return self.backend.with_user(user or self.manager).action_read_codes()

    def unmapped(self):
        self.env.flush_all()
        rows = self.env["dist.code.unmapped"].search(
            [("backend_id", "=", self.backend.id)]
        )
        return {row.code: row.name for row in rows}

    def test_codes_that_nobody_mapped_are_offered_in_the_partners_words(self):
        action = self.tell(UPS="Parcel", ZZ="Pigeon")
        self.assertEqual(self.unmapped(), {"ZZ": "Pigeon"})
        row = self.env["dist.code.unmapped"].search(action["domain"])
        self.assertEqual((row.direction, row.occurrences, row.open_count), ("in", 0, 0))
        context = row.action_map()["context"]
        self.env["dist.code.map"].with_context(**context).create(
            {"canonical_code": "PIGEON"}
        )
        self.assertFalse(self.unmapped())

    def test_what_a_person_mapped_stays_as_it_is(self):
        mapped = self.backend.code_map_ids.filtered(lambda r: r.partner_code == "UPS")
        mapped.canonical_code = "OURS"
        self.tell(UPS="Parcel")
        self.assertEqual(mapped.canonical_code, "OURS")

    def test_code_that_came_up_is_one_row_with_its_name_and_its_exceptions(self):
        self.arrive(shipment(carrier="ZZ"))
        self.tell(ZZ="Pigeon")
        self.assertEqual(self.unmapped(), {"ZZ": "Pigeon"})
        row = self.env["dist.code.unmapped"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual((row.occurrences, row.open_count), (1, 1))

    def test_code_that_the_partner_dropped_is_offered_no_more(self):
        self.tell(YY="Boat", ZZ="Pigeon")
        self.tell(ZZ="Carrier pigeon")
        self.assertEqual(self.unmapped(), {"ZZ": "Carrier pigeon"})

    def test_partner_that_is_away_costs_nothing_and_keeps_the_old_list(self):
        self.tell(ZZ="Pigeon")
        self.partner.script = [TransientError("not there")]
        self.assertIn("not there", self.backend._job_read_codes())
        self.assertFalse(self.backend.exception_open_count)
        self.assertEqual(self.unmapped(), {"ZZ": "Pigeon"})

    def test_refusal_is_told_to_whoever_asked_and_else_has_an_owner(self):
        self.partner.script = [(403, {}), (403, {})]
        with self.assertRaisesRegex(UserError, "lets us not in"):
            self.backend.with_user(self.manager).action_read_codes()
        self.backend._job_read_codes()
        self.assertEqual(self.backend.exception_open_count, 1)

    def test_only_managers_ask_and_it_is_on_record(self):
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.tell(operator, ZZ="Pigeon")
        self.tell(ZZ="Pigeon")
        entry = self.env["dist.audit"].search(
            [("action", "=", "backend.read_codes"), ("res_id", "=", self.backend.id)]
        )
        self.assertEqual((entry.user_id, entry.detail), (self.manager, {"codes": 1}))

    def test_only_partners_that_tell_their_codes_are_asked_each_day(self):
        other = self.backend.copy({"name": "Silent house"})
        other.profile_id = self.env["dist.profile"].search(
            [("code", "=", "test_house"), ("version", "=", "1")]
        )
        self.env["dist.backend"]._cron_read_codes()
        keys = self.env["queue.job"].search([]).mapped("identity_key")
        self.assertIn(f"dist.backend.codes:{self.backend.id}", keys)
        self.assertNotIn(f"dist.backend.codes:{other.id}", keys)
