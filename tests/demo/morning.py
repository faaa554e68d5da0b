"""The morning: master data and stock, partners, and what was agreed with them."""

import json

import yaml

from ..support.seed import SHORT_AT_PARTNER, SHORT_HERE, Distributor, House
from ..support.stage import Stage
from . import plan, scenario
from .watch import Watch

#: ShipBob's stock list names no serial numbers, so tracked goods are compared as a
#: whole there.
NO_SERIALS = {"BOB"}
NAMES = {"BOB": "Chicago (ShipBob)", "CSV": "Hamburg (files)"}


class Morning:
    """Makes all that a day of two outside warehouses needs."""

    def __init__(self, stage: Stage, shop: Distributor) -> None:
        self.stage, self.shop, self.rpc = stage, shop, shop.rpc

    def prepare(self) -> None:
        """Make master data and stock on both sides, and connect both partners."""
        shop = self.shop
        shop.make_products()
        shop.make_customers()
        tracked = [shop.products[plan.WITH_LOTS].id]
        expires = {"use_expiration_date": True}
        self.rpc.call("product.product", "write", tracked, expires)
        quantities = {
            SHORT_HERE: scenario.STOCK_HERE,
            SHORT_AT_PARTNER: scenario.ASKED_THERE,
        }
        short = shop.products[SHORT_AT_PARTNER].sku
        shelves = {}
        for code, name in NAMES.items():
            shelves[code] = shop.stock_up(shop.make_warehouse(code, name), quantities)
        self.stage.connect(shop)
        for code, partner in self.stage.partners().items():
            for row in shelves[code]:
                if row["sku"] == short:
                    row["quantity"] = str(scenario.STOCK_THERE)
            partner.stock(shelves[code])
            self._agree(shop.houses[code])
        self._route()
        scenario.before_orders(self.stage.bob, self.stage.csv)

    # ------------------------------------------------------ what was agreed

    def _agree(self, house: House) -> None:
        """Say what the house may book, what its stock list means, and its prices."""
        rows = self._document(house, "inventory_snapshot")
        house.tells_lots = house.code not in NO_SERIALS
        house.tells_statuses = '"status"' in rows
        receipts = self._document(house, "receipt_confirmation")
        house.tells_receipt_lots = '"lots"' in receipts
        house.tells_conditions = '"condition"' in receipts
        house.tells_changes = bool(self._document(house, "inventory_adjustment"))
        self.rpc.call(
            "dist.backend",
            "write",
            [house.backend_id],
            {
                "over_receipt_percent": plan.SURPLUS,
                "adjustment_limit": plan.ADJUSTMENT_LIMIT,
                "stock_absent": "zero",
                "stock_lots": house.tells_lots,
                "stock_statuses": house.tells_statuses,
            },
        )
        self._places(house)
        if house.code == "CSV":
            self._rates(house)

    def _document(self, house: House, flow: str) -> str:
        """Give what the profile says of a flow's document, as text."""
        profile = self.rpc.read(
            "dist.backend", [("id", "=", house.backend_id)], ["profile_id"]
        )[0]["profile_id"][0]
        (found,) = self.rpc.read("dist.profile", [("id", "=", profile)], ["document"])
        flows = yaml.safe_load(found["document"])["flows"]
        told = flows.get(flow, {}).get("map")
        return json.dumps(told) if told else ""

    def _places(self, house: House) -> None:
        """Make the places of what is not for sale, beside the stock location."""
        (warehouse,) = self.rpc.read(
            "stock.warehouse", [("id", "=", house.warehouse_id)], ["view_location_id"]
        )
        beside = warehouse["view_location_id"][0]
        statuses = ("damaged", "quarantine")
        locations = self.rpc.create(
            "stock.location",
            [
                {"name": status.capitalize(), "location_id": beside}
                for status in statuses
            ],
        )
        self.rpc.create(
            "dist.place",
            [
                {
                    "warehouse_id": house.warehouse_id,
                    "kind": "status",
                    "code": status,
                    "location_id": location,
                }
                for status, location in zip(statuses, locations, strict=True)
            ],
        )

    def _rates(self, house: House) -> None:
        """Enter the rate card of the house that bills."""
        basis = {"pick": "order", "storage": "stated"}
        self.rpc.create(
            "dist.rate.card",
            [
                {
                    "name": "Hamburg Logistics, this year",
                    "backend_id": house.backend_id,
                    "line_ids": [
                        (0, 0, {"fee": fee, "basis": basis[fee], "price": float(price)})
                        for fee, (_word, price) in plan.RATES.items()
                    ],
                }
            ],
        )

    def _route(self) -> None:
        """Enter the rules by which orders go to one house or the other."""
        self.rpc.create(
            "dist.routing.rule",
            [
                {
                    "name": f"{NAMES[code]} ships to {country}",
                    "warehouse_id": self.shop.houses[code].warehouse_id,
                    "country_ids": [(6, 0, [self.rpc.ref(f"base.{country.lower()}")])],
                    "cost_order": 4.5,
                }
                for code, (country, _number) in scenario.ROUTED.items()
            ],
        )

    # ------------------------------------------------------------- partners

    def learn_items(self, watch: Watch) -> None:
        """Let Odoo read by which numbers a partner knows the products."""
        self.stage.fetch_all()
        watch.wait(
            lambda: bool(watch.number("SELECT count(*) FROM dist_partner_item")),
            "the partners' item numbers are known",
        )
