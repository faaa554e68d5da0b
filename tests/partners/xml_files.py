"""The files that the XML partner takes, as the rows of ``csv_files``.

Read with lxml alone, from the document that both sides agreed on
(``readme/FILES_XML.md`` of the addon); what nobody agreed on is refused.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from lxml import etree

from .csv_files import COLUMNS, AgreementError


class Plan(NamedTuple):
    """Where the columns of a file stand in its element.

    :ivar root: the name of the element that the file is
    :ivar head: column to path, for what stands once
    :ivar lines: path of what makes a row; empty: the file is one row
    :ivar line: column to path below it
    :ivar also: paths that are agreed and read by :func:`_extras`
    """

    root: str
    head: Mapping[str, str]
    lines: str = ""
    line: Mapping[str, str] = {}
    also: tuple[str, ...] = ()


_QUANTITY = {"sku": "Sku", "quantity": "Quantity", "unit": "Quantity/@unit"}
_TO = {
    "ship_to_name": "Consignee/Name",
    "street": "Consignee/Street",
    "street2": "Consignee/Street2",
    "city": "Consignee/City",
    "zip": "Consignee/PostalCode",
    "state": "Consignee/State",
    "country": "Consignee/Country",
    "phone": "Consignee/Phone",
    "email": "Consignee/Email",
}
_SHIPPING = {"carrier": "Carrier", "service": "Service", **_TO}

PLANS = {
    "ITEM": Plan(
        "Item",
        {
            "sku": "@sku",
            "name": "Name",
            "tracking": "Tracking",
            "has_expiry": "HasExpiry",
            "weight_kg": "WeightKg",
            "volume_m3": "VolumeM3",
            "unit": "Unit",
            "gtin": "Gtin",
        },
        also=(
            "Packs/Pack/@unit",
            "Packs/Pack/@quantity",
            "Packs/Pack/Gtin",
            "Components/Component/@sku",
            "Components/Component/@unit",
            "Components/Component",
        ),
    ),
    "ORD": Plan(
        "Order",
        {
            "request_key": "@number",
            "warehouse": "@warehouse",
            "order_reference": "Reference",
            "requested_date": "DeliveryDate",
            "priority": "Priority",
            **_SHIPPING,
        },
        "Lines/Line",
        {"line_key": "@id", "description": "Description", **_QUANTITY}
        | {"kit": "Kit", "kits": "Kit/@kits"},
        also=("Consignee/Contact", "Lines/Line/Lot", "Lines/Line/Lot/@quantity"),
    ),
    "CHG": Plan(
        "ChangeOrder",
        {
            "change_key": "@number",
            "warehouse": "@warehouse",
            "request_key": "Order",
            "ship_date": "ShipDate",
            "requested_date": "DeliveryDate",
            **_SHIPPING,
        },
        "Lines/Line",
        {"line_key": "@id", "previous_quantity": "PreviousQuantity", **_QUANTITY},
        also=("Changes/Change", "Consignee/Contact"),
    ),
    "HLD": Plan(
        "HoldOrder",
        {
            "hold_key": "@number",
            "request_key": "Order",
            "keep_stock": "KeepStock",
            "reason_code": "ReasonCode",
            "reason": "Reason",
        },
    ),
    "RLS": Plan("ReleaseOrder", {"hold_key": "@number", "request_key": "Order"}),
    "CAN": Plan("CancelOrder", {"request_key": "@number", "reason": "Reason"}),
    "ASN": Plan(
        "Advice",
        {
            "receipt_key": "@number",
            "warehouse": "@warehouse",
            "order_reference": "Reference",
            "supplier": "Supplier",
            "expected_date": "ExpectedDate",
        },
        "Lines/Line",
        {"line_key": "@id", "description": "Description", **_QUANTITY}
        | {"pack_unit": "Packs/Pack/@unit", "packs": "Packs/Pack"},
        also=(
            "Lines/Line/Packs/Pack/@contains",
            *(
                f"Lines/Line/Lots/Lot/{name}"
                for name in ("Number", "Serial", "Expiry", "Quantity")
            ),
        ),
    ),
    "ASC": Plan("CancelAdvice", {"receipt_key": "@number", "reason": "Reason"}),
    "RMA": Plan(
        "ReturnAuthorisation",
        {
            "return_key": "@number",
            "warehouse": "@warehouse",
            "order_reference": "Reference",
            "request_key": "Order",
            "tracking": "Tracking",
            "original_tracking": "OriginalTracking",
        },
        "Lines/Line",
        {
            "line_key": "@id",
            "reason_code": "ReasonCode",
            "disposition": "Disposition",
            **_QUANTITY,
        },
    ),
}


def read(kind: str, content: bytes) -> list[dict[str, str]]:
    """Read a file of this kind as its rows. Raises AgreementError."""
    plan = PLANS[kind]
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise AgreementError(f"is not XML: {error}") from error
    if root.tag != plan.root:
        raise AgreementError(f"is a <{root.tag}> and not a <{plan.root}>")
    _refuse_others(root, plan)
    empty = dict.fromkeys(COLUMNS[kind].split(";"), "")
    head = empty | {column: _at(root, path) for column, path in plan.head.items()}
    if kind == "ITEM":
        return _item_rows(root, head)
    if kind == "HLD":
        head["keep_stock"] = {"true": "Y", "false": "N"}.get(head["keep_stock"], "?")
    if kind == "CHG":
        head["changes"] = "+".join(root.xpath("Changes/Change/text()"))
    if not plan.lines:
        return [head]
    rows = [
        head
        | {column: _at(line, path) for column, path in plan.line.items()}
        | ({"lots": _advised_lots(line)} if kind == "ASN" else {})
        | ({"lot": _ordered_lots(line)} if kind == "ORD" else {})
        for line in root.xpath(plan.lines)
    ]
    if not rows:
        raise AgreementError("the file has no lines")
    return rows


def _at(element: Any, path: str) -> str:
    return str(element.xpath(f"string({path})"))


def _item_rows(root: Any, head: dict[str, str]) -> list[dict[str, str]]:
    head["has_expiry"] = {"true": "Y", "false": "N"}.get(head["has_expiry"], "?")
    packs = [
        {"unit": p.get("unit"), "contains": p.get("quantity"), "gtin": _at(p, "Gtin")}
        for p in root.xpath("Packs/Pack")
    ]
    parts = [
        {"unit": c.get("unit"), "contains": c.text, "component": c.get("sku")}
        for c in root.xpath("Components/Component")
    ]
    bare = dict.fromkeys(("weight_kg", "volume_m3", "gtin"), "")
    return [head | {"contains": "1"}, *(head | bare | row for row in packs + parts)]


def _ordered_lots(line: Any) -> str:
    lots = line.xpath("Lot")
    if len(lots) < 2:
        return _at(line, "Lot")
    return ",".join(f"{lot.text}={lot.get('quantity', '')}" for lot in lots)


def _advised_lots(line: Any) -> str:
    return ",".join(
        f"{_at(lot, 'Number') or _at(lot, 'Serial')}={_at(lot, 'Quantity')}"
        f"={_at(lot, 'Expiry')}"
        for lot in line.xpath("Lots/Lot")
    )


def _refuse_others(root: Any, plan: Plan) -> None:
    """Refuse what nobody agreed on. Raises AgreementError."""
    known = {"@number", "@client", *plan.head.values(), *plan.also}
    known |= {f"{plan.lines}/{path}" for path in plan.line.values()}
    known |= {path.rpartition("/@")[0] for path in known if "/@" in path}
    groups = {path[:end] for path in known for end in _slashes(path)} | {""}
    tree = root.getroottree()
    for element in root.iter(etree.Element):
        path = "/".join(
            part.partition("[")[0]
            for part in tree.getelementpath(element).split("/")
            if part != "."
        )
        for name in element.attrib:
            if f"{path}/@{name}".lstrip("/") not in known:
                raise AgreementError(f"{path or plan.root} has {name!r}")
        if path not in known | groups:
            raise AgreementError(f"<{path}> was not agreed")


def _slashes(path: str) -> Iterable[int]:
    return (at for at, letter in enumerate(path) if letter == "/")
