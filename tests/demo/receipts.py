"""Purchases and a transfer: announced to both houses, and counted there."""

from collections.abc import Iterable

from ..support.seed import Distributor, House
from ..support.stage import Stage
from . import plan
from .plan import Arrival, Count, Purchase
from .watch import Watch, say


class Receipts:
    """Announces what shall come in, and lets the docks count it."""

    def __init__(self, stage: Stage, shop: Distributor, watch: Watch) -> None:
        self.stage, self.shop, self.watch = stage, shop, watch
        self.counted: set[int] = set()
        #: Our advices: house, what it is, and the receipt in Odoo.
        self._advices: list[tuple[House, Purchase, int]] = []

    # ------------------------------------------------------------- announce

    def announce(self) -> None:
        """Confirm the purchases of both houses, and send goods of our own to them."""
        (supplier,) = self.shop.rpc.create(
            "res.partner", [{"name": "Supplier & Sons", "street": "3 Quay"}]
        )
        for house in self.shop.houses.values():
            purchases = list(plan.PURCHASES)
            if house.tells_receipt_lots:
                purchases.append(plan.LOT_PURCHASE)
            self._buy(house, supplier, purchases)
        self._stock_up_here()
        for house in self.shop.houses.values():
            self._transfer(house)
        say(f"{len(self._advices)} receipts announced")

    def _buy(self, house: House, supplier: int, purchases: Iterable[Purchase]) -> None:
        rpc = self.shop.rpc
        (warehouse,) = rpc.read(
            "stock.warehouse", [("id", "=", house.warehouse_id)], ["in_type_id"]
        )
        purchases = list(purchases)
        orders = rpc.create(
            "purchase.order",
            [
                {
                    "partner_id": supplier,
                    "partner_ref": purchase.name,
                    "picking_type_id": warehouse["in_type_id"][0],
                    "order_line": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.shop.products[place].id,
                                "product_qty": quantity,
                                "price_unit": 2,
                            },
                        )
                        for place, quantity in purchase.lines.items()
                    ],
                }
                for purchase in purchases
            ],
        )
        self.stage.patient(lambda: rpc.call("purchase.order", "button_confirm", orders))
        for order, purchase in zip(orders, purchases, strict=True):
            (found,) = rpc.read("purchase.order", [("id", "=", order)], ["picking_ids"])
            self._advices.append((house, purchase, found["picking_ids"][0]))

    def _own(self) -> dict:
        """Give what we need of the warehouse that we run ourselves."""
        (own,) = self.shop.rpc.read(
            "stock.warehouse", [("code", "=", "WH")], ["int_type_id", "lot_stock_id"]
        )
        return own

    def _stock_up_here(self) -> None:
        rpc = self.shop.rpc
        quants = rpc.create(
            "stock.quant",
            [
                {
                    "product_id": self.shop.products[plan.TRANSFERRED].id,
                    "location_id": self._own()["lot_stock_id"][0],
                    "inventory_quantity": plan.TRANSFER * len(self.shop.houses),
                }
            ],
            context={"inventory_mode": True},
        )
        rpc.call("stock.quant", "action_apply_inventory", quants)

    def _transfer(self, house: House) -> None:
        """Send goods from our own warehouse."""
        rpc, own = self.shop.rpc, self._own()
        product = self.shop.products[plan.TRANSFERRED]
        here = own["lot_stock_id"][0]
        way = {"location_id": here, "location_dest_id": house.stock_location_id}
        (picking,) = rpc.create(
            "stock.picking",
            [
                {
                    "picking_type_id": own["int_type_id"][0],
                    **way,
                    "move_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": product.id,
                                "product_uom_qty": plan.TRANSFER,
                                **way,
                            },
                        )
                    ],
                }
            ],
        )
        rpc.call("stock.picking", "action_confirm", [picking])
        self.stage.patient(
            lambda: rpc.call("stock.picking", "action_assign", [picking])
        )
        counts = (Count(plan.TRANSFERRED, plan.TRANSFER),)
        transfer = Purchase(
            "transfer",
            {plan.TRANSFERRED: plan.TRANSFER},
            (Arrival(plan.AFTERNOON, counts),),
        )
        self._advices.append((house, transfer, picking))

    # ---------------------------------------------------------------- count

    def count(self, when: int) -> None:
        """Let the docks count what comes in at this time of the day; once."""
        if when in self.counted:
            return
        self.counted.add(when)
        keys = self._keys()
        partners = self.stage.partners()
        self.watch.wait(
            lambda: all(
                keys[picking] in partners[house.code].dock()["receipts"]
                for house, _purchase, picking in self._advices
            ),
            "both houses know what comes",
        )
        for house, purchase, picking in self._advices:
            for arrival in purchase.arrivals:
                if arrival.when == when:
                    self._receive(house, keys[picking], arrival)
        say("the docks counted what came")

    def _keys(self) -> dict[int, str]:
        """Give the key of each advice by the id of its receipt."""
        ids = [picking for _house, _purchase, picking in self._advices]
        rows = self.shop.rpc.read(
            "stock.picking", [("id", "in", ids)], ["dist_receipt_key"]
        )
        return {row["id"]: row["dist_receipt_key"] for row in rows}

    def _receive(self, house: House, key: str, arrival: Arrival) -> None:
        partner = self.stage.partners()[house.code]
        lines = [
            {
                "sku": self.shop.products[count.product].sku,
                "quantity": count.quantity,
                "condition": count.condition,
                "reason": count.reason,
                # a lot is one of a product: each house has its own names
                "lot": f"{house.code}-{count.lot}" if count.lot else "",
                "expiry": count.expiry,
            }
            for count in arrival.counts
        ]
        partner.receive(key, lines, final=arrival.final, freight=arrival.freight)
