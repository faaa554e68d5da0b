"""What each command of the command line does; see ``cli.py``."""

import argparse
import datetime as dt
import json
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...dist_connector_base.core.canonical.base import DOCUMENTS, Document
from ...dist_connector_base.core.errors import ConfigurationError, DataError
from . import map as maps
from .ack.answer import answer, answer_agreement
from .ack.verdict import AckPolicy
from .render.html import render_html
from .render.inspect import InspectedDocument, InspectedFile, inspect
from .render.text import finding_lines, render_text
from .render.view import place_text, state_of, view_file
from .syntax.agreement import CountingNumbers, Party, WriteAgreement
from .syntax.findings import Finding
from .syntax.model import InterchangeContent
from .syntax.segment import EDIFACT, X12
from .syntax.writer import OutgoingMessage, write

#: A file that is larger is not shown or converted at once; split it first.
MAX_BYTES = 200 * 2**20

#: What is written when nobody names a release.
_RELEASES = {X12: "004010", EDIFACT: "D.96A"}


@dataclass
class Result:
    """What a command gives: its output, and what to say beside it.

    :ivar has_errors: the exit code is 1
    """

    output: str | bytes
    has_errors: bool = False
    remarks: list[str] = field(default_factory=list)


def validate(options: argparse.Namespace) -> Result:
    """Say what is wrong with a file, and where."""
    inspected = _inspected(options)
    findings = list(inspected.content.all_findings())
    has_errors = any(finding.is_error for finding in findings)
    if options.json:
        lines = [json.dumps(_finding_data(finding)) for finding in findings]
        return Result("".join(line + "\n" for line in lines), has_errors)
    return Result("\n".join(_report(inspected, findings)) + "\n", has_errors)


def render(options: argparse.Namespace) -> Result:
    """Show a file so that people can read it."""
    view = view_file(_inspected(options))
    return Result(render_html(view) if options.html else render_text(view))


def ack(options: argparse.Namespace) -> Result:
    """Make the acknowledgement that a file earns, for each interchange in it."""
    inspected = _inspected(options)
    kind = options.kind
    policy = AckPolicy(
        form=kind if kind in ("997", "999") else "997",
        interchange="always" if kind == "TA1" else "requested",
    )
    numbers = _numbers(options)
    parts = []
    remarks: list[str] = []
    for content in inspected.content.interchanges:
        if kind and (kind == "CONTRL") != (content.interchange.standard == EDIFACT):
            continue
        if kind == "TA1":
            # The answer to the interchange alone
            content = InterchangeContent(content.interchange)
        messages, notes = answer(content, policy)
        if not messages and not notes:
            continue
        agreement = replace(answer_agreement(content, policy), line_end="\n")
        written = write(messages, agreement, numbers, _now(options), notes)
        for finding in written.findings:
            remarks += finding_lines(finding, "")
        parts.append(written.data)
    if not any(parts):
        raise DataError(
            f"this file earns no {kind or 'acknowledgement'}: it holds no interchange "
            "that can be answered so, or only acknowledgements",
            path=inspected.name,
            next_step="Run validate on the file: it says what it holds.",
        )
    return Result(b"".join(parts), remarks=remarks)


def convert(options: argparse.Namespace) -> Result:
    """Turn EDI into canonical JSON, or canonical JSON into EDI."""
    data = _bytes(options.file)
    if data.lstrip()[:1] in (b"{", b"["):
        return _to_edi(options, data)
    inspected = inspect(data, _name(options.file), options.overlay)
    if not inspected.documents:
        raise DataError(
            "holds no message",
            path=inspected.name,
            next_step="Run validate on the file: it says what is wrong.",
        )
    own_map = maps.load_file(Path(options.map)) if options.map else None
    converted = [
        _converted(held, own_map, options.zone) for held in inspected.documents
    ]
    text = json.dumps(converted, indent=2, ensure_ascii=False) + "\n"
    return Result(text, any(held["problems"] for held in converted))


def _converted(
    inspected: InspectedDocument, own_map: maps.Map | None, zone: str | None
) -> dict[str, Any]:
    """Give one message as JSON data, with what could not be mapped."""
    document = inspected.document
    interchange = document.interchange
    result: dict[str, Any] = {
        "message": document.message_type,
        "version": document.version,
        "sender": interchange.sender.strip(),
        "receiver": interchange.receiver.strip(),
        "control_number": document.transaction.reference,
        "document": None,
        "content": None,
        "problems": [],
        "unread": [],
    }
    try:
        mapping = own_map or maps.find(document.standard, document.message_type)
    except ConfigurationError as exc:
        result["problems"] = [exc.message]
        return result
    if inspected.tree is None:
        result["problems"] = [f"there is no guide for {document.message_type}"]
        return result
    mapped = mapping.read(inspected.tree, zone=zone)
    result["document"] = mapping.document
    if mapped.document is not None:
        result["content"] = json.loads(mapped.document.to_json())
    result["problems"] = [str(problem) for problem in mapped.problems]
    result["unread"] = [str(segment) for segment in mapped.unread]
    return result


