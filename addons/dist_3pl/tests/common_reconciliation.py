"""Builders for comparing a warehouse's stock with Odoo's."""

from datetime import datetime, timedelta, timezone

from .common import ThirdPartyCase

PROFILE = """
profile: test_stock
version: "1"
title: House that tells its stock
transport: folder
operations:
  ask:
    file: {folder: in, name: "ORD_{request_key}.json"}
    body: {key: request_key}
  drop:
    file: {folder: in, name: "CAN_{request_key}.json"}
    body: {key: request_key}
flows:
  fulfilment_request: {direction: out, send: ask}
  fulfilment_cancel: {direction: out, send: drop}
  inventory_snapshot:
    direction: in
    file: {folder: out, pattern: "*.json", archive: old}
    map:
      snapshot_key: key
      taken_at: taken_at
      warehouse: warehouse
      pages: pages
      rows:
        each: rows
        map: {sku: sku, quantity: quantity, lot: lot, status: status}
"""


class StockReconciliationCase(ThirdPartyCase):
    """The house BOB with places for stock that is not sellable; jobs run at once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "queue_job__no_delay": True})
        cls.flow = cls.backend._flow("inventory_snapshot")
        cls.flow.drift_value_limit = 1000
        (cls.tea + cls.mug).standard_price = 2
        beside = cls.warehouse.view_location_id
        cls.damaged = cls.env["stock.location"].create(
            {"name": "Damaged", "location_id": beside.id, "usage": "internal"}
        )
        cls.env["dist.place"].create(
            {
                "warehouse_id": cls.warehouse.id,
                "kind": "status",
                "code": "damaged",
                "location_id": cls.damaged.id,
            }
        )
        cls.now = datetime.now(timezone.utc).replace(microsecond=0)

    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        profile = cls.env["dist.profile"].search([("code", "=", "test_stock")])
        if not profile:
            profile = cls.env["dist.profile"].create({"document": PROFILE})
            profile._approve()
        return cls.env["dist.backend"].create(
            {
                "name": name,
                "profile_id": profile.id,
                "company_id": (company or cls.env.company).id,
            }
        )

    def tell(self, *rows, minutes=0, whole=True, pages=1, **values):
        """Let the house tell its stock, as of some minutes from now."""
        snapshot = self.snapshot(
            *rows,
            taken_at=(self.now + timedelta(minutes=minutes)).isoformat(),
            complete=whole,
            pages=pages,
            **values,
        )
        self.store(snapshot)
        return snapshot

    def compare(self):
        return self.env["dist.reconciliation"]._start("partner_stock", self.backend)

    def differ(self, *rows, **values):
        """Let the house tell its stock, and compare; give what differs."""
        self.tell(*rows, **values)
        return self.compare().line_ids

    @staticmethod
    def said(lines):
        """Give the differences as ``{(SKU, lot, status): (kind, difference)}``."""
        return {
            (line.product_id.default_code, line.lot_name or "", line.stock_status): (
                line.kind,
                line.difference,
            )
            for line in lines
        }

    def all_but(self, *rows):
        """Give rows of what Odoo has of tea and mugs, where they are not given."""
        given = {row["sku"] for row in rows}
        return [
            *rows,
            *(
                {"sku": sku, "quantity": 100}
                for sku in ("TEA", "MUG")
                if sku not in given
            ),
        ]

    def moved_long_ago(self):
        """Move all stock movements so far into the past that nothing is late."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move_line SET date = date - interval '30 days'"
        )
        self.env.invalidate_all()
