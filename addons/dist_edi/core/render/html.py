"""An interchange as one HTML page: no script, nothing loaded from elsewhere."""

from collections.abc import Iterator
from html import escape

from ..syntax.findings import Finding, catalogue
from .style import STYLE
from .text import printable
from .view import (
    DocumentView,
    ElementView,
    FileView,
    InterchangeView,
    SegmentView,
    place_text,
)


def render_html(view: FileView) -> str:
    """Write a file's view as a page; all data is escaped."""
    return "\n".join(_page(view)) + "\n"


def _show(text: str) -> str:
    return escape(printable(text))


def _page(view: FileView) -> Iterator[str]:
    numbers = {id(finding): at for at, finding in enumerate(view.all_findings, 1)}
    writer = _Writer(numbers)
    yield '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_show(view.name)}</title><style>{STYLE}</style></head><body>"
    yield f"<header><h1>{_show(view.name)}</h1>{_counts(view)}</header><main>"
    if view.all_findings:
        yield '<section class="list"><h2>Findings</h2><ol>'
        for finding in view.all_findings:
            yield writer.listed(finding)
        yield "</ol></section>"
    yield from writer.boxes(view.findings)
    for interchange in view.interchanges:
        yield from writer.interchange(interchange)
    yield "</main></body></html>"


def _counts(view: FileView) -> str:
    documents = sum(len(held.documents) for held in view.interchanges)
    parts = [_plural(documents, "document")]
    for severity in ("error", "warning"):
        count = sum(held.severity.value == severity for held in view.all_findings)
        if count:
            shown = _plural(count, severity)
            parts.append(f'<span class="badge {severity}">{shown}</span>')
    if len(parts) == 1:
        parts.append('<span class="badge good">no faults found</span>')
    return f"<p>{' '.join(parts)}</p>"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class _Writer:
    """Writes the parts of a page; knows the number of each finding."""

    def __init__(self, numbers: dict[int, int]) -> None:
        self._numbers = numbers
        self._anchored: set[int] = set()

    def listed(self, finding: Finding) -> str:
        number = self._numbers[id(finding)]
        severity = finding.severity.value
        return (
            f'<li><span class="badge {severity}">{severity}</span> '
            f'<a href="#f{number}">{_show(finding.message)}</a> '
            f'<span class="place">{_show(place_text(finding.place))}</span></li>'
        )

    def boxes(self, findings: tuple[Finding, ...]) -> Iterator[str]:
        for finding in findings:
            number = self._numbers.get(id(finding), 0)
            anchor = "" if number in self._anchored else f' id="f{number}"'
            self._anchored.add(number)
            entry = catalogue().get(finding.code)
            step = f"<br>{_show(entry.next_step)}" if entry and entry.next_step else ""
            yield (
                f'<div class="box {finding.severity.value}"{anchor}>'
                f"<b>{_show(finding.message)}</b>{step}"
                f'<span class="place">{_show(place_text(finding.place))}, '
                f"{_show(finding.code)}</span></div>"
            )

    def interchange(self, view: InterchangeView) -> Iterator[str]:
        yield '<section class="interchange">'
        yield f"<h2>{_show(view.title)} {_state(view.state)}</h2>"
        yield _facts(view.facts)
        yield from self.boxes(view.findings)
        for document in view.documents:
            yield from self.document(document)
        yield "</section>"

    def document(self, view: DocumentView) -> Iterator[str]:
        yield '<section class="document">'
        yield f"<h3>{_show(view.title)} {_state(view.state)}</h3>"
        yield _facts(view.facts)
        placed: set[int] = set()
        yield '<div class="segments">'
        for segment in view.segments:
            yield from self.segment(segment)
            placed |= {id(held) for held in segment.findings}
            for element in segment.elements:
                placed |= {id(held) for held in element.findings}
        yield "</div>"
        yield from self.boxes(
            tuple(held for held in view.findings if id(held) not in placed)
        )
        yield "</section>"

    def segment(self, view: SegmentView) -> Iterator[str]:
        # Deeper than this, indenting would leave no room for the data
        depth = min(view.depth, 8)
        faulty = view.findings or any(held.findings for held in view.elements)
        mark = " faulty" if faulty else ""
        if view.opens:
            yield f'<div class="loop d{depth}">{_show(view.opens)}</div>'
        yield f'<div class="segment d{depth}{mark}">'
        yield (
            f'<div class="head"><span class="number">{view.number}</span>'
            f"<code>{_show(view.tag)}</code> {_show(view.name)}</div>"
        )
        if view.elements:
            yield "<table>"
            for element in view.elements:
                yield from self.element(element)
            yield "</table>"
        yield from self.boxes(view.findings)
        yield "</div>"

    def element(self, view: ElementView) -> Iterator[str]:
        meaning = f' <span class="meaning">{_show(view.meaning)}</span>'
        yield (
            f"<tr><th>{view.position}</th><td>{_show(view.name)}</td>"
            f"<td><samp>{_show(view.value)}</samp>{meaning if view.meaning else ''}"
        )
        yield from self.boxes(view.findings)
        yield "</td></tr>"


def _state(state: str) -> str:
    severity = {"rejected": "error", "accepted": "good"}.get(state, "warning")
    return f'<span class="badge {severity}">{escape(state)}</span>'


def _facts(facts: tuple[tuple[str, str], ...]) -> str:
    shown = "".join(
        f"<dt>{_show(name)}</dt><dd>{_show(value)}</dd>" for name, value in facts
    )
    return f"<dl>{shown}</dl>"
