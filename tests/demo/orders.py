"""Sale orders: placed for both houses by turns, some made for a trouble."""

from ..support.seed import SHORT_AT_PARTNER, SHORT_HERE, Distributor, House
from ..support.stage import Stage
from . import scenario
from .watch import say


class Orders:
    """Places the day's orders, and cancels some.

    :param total: orders of the day
    :param kill_after: kill Odoo when so many are placed; 0 = never
    """

    def __init__(
        self, stage: Stage, shop: Distributor, total: int, kill_after: int
    ) -> None:
        self.stage, self.shop = stage, shop
        self.total, self.kill_after = total, kill_after
        self.routed: list[int] = []

    def place(self, target: int) -> None:
        """Place orders until so many are placed in all."""
        routed = sum(number for _country, number in scenario.ROUTED.values())
        target = min(target, self.total if self.routed else self.total - routed)
        while self.placed() < target:
            for house in self.shop.houses.values():
                chunk = min(scenario.CHUNK, target - self.placed())
                first = len(house.orders) + 1
                values = [self._values(house, n) for n in range(first, first + chunk)]
                self.stage.patient(lambda h=house, v=values: self.shop.place(h, v))
            say(f"{self.placed()} orders placed")
            if self.kill_after and self.placed() >= self.kill_after:
                self.kill_after = 0
                say("kill -9 of Odoo in the middle of it all")
                self.stage.kill_odoo()
                self.stage.start_odoo()
                self.shop.rpc = self.stage.rpc()

    def placed(self) -> int:
        """Give how many orders are placed."""
        own = sum(len(house.orders) for house in self.shop.houses.values())
        return own + len(self.routed)

    def place_routed(self) -> None:
        """Place orders that name no warehouse: the rules choose one."""
        rpc = self.shop.rpc
        customers = {"US": self.shop.customers[0], "DE": self._german()}
        product = self.shop.products[0].id
        values = [
            {
                "partner_id": customers[country],
                "order_line": [
                    (0, 0, {"product_id": product, "product_uom_qty": number + 1})
                ],
            }
            for country, count in scenario.ROUTED.values()
            for number in range(count)
        ]
        self.routed = rpc.create("sale.order", values)
        self.stage.patient(
            lambda: rpc.call("sale.order", "action_confirm", self.routed)
        )
        say(f"{len(self.routed)} orders routed by the rules")

    def cancel(self) -> None:
        """Cancel orders in time and too late."""
        for code, number in (*scenario.CANCEL_IN_TIME, *scenario.CANCEL_TOO_LATE):
            order = self.shop.houses[code].orders[number - 1]
            self.stage.patient(
                lambda o=order: self.shop.rpc.call("sale.order", "action_cancel", [o])
            )

    def _values(self, house: House, number: int) -> dict:
        """Give the n-th order of a house; some are made for a trouble."""
        return self._made(house, number) | {"dist_routing": "kept"}

    def _made(self, house: House, number: int) -> dict:
        shop = self.shop
        customer = shop.customers[number % len(shop.customers)]
        if number == scenario.BAD_ADDRESS:
            return shop.order(house, number, shop.bad_address)
        if number == scenario.SHORT_HERE:
            product = shop.products[SHORT_HERE]
            return shop.order_of(house, customer, {product.id: scenario.ASKED_HERE})
        if number == scenario.SHORT_THERE:
            product = shop.products[SHORT_AT_PARTNER]
            return shop.order_of(house, customer, {product.id: scenario.ASKED_THERE})
        if number in scenario.SEVERAL:
            quantities = {shop.products[0].id: 6, shop.products[1].id: 4}
            return shop.order_of(house, customer, quantities)
        return shop.order(house, number)

    def _german(self) -> int:
        """Make a customer in the other country that the rules name."""
        (customer,) = self.shop.rpc.create(
            "res.partner",
            [
                {
                    "name": "Customer in Lübeck",
                    "street": "Beckergrube 1",
                    "city": "Lübeck",
                    "zip": "23552",
                    "country_id": self.shop.rpc.ref("base.de"),
                    "email": "orders.luebeck@example.com",
                    "phone": "+49 451 5550100",
                }
            ],
        )
        return customer
