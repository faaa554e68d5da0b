"""Under which names the pages of a list, and the documents on them, are taken once.

An event is known by its words wherever it stands. A picture of the moment is news each
time it is asked for, and all its pages belong together.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence

from ..core.canonical import DOCUMENTS, Document
from .ledger import Row


def is_momentary(flow) -> bool:
    """Say whether the documents of a flow are pictures of a moment."""
    return DOCUMENTS[flow.message_type].momentary


def page_keys(flow, bodies: Sequence[bytes], *, cut_off: bool) -> list[str]:
    """Give the transport keys of the pages of one poll.

    :param cut_off: the list goes on: nobody knows in how many pages it comes
    """
    if not is_momentary(flow):
        return [f"page:{hashlib.sha256(body).hexdigest()}" for body in bodies]
    name = uuid.uuid4().hex
    pages = 0 if cut_off else len(bodies)
    return [f"list:{name}:{place}/{pages}" for place, _ in enumerate(bodies, 1)]


def document_keys(flow, row: Row, items) -> list[str]:
    """Give the transport keys of the documents of a page, or of an event."""
    if not is_momentary(flow):
        return [_fragment_key(item) for item in items]
    # of a page with one document there are as many documents as pages
    pages = pages_of(row) if len(items) == 1 else 0
    return [f"list:{row.id}:{place}/{pages}" for place, _ in enumerate(items, 1)]


def pages_of(row: Row) -> int:
    """Say in how many documents the list comes that a message is of; 0: not known."""
    if not row.transport_key.startswith("list:"):
        return 0
    return int(row.transport_key.rsplit("/", 1)[1])


def counted(row: Row, document: Document) -> Document:
    """Give a document that says in how many the list comes, where we counted them."""
    pages = pages_of(row)
    if pages and document.momentary and document.pages is None:
        return document.model_copy(update={"pages": pages})
    return document


def _fragment_key(item) -> str:
    """Give the fingerprint of a polled document's content, wherever it stood."""
    text = json.dumps(item.data, sort_keys=True, ensure_ascii=False, default=str)
    return f"poll:{hashlib.sha256(text.encode()).hexdigest()}"