def _to_edi(options: argparse.Namespace, data: bytes) -> Result:
    try:
        held = json.loads(data)
    except ValueError as exc:
        raise DataError(f"is not JSON: {exc}", path=_name(options.file)) from exc
    documents = [
        _document(entry) for entry in (held if isinstance(held, list) else [held])
    ]
    if not documents:
        raise DataError("holds no document", path=_name(options.file))
    remarks = []
    messages = []
    for document in documents:
        mapping = _map_for(options, document)
        written = mapping.write(document, zone=options.zone)
        messages.append(OutgoingMessage(mapping.message, written.require()))
        if written.unmapped:
            lost = ", ".join(written.unmapped)
            remarks.append(f"note: {mapping.message} has no place for {lost}")
    agreement = WriteAgreement(
        standard=mapping.standard,
        sender=_party(options.sender, mapping.standard),
        receiver=_party(options.receiver, mapping.standard),
        version=options.release or _RELEASES[mapping.standard],
        agency="X" if mapping.standard == X12 else "UN",
        line_end="\n",
    )
    result = write(messages, agreement, _numbers(options), _now(options))
    for finding in result.findings:
        remarks += finding_lines(finding, "")
    return Result(result.data, result.refused, remarks)


def _document(entry: Any) -> Document:
    """Read ``{"document": "order", "content": {...}}``, as convert writes it."""
    if not isinstance(entry, dict) or entry.get("document") not in DOCUMENTS:
        known = ", ".join(sorted(DOCUMENTS))
        raise DataError(
            f'write {{"document": TYPE, "content": {{...}}}} with TYPE one of: {known}'
        )
    return DOCUMENTS[entry["document"]].parse(entry.get("content"))


def _map_for(options: argparse.Namespace, document: Document) -> maps.Map:
    if options.map:
        return maps.load_file(Path(options.map))
    if options.to in ("x12", "edifact"):
        return maps.find_for(options.to, document.doc_type)
    standard = "x12" if options.to.isdigit() else "edifact"
    return maps.find(standard, options.to.upper(), document.doc_type)


def _party(text: str, standard: str) -> Party:
    """Read ``QUALIFIER:ID``; X12 needs a qualifier, EDIFACT knows no ``ZZ``."""
    qualifier, _, code = text.rpartition(":")
    if standard == X12:
        return Party(code, qualifier or "ZZ")
    return Party(code, "" if qualifier == "ZZ" else qualifier)


def _numbers(options: argparse.Namespace) -> CountingNumbers:
    return CountingNumbers(options.control, options.control, options.control)


def _now(options: argparse.Namespace) -> dt.datetime:
    return options.now or dt.datetime.now(dt.timezone.utc)


def _inspected(options: argparse.Namespace) -> InspectedFile:
    return inspect(_bytes(options.file), _name(options.file), options.overlay)


def _name(file: str) -> str:
    return "standard input" if file == "-" else Path(file).name


def _bytes(file: str) -> bytes:
    if file == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        with Path(file).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DataError(f"is larger than {MAX_BYTES} bytes", path=_name(file))
    return data


def _report(inspected: InspectedFile, findings: list[Finding]) -> list[str]:
    """Write the findings for people, grouped as the file is."""
    content = inspected.content
    lines = [f"{inspected.name}: {_summary(inspected, findings)}"]
    for finding in content.findings:
        lines += finding_lines(finding)
    for held in content.interchanges:
        interchange = held.interchange
        sender, receiver = interchange.sender.strip(), interchange.receiver.strip()
        lines.append(
            f"interchange {interchange.ordinal} {interchange.reference} "
            f"from {sender} to {receiver}: {state_of(interchange.findings)}"
        )
        for finding in interchange.findings:
            lines += finding_lines(finding)
        for group in held.groups:
            for finding in group.group.findings:
                lines += finding_lines(finding)
            for document in group.documents:
                title = f"{document.message_type} {document.transaction.reference}"
                lines.append(f"{title}: {state_of(document.findings)}")
                for finding in document.findings:
                    lines += finding_lines(finding)
    return lines


def _summary(inspected: InspectedFile, findings: list[Finding]) -> str:
    documents = len(inspected.documents)
    parts = [f"{documents} document{'' if documents == 1 else 's'}"]
    for severity in ("error", "warning"):
        count = sum(finding.severity.value == severity for finding in findings)
        parts.append(f"{count} {severity}{'' if count == 1 else 's'}")
    return ", ".join(parts)


def _finding_data(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "level": finding.level.value,
        "message": finding.message,
        "where": place_text(finding.place),
        "place": finding.place._asdict(),
        "expected": finding.expected,
        "seen": finding.seen,
        "ack": {name: code for name, code in finding.ack._asdict().items() if code},
    }
