"""The day's figures: read from Odoo's database and the partners' books."""

from collections import Counter
from typing import Any

from ..support.seed import Distributor
from ..support.stage import Stage
from . import scenario
from .books import Books, compare
from .dock_books import Side, compare_docks
from .stock_books import planted, unexplained
from .watch import say

#: What must be zero, and what the day must have exercised.
NEVER = (
    "messages_lost",
    "effects_doubled",
    "books_differ",
    "differences_unexplained",
    "contract_violations",
    "unfinished",
    "troubles_missed",
)
ALWAYS = (
    "shipped_in_full",
    "shipped_in_part",
    "backordered",
    "rejected",
    "cancelled",
    "cancels_refused",
    "duplicates_refused",
    "exceptions_open",
    "orders_routed",
    "receipts",
    "receipts_in_parts",
    "receipts_waiting",
    "receipts_short",
    "goods_damaged",
    "lots_received",
    "transfers_received",
    "freight_noted",
    "returns",
    "returns_unannounced",
    "returns_unassigned",
    "returns_quarantined",
    "returns_scrapped",
    "credit_notes_proposed",
    "replacements_sent",
    "adjustments_booked",
    "adjustments_waiting",
    "fees_audited",
    "fees_disputed",
    "differences_real",
    "differences_late",
)
#: A receipt of an outside warehouse that is booked; ``p`` is the transfer.
RECEIPT = "p.dist_receipt_key IS NOT NULL AND p.state = 'done'"
#: Figures that are one number of Odoo's database.
COUNTED = {
    "orders": "SELECT count(*) FROM sale_order",
    "backordered": """SELECT count(*) FROM stock_picking
        WHERE backorder_id IS NOT NULL AND dist_request_key IS NOT NULL""",
    "rejected": "SELECT count(*) FROM stock_picking WHERE dist_state = 'rejected'",
    "duplicates_refused": "SELECT count(*) FROM dist_message WHERE state = 'duplicate'",
    "cancels_refused": """SELECT count(*) FROM dist_message
        WHERE message_type = 'fulfilment_cancel' AND res_id IN (
              SELECT id FROM stock_picking WHERE state = 'done')""",
    "receipts": f"SELECT count(*) FROM stock_picking p WHERE {RECEIPT}",
    "receipts_in_parts": f"""SELECT count(*) FROM stock_picking p
        WHERE {RECEIPT} AND p.backorder_id IS NOT NULL""",
    "receipts_waiting": """SELECT count(DISTINCT m.id) FROM dist_exception e
        JOIN dist_message m ON m.id = e.message_id
       WHERE m.message_type = 'receipt_confirmation' AND m.state = 'exception'
         AND e.state != 'resolved'""",
    "receipts_short": """SELECT count(DISTINCT r.receipt_key) FROM dist_receipt_line r
        JOIN stock_picking p ON p.dist_receipt_key = r.receipt_key AND p.state = 'done'
       WHERE r.quantity_received < r.quantity""",
    "goods_damaged": "SELECT count(*) FROM dist_receipt_line"
    " WHERE quantity_blocked > 0",
    "lots_received": f"""SELECT count(DISTINCT l.lot_id) FROM stock_move_line l
        JOIN stock_lot lot ON lot.id = l.lot_id AND lot.expiration_date IS NOT NULL
        JOIN stock_picking p ON p.id = l.picking_id
       WHERE l.state = 'done' AND {RECEIPT}""",
    "transfers_received": f"""SELECT count(*) FROM stock_picking p
        JOIN stock_picking_type t ON t.id = p.picking_type_id AND t.code = 'internal'
       WHERE {RECEIPT}""",
    "freight_noted": "SELECT count(*) FROM dist_receipt_cost",
    "returns": "SELECT count(*) FROM dist_return WHERE state = 'received'",
    "returns_unannounced": "SELECT count(*) FROM dist_return WHERE is_blind",
    "returns_unassigned": "SELECT count(*) FROM dist_return WHERE state = 'unassigned'",
    "returns_quarantined": "SELECT count(*) FROM dist_return_line"
    " WHERE quantity_quarantined > 0",
    "returns_scrapped": "SELECT count(*) FROM dist_return_line"
    " WHERE quantity_scrapped > 0",
    "credit_notes_proposed": "SELECT count(*) FROM dist_return"
    " WHERE credit_note_id IS NOT NULL",
    "replacements_sent": """SELECT count(*) FROM stock_picking
        WHERE dist_replaces_id IS NOT NULL AND dist_state = 'shipped'""",
    "adjustments_booked": "SELECT count(*) FROM dist_adjustment"
    " WHERE state = 'applied'",
    "adjustments_waiting": "SELECT count(*) FROM dist_adjustment"
    " WHERE state = 'to_approve'",
    "fees_audited": "SELECT count(*) FROM dist_service_charge",
    "fees_disputed": "SELECT count(*) FROM dist_service_charge"
    " WHERE state = 'disputed' AND user_id IS NOT NULL",
    "differences_real": "SELECT count(*) FROM dist_reconciliation_line"
    " WHERE current AND kind != 'late'",
    "differences_late": "SELECT count(*) FROM dist_reconciliation_line"
    " WHERE current AND kind = 'late'",
}


