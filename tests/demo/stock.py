"""Changes of stock that a house tells, those that it does not, and the comparison."""

import datetime
import time

from ..support.seed import Distributor
from ..support.stage import Stage
from . import plan
from .watch import Watch, say

SOURCE = "partner_stock"


class Stock:
    """Changes stock at the partners, and compares it with Odoo's."""

    def __init__(self, stage: Stage, shop: Distributor, watch: Watch) -> None:
        self.stage, self.shop, self.watch = stage, shop, watch

    def change(self) -> None:
        """Let the houses find, lose and re-grade stock, and tell it."""
        for code, partner in self.stage.partners().items():
            if not self.shop.houses[code].tells_changes:
                continue
            for change in plan.CHANGES:
                if change.from_status and not self.shop.houses[code].tells_statuses:
                    continue
                more = {"status": change.status}
                if change.from_status:
                    more["from_status"] = change.from_status
                sku = self.shop.products[change.product].sku
                partner.change(sku, change.quantity, change.reason, **more)
        say("stock was counted")

    def plant(self) -> None:
        """Put aside at a partner what it does not tell; the shrinkage is there already.

        What it sells for more than it has is found when it ships.
        """
        partners = self.stage.partners()
        for (code, product, status), quantity in plan.PLANTED.items():
            if status != "sellable":
                entry = {
                    "sku": self.shop.products[product].sku,
                    "quantity": quantity,
                    "status": status.upper(),
                }
                partners[code].stock([entry])

    def compare(self) -> None:
        """Have both partners send their whole stock, and compare it."""
        time.sleep(2)  # partners tell the moment of a list in whole seconds
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.stage.csv.report_inventory()
        self.stage.settle_partners()
        self.stage.fetch_all()
        self.watch.wait(
            lambda: (
                self.watch.number(
                    """SELECT count(DISTINCT backend_id) FROM dist_partner_snapshot
                        WHERE state = 'complete' AND taken_at >= %s""",
                    now.replace(tzinfo=None),
                )
                == len(self.shop.houses)
            ),
            "both partners have told their stock",
        )
        self.watch.wait(self.watch.quiet, "the stock lists are stored")
        for house in self.shop.houses.values():
            self.stage.patient(lambda h=house: self._compare(h.backend_id))
        say("both stocks are compared")

    def _compare(self, backend_id: int) -> None:
        rpc = self.shop.rpc
        (wizard,) = rpc.create(
            "dist.reconciliation.start", [{"source": SOURCE, "backend_id": backend_id}]
        )
        rpc.call("dist.reconciliation.start", "action_start", [wizard])

    # ----------------------------------------------------------------- fees

    def bill(self) -> None:
        """Let the house that bills send its invoice, with one fee too high."""
        keys = self.shop.keys(self.shop.houses["CSV"])
        csv = self.stage.csv
        csv.fault("overbill", match={"request_key": keys[1]})
        csv.bill("HL-0001", dict(plan.RATES.values()), "USD")
        self.stage.settle_partners()
        self.stage.fetch_all()
        self.watch.wait(
            lambda: (
                bool(
                    self.watch.number(
                        "SELECT count(*) FROM dist_service_invoice WHERE has_total"
                    )
                )
                and self.watch.quiet()
            ),
            "the fees are audited",
        )
        say("the house sent its bill")
