"""Ask a partner which codes it has, and keep what it says for people to map."""

from ..core import profile as profiles
from ..core.errors import TransientError
from .context import make_context, open_rest
from .gate import Gate, Held
from .lanes import PATIENCE, take_lane

#: Pages of one list.
MAX_PAGES = 20


def read_code_lists(backend) -> int:
    """Read all code lists that the profile names; give how many codes there are.

    :raises Held: when the partner must not be called for now
    :raises DistError: when it cannot be reached, or what it tells cannot be read
    """
    profile = backend.profile_id._parsed()
    if not profile.code_lists:
        return 0
    if profile.parallel and not take_lane(backend.env, backend, "batch"):
        raise Held("all lanes to the partner are taken", retry_after=PATIENCE)
    ctx, gate, number = make_context(backend), Gate(backend, profile), 0
    try:
        with open_rest(backend, profile) as rest:
            for vocabulary, spec in profile.code_lists.items():
                operation = profile.operations[spec.operation]
                codes = _codes(spec, operation, rest, gate, ctx)
                backend.env["dist.code.listed"]._keep(backend, vocabulary, codes)
                number += len(codes)
    finally:
        gate.tell()
    return number


def _codes(spec, operation, rest, gate, ctx) -> dict[str, str]:
    """Give the codes of one list with what the partner calls them."""
    found: dict[str, str] = {}
    request = profiles.first_page(operation, "", ctx)
    for _page in range(MAX_PAGES):
        gate.enter(operation.name)
        with gate.call(operation.name) as ended:
            response = rest.call(request)
            ended.pause = profiles.pace(operation, response)
            codes = profiles.listed_codes(spec, operation, response)
        found.update({listed.code: listed.name for listed in codes})
        request = profiles.next_page(operation, request, response)
        if request is None:
            return found
    raise TransientError(f"the code list has more than {MAX_PAGES} pages")
