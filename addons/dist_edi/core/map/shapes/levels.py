"""Packing levels: how a DESADV tells packages, as one list of CPS groups."""

from pydantic import Field

from .....dist_connector_base.core.canonical.fields import Key, Text
from .....dist_connector_base.core.canonical.shipment_notice import ShipmentNotice
from .base import Data, Shape, without
from .lots import split_lots
from .orders import PackageOfRows, join_package


class PackingLevel(PackageOfRows):
    """One CPS of a DESADV: the shipment itself, a pallet, a carton.

    :ivar number: hierarchical number of the level; ``parent`` is that of the level
        it is in
    :ivar level: ``pallet`` or ``carton``, nothing for the shipment itself
    """

    number: Key
    parent: Text = ""
    level: Text = ""


class ShipmentByLevel(ShipmentNotice):
    """A shipment notice as a flat list of packing levels."""

    doc_type = ""
    levels: list[PackingLevel] = Field(default_factory=list)


def _by_level(data: Data) -> Data:
    """List the shipment, its pallets and cartons; each names the level it is in."""
    loose = split_lots(data.get("lines") or [])
    levels: list[Data] = [{"number": "1", "parent": "", "level": "", "lines": loose}]

    def add(package: Data, parent: str) -> None:
        own = {
            **package,
            "number": str(len(levels) + 1),
            "parent": parent,
            "lines": split_lots(package.get("lines") or []),
        }
        levels.append(own)
        for inner in package.get("packages") or []:
            add(inner, own["number"])

    for package in data.get("packages") or []:
        add(package, "1")
    return {**data, "levels": levels}


def _without_levels(data: Data) -> Data:
    """Rebuild the packages; a level whose parent is not known stands on top.

    A level without SSCC, level and parent is the shipment itself.
    """
    packages: list[Data] = []
    lines: list[Data] = []
    by_number: dict[str, Data] = {}
    for level in data.get("levels") or []:
        if not (level.get("sscc") or level.get("level") or level.get("parent")):
            lines += join_package(level)["lines"]
            continue
        package = join_package(without(level, "number", "parent"))
        package["level"] = level.get("level") or "carton"
        by_number[level.get("number", "")] = package
        parent = by_number.get(level.get("parent", ""))
        (packages if parent is None else parent["packages"]).append(package)
    return {**without(data, "levels"), "packages": packages, "lines": lines}


BY_LEVEL = Shape(ShipmentByLevel, _by_level, _without_levels)
