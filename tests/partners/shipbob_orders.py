"""The contract's order: what is wrong with it, and its lines."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .addresses import refusal
from .warehouse import OrderLine


def order_faults(body: Any) -> tuple[int, dict[str, list[str]]]:
    """Return (status, field -> reasons) of an order; (0, {}) when it is fine.

    400 when it cannot be read as an order at all, 422 when a field is refused.
    """
    if not isinstance(body, dict):
        return 400, {"body": ["An order object is expected."]}
    missing = {
        name: ["The field is required."]
        for name in ("products", "recipient", "reference_id", "shipping_method", "type")
        if not body.get(name)
    }
    if missing:
        return 422, missing
    faults = _product_faults(body["products"])
    recipient = body["recipient"] if isinstance(body["recipient"], dict) else {}
    if not recipient.get("name"):
        faults["recipient.name"] = ["The field is required."]
    names = {"street": "address1", "zip": "zip_code"}
    address = recipient.get("address") or {}
    told = {
        name: str(address.get(names.get(name, name)) or "")
        for name in ("street", "city", "zip", "country")
    }
    for field, reason in refusal(told).items():
        faults[f"recipient.address.{names.get(field, field)}"] = [reason]
    return (422, faults) if faults else (0, {})


def _product_faults(products: Any) -> dict[str, list[str]]:
    faults = {}
    if not isinstance(products, list):
        return {"products": ["A list is expected."]}
    for index, product in enumerate(products):
        quantity = product.get("quantity") if isinstance(product, dict) else None
        if type(quantity) is not int or not 1 <= quantity <= 2147483647:
            faults[f"products[{index}].quantity"] = ["A whole number from 1 on."]
        elif not product.get("reference_id"):
            faults[f"products[{index}].reference_id"] = ["The field is required."]
    return faults


def order_lines(body: Mapping[str, Any]) -> list[OrderLine]:
    """Return the lines of an order that has no faults."""
    return [
        OrderLine(
            line_key=str(product.get("external_line_id") or ""),
            sku=product["reference_id"],
            name=product.get("name") or product["reference_id"],
            quantity=Decimal(product["quantity"]),
        )
        for product in body["products"]
    ]
