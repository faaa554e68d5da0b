"""A profile says what its partner's stock means, and in which pages it comes."""

import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.dist_connector_base.core.wire import HttpResponse
from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.tests import tagged

from .common import ThirdPartyCase

PROFILE = """
profile: test_pages
version: "{version}"
title: House that lists its stock in pages
transport: rest
base_url: http://127.0.0.1:9
{stock}
operations:
  ask: {{method: POST, path: /orders, body: {{key: request_key}}}}
  list_stock:
    method: GET
    path: /stock
    safe: true
    paging: {{style: token, items: rows, param: page, next: next}}
flows:
  fulfilment_request: {{direction: out, send: ask}}
  inventory_snapshot:
    direction: in
    poll: {{operation: list_stock, every: 4 hours}}
    map:
      snapshot_key: concat('stock-', received_at(), '-', rows[0].sku)
      taken_at: received_at()
      warehouse: =BOB
      rows: {{each: rows, map: {{sku: sku, quantity: count}}}}
"""


class Pages:
    """A partner that answers each call with the next page."""

    def __init__(self, pages):
        self.pages = iter(pages)

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        return False

    def call(self, _request):
        """Give the next page."""
        return HttpResponse(200, {}, json.dumps(next(self.pages)).encode())


class StockProfileCase(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "queue_job__no_delay": True})

    @classmethod
    def make_profile(cls, version, stock=""):
        profile = cls.env["dist.profile"].create(
            {"document": PROFILE.format(version=version, stock=stock)}
        )
        profile._approve()
        return profile

    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        return cls.env["dist.backend"].create(
            {"name": name, "profile_id": cls.make_profile("1").id}
        )

    def follow(self, version, stock):
        self.backend.profile_id = self.make_profile(version, f"stock: {stock}")

    @property
    def flow(self):
        return self.backend._flow("inventory_snapshot")


@tagged("post_install", "-at_install")
class TestStockProfile(StockProfileCase):
    def test_a_list_without_lots_is_compared_without_lots(self):
        self.assertFalse(self.backend.stock_lots)
        self.assertFalse(self.backend.stock_statuses)

    def test_a_backend_takes_over_what_its_profile_says(self):
        self.follow("2", "{quantity: net, absent: zero, pages: many, quiet: 3 minutes}")
        self.assertEqual(
            (
                self.backend.stock_basis,
                self.backend.stock_absent,
                self.backend.stock_pages,
                self.flow.recon_settle_minutes,
            ),
            ("net", "zero", "many", 3),
        )
        self.follow("3", "{pages: one}")
        self.assertEqual(
            (
                self.backend.stock_basis,
                self.backend.stock_absent,
                self.backend.stock_pages,
                self.flow.recon_settle_minutes,
            ),
            ("gross", "unknown", "one", 10),
        )

    def test_what_a_person_set_stays(self):
        self.backend.stock_absent = "zero"
        self.flow.recon_settle_minutes = 45
        self.follow("2", "{quantity: net, absent: stands}")
        self.assertEqual(self.backend.stock_absent, "zero")
        self.assertEqual(self.flow.recon_settle_minutes, 45)
        self.assertEqual(self.backend.stock_basis, "net")

    def test_a_new_backend_keeps_what_it_is_made_with(self):
        backend = self.env["dist.backend"].create(
            {
                "name": "Own",
                "profile_id": self.backend.profile_id.id,
                "stock_absent": "zero",
            }
        )
        self.assertEqual(backend.stock_absent, "zero")

    def test_go_live_asks_for_no_proof_that_the_profile_spares(self):
        def names():
            return [check.name for check in self.backend._go_live_checks()]

        self.assertIn("stock", names())
        self.follow("2", "{proof: false}")
        self.assertNotIn("stock", names())


