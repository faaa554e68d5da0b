"""A guide in memory: elements, segments and loops, with everything resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .notation import Note
from .schema import Hierarchy, Rule, Severity


@dataclass(frozen=True)
class ElementSpec:
    """One position of a segment, or one component of a composite.

    :param codes: the values that are known, or None when any value may stand
    :param reject: a value outside ``codes`` is an error, not a warning
    :param components: the parts of a composite, None for a simple element
    :param type: X12 or EDIFACT type; empty for a position we do not look at
    """

    ref: str
    name: str = ""
    type: str = ""
    min: int = 0
    max: int = 0
    required: bool = False
    expected: bool = False
    unused: bool = False
    repeat: int = 1
    codes: frozenset[str] | None = None
    code_list: str = ""
    reject: bool = False
    pattern: str | None = None
    not_negative: bool = False
    components: tuple[ElementSpec, ...] | None = None
    component_notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class SegmentSpec:
    """A segment as one place of one message may use it."""

    tag: str
    name: str
    elements: tuple[ElementSpec, ...]
    notes: tuple[Note, ...] = ()


@dataclass(eq=False)
class SegmentNode:
    """A segment's place in the structure."""

    tag: str
    spec: SegmentSpec
    required: bool = False
    expected: bool = False
    unused: bool = False
    max: int | None = 1
    when: dict[str, frozenset[str]] = field(default_factory=dict)
    why: str = ""

    @property
    def label(self) -> str:
        return self.tag


@dataclass(eq=False)
class LoopNode:
    """A loop's place in the structure; its first child is its trigger."""

    id: str
    name: str
    children: list[Node]
    required: bool = False
    expected: bool = False
    unused: bool = False
    max: int | None = 1
    when: dict[str, frozenset[str]] = field(default_factory=dict)
    hierarchy: Hierarchy | None = None
    parent: LoopNode | None = None
    place: int = 0
    depth: int = 0
    why: str = ""

    @property
    def tag(self) -> str:
        """The trigger's tag."""
        return self.children[0].tag

    @property
    def label(self) -> str:
        return f"loop {self.id}"

    def link(self) -> None:
        """Tell every loop below who its parent is and where it stands there."""
        for place, child in enumerate(self.children):
            if isinstance(child, LoopNode):
                child.parent, child.place = self, place
                child.depth = self.depth + 1
                child.link()

    def walk(self) -> Iterator[tuple[str, Node]]:
        """Every node below with its path (``PO1/N1/N3``), in order."""
        for child in self.children:
            if isinstance(child, SegmentNode):
                yield child.tag, child
            else:
                yield child.id, child
                for path, node in child.walk():
                    yield f"{child.id}/{path}", node


Node = SegmentNode | LoopNode


@dataclass(frozen=True)
class MessageDefinition:
    """A message of a standard and release, overlays applied."""

    standard: str
    release: str
    message: str
    name: str
    group: str
    root: LoopNode
    rules: tuple[Rule, ...]
    policy: dict[str, Severity]
    known_tags: frozenset[str]
    other_tags: frozenset[str]
    overlays: tuple[str, ...] = ()
    strict: bool = False


def with_element(spec: SegmentSpec, key: str, change: dict[str, object]) -> SegmentSpec:
    """The segment with one element (``"03"``) or component (``"03-1"``) changed.

    :raises KeyError: the segment has no such position
    """
    place, _, component = key.partition("-")
    index = int(place) - 1
    if not 0 <= index < len(spec.elements):
        raise KeyError(f"{spec.tag} has no element {place}")
    element = spec.elements[index]
    if component:
        parts = list(element.components or ())
        at = int(component) - 1
        if not 0 <= at < len(parts):
            raise KeyError(f"{spec.tag}{place} has no component {component}")
        parts[at] = replace(parts[at], **change)  # type: ignore[arg-type]
        changed = replace(element, components=tuple(parts))
    else:
        changed = replace(element, **change)  # type: ignore[arg-type]
    elements = (*spec.elements[:index], changed, *spec.elements[index + 1 :])
    return replace(spec, elements=elements)
