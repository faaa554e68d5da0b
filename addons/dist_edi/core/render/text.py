"""An interchange as readable text."""

import textwrap
from collections.abc import Iterator

from ..syntax.findings import Finding, catalogue
from .view import (
    DocumentView,
    ElementView,
    FileView,
    InterchangeView,
    SegmentView,
    place_text,
)

_NAME_WIDTH = 38


def render_text(view: FileView) -> str:
    """Write a file's view: every segment with its meaning, faults below them."""
    return "\n".join(_file(view)) + "\n"


def finding_lines(finding: Finding, indent: str = "  ") -> Iterator[str]:
    """Write a finding: what, where, and what to do about it."""
    severity = finding.severity.value
    yield f"{indent}{severity:<8}{place_text(finding.place)} [{finding.code}]"
    inner = indent + " " * 8
    yield from textwrap.wrap(
        printable(finding.message), 88, initial_indent=inner, subsequent_indent=inner
    )
    entry = catalogue().get(finding.code)
    if entry and entry.next_step:
        yield from textwrap.wrap(
            entry.next_step, 88, initial_indent=f"{inner}-> ", subsequent_indent=inner
        )


def printable(text: str) -> str:
    """Show control characters instead of sending them to a terminal."""
    return "".join(
        char if char.isprintable() else f"\\x{ord(char):02x}" for char in text
    )


def _file(view: FileView) -> Iterator[str]:
    yield printable(view.name)
    for finding in view.findings:
        yield from finding_lines(finding)
    for interchange in view.interchanges:
        yield from _interchange(interchange)


def _interchange(view: InterchangeView) -> Iterator[str]:
    yield ""
    yield f"{view.title}: {view.state}"
    for name, value in view.facts:
        yield f"  {name:<16}{printable(value)}"
    for finding in view.findings:
        yield from finding_lines(finding)
    for document in view.documents:
        yield from _document(document)


def _document(view: DocumentView) -> Iterator[str]:
    yield ""
    yield f"{printable(view.title)}: {view.state}"
    for name, value in view.facts:
        yield f"  {name:<16}{printable(value)}"
    yield ""
    shown: set[int] = set()
    for segment in view.segments:
        yield from _segment(segment)
        shown |= {id(finding) for finding in segment.findings}
        for element in segment.elements:
            shown |= {id(finding) for finding in element.findings}
    for finding in view.findings:
        if id(finding) not in shown:
            yield from finding_lines(finding)


def _segment(view: SegmentView) -> Iterator[str]:
    indent = "  " * view.depth
    if view.opens:
        yield f"      {indent}[{view.opens}]"
    yield f"{view.number:>5} {indent}{printable(view.tag):<4} {view.name}".rstrip()
    for element in view.elements:
        yield from _element(element, f"      {indent}     ")
    for finding in view.findings:
        yield from finding_lines(finding, ">>> ")


def _element(view: ElementView, indent: str) -> Iterator[str]:
    name = textwrap.shorten(view.name, _NAME_WIDTH, placeholder="...")
    meaning = f"  ({view.meaning})" if view.meaning else ""
    value = printable(view.value)
    yield f"{indent}{view.position:<5} {name:<{_NAME_WIDTH}} {value}{meaning}".rstrip()
    for finding in view.findings:
        yield from finding_lines(finding, ">>> ")