@tagged("post_install", "-at_install")
class TestStockPages(StockProfileCase):
    def setUp(self):
        super().setUp()

        @contextmanager
        def same_cursor(_attempts):
            # a test's rows are never committed: a second cursor could not see them
            yield self.env.cr

        self.startPatcher(patch.object(DistAttempt, "_own_cursor", same_cursor))

    def fetch(self, *pages):
        """Let the partner tell its stock in pages of ``{SKU: quantity}``, and apply."""
        bodies = [
            {
                "rows": [{"sku": sku, "count": count} for sku, count in page.items()],
                "next": str(place) if place < len(pages) else None,
            }
            for place, page in enumerate(pages, start=1)
        ]
        place = "odoo.addons.dist_connector_base.pipeline.fetch.open_rest"
        with patch(place, lambda *_args: Pages(bodies)):
            self.flow._job_fetch()
        self.apply()

    def apply(self):
        for _round in range(4):
            # what is received is due at once, also what the same transaction received
            self.flow._job_run()

    def snapshots(self):
        return self.env["dist.partner.snapshot"].search(
            [("backend_id", "=", self.backend.id)]
        )

    def test_pages_that_we_read_are_counted(self):
        self.fetch({"TEA": 5}, {"MUG": 6})
        snapshot = self.snapshots()
        self.assertEqual((snapshot.pages, snapshot.pages_got), (2, 2))
        self.assertEqual(snapshot.state, "complete")

    def test_pages_are_one_list_though_they_are_handled_one_by_one(self):
        self.flow.batch_size = 1
        self.fetch({"TEA": 5}, {"MUG": 6})
        self.apply()
        self.assertEqual(len(self.snapshots()), 1)
        self.assertEqual(self.snapshots().state, "complete")

    def test_a_page_that_says_the_same_again_is_news(self):
        self.fetch({"TEA": 5}, {"MUG": 6})
        # one transaction has one clock; let the first list be from an hour ago
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dist_message SET key = key || ' earlier' WHERE backend_id = %s",
            [self.backend.id],
        )
        self.snapshots().taken_at = "2020-01-01 00:00:00"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE dist_partner_stock SET taken_at = '2020-01-01' "
            "WHERE backend_id = %s",
            [self.backend.id],
        )
        self.env.invalidate_all()
        self.fetch({"TEA": 5}, {"MUG": 7})
        newest = self.snapshots()[0]
        self.assertEqual((newest.pages_got, newest.row_count), (2, 2))

    def test_a_page_in_exception_holds_the_list_up(self):
        self.fetch({"TEA": 5}, {"MUG": "many"})
        snapshot = self.snapshots()
        self.assertEqual((snapshot.pages_got, snapshot.state), (1, "arriving"))

    def test_absent_is_zero_when_the_last_page_is_here(self):
        self.follow("2", "{absent: zero}")
        self.store(
            self.snapshot(
                {"sku": "MUG", "quantity": 3}, taken_at="2020-01-01T00:00:00+00:00"
            )
        )
        bun = self.make_product("BUN")
        self.fetch({"TEA": 5}, {"BUN": 6})
        stock = self.env["dist.partner.stock"].search(
            [("backend_id", "=", self.backend.id)]
        )
        self.assertEqual(stock.product_id, self.tea + bun)

    def test_whole_lists_in_pages_of_unknown_number_wait_for_the_quiet_time(self):
        self.backend.stock_absent = "zero"
        self.store(self.snapshot({"sku": "TEA", "quantity": 7}))
        self.assertEqual(self.snapshots().state, "arriving")
        self.backend.stock_pages = "one"
        self.store(
            self.snapshot(
                {"sku": "TEA", "quantity": 7}, taken_at="2026-03-02T07:00:00+00:00"
            )
        )
        self.assertEqual(self.snapshots()[0].state, "complete")

    def test_a_list_that_is_cut_off_is_told(self):
        place = "odoo.addons.dist_connector_base.pipeline.fetch.MAX_LIST_PAGES"
        with patch(place, 1):
            self.fetch({"TEA": 5}, {"MUG": 6})
        told = self.env["dist.exception"].search([("flow_id", "=", self.flow.id)])
        self.assertIn("more than 1 pages", told.name)
        self.assertEqual(self.snapshots().state, "arriving")
