"""Read a file and look at every message of it through its guide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..guide.definition import ElementSpec, MessageDefinition
from ..guide.library import available, dictionary_of, load_guide
from ..guide.tree import Loop
from ..syntax.model import Document, FileContent
from ..syntax.reader import read_all
from ..syntax.segment import EDIFACT


@dataclass
class InspectedDocument:
    """One message with its guide and its loops.

    :ivar definition: None when there is no guide for the message
    """

    document: Document
    tree: Loop | None = None
    definition: MessageDefinition | None = None
    guide_name: str = ""

    def meaning(self, spec: ElementSpec | None, value: str) -> str:
        """Say what a code stands for; "" where the guide does not know."""
        if spec is None or not spec.code_list or self.definition is None:
            return ""
        held = dictionary_of(self.definition.standard, self.definition.release)
        return held.codes.get(spec.code_list, {}).get(value, "")


@dataclass
class InspectedFile:
    """A file with all its messages; findings of guides are among the documents'."""

    name: str
    content: FileContent
    documents: list[InspectedDocument] = field(default_factory=list)


def inspect(data: bytes, name: str, overlays: Sequence[str] = ()) -> InspectedFile:
    """Read a file, check each message against its guide, and keep everything.

    :param name: how the file is called in reports
    :param overlays: files with a partner's differences from the guides
    :raises GuideError: when an overlay is wrong, naming file, line and path
    """
    inspected = InspectedFile(name, read_all(data))
    for document in inspected.content.documents:
        inspected.documents.append(_inspected(document, overlays))
    return inspected


def _inspected(document: Document, overlays: Sequence[str]) -> InspectedDocument:
    standard, message = document.standard, document.message_type
    fitting = tuple(Path(overlay) for overlay in overlays)
    guide = load_guide(standard, _release(document), message, fitting)
    checked = guide.check(document.segments)
    document.findings.extend(checked.findings)
    document.findings.sort(key=lambda found: (found.place.segment, found.place.element))
    if message not in available(standard):
        return InspectedDocument(document)
    definition = guide.definition
    name = " ".join((guide.release, guide.message, *definition.overlays))
    return InspectedDocument(document, checked.tree, definition, name)


def _release(document: Document) -> str:
    """Name the release as guides look it up: ``D.96A.UN.EAN008``."""
    if document.standard != EDIFACT:
        return document.version
    transaction = document.transaction
    parts = (document.version, transaction.agency, transaction.association)
    return ".".join(filter(None, parts))
