"""The files that the CSV partner and its customer agreed on: UTF-8, ``;``, a header."""

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from .warehouse import OrderLine

COLUMNS = {
    "ORD": "request_key;order_reference;ship_to_name;street;street2;city;zip;state;"
    "country;phone;email;carrier;service;requested_date;line_key;sku;description;"
    "quantity;unit;lot;warehouse;priority;kit;kits",
    "ITEM": "sku;name;tracking;has_expiry;weight_kg;volume_m3;unit;contains;gtin;"
    "component",
    "CHG": "change_key;request_key;changes;ship_to_name;street;street2;city;zip;state;"
    "country;phone;email;carrier;service;ship_date;requested_date;line_key;sku;"
    "quantity;previous_quantity;unit;warehouse",
    "CAN": "request_key;reason",
    "HLD": "hold_key;request_key;keep_stock;reason_code;reason",
    "RLS": "hold_key;request_key",
    "ACK": "request_key;status;warehouse_reference;reason_code;reason_text;change_key;"
    "hold_key;said_at;substatus",
    "SHP": "shipment_no;request_key;warehouse_reference;shipped_at;carrier;service;"
    "line_key;sku;quantity;unit;lot;serial;expiry;tracking;weight_kg;sscc;final;"
    "warehouse;shipping_cost;currency;status;substatus;substitutes",
    "INV": "taken_at;sku;quantity;allocated;lot;expiry;status;warehouse",
    "ASN": "receipt_key;order_reference;supplier;expected_date;line_key;sku;"
    "description;quantity;unit;pack_unit;packs;lots;warehouse",
    "ASC": "receipt_key;reason",
    "RMA": "return_key;order_reference;request_key;tracking;original_tracking;"
    "line_key;sku;quantity;unit;reason_code;disposition;warehouse",
    "RAK": "receipt_key;status;warehouse_reference;reason_code;reason_text",
    "RCV": "receipt_no;receipt_key;order_reference;warehouse_reference;received_at;"
    "line_key;sku;quantity;unit;condition;lot;serial;expiry;reason_code;reason_text;"
    "freight;currency;final;warehouse",
    "RTN": "return_no;return_key;order_reference;request_key;tracking;"
    "original_tracking;returned_at;sku;quantity;unit;disposition;reason_code;"
    "reason_text;lot;serial;expiry;warehouse",
    "ADJ": "adjustment_no;adjusted_at;sku;quantity;unit;reason_code;reason_text;"
    "from_status;status;lot;expiry",
    "FEE": "charge_no;invoice_no;charged_on;kind;fee;amount;currency;request_key;"
    "tracking;weight_kg;quantity;remark",
    "BILL": "invoice_no;invoiced_on;currency;total",
}

#: A free-text column of each file, where an umlaut shows which charset was used.
TEXT_COLUMN = {
    "ACK": "reason_text",
    "SHP": "service",
    "INV": "status",
    "RAK": "reason_text",
    "RCV": "reason_text",
    "RTN": "reason_text",
    "ADJ": "reason_text",
    "FEE": "remark",
}

#: The column that names the document that a file to the partner is about.
KEY_COLUMN = {
    "ITEM": "sku",
    "ORD": "request_key",
    "CHG": "change_key",
    "CAN": "request_key",
    "HLD": "hold_key",
    "RLS": "hold_key",
    "ASN": "receipt_key",
    "ASC": "receipt_key",
    "RMA": "return_key",
}

#: Columns that not every row fills in.
LATER = {
    "warehouse",
    "change_key",
    "hold_key",
    "said_at",
    "substatus",
    "shipping_cost",
    "currency",
    "status",
    "substitutes",
}

Row = Mapping[str, str]


class AgreementError(Exception):
    """A file is not as agreed; the text says what and where."""


def read(kind: str, content: bytes) -> list[dict[str, str]]:
    """Read a file of this kind. Raises AgreementError."""
    try:
        decoded = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AgreementError(f"byte {error.start} is not UTF-8") from error
    table = list(csv.reader(io.StringIO(decoded, newline=""), delimiter=";"))
    columns = COLUMNS[kind].split(";")
    if not table or table[0] != columns:
        raise AgreementError(f"header {table[0] if table else ''} is not {columns}")
    rows = []
    for number, values in enumerate(table[1:], 2):
        if len(values) != len(columns):
            raise AgreementError(f"row {number} has {len(values)} values")
        rows.append(dict(zip(columns, values, strict=True)))
    if not rows:
        raise AgreementError("the file has no rows")
    return rows


def write(kind: str, rows: Iterable[Row], delimiter: str = ";") -> str:
    """Write a file of this kind."""
    columns = COLUMNS[kind].split(";")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row, name) for name in columns] for row in rows)
    return out.getvalue()


def _cell(row: Row, name: str) -> str:
    return row.get(name, "") if name in LATER else row[name]


def spoiled(kind: str, rows: Iterable[Row], fault: str) -> bytes:
    """Return the file as a changed export setting in the warehouse writes it."""
    if fault == "wrong_delimiter":
        return write(kind, rows, delimiter=",").encode()
    column = TEXT_COLUMN[kind]
    rows = [{**row, column: f"{row[column]} für Lübeck".strip()} for row in rows]
    return write(kind, rows).encode("latin-1")


def by_lot(rows: Iterable[Row]) -> list[dict[str, str]]:
    """Return the rows of an order, one for each lot that a line is to be picked from.

    Raises AgreementError.
    """
    result = []
    for number, row in enumerate(rows, 2):
        lots = [part.split("=") for part in row["lot"].split(",") if "=" in part]
        if not lots:
            result.append(dict(row))
            continue
        if sum(Decimal(quantity) for _lot, quantity in lots) != Decimal(
            row["quantity"]
        ):
            raise AgreementError(f"row {number}: the lots do not add up")
        result += [{**row, "lot": lot, "quantity": part} for lot, part in lots]
    return result


def order_lines(rows: Iterable[Row]) -> list[OrderLine]:
    """Return the lines of an order file. Raises AgreementError."""
    result = []
    for number, row in enumerate(rows, 2):
        for name in ("line_key", "sku"):
            if not row[name]:
                raise AgreementError(f"row {number}: {name} is empty")
        try:
            quantity = Decimal(row["quantity"])
        except InvalidOperation as error:
            raise AgreementError(
                f"row {number}: quantity {row['quantity']!r}"
            ) from error
        if not quantity.is_finite() or quantity <= 0:
            raise AgreementError(f"row {number}: quantity {quantity}")
        result.append(
            OrderLine(
                row["line_key"],
                row["sku"],
                row.get("description", ""),
                quantity,
                row.get("lot", ""),
            )
        )
    return result