class Report:
    """Compares both sides' books, and counts."""

    def __init__(self, stage: Stage, shop: Distributor) -> None:
        self.stage, self.shop = stage, shop

    def figures(self) -> dict[str, Any]:
        """Give the day's figures; what is wrong is told aloud."""
        sides = [
            Side(
                self.shop.houses[code],
                partner.books(),
                partner.dock(),
                partner.levels(),
                partner.aside(),
            )
            for code, partner in self.stage.partners().items()
        ]
        theirs = {key: entry for side in sides for key, entry in side.requests.items()}
        with Books(self.stage.build, self.stage.database) as odoo:
            found = compare(odoo, theirs)
            docks = compare_docks(odoo, sides)
            for kind, sentences in docks.sentences().items():
                found[kind] += sentences
            found["unexplained"] = unexplained(
                odoo, sides, docks.gaps, planted(self.shop)
            )
            for kind, sentences in found.items():
                for sentence in sentences:
                    say(f"{kind}: {sentence}")
            return self._figures(odoo, theirs, found)

    def _figures(self, odoo: Books, theirs: dict, found: dict) -> dict[str, Any]:
        final = Counter(_fate(entry) for entry in theirs.values())
        partners = self.stage.partners().values()
        by_class = odoo.rows(
            """SELECT error_class, count(*) FROM dist_exception
                WHERE state != 'resolved' GROUP BY 1 ORDER BY 1"""
        )
        return {
            "requests_sent": len(theirs),
            "shipped_in_full": final["full"],
            "shipped_in_part": final["part"],
            "cancelled": final["cancelled"],
            "exceptions_open": dict(by_class),
            **{name: odoo.number(query) for name, query in COUNTED.items()},
            "orders_routed": self._routed(odoo),
            "messages_lost": len(found["lost"]),
            "effects_doubled": len(found["doubled"]),
            "books_differ": len(found["different"]),
            "differences_unexplained": len(found["unexplained"]),
            "troubles_missed": sum(
                fault["remaining"] for p in partners for fault in p.faults()
            ),
            "contract_violations": sum(len(p.violations()) for p in partners),
            "unfinished": sum(self.stage.in_work().values()),
        }

    def _routed(self, odoo: Books) -> int:
        """Count the orders that the rules gave to the house of their country."""
        return sum(
            odoo.number(
                """SELECT count(*) FROM sale_order o
                     JOIN res_partner p ON p.id = o.partner_shipping_id
                     JOIN res_country c ON c.id = p.country_id
                    WHERE o.dist_routing = 'auto' AND o.dist_routing_log IS NOT NULL
                      AND c.code = %s AND o.warehouse_id = %s""",
                country,
                self.shop.houses[code].warehouse_id,
            )
            for code, (country, _number) in scenario.ROUTED.items()
        )


def _fate(entry: dict) -> str:
    """Say how a request ended at the partner."""
    if not entry["shipments"]:
        return "cancelled" if entry["cancelled"] else "open"
    return "full" if entry["status"] == "shipped" else "part"


def problems(figures: dict[str, Any]) -> list[str]:
    """Give what makes a day a failure."""
    wrong = [
        f"{name} is {figures[name]}, expected 0" for name in NEVER if figures[name]
    ]
    wrong += [
        f"{name} is 0: the day did not exercise it"
        for name in ALWAYS
        if not figures[name]
    ]
    return wrong
