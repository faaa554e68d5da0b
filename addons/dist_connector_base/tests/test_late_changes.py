"""A list is read again from further back now and then, for what changed late."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import PROFILE, DistCase, shipment

PLACE = "odoo.addons.dist_connector_base.pipeline.fetch"
CURSOR = "2999-01-01T00:00:00Z"


@tagged("post_install", "-at_install")
class TestLateChanges(DistCase):
    @classmethod
    def make_backend(cls, document=PROFILE, **values):
        text = document.replace(
            "    webhook: [order.shipped]\n",
            "    poll: {operation: list_shipments, sweep: {back: 7 days}}\n",
        ).replace(
            "flows:",
            "  list_shipments:\n"
            "    method: GET\n"
            "    path: /shipments\n"
            "    safe: true\n"
            "    paging: {style: number, items: shipments, param: page, size: 50}\n"
            "    cursor: {param: since}\n"
            "flows:",
        )
        return super().make_backend(text, **values)

    def setUp(self):
        super().setUp()
        self.asked = []
        self.startPatcher(patch(f"{PLACE}.open_rest", lambda *_args: self))
        self.polled = self.flow("shipment_confirmation")
        self.polled.cursor = CURSOR

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        return None

    def call(self, request):
        self.asked.append(request.params["since"])
        return self.partner.call(request)

    def poll(self, *shipments):
        self.partner.script = [(200, {"shipments": list(shipments)})]
        self.polled._job_fetch()
        self.run_flow(self.polled)
        return self.asked[-1]

    def test_once_a_day_the_list_is_read_from_further_back(self):
        self.assertEqual(self.poll(), CURSOR, "a new flow began far back anyway")
        self.polled.last_sweep_at = self.env.cr.now() - timedelta(hours=25)
        self.assertLess(self.poll(), CURSOR)
        self.assertEqual(self.poll(), CURSOR, "and then as usual")

    def test_a_sweep_does_not_set_the_cursor_back(self):
        self.polled.last_sweep_at = self.env.cr.now() - timedelta(hours=25)
        self.assertLess(self.poll(), CURSOR)
        self.assertEqual(self.polled.cursor, CURSOR)

    def test_what_a_sweep_shows_again_does_nothing(self):
        self.poll(shipment("S1"))
        self.polled.last_sweep_at = self.env.cr.now() - timedelta(hours=25)
        self.poll(shipment("S1"), shipment("S2", "R2"))
        self.assertEqual(self.handler.applied, ["S1", "S2"])

    def test_a_sweep_that_finds_too_much_does_not_stop_the_polls(self):
        self.polled.last_sweep_at = self.env.cr.now() - timedelta(hours=25)
        with patch(f"{PLACE}.MAX_PAGES", 0):
            self.polled._job_fetch()
        self.assertEqual(self.poll(shipment("S1")), CURSOR)
        self.assertEqual(self.handler.applied, ["S1"])


@tagged("post_install", "-at_install")
class TestPictureOfTheMoment(DistCase):
    """Stock that is again as it was before is news; a shipment seen again is none."""

    @classmethod
    def make_backend(cls, document=PROFILE, **values):
        text = document.replace(
            "flows:",
            "  list_stock: {method: GET, path: /stock, safe: true}\n"
            "flows:\n"
            "  inventory_snapshot:\n"
            "    direction: in\n"
            "    poll: {operation: list_stock}\n"
            "    map:\n"
            "      snapshot_key: concat('stock-', levels[0].level, '-', asked)\n"
            "      taken_at: received_at()\n"
            "      warehouse: =W\n"
            "      rows: {each: levels, map: {sku: sku, quantity: level}}\n",
        )
        return super().make_backend(text, **values)

    def test_stock_that_is_as_it_was_before_counts_again(self):
        flow = self.flow("inventory_snapshot")
        pages = [
            {"asked": asked, "levels": [{"sku": "A-1", "level": level}]}
            for asked, level in ((1, 5), (2, 4), (1, 5))
        ]
        self.partner.script = [(200, page) for page in pages]
        with patch(f"{PLACE}.open_rest", lambda *_args: self.partner):
            for _page in pages:
                flow._job_fetch()
                self.run_flow(flow)
        read = self.env["dist.message"].search(
            [("backend_id", "=", self.backend.id), ("kind", "=", "document")]
        )
        self.assertEqual(len(read), 3)
