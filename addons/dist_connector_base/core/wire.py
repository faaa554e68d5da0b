"""What crosses the border between the pipeline and a transport.

Plain values only: a transport knows nothing of messages, profiles or Odoo, and the
pipeline knows nothing of sockets.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class HttpRequest:
    """One HTTP call, ready to go out.

    ``safe`` says that repeating it can do no harm (a query): a lost answer is then
    transient. Where it is false, a lost answer is an unknown outcome.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    safe: bool = False


@dataclass(frozen=True)
class SoapRequest:
    """One SOAP call, ready to be written as the partner's WSDL has it.

    :ivar operation: name of the operation in the WSDL
    :ivar arguments: its arguments by name, without what proves who we are
    :ivar safe: as for ``HttpRequest``
    """

    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    safe: bool = False


@dataclass(frozen=True)
class HttpResponse:
    """One HTTP answer, read to its end (within the size limit)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float = 0.0

    def header(self, name: str) -> str:
        """Return the header ``name`` (any case), or an empty string."""
        wanted = name.lower()
        for key, value in self.headers.items():
            if key.lower() == wanted:
                return value
        return ""


@dataclass(frozen=True)
class RemoteFile:
    """A file as a listing shows it. ``size`` in bytes, ``mtime`` in Unix seconds."""

    folder: str
    name: str
    size: int
    mtime: float


@dataclass(frozen=True)
class FileDrop:
    """A file to be written at the partner."""

    folder: str
    name: str
    content: bytes


class Outcome(enum.Enum):
    """How a send ended (design rule: unknown is a result)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """What the profile makes of an answer.

    :param outcome: accepted, rejected, duplicate or unknown
    :param remote_id: the partner's own id of the document, if told
    :param remote_status: the partner's status text, as sent
    :param code: the partner's reason code of a rejection
    :param message: the partner's reason in words, as sent
    """

    outcome: Outcome
    remote_id: str = ""
    remote_status: str = ""
    code: str = ""
    message: str = ""


class Found(enum.Enum):
    """The three answers of a look-up."""

    FOUND = "found"
    ABSENT = "absent"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class LookUp:
    """What a look-up at the partner told after an unknown outcome."""

    answer: Found
    verdict: Verdict | None = None
    message: str = ""


@dataclass(frozen=True)
class Item:
    """One document inside a transmission, before mapping.

    :param path: where it stands in the transmission: ``[3]``, ``row 14``
    :param data: decoded content (dict, list of rows, ...)
    :param expanded: what the partner is asked for with it stands in it
    """

    path: str
    data: Any
    expanded: bool = False
