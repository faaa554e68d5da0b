"""Orders around packages: how an 856 tells a shipment of several orders."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field

from .....dist_connector_base.core.canonical.fields import Key
from .....dist_connector_base.core.canonical.shipment_notice import (
    Package,
    ShipmentNotice,
    ShippedLine,
)
from .base import Data, Shape, without
from .lots import LotFields, join_lots, split_lots


class ShippedRow(ShippedLine, LotFields):
    """A shipped product of one lot."""


class PackageOfRows(Package):
    """A package with one line per lot."""

    packages: list["PackageOfRows"] = Field(default_factory=list)
    lines: list[ShippedRow] = Field(default_factory=list)


class OrderInShipment(BaseModel):
    """What an 856 holds below one HL of level O."""

    order_number: Key | None = None
    packages: list[PackageOfRows] = Field(default_factory=list)
    lines: list[ShippedRow] = Field(default_factory=list)


class ShipmentByOrder(ShipmentNotice):
    """A shipment notice with its orders around packages and lines."""

    doc_type = ""
    orders: list[OrderInShipment] = Field(default_factory=list)


def all_lines(package: Data) -> Iterator[Data]:
    """Give the lines of a package and of the packages in it."""
    yield from package.get("lines") or []
    for inner in package.get("packages") or []:
        yield from all_lines(inner)


def _of(order: Any, lines: list[Data] | None) -> list[Data]:
    return [line for line in lines or [] if line.get("order_number") == order]


def _packages_of(
    order: Any, packages: list[Data] | None, with_empty: bool
) -> list[Data]:
    """Give the packages that hold goods of an order, with those goods only.

    :param with_empty: also packages that hold nothing, so that they are not lost
    """
    found = []
    for package in packages or []:
        lines = list(all_lines(package))
        if _of(order, lines) or (with_empty and not lines):
            inner = _packages_of(order, package.get("packages"), with_empty)
            own = split_lots(_of(order, package.get("lines")))
            found.append({**package, "lines": own, "packages": inner})
    return found


def _by_order(data: Data) -> Data:
    """Put orders around packages; a package of two orders stands below both."""
    packages, loose = data.get("packages") or [], data.get("lines") or []
    packed = [line for package in packages for line in all_lines(package)]
    numbers = list(dict.fromkeys(line.get("order_number") for line in packed + loose))
    orders = [
        {
            "order_number": order,
            "packages": _packages_of(
                order, packages, order in numbers[:1] or not numbers
            ),
            "lines": split_lots(_of(order, loose)),
        }
        for order in numbers or [None]
    ]
    return {**data, "orders": orders}


def join_package(package: Data) -> Data:
    """Give a package that was read with its lots joined, all the way down."""
    joined = {**package, "lines": join_lots(package.get("lines") or [])}
    joined["packages"] = [join_package(held) for held in package.get("packages") or []]
    return joined


def _merge(packages: list[Data], package: Data) -> None:
    """Add a package; the same SSCC is the same package, seen below another order."""
    for held in packages:
        if package.get("sscc") and held.get("sscc") == package["sscc"]:
            held["lines"] = [*held["lines"], *package["lines"]]
            for inner in package["packages"]:
                _merge(held["packages"], inner)
            return
    packages.append(package)


def _without_orders(data: Data) -> Data:
    packages: list[Data] = []
    lines: list[Data] = []
    for order in data.get("orders") or []:
        loose = order.get("lines") or []
        packed = [
            line for held in order.get("packages") or [] for line in all_lines(held)
        ]
        for line in [*loose, *packed]:
            if order.get("order_number"):
                line.setdefault("order_number", order["order_number"])
        lines += join_lots(loose)
        for package in order.get("packages") or []:
            _merge(packages, join_package(package))
    return {**without(data, "orders"), "packages": packages, "lines": lines}


BY_ORDER = Shape(ShipmentByOrder, _by_order, _without_orders)
