"""Lines inside cartons: how a 945 tells what a warehouse shipped."""

from decimal import Decimal

from pydantic import Field

from .....dist_connector_base.core.canonical.common import Parcel
from .....dist_connector_base.core.canonical.shipment_confirmation import (
    ShipmentConfirmation,
    ShipmentConfirmationLine,
)
from .base import Data, Shape, without
from .lots import LOT_FIELDS, LotFields, number, split_lots

_CONTENT = ("line_key", "sku", "quantity", "unit", *LOT_FIELDS)
_SAME_LINE = ("line_key", "sku", "unit")


class CartonLine(ShipmentConfirmationLine, LotFields):
    """A line, or the part of it in one carton and of one lot."""


class CartonWithLines(Parcel):
    """One LX of a 945: a carton with its lines, or lines in no carton."""

    lines: list[CartonLine] = Field(default_factory=list)


class ConfirmationByCarton(ShipmentConfirmation):
    """A shipment confirmation with its lines inside the cartons."""

    doc_type = ""
    cartons: list[CartonWithLines] = Field(default_factory=list)


def _by_carton(data: Data) -> Data:
    """Put lines into cartons; what no carton holds stands in a last one."""
    lines = [_with_state(line) for line in data.get("lines") or []]
    rows = [dict(row) for row in split_lots(lines)]
    zero = [row for row in rows if not row["quantity"]]
    cartons = []
    for parcel in data.get("parcels") or []:
        inside = []
        for content in parcel.get("contents") or []:
            row = _row_of(rows, content)
            if row is not None:
                row["quantity"] -= content["quantity"]
            inside.append({**without(row or {}, *LOT_FIELDS), **content})
        cartons.append({**parcel, "lines": inside})
    loose = [row for row in rows if row["quantity"] > 0] + zero
    if loose:
        cartons.append({"lines": loose})
    return {**data, "cartons": cartons}


def _with_state(line: Data) -> Data:
    """Say of a line without a reason whether it is complete, as W1201 must."""
    ordered = line.get("ordered_quantity")
    is_short = ordered is not None and line["quantity"] < ordered
    state = "partial" if is_short else "complete"
    return {**line, "reason_code": line.get("reason_code") or state}


def _row_of(rows: list[Data], content: Data) -> Data | None:
    """Find the line (and lot) that a content of a parcel belongs to."""
    for name in ("line_key", "sku"):
        fitting = [row for row in rows if content.get(name) and _is(row, content, name)]
        same_lot = [
            row
            for row in fitting
            if all(row.get(lot) == content.get(lot) for lot in LOT_FIELDS)
        ]
        if fitting:
            return (same_lot or fitting)[0]
    return None


def _is(row: Data, content: Data, name: str) -> bool:
    return row.get(name) == content[name]


def _without_cartons(data: Data) -> Data:
    """Add up the lines of all cartons, and keep what each carton holds."""
    lines: dict[tuple, Data] = {}
    parcels = []
    for carton in data.get("cartons") or []:
        rows = [_without_state(row) for row in carton.get("lines") or []]
        for row in rows:
            _add(lines, row)
        if carton.get("sscc") or carton.get("tracking_number"):
            contents = [
                {name: row[name] for name in _CONTENT if row.get(name)} for row in rows
            ]
            parcels.append({**without(carton, "lines"), "contents": contents})
    rest = without(data, "cartons")
    return {**rest, "lines": list(lines.values()), "parcels": parcels}


def _without_state(row: Data) -> Data:
    # Complete and partial are no reasons: the quantities say as much
    is_state = row.get("reason_code") in ("complete", "partial")
    return without(row, "reason_code") if is_state else row


def _add(lines: dict[tuple, Data], row: Data) -> None:
    key = tuple(row.get(name) for name in _SAME_LINE)
    quantity = number(row.get("quantity"))
    lot = {name: row[name] for name in LOT_FIELDS if row.get(name)}
    if quantity is None:
        # Left as it was read: the document's own check names the fault
        lines[(*key, len(lines))] = without(row, *LOT_FIELDS)
        return
    line = lines.setdefault(
        key, {**without(row, *LOT_FIELDS), "quantity": Decimal(0), "lots": []}
    )
    line["quantity"] += quantity
    if lot:
        _add_lot(line["lots"], lot, quantity)


def _add_lot(lots: list[Data], lot: Data, quantity: Decimal) -> None:
    for held in lots:
        if without(held, "quantity") == lot:
            held["quantity"] += quantity
            return
    lots.append({**lot, "quantity": quantity})


BY_CARTON = Shape(ConfirmationByCarton, _by_carton, _without_cartons)
