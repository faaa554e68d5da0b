"""Lists at a partner: their pages, how far they were read, and its code lists."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from .spec import Spec
from .types import Duration, Expr, Statuses


class PagingSpec(Spec):
    """How the next page is asked for.

    :ivar style: ``number`` (page 1, 2, 3), ``offset`` (rows to skip), ``token`` (a
        value of the answer goes into a parameter), ``link`` (the answer has it)
    :ivar items: where the entries stand in the body
    :ivar param: parameter with the page, offset or token
    :ivar next: the token or address in the body; nothing ends the list
    :ivar next_header: the header that has it instead (``Link`` is understood)
    :ivar alone: the token stands for the whole question: later pages are asked for by
        it alone, without the other parameters
    :ivar place: where ``param`` and ``size_param`` stand: in the ``query`` of the
        address, or as fields of the ``body``
    """

    style: Literal["number", "offset", "token", "link"]
    items: Expr
    param: str = ""
    size_param: str = ""
    size: Annotated[int, Field(ge=1, le=10_000)] = 100
    first: int = 1
    next: Expr | None = None
    next_header: str = ""
    alone: bool = False
    place: Literal["query", "body"] = "query"
    stop: Literal["short_page", "empty_page"] = "short_page"


class CursorSpec(Spec):
    """How far a list was read.

    :ivar param: parameter that carries the cursor; without one, the texts and the body
        of the operation find it as ``cursor``
    :ivar kind: ``moment``, ``number`` or ``token``
    :ivar advance: ``started`` (when the list was asked for, by the partner's clock) or
        an expression over the body that gives one value or several: the largest counts
    :ivar start: how far back the first poll looks (moment), or the first value
    :ivar overlap: moments are set back by so much: late changes are seen again
    :ivar format: form of a moment, as for strftime; ISO 8601 without it
    """

    param: str = ""
    kind: Literal["moment", "number", "token"] = "moment"
    advance: Expr | Literal["started"] = "started"
    start: str = "7 days"
    overlap: Duration = dt.timedelta(0)
    format: str = ""


class ExpandSpec(Spec):
    """What belongs to a document and has to be asked for by itself.

    :ivar operation: the call; its texts and body may use the fields of the document
    :ivar into: field of the document under which what came then stands: the entries
        of all pages, or the whole answer of an operation without paging
    :ivar absent: statuses that say that there is nothing: an empty list
    :ivar documents: where the documents stand in it then; without it, it is the one
    """

    operation: str
    into: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    absent: Statuses = frozenset()
    documents: Expr | None = None


class CodeListSpec(Spec):
    """Where a partner tells the codes of one vocabulary.

    :ivar operation: the call, a safe one
    :ivar codes: where the entries stand in the answer
    :ivar code: the code of an entry; the entry itself without it
    :ivar name: what the partner calls it in words
    """

    operation: str
    codes: Expr
    code: Expr | None = None
    name: Expr | None = None
