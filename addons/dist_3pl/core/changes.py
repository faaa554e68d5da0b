"""What of a request a partner has to be told anew."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

#: What a change is called, and the fields of the request that it is about.
_FIELDS = {
    "ship_to": ("ship_to",),
    "carrier": ("carrier", "service"),
    "ship_date": ("requested_ship_date",),
    "delivery_date": ("requested_delivery_date",),
}
#: Content that a change leaves as it is.
CONTENT = ("ship_to", "carrier", "service", "requested_ship_date")
CONTENT += ("requested_delivery_date",)


def differences(agreed: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Give what differs between two requests, in the words of a change.

    :param agreed: what the partner was last asked for, as plain data
    :param wanted: what is true now; ``lines`` maps line keys to quantities in both
    :return: of ``ship_to``, ``carrier``, ``ship_date``, ``delivery_date``, ``lines``
    """
    found = [
        what
        for what, names in _FIELDS.items()
        if any(_plain(agreed.get(n)) != _plain(wanted.get(n)) for n in names)
    ]
    if _quantities(agreed["lines"]) != _quantities(wanted["lines"]):
        found.append("lines")
    return found


def _plain(value: Any) -> Any:
    """Give a value in which an empty field is as good as one that is not there."""
    if isinstance(value, Mapping):
        parts = {name: _plain(held) for name, held in value.items()}
        return {name: held for name, held in parts.items() if held}
    return value or None


def _quantities(lines: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {key: Decimal(str(quantity)) for key, quantity in lines.items()}
    return {key: quantity for key, quantity in found.items() if quantity}
