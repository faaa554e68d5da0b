"""Code lists that a partner keeps and tells: read, and offered for mapping.

What its statuses, causes or services are called is the partner's own business, and
often each customer's of it. Where it can be asked, people map a list instead of waiting
for one code after the other to come up.
"""

from typing import Any, NamedTuple

from ..errors import DataError
from ..wire import HttpResponse
from .context import Context
from .functions import as_text
from .inbound import decode_format
from .lists import CodeListSpec
from .paging import page_items
from .scope import Scope

#: Codes of one list; more are no vocabulary.
MAX_CODES = 5_000


class ListedCode(NamedTuple):
    """A code that the partner has, and what it calls it."""

    code: str
    name: str


def listed_codes(
    spec: CodeListSpec, operation: Any, response: HttpResponse
) -> list[ListedCode]:
    """Give the codes of one page, in the partner's order; entries without one are not.

    :raises DataError: no list where the profile says
    :raises DistError: as :func:`.paging.page_items`
    """
    page_items(operation, response)
    data = decode_format(operation.format, response.body)
    scope = Scope(Context(), "in", data)
    entries = spec.codes.run(data, scope)
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise DataError("has no list of codes", path=spec.codes.text)
    found = [_listed(spec, entry, scope) for entry in entries[:MAX_CODES]]
    return [listed for listed in found if listed.code]


def _listed(spec: CodeListSpec, entry: Any, scope: Scope) -> ListedCode:
    code = spec.code.run(entry, scope) if spec.code else entry
    name = spec.name.run(entry, scope) if spec.name else None
    return ListedCode(as_text(code).strip(), as_text(name).strip())
