"""What a partner's stock levels mean: said by the profile, and never guessed."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

from .lines import Path
from .mapping import Each, Group, Listed, When
from .spec import Spec
from .types import Duration

#: The flow whose documents the block is about.
FLOW = "inventory_snapshot"
#: What a row is told by besides its product: grain → field of a row.
GRAINS = {"lots": "lot", "statuses": "status", "owners": "owner"}


class StockSpec(Spec):
    """The meaning of the stock levels that the flow ``inventory_snapshot`` brings.

    :ivar quantity: ``gross``: all that is on hand; ``net_told``: what is free, and what
        is promised beside it; ``net``: what is free, and what is promised is not told
    :ivar absent: what a product is that is not listed: ``unknown``, ``zero``, or as
        told last (``stands``)
    :ivar lots: rows name lots; without it, whether the map fills ``lot``
    :ivar statuses: rows tell what is not for sale; else whether the map fills
        ``status``
    :ivar owners: rows name owners; else whether the map fills ``owner``
    :ivar pages: ``one``: each message is a list of its own; ``many``: messages of one
        moment are pages of one list
    :ivar quiet: so long after its last page a list is complete, where nobody says in
        how many pages it comes
    :ivar proof: the meaning must be proved over all rows before go-live
    """

    quantity: Literal["gross", "net_told", "net"] = "gross"
    absent: Literal["unknown", "zero", "stands"] = "unknown"
    lots: bool | None = None
    statuses: bool | None = None
    owners: bool | None = None
    pages: Literal["one", "many"] = "many"
    quiet: Duration = dt.timedelta(minutes=10)
    proof: bool = True

    def tells(self, grain: str, flow: Any) -> bool:
        """Say whether rows tell lots, statuses or owners.

        :param grain: a key of ``GRAINS``
        :param flow: the flow ``inventory_snapshot``
        """
        said = getattr(self, grain)
        return GRAINS[grain] in mapped(flow) if said is None else said


def mapped(flow: Any) -> set[str]:
    """Give the fields of a row that the map of a flow fills."""
    found: set[str] = set()
    waiting = [flow.map.fields.get("rows")] if isinstance(flow.map, Group) else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Group):
            found |= set(node.fields)
        elif isinstance(node, Each):
            waiting.append(node.entry)
        elif isinstance(node, When):
            waiting.append(node.inner)
        elif isinstance(node, Listed):
            waiting += node.entries
    return found


def check_stock(profile: Any) -> Iterator[tuple[Path, str]]:
    """Give what a profile says of stock that its flow does not bear out."""
    spec = profile.stock
    if "stock" not in profile.model_fields_set:
        return
    flow = profile.flows.get(FLOW)
    if flow is None:
        yield ("stock",), f"says what stock means, and there is no flow {FLOW}"
        return
    if flow.map is None:
        return
    fields = mapped(flow)
    for grain, field in GRAINS.items():
        if getattr(spec, grain) and field not in fields:
            words = f"are told, and the map of {FLOW} fills no {field!r}"
            yield ("stock", grain), words
    if spec.quantity == "net_told" and "allocated" not in fields:
        words = f"is net_told, and the map of {FLOW} fills no 'allocated'"
        yield ("stock", "quantity"), words
    if spec.pages == "one" and "quiet" in spec.model_fields_set:
        yield ("stock", "quiet"), "is for lists in pages, and pages is one"
    if spec.absent == "stands" and "quiet" in spec.model_fields_set:
        yield ("stock", "quiet"), "is for lists, and only changes are told"
