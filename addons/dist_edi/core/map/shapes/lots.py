"""One line per lot: how messages write lines whose goods come from several lots."""

from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, Field

from .....dist_connector_base.core.canonical.fields import Day, Key
from .....dist_connector_base.core.canonical.receipt_confirmation import (
    ReceiptConfirmation,
    ReceivedLine,
)
from .....dist_connector_base.core.canonical.receipt_notice import (
    ReceiptNotice,
    ReceiptNoticeLine,
)
from .base import Data, Shape, without

LOT_FIELDS = ("lot", "serial", "expiry")


class LotFields(BaseModel):
    """The lot of a line that stands for one lot only."""

    lot: Key | None = None
    serial: Key | None = None
    expiry: Day | None = None


def number(value: Any) -> Decimal | None:
    """Give a quantity that was read as a number, None when it is none."""
    try:
        found = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return found if found.is_finite() and abs(found) < 10**15 else None


def split_lots(lines: list[Data]) -> list[Data]:
    """Give one line per lot; what no lot covers is a line of its own."""
    rows = []
    for line in lines:
        left = line["quantity"]
        for lot in line.get("lots") or []:
            rows.append({**without(line, "lots"), **lot})
            left -= lot["quantity"]
        if left > 0 or not line.get("lots"):
            rows.append({**line, "quantity": left, "lots": []})
    return rows


def join_lots(rows: list[Data]) -> list[Data]:
    """Join neighbours that differ in their lot only into one line with lots."""
    lines: list[Data] = []
    last: Data | None = None
    for row in rows:
        lot = {name: row[name] for name in LOT_FIELDS if row.get(name)}
        line = without(row, *LOT_FIELDS)
        quantity = number(row.get("quantity"))
        if lot:
            line["lots"] = [{**lot, "quantity": row.get("quantity")}]
        if last is not None and quantity is not None and _same(last, line):
            last["quantity"] = number(last["quantity"]) + quantity
            last["lots"] = [*last["lots"], *line.get("lots", [])]
            continue
        lines.append(line)
        has_number = quantity is not None
        last = line if lot and has_number else None
    return lines


def _same(one: Data, other: Data) -> bool:
    return without(one, "quantity", "lots") == without(other, "quantity", "lots")


class ReceiptNoticeRow(ReceiptNoticeLine, LotFields):
    """An expected product of one lot."""


class ReceiptNoticeByLot(ReceiptNotice):
    """A receipt notice with one line per lot."""

    doc_type = ""
    lines: list[ReceiptNoticeRow] = Field(default_factory=list)


class ReceivedRow(ReceivedLine, LotFields):
    """A received product of one lot."""


class ReceiptConfirmationByLot(ReceiptConfirmation):
    """A receipt confirmation with one line per lot."""

    doc_type = ""
    lines: list[ReceivedRow] = Field(default_factory=list)


def _split(data: Data) -> Data:
    return {**data, "lines": split_lots(data.get("lines") or [])}


def _join(data: Data) -> Data:
    return {**data, "lines": join_lots(data.get("lines") or [])}


BY_LOT_NOTICE = Shape(ReceiptNoticeByLot, _split, _join)
BY_LOT_RECEIPT = Shape(ReceiptConfirmationByLot, _split, _join)
