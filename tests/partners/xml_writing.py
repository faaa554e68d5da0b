"""The files that the XML partner writes, made of the rows of ``csv_files``.

Shipments and receipts come in a namespace of the house's own, returns with a prefix:
readers that look at local names read all alike.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from .books import text
from .csv_files import TEXT_COLUMN, Row

HOUSE = "urn:example:lagerhaus:1"


def write(kind: str, rows: Sequence[Row], root: str = "") -> bytes:
    """Write a file of this kind; ``root`` is another name than was agreed."""
    element = _WRITERS[kind](_maker(kind), rows)
    if root:
        element.tag = root
    return etree.tostring(element, xml_declaration=True, encoding="UTF-8")


def spoiled(kind: str, rows: Sequence[Row], fault: str) -> bytes:
    """Return the file as a changed export setting in the warehouse writes it."""
    if fault == "wrong_delimiter":
        return write(kind, rows, root="Export")
    column = TEXT_COLUMN[kind]
    rows = [{**row, column: f"{row[column]} für Lübeck".strip()} for row in rows]
    return write(kind, rows).decode().encode("latin-1")


def _maker(kind: str) -> ElementMaker:
    if kind in ("SHP", "RCV"):
        return ElementMaker(namespace=HOUSE, nsmap={None: HOUSE})
    if kind == "RTN":
        return ElementMaker(namespace=HOUSE, nsmap={"lager": HOUSE})
    return ElementMaker()


def _filled(make: ElementMaker, row: Row, **elements: str) -> list[Any]:
    """Give elements for the columns that hold something."""
    return [
        make(name, row[column]) for name, column in elements.items() if row.get(column)
    ]


def _numbered(make: ElementMaker, name: str, number: str, row: Row, *parts: Any) -> Any:
    element = make(name, *parts, number=number)
    if row.get("warehouse"):
        element.set("warehouse", row["warehouse"])
    return element


def _together(rows: Iterable[Row], *columns: str) -> list[list[Row]]:
    """Give the rows in groups of the same values, in order of appearance."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[name] for name in columns), []).append(row)
    return list(groups.values())


def _quantity(make: ElementMaker, rows: Sequence[Row]) -> Any:
    total = sum((Decimal(row["quantity"]) for row in rows), Decimal(0))
    return make.Quantity(text(total), unit=rows[0].get("unit") or "each")


def _lots(make: ElementMaker, rows: Sequence[Row]) -> list[Any]:
    parts = [
        make.Lot(
            *_filled(make, row, Number="lot", Serial="serial", Expiry="expiry"),
            make.Quantity(row["quantity"]),
        )
        for row in rows
        if row["lot"] or row["serial"]
    ]
    return [make.Lots(*parts)] if parts else []


def _answers(root: str, key: str) -> Any:
    def make_root(make: ElementMaker, rows: Sequence[Row]) -> Any:
        answers = []
        for row in rows:
            answer = make.Response(
                *_filled(
                    make,
                    row,
                    Status="status",
                    WarehouseReference="warehouse_reference",
                    ReasonCode="reason_code",
                    ReasonText="reason_text",
                    SaidAt="said_at",
                    SubStatus="substatus",
                ),
                number=row[key],
            )
            for name, column in (("change", "change_key"), ("hold", "hold_key")):
                if row.get(column):
                    answer.set(name, row[column])
            answers.append(answer)
        return make(root, *answers)

    return make_root


def _shipments(make: ElementMaker, rows: Sequence[Row]) -> Any:
    return make.Shipments(
        *(_shipment(make, group) for group in _together(rows, "shipment_no"))
    )


def _shipment(make: ElementMaker, rows: Sequence[Row]) -> Any:
    first = rows[0]
    lines = [
        make.Line(
            make.Sku(group[0]["sku"]),
            _quantity(make, group),
            *_lots(make, group),
            id=group[0]["line_key"],
        )
        for group in _together(rows, "line_key", "sku")
    ]
    parcels = []
    for group in _together(rows, "tracking", "sscc"):
        contents = [
            make.Item(
                make.Sku(row["sku"]),
                _quantity(make, [row]),
                *_filled(make, row, Lot="lot", Serial="serial", Expiry="expiry"),
                line=row["line_key"],
            )
            for row in group
        ]
        parcels.append(
            make.Parcel(
                *_filled(make, group[0], Tracking="tracking", WeightKg="weight_kg"),
                make.Contents(*contents),
                sscc=group[0]["sscc"],
            )
        )
    head = _filled(
        make,
        first,
        Order="request_key",
        WarehouseReference="warehouse_reference",
        ShippedAt="shipped_at",
        Carrier="carrier",
        Service="service",
        Status="status",
        SubStatus="substatus",
    )
    if first.get("shipping_cost"):
        cost = make.ShippingCost(first["shipping_cost"], currency=first["currency"])
        head.append(cost)
    final = make.Final("true" if first["final"] == "Y" else "false")
    parts = (*head, final, make.Lines(*lines), make.Parcels(*parcels))
    return _numbered(make, "Shipment", first["shipment_no"], first, *parts)


