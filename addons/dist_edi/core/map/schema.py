"""The schema of map files: what may stand in the YAML.

A map lists the segments of a message in the message's own order, so that it can be
read beside the guide. Three kinds of entries::

    - BEG: {1: purpose | code purpose, 3: order_number, 5: order_date | date}
    - REF: {1: kind | code reference, 2: value}
      each: references
    - loop: N1
      into: ship_to
      segments:
        - N1: {1: is ST, 2: name, 3: scheme | code id_scheme, 4: code}
        - use: address
"""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)
from typing_extensions import Self

from . import notation

_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}\Z")


class Strict(BaseModel):
    """No key that the schema does not know: a typing slip is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _expressions(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("write elements as {1: field, 2: is CODE}")
    return [
        (notation.read_address(address), notation.read_expression(text))
        for address, text in value.items()
    ]


def _only(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("write 'only' as {1: [CODE, CODE]}")
    return {notation.read_address(address): held for address, held in value.items()}


def _expression(value: Any) -> Any:
    return notation.read_expression(value)


def _path(value: Any) -> Any:
    return notation.read_path(value) if isinstance(value, str) else value


Path = Annotated[tuple[str, ...], BeforeValidator(_path)]
Elements = Annotated[list[tuple[tuple[int, int], Any]], BeforeValidator(_expressions)]
Where = dict[str, str | int | bool]


class Pairs(Strict):
    """Qualified values in any order: product numbers of PO1, LIN, PIA.

    In X12 the qualifier is one element and the value the next; in EDIFACT both
    are components of one element (value first).
    """

    at: int
    max: int = 10
    fields: dict[str, Annotated[Any, BeforeValidator(_expression)]]


class SegmentEntry(Strict):
    """One segment, or with ``each`` or ``lines`` one for each entry of a list.

    :ivar each: a list field; the elements are fields of its entries
    :ivar lines: a text field; each of its lines is a segment, cut at ``width``
    :ivar where: fields that are set when reading and asked for when writing
    :ivar only: codes of which one must stand at an element for the segment to be
        meant; nothing is written for it
    :ivar repeat: all segments of the kind are read, one is written
    :ivar always: written even when it holds constants only
    """

    id: str = ""
    segment: str
    elements: Elements = Field(default_factory=list)
    pairs: Pairs | None = None
    each: Path | None = None
    lines: Path | None = None
    width: int = 70
    where: Where = Field(default_factory=dict)
    only: Annotated[dict[Any, list[str]], BeforeValidator(_only)] = Field(
        default_factory=dict
    )
    repeat: bool = False
    always: bool = False

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.each is not None and self.lines is not None:
            raise ValueError("a segment has either 'each' or 'lines'")
        return self

    @property
    def name(self) -> str:
        """How overlays call it: its id, or ``REF.DP``."""
        return self.id or self.segment + self.qualifier

    @property
    def qualifier(self) -> str:
        """The first constant, with a dot before it."""
        for _address, held in self.elements:
            if isinstance(held, notation.Is):
                return f".{held.values[0]}"
        return ""


class LoopEntry(Strict):
    """A loop that opens with its first segment; it fills a part or list entries.

    Without ``into`` and ``each`` it fills the fields of what is around it.
    """

    id: str = ""
    loop: str
    into: Path | None = None
    each: Path | None = None
    where: Where = Field(default_factory=dict)
    nested: bool = False
    segments: Annotated[list["Entry"], Field(min_length=1)]

    @model_validator(mode="after")
    def _opens_with_its_segment(self) -> Self:
        if self.into is not None and self.each is not None:
            raise ValueError("a loop has either 'into' or 'each'")
        first = self.segments[0]
        if not isinstance(first, SegmentEntry) or first.segment != self.loop:
            raise ValueError(f"the first entry of loop {self.loop} is its {self.loop}")
        return self

    @property
    def name(self) -> str:
        """How overlays call it: its id, or ``N1.ST``."""
        return self.id or self.loop + self.segments[0].qualifier


class UseEntry(Strict):
    """Entries that several places share, from ``fragments``."""

    use: str

    @property
    def name(self) -> str:
        """How overlays call it."""
        return self.use


def _kind(value: Any) -> str:
    if isinstance(value, (SegmentEntry, LoopEntry, UseEntry)):
        return type(value).__name__
    if "use" in value:
        return "UseEntry"
    return "LoopEntry" if "loop" in value else "SegmentEntry"


def _entry(value: Any) -> Any:
    """Turn ``{REF: {...}, each: x}`` into ``{segment: REF, elements: {...}, ...}``."""
    if not isinstance(value, dict):
        return value if isinstance(value, Strict) else {"segment": value}
    tags = [key for key in value if isinstance(key, str) and _TAG.match(key)]
    if len(tags) != 1:
        return value
    rest = {key: held for key, held in value.items() if key != tags[0]}
    return {"segment": tags[0], "elements": value[tags[0]] or {}, **rest}


Entry = Annotated[
    Annotated[SegmentEntry, Tag("SegmentEntry")]
    | Annotated[LoopEntry, Tag("LoopEntry")]
    | Annotated[UseEntry, Tag("UseEntry")],
    Discriminator(_kind),
    BeforeValidator(_entry),
]

Codes = dict[str, dict[str, str]]


class SharedFile(Strict):
    """What all maps of a standard share.

    :ivar ignore: segments that carry no business content, never reported unread
    """

    standard: Literal["x12", "edifact"]
    source: str
    ignore: list[str]
    codes: Codes = Field(default_factory=dict)
    fragments: dict[str, list[Entry]] = Field(default_factory=dict)


class MapFile(Strict):
    """One map: a message of a standard and a canonical document.

    :ivar message: ``850``, ``ORDERS``
    :ivar read_also: further messages that are read by the same map
    :ivar shape: a regrouping of the document for this message, see ``shapes.py``
    :ivar zone: the zone of times in the message; an agreement may set another
    :ivar default: the map that is taken when nobody names the document
    """

    map: str
    document: str
    standard: Literal["x12", "edifact"]
    message: str
    read_also: list[str] = Field(default_factory=list)
    shape: str = ""
    zone: str = "UTC"
    default: bool = True
    source: str = ""
    codes: Codes = Field(default_factory=dict)
    fragments: dict[str, list[Entry]] = Field(default_factory=dict)
    segments: Annotated[list[Entry], Field(min_length=1)]


class Change(Strict):
    """One difference of an overlay, at an entry named by its path ``PO1/REF.DP``.

    :ivar set: elements that are added or replaced in the segment
    """

    at: str
    remove: bool = False
    set: Elements = Field(default_factory=list)
    before: list[Entry] = Field(default_factory=list)
    after: list[Entry] = Field(default_factory=list)
    replace: list[Entry] = Field(default_factory=list)


class OverlayFile(Strict):
    """A partner's differences from a map."""

    map: str
    extends: str
    zone: str | None = None
    codes: Codes = Field(default_factory=dict)
    changes: list[Change] = Field(default_factory=list)


LoopEntry.model_rebuild()
