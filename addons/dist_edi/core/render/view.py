"""What a person sees of an interchange: segments with meanings, faults at their place.

The view is plain data; ``text.py`` and ``html.py`` write it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..guide.definition import ElementSpec, LoopNode, MessageDefinition, SegmentSpec
from ..guide.tree import Loop
from ..syntax.findings import Finding
from ..syntax.model import InterchangeContent
from ..syntax.segment import EDIFACT, Place, Segment
from .inspect import InspectedDocument, InspectedFile
from .service import SERVICE_SEGMENTS


@dataclass(frozen=True)
class ElementView:
    """One element or component with its meaning.

    :ivar position: ``03`` or ``03-2``
    :ivar meaning: what a code stands for, where the guide knows it
    """

    position: str
    name: str
    value: str
    meaning: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class SegmentView:
    """One segment; ``depth`` counts the loops around it."""

    number: int
    tag: str
    name: str
    depth: int
    elements: tuple[ElementView, ...]
    findings: tuple[Finding, ...] = ()
    opens: str = ""


@dataclass(frozen=True)
class DocumentView:
    """One transaction."""

    title: str
    facts: tuple[tuple[str, str], ...]
    segments: tuple[SegmentView, ...]
    findings: tuple[Finding, ...]
    state: str


@dataclass(frozen=True)
class InterchangeView:
    """One interchange with its documents; ``findings`` judge the envelopes."""

    title: str
    facts: tuple[tuple[str, str], ...]
    documents: tuple[DocumentView, ...]
    findings: tuple[Finding, ...]
    state: str


@dataclass(frozen=True)
class FileView:
    """A whole file."""

    name: str
    interchanges: tuple[InterchangeView, ...]
    findings: tuple[Finding, ...]
    all_findings: tuple[Finding, ...]


def state_of(findings: Iterable[Finding]) -> str:
    """Say in one word what findings do to what they judge."""
    severities = {finding.severity.value for finding in findings}
    if "error" in severities:
        return "rejected"
    return "accepted with warnings" if "warning" in severities else "accepted"


def view_file(inspected: InspectedFile) -> FileView:
    """Build the view of a file."""
    views = {id(held.document): _document(held) for held in inspected.documents}
    return FileView(
        inspected.name,
        tuple(_interchange(held, views) for held in inspected.content.interchanges),
        tuple(inspected.content.findings),
        tuple(inspected.content.all_findings()),
    )


def _interchange(content: InterchangeContent, views: dict) -> InterchangeView:
    held = content.interchange
    own = list(held.findings)
    for group in content.groups:
        own += group.group.findings
    standard = "EDIFACT" if held.standard == EDIFACT else "X12"
    facts = (
        ("Standard", " ".join(filter(None, (standard, held.syntax_id, held.version)))),
        ("From", _party(held.sender, held.sender_qualifier)),
        ("To", _party(held.receiver, held.receiver_qualifier)),
        ("Sent", " ".join(filter(None, (held.date, held.time)))),
        ("Control number", held.reference),
        ("Usage", "test" if held.test else "production"),
    )
    return InterchangeView(
        f"Interchange {held.ordinal}",
        tuple(fact for fact in facts if fact[1]),
        tuple(views[id(document)] for document in content.documents),
        tuple(own),
        state_of(own),
    )


def _party(code: str, qualifier: str) -> str:
    return f"{code.strip()} ({qualifier})" if qualifier.strip() else code.strip()


def _document(inspected: InspectedDocument) -> DocumentView:
    document, definition = inspected.document, inspected.definition
    findings = tuple(document.findings)
    name = definition.name if definition else ""
    facts = (
        ("Message", " ".join(filter(None, (document.message_type, name)))),
        ("Version", document.version),
        ("Control number", document.transaction.reference),
        ("Group", document.group.reference),
        ("Guide", inspected.guide_name or "none: read by syntax only"),
    )
    where = {}
    if inspected.tree is not None and definition is not None:
        where = _places(inspected.tree, definition)
    marks = _Marks(findings)
    segments = tuple(
        _segment(segment, where.get((segment.number, segment.tag)), marks, inspected)
        for segment in document.segments
    )
    title = " ".join(filter(None, (document.message_type, name)))
    return DocumentView(
        title or "Message of unknown type",
        tuple(fact for fact in facts if fact[1]),
        segments,
        findings,
        state_of(findings),
    )


@dataclass
class _Spot:
    """Where the guide sees a segment."""

    spec: SegmentSpec | None
    depth: int
    opens: str = ""


def _places(tree: Loop, definition: MessageDefinition) -> dict[tuple[int, str], _Spot]:
    """Find the guide's place of every segment of a tree."""
    nodes = {tree.id: definition.root}
    for _path, node in definition.root.walk():
        if isinstance(node, LoopNode):
            nodes.setdefault(node.id, node)
    found: dict[tuple[int, str], _Spot] = {}
    stack = [(tree, 0)]
    while stack:
        loop, depth = stack.pop()
        node = nodes.get(loop.id)
        specs: dict[str, SegmentSpec | None] = {}
        for child in node.children if node else ():
            if not isinstance(child, LoopNode):
                specs.setdefault(child.tag, child.spec)
        for item in loop.items:
            if isinstance(item, Loop):
                stack.append((item, depth + 1))
                continue
            opens = ""
            if item is loop.items[0] and depth:
                opens = (node.name if node else "") or loop.id
            found[item.number, item.tag] = _Spot(specs.get(item.tag), depth, opens)
    return found