def _receipts(make: ElementMaker, rows: Sequence[Row]) -> Any:
    receipts = []
    for group in _together(rows, "receipt_no"):
        first = group[0]
        lines = [
            make.Line(
                make.Sku(part[0]["sku"]),
                _quantity(make, part),
                make.Condition(part[0]["condition"]),
                *_filled(
                    make, part[0], ReasonCode="reason_code", ReasonText="reason_text"
                ),
                *_lots(make, part),
                id=part[0]["line_key"],
            )
            for part in _together(group, "line_key", "sku", "condition")
        ]
        charges = [
            make.Charge(row["freight"], kind="FREIGHT", currency=row["currency"])
            if row["currency"]
            else make.Charge(row["freight"], kind="FREIGHT")
            for row in group
            if row["freight"]
        ]
        head = _filled(
            make,
            first,
            Advice="receipt_key",
            Reference="order_reference",
            WarehouseReference="warehouse_reference",
            ReceivedAt="received_at",
        )
        final = make.Final("true" if first["final"] == "Y" else "false")
        parts = [*head, final, make.Lines(*lines)]
        parts += [make.Charges(*charges)] if charges else []
        receipts.append(_numbered(make, "Receipt", first["receipt_no"], first, *parts))
    return make.Receipts(*receipts)


def _returns(make: ElementMaker, rows: Sequence[Row]) -> Any:
    returns = []
    for group in _together(rows, "return_no"):
        first = group[0]
        lines = [
            make.Line(
                make.Sku(part[0]["sku"]),
                _quantity(make, part),
                *_filled(
                    make,
                    part[0],
                    Disposition="disposition",
                    ReasonCode="reason_code",
                    ReasonText="reason_text",
                ),
                *_lots(make, part),
            )
            for part in _together(group, "sku", "disposition", "reason_code")
        ]
        head = _filled(
            make,
            first,
            Authorisation="return_key",
            Reference="order_reference",
            Order="request_key",
            Tracking="tracking",
            OriginalTracking="original_tracking",
            ReturnedAt="returned_at",
        )
        parts = (*head, make.Lines(*lines))
        returns.append(_numbered(make, "Return", first["return_no"], first, *parts))
    return make.Returns(*returns)


def _adjustments(make: ElementMaker, rows: Sequence[Row]) -> Any:
    adjustments = []
    for group in _together(rows, "adjustment_no"):
        lines = [
            make.Line(
                make.Sku(row["sku"]),
                _quantity(make, [row]),
                *_filled(
                    make,
                    row,
                    ReasonCode="reason_code",
                    ReasonText="reason_text",
                    FromStatus="from_status",
                    Status="status",
                    Lot="lot",
                    Expiry="expiry",
                ),
            )
            for row in group
        ]
        head = make.AdjustedAt(group[0]["adjusted_at"])
        adjustments.append(
            _numbered(
                make,
                "Adjustment",
                group[0]["adjustment_no"],
                group[0],
                head,
                make.Lines(*lines),
            )
        )
    return make.Adjustments(*adjustments)


def _stock(make: ElementMaker, rows: Sequence[Row]) -> Any:
    parts = [
        make.Row(
            make.Sku(row["sku"]),
            _quantity(make, [row]),
            *_filled(
                make,
                row,
                Allocated="allocated",
                Lot="lot",
                Expiry="expiry",
                Status="status",
            ),
        )
        for row in rows
    ]
    stock = make.Stock(*parts, taken_at=rows[0]["taken_at"])
    if rows[0].get("warehouse"):
        stock.set("warehouse", rows[0]["warehouse"])
    return stock


def _fees(make: ElementMaker, rows: Sequence[Row]) -> Any:
    fees = []
    for row in rows:
        head = _filled(
            make,
            row,
            Invoice="invoice_no",
            ChargedOn="charged_on",
            Kind="kind",
            Code="fee",
        )
        rest = _filled(
            make,
            row,
            Order="request_key",
            Tracking="tracking",
            WeightKg="weight_kg",
            Quantity="quantity",
            Remark="remark",
        )
        amount = make.Amount(row["amount"], currency=row["currency"])
        fees.append(make.Fee(*head, amount, *rest, number=row["charge_no"]))
    return make.Fees(*fees)


def _invoices(make: ElementMaker, rows: Sequence[Row]) -> Any:
    return make.Invoices(
        *(
            make.Invoice(
                make.InvoicedOn(row["invoiced_on"]),
                make.Total(row["total"], currency=row["currency"]),
                number=row["invoice_no"],
            )
            for row in rows
        )
    )


_WRITERS = {
    "ACK": _answers("OrderResponses", "request_key"),
    "RAK": _answers("AdviceResponses", "receipt_key"),
    "SHP": _shipments,
    "RCV": _receipts,
    "RTN": _returns,
    "ADJ": _adjustments,
    "INV": _stock,
    "FEE": _fees,
    "BILL": _invoices,
}
