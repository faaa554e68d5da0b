"""A distributor with two warehouses, each run by a third party."""

from dataclasses import dataclass, field
from typing import Any

from .rpc import Rpc

PRODUCTS = 40
#: Every fifth product is tracked by lot, every tenth by serial number.
LOT_EVERY, SERIAL_EVERY = 5, 10
PLENTY = 4000
SERIALS = 120
#: Positions of products that only special orders ask for.
SHORT_AT_PARTNER, SHORT_HERE = 36, 38


@dataclass
class Product:
    """A product as both sides know it."""

    id: int
    sku: str
    tracking: str


@dataclass
class House:
    """A warehouse and the partner that runs it."""

    code: str
    warehouse_id: int
    stock_location_id: int
    backend_id: int = 0
    orders: list[int] = field(default_factory=list)
    #: What the partner's profile lets us know.
    tells_lots: bool = False
    tells_statuses: bool = False
    tells_receipt_lots: bool = False
    tells_conditions: bool = False
    tells_changes: bool = False


@dataclass
class Distributor:
    """What the seed made."""

    rpc: Rpc
    products: list[Product] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    bad_address: int = 0
    houses: dict[str, House] = field(default_factory=dict)

    # ---------------------------------------------------------- master data

    def make_products(self, number: int = PRODUCTS) -> None:
        """Create products; some are tracked by lot, some by serial number."""
        rows = []
        for index in range(1, number + 1):
            tracking = "none"
            if index % SERIAL_EVERY == 0:
                tracking = "serial"
            elif index % LOT_EVERY == 0:
                tracking = "lot"
            rows.append(
                {
                    "name": f"Article {index:02d}",
                    "default_code": f"SKU-{index:03d}",
                    "type": "consu",
                    "is_storable": True,
                    "tracking": tracking,
                    "list_price": 5 + index,
                    "standard_price": (5 + index) / 2,
                }
            )
        ids = self.rpc.create("product.product", rows)
        self.products = [
            Product(product_id, row["default_code"], row["tracking"])
            for product_id, row in zip(ids, rows, strict=True)
        ]

    def make_customers(self, number: int = 12) -> None:
        """Create customers, and one whose address no carrier serves."""
        us = self.rpc.ref("base.us")
        places = [("Chicago", "60601"), ("Dallas", "75201"), ("Newark", "07102")]
        self.customers = self.rpc.create(
            "res.partner",
            [
                {
                    "name": f"Customer {index:02d}",
                    "street": f"{index} Market Street",
                    "city": places[index % 3][0],
                    "zip": places[index % 3][1],
                    "country_id": us,
                    "email": f"orders{index:02d}@example.com",
                    "phone": f"+1 312 555 01{index:02d}",
                }
                for index in range(1, number + 1)
            ],
        )
        (self.bad_address,) = self.rpc.create(
            "res.partner",
            [
                {
                    "name": "Customer without a street",
                    "street": "12 Nowhere Road",
                    "city": "Springfield",
                    "zip": "NOT-A-ZIP",
                    "country_id": us,
                }
            ],
        )

    def make_warehouse(self, code: str, name: str) -> House:
        """Create a warehouse that nobody runs yet."""
        (warehouse_id,) = self.rpc.create(
            "stock.warehouse", [{"name": name, "code": code}]
        )
        location = self.rpc.read(
            "stock.warehouse", [("id", "=", warehouse_id)], ["lot_stock_id"]
        )[0]["lot_stock_id"][0]
        self.houses[code] = House(code, warehouse_id, location)
        return self.houses[code]

    def make_backend(
        self,
        house: House,
        name: str,
        profile: str,
        settings: dict[str, str],
        secrets: dict[str, str],
        zone: str = "UTC",
    ) -> str:
        """Connect a warehouse with its partner; give the webhook's address."""
        rpc = self.rpc
        current = [("code", "=", profile), ("state", "=", "approved")]
        (profile_id,) = rpc.search("dist.profile", current, order="id desc", limit=1)
        (house.backend_id,) = rpc.create(
            "dist.backend",
            [
                {
                    "name": name,
                    "profile_id": profile_id,
                    "tz": zone,
                    # the partners of tests and demo stand on this machine
                    "allow_private_network": True,
                }
            ],
        )
        for key, value in settings.items():
            setting = rpc.one(
                "dist.backend.setting",
                [("backend_id", "=", house.backend_id), ("name", "=", key)],
            )
            rpc.call("dist.backend.setting", "write", [setting], {"value": value})
        rpc.create(
            "dist.credential",
            [
                {"backend_id": house.backend_id, "name": key, "secret": value}
                for key, value in secrets.items()
            ],
        )
        rpc.call(
            "stock.warehouse",
            "write",
            [house.warehouse_id],
            {"dist_backend_id": house.backend_id},
        )
        return rpc.read(
            "dist.backend", [("id", "=", house.backend_id)], ["webhook_url"]
        )[0]["webhook_url"]

    def hurry(self, house: House, **values: Any) -> None:
        """Make the flows of a backend quick enough for a day of some minutes."""
        flows = self.rpc.search("dist.flow", [("backend_id", "=", house.backend_id)])
        self.rpc.call("dist.flow", "write", flows, values)

    # ---------------------------------------------------------------- stock

    def stock_up(
        self, house: House, quantities: dict[int, int] | None = None
    ) -> list[dict[str, Any]]:
        """Put stock of all products into a warehouse.

        :param quantities: by position of the product; others get plenty

        :return: the same stock as the partner counts it: sku, lot, quantity
        """
        lots = self._make_lots(house)
        quants, shelf = [], []
        for index, product in enumerate(self.products):
            plain = [(False, "", (quantities or {}).get(index, PLENTY))]
            for lot_id, lot_name, quantity in lots.get(product.id, plain):
                quants.append(
                    {
                        "product_id": product.id,
                        "location_id": house.stock_location_id,
                        "lot_id": lot_id,
                        "inventory_quantity": quantity,
                    }
                )
                shelf.append(
                    {"sku": product.sku, "lot": lot_name, "quantity": str(quantity)}
                    | ({"serial": True} if product.tracking == "serial" else {})
                )
        ids = self.rpc.create("stock.quant", quants, context={"inventory_mode": True})
        self.rpc.call("stock.quant", "action_apply_inventory", ids)
        return shelf

    def _make_lots(self, house: House) -> dict[int, list[tuple[int, str, int]]]:
        rows = []
        for product in self.products:
            if product.tracking == "lot":
                rows += [
                    (product, f"{house.code}-L{number}-{product.sku}", PLENTY // 2)
                    for number in (1, 2)
                ]
            elif product.tracking == "serial":
                rows += [
                    (product, f"{house.code}-{product.sku}-{number:04d}", 1)
                    for number in range(1, SERIALS + 1)
                ]
        ids = self.rpc.create(
            "stock.lot",
            [{"name": name, "product_id": product.id} for product, name, _qty in rows],
        )
        found: dict[int, list[tuple[int, str, int]]] = {}
        for lot_id, (product, name, quantity) in zip(ids, rows, strict=True):
            found.setdefault(product.id, []).append((lot_id, name, quantity))
        return found

    # --------------------------------------------------------------- orders

    def order(
        self, house: House, number: int, customer: int | None = None
    ) -> dict[str, Any]:
        """Give the values of the day's order ``number``: one to four lines."""
        customer = customer or self.customers[number % len(self.customers)]
        usual = [
            product
            for index, product in enumerate(self.products)
            if index not in (SHORT_AT_PARTNER, SHORT_HERE)
        ]
        merged: dict[int, int] = {}
        for step in range(1 + number % 4):
            index = (number * 7 + step * 11) % len(usual)
            quantity = 1 + (number + step) % 6
            if usual[index].tracking == "serial":
                quantity = 1
            product_id = usual[index].id
            merged[product_id] = merged.get(product_id, 0) + quantity
        return self.order_of(house, customer, merged)

    def order_of(
        self, house: House, customer: int, quantities: dict[int, int]
    ) -> dict[str, Any]:
        """Give the values of an order of these quantities by product id."""
        return {
            "partner_id": customer,
            "warehouse_id": house.warehouse_id,
            "order_line": [
                (0, 0, {"product_id": product_id, "product_uom_qty": quantity})
                for product_id, quantity in quantities.items()
            ],
        }

    def place(self, house: House, orders: list[dict[str, Any]]) -> list[int]:
        """Create orders and confirm them in one go, as a shop's import does."""
        ids = self.rpc.create("sale.order", orders)
        self.rpc.call("sale.order", "action_confirm", ids)
        house.orders += ids
        return ids

    def keys(self, house: House) -> dict[int, str]:
        """Give the first request key of each order by its number in the house."""
        rows = self.rpc.read(
            "stock.picking",
            [("sale_id", "in", house.orders), ("dist_request_key", "!=", False)],
            ["sale_id", "dist_request_key"],
            order="id desc",
        )
        first = {row["sale_id"][0]: row["dist_request_key"] for row in rows}
        return {
            number: first[order]
            for number, order in enumerate(house.orders, 1)
            if order in first
        }
