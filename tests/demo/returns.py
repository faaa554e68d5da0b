"""What customers send back: authorised, or without a word."""

from ..support.seed import Distributor, House
from ..support.stage import Stage
from . import plan, scenario
from .plan import ComingBack
from .watch import Watch, say


class Returns:
    """Authorises returns, and lets the goods come back."""

    def __init__(self, stage: Stage, shop: Distributor, watch: Watch) -> None:
        self.stage, self.shop, self.watch = stage, shop, watch
        #: House, what comes back, SKU, our number, and the order it is of.
        self._expected: list[tuple[House, ComingBack, str, str, str]] = []

    def authorise(self) -> None:
        """Find a delivery for each return, and tell the house to expect it."""
        chosen: dict[str, list[dict]] = {}

        def enough() -> bool:
            for house in self.shop.houses.values():
                chosen[house.code] = self._choose(house)
            return all(len(found) == len(plan.RETURNS) for found in chosen.values())

        self.watch.wait(enough, "enough was delivered to send some back")
        for house in self.shop.houses.values():
            for back, delivery in zip(plan.RETURNS, chosen[house.code], strict=True):
                self._expect(house, back, delivery)
        say(f"{len(self._expected)} returns are on their way")

    def come_back(self) -> None:
        """Let the parcels arrive at the houses that know of them."""
        partners = self.stage.partners()
        self.watch.wait(
            lambda: all(
                number in self._known(partners[house.code])
                for house, _back, _sku, number, _order in self._expected
                if number
            ),
            "both houses know what comes back",
        )
        for house, back, sku, number, order in self._expected:
            counts = {d: back.dispositions.count(d) for d in back.dispositions}
            lines = [
                {
                    "sku": sku,
                    "quantity": quantity,
                    "disposition": disposition,
                    "reason": plan.REASONS[back.reason],
                }
                for disposition, quantity in counts.items()
            ]
            label = {"order_reference": order} if back.told == "order" else {}
            partners[house.code].take_back(number, lines, **label)
        say("goods came back")

    @staticmethod
    def _known(partner) -> set[str]:
        return {entry["return_key"] for entry in partner.dock()["returns"].values()}

    def _choose(self, house: House) -> list[dict]:
        """Give a delivery for each return, as far as there are some."""
        deliveries = self._deliveries(house)
        chosen = []
        for back in plan.RETURNS:
            fits = [d for d in deliveries if d["quantity"] >= len(back.dispositions)]
            if fits:
                chosen.append(fits[0])
                deliveries.remove(fits[0])
        return chosen

    def _deliveries(self, house: House) -> list[dict]:
        """Give deliveries that left in one piece, each with one untracked product."""
        numbers = [n for n in scenario.QUIET if n <= len(house.orders)]
        orders = [house.orders[number - 1] for number in numbers]
        rpc = self.shop.rpc
        done = rpc.read(
            "stock.move",
            [
                ("picking_id.sale_id", "in", orders),
                ("picking_id.dist_state", "=", "shipped"),
                ("state", "=", "done"),
                ("product_id.tracking", "=", "none"),
            ],
            ["picking_id", "product_id", "quantity"],
            order="quantity, id",
        )
        found = {move["picking_id"][0]: move for move in done}
        skus = {product.id: product.sku for product in self.shop.products}
        sales = rpc.read(
            "stock.picking", [("id", "in", list(found))], ["sale_id", "origin"]
        )
        by_id = {row["id"]: row for row in sales}
        return [
            {
                "id": picking,
                "product_id": move["product_id"][0],
                "sku": skus[move["product_id"][0]],
                "quantity": move["quantity"],
                "sale_id": by_id[picking]["sale_id"][0],
                "origin": by_id[picking]["origin"],
            }
            for picking, move in found.items()
        ]

    def _expect(self, house: House, back: ComingBack, delivery: dict) -> None:
        number = ""
        if back.invoiced:
            self._invoice(delivery["sale_id"])
        if back.told == "authorised":
            number = self._authorise(back, delivery)
        self._expected.append(
            (house, back, delivery["sku"], number, delivery["origin"])
        )

    def _invoice(self, sale_id: int) -> None:
        rpc = self.shop.rpc
        (wizard,) = rpc.create(
            "sale.advance.payment.inv",
            [{"sale_order_ids": [(6, 0, [sale_id])]}],
            context={"active_ids": [sale_id], "active_model": "sale.order"},
        )
        rpc.call("sale.advance.payment.inv", "create_invoices", [wizard])
        (order,) = rpc.read("sale.order", [("id", "=", sale_id)], ["invoice_ids"])
        rpc.call("account.move", "action_post", order["invoice_ids"])

    def _authorise(self, back: ComingBack, delivery: dict) -> str:
        """Make a return of a delivery in the way a user does; give its number."""
        rpc = self.shop.rpc
        action = rpc.call("stock.picking", "action_dist_return", [delivery["id"]])
        (made,) = rpc.read(
            "dist.return", [("id", "=", action["res_id"])], ["name", "line_ids"]
        )
        lines = rpc.read(
            "dist.return.line", [("id", "in", made["line_ids"])], ["product_id"]
        )
        wished = {disposition.lower() for disposition in back.dispositions}
        for line in lines:
            if line["product_id"][0] != delivery["product_id"]:
                continue
            rpc.call(
                "dist.return.line",
                "write",
                [line["id"]],
                {
                    "quantity": len(back.dispositions),
                    "reason_code": back.reason,
                    "disposition": wished.pop() if len(wished) == 1 else "undecided",
                },
            )
            break
        rpc.call("dist.return", "write", [made["id"]], {"exchange": back.exchange})
        self.stage.patient(
            lambda: rpc.call("dist.return", "action_authorise", [made["id"]])
        )
        return made["name"]
