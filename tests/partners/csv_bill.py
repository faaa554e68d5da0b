"""What the CSV partner bills: a fee for each request that left, and the storage."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .books import requests_of, text
from .faults import strike
from .outbox import Outbox

#: overbill: the fee of a request is three times what was agreed.
FAULTS = ("overbill",)
PALLETS = 12


def bill(
    outbox: Outbox, invoice: str, prices: Mapping[str, str], currency: str
) -> dict[str, str]:
    """Queue the fees and the invoice; return what it comes to.

    :param prices: by fee, as decimal texts: PICK for a request that was shipped,
        STORAGE for a pallet
    """
    today = datetime.date.today().isoformat()
    head = {"invoice_no": invoice, "currency": currency}
    fee = {**head, "charged_on": today, "kind": "CHARGE"}
    books = outbox.books
    with books.work():
        rows = [
            {
                **fee,
                "fee": "PICK",
                "request_key": key,
                "amount": _pick(outbox, key, Decimal(prices["PICK"])),
            }
            for key, entry in requests_of(books).items()
            if entry["shipments"]
        ]
        storage = Decimal(prices["STORAGE"]) * PALLETS
        rows.append(
            {
                **fee,
                "fee": "STORAGE",
                "amount": text(storage),
                "quantity": str(PALLETS),
                "remark": f"{PALLETS} pallets",
            }
        )
        rows = [_whole(row, f"{invoice}-{n}") for n, row in enumerate(rows, 1)]
        total = text(sum((Decimal(row["amount"]) for row in rows), Decimal(0)))
        outbox.queue("FEE", invoice, rows)
        outbox.queue("BILL", invoice, [{**head, "invoiced_on": today, "total": total}])
    return {"total": total}


def _pick(outbox: Outbox, key: str, price: Decimal) -> str:
    struck = strike(outbox.books, FAULTS, request_key=key)
    return text(price * 3 if struck else price)


def _whole(row: dict[str, Any], number: str) -> dict[str, str]:
    told = ("request_key", "tracking", "weight_kg", "quantity", "remark")
    return {**dict.fromkeys(told, ""), **row, "charge_no": number}