@dataclass
class _Marks:
    """Findings by the segment (and element) where they stand."""

    findings: tuple[Finding, ...]
    by_segment: dict[int, list[Finding]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for finding in self.findings:
            self.by_segment.setdefault(finding.place.segment, []).append(finding)

    def of(self, number: int, element: int) -> tuple[Finding, ...]:
        return tuple(
            finding
            for finding in self.by_segment.get(number, ())
            if finding.place.element == element
        )


def _segment(
    segment: Segment, spot: _Spot | None, marks: _Marks, inspected: InspectedDocument
) -> SegmentView:
    service_name, service_elements = SERVICE_SEGMENTS.get(segment.tag, ("", ()))
    spec = spot.spec if spot else None
    elements = tuple(_elements(segment, spec, service_elements, marks, inspected))
    return SegmentView(
        segment.number,
        segment.tag,
        (spec.name if spec else "") or service_name,
        spot.depth if spot else 0,
        elements,
        marks.of(segment.number, 0),
        spot.opens if spot else "",
    )


def _elements(
    segment: Segment,
    spec: SegmentSpec | None,
    service: tuple[str, ...],
    marks: _Marks,
    inspected: InspectedDocument,
) -> Iterator[ElementView]:
    marked = {
        finding.place.element for finding in marks.by_segment.get(segment.number, ())
    }
    sent = segment.values()
    for number in range(1, max([len(sent), *marked]) + 1):
        repetitions = sent[number - 1] if number <= len(sent) else []
        findings = marks.of(segment.number, number)
        if not any(any(parts) for parts in repetitions) and not findings:
            continue
        held = (
            spec.elements[number - 1] if spec and number <= len(spec.elements) else None
        )
        name = held.name if held else ""
        if not name and number <= len(service):
            name = service[number - 1]
        parts = repetitions[0] if repetitions else []
        if held and held.components and len(repetitions) == 1:
            yield from _components(number, held, parts, findings, inspected)
            continue
        value = _as_sent(segment, repetitions)
        yield ElementView(
            f"{number:02d}", name, value, inspected.meaning(held, value), findings
        )


def _as_sent(segment: Segment, repetitions: list[list[str]]) -> str:
    """Write an element with its own delimiters: X12 data may hold the component's."""
    delimiters = segment.delimiters
    parts = (delimiters.component.join(held) for held in repetitions)
    return delimiters.repetition.join(parts)


def _components(
    number: int,
    spec: ElementSpec,
    parts: list[str],
    findings: tuple[Finding, ...],
    inspected: InspectedDocument,
) -> Iterator[ElementView]:
    whole = tuple(finding for finding in findings if not finding.place.component)
    components = spec.components or ()
    marked = {finding.place.component for finding in findings}
    if whole:
        yield ElementView(f"{number:02d}", spec.name, "", "", whole)
    for at in range(1, max(len(parts), max(marked, default=0)) + 1):
        own = tuple(finding for finding in findings if finding.place.component == at)
        value = parts[at - 1] if at <= len(parts) else ""
        if not value and not own:
            continue
        held = components[at - 1] if at <= len(components) else None
        yield ElementView(
            f"{number:02d}-{at}",
            held.name if held else spec.name,
            value,
            inspected.meaning(held, value),
            own,
        )


def place_text(place: Place) -> str:
    """Say where something is, as short as a person needs it."""
    where = []
    if place.interchange:
        where.append(f"interchange {place.interchange}")
    if place.transaction:
        where.append(f"document {place.transaction}")
    if place.segment:
        where.append(f"segment {place.segment}")
    if place.tag:
        tag = f"{place.tag}{place.element:02d}" if place.element else place.tag
        where.append(f"{tag}-{place.component}" if place.component else tag)
    where.append(f"byte {place.offset}")
    return ", ".join(where)
