"""Ask the partner for what a thin event names."""

from contextlib import ExitStack

from ..core import profile as profiles
from ..core.errors import TransientError
from ..core.wire import Item
from . import context
from .gate import Gate, Held
from .lanes import PATIENCE, take_lane

#: Pages of one resource; more are a mistake in the profile.
MAX_PAGES = 20


class FetchBack:
    """The way to one partner for one run, opened by the first event that needs it.

    The event itself is on record and committed before; a call that fails leaves it
    there, to be tried again.
    """

    def __init__(self, flow, backend, profile):
        self._flow = flow
        self._backend = backend
        self._profile = profile
        self._stack = ExitStack()
        self._gate = None
        self._rest = None
        self._unreachable: TransientError | None = None

    def __enter__(self):
        return self

    def __exit__(self, *_exc_info):
        self._stack.close()
        self._rest = None
        if self._gate:
            self._gate.tell()

    def items(self, spec, payload: bytes, ctx) -> list[Item]:
        """Give the documents that the events of a post lead to.

        :raises Held: when the partner must not be called for now
        :raises DistError: when the post or a resource cannot be read, or the partner
            cannot be reached
        """
        data = profiles.decode(spec, payload, ctx, source="webhook")
        operation = self._profile.operations[spec.webhook.fetch.operation]
        found: list[Item] = []
        for event in profiles.split(spec, data, source="webhook"):
            request = profiles.fetch_request(spec, operation, event, ctx)
            pages = 0
            while request and pages < MAX_PAGES:
                response, items = self._ask(spec, operation, request)
                found += items
                request = profiles.next_page(operation, request, response)
                pages += 1
        return found

    def _ask(self, spec, operation, request):
        """Ask once; a partner that is not there is not asked again in this run."""
        if self._unreachable:
            raise self._unreachable
        try:
            self._open()
            self._gate.enter(operation.name)
            with self._gate.call(operation.name) as ended:
                response = self._rest.call(request)
                ended.pause = profiles.pace(operation, response)
                return response, profiles.fetched_items(spec, operation, response)
        except TransientError as exc:
            self._unreachable = exc
            raise

    def _open(self) -> None:
        if self._rest is not None:
            return
        env = self._flow.env
        if self._profile.parallel and not take_lane(
            env, self._backend, self._flow.channel
        ):
            raise Held("all lanes to the partner are taken", retry_after=PATIENCE)
        self._gate = Gate(self._backend, self._profile)
        self._rest = self._stack.enter_context(
            context.open_rest(self._backend, self._profile)
        )
