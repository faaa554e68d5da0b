"""Ask the partner for what a thin event names, and for what belongs to a document."""

from contextlib import ExitStack

from ..core import profile as profiles
from ..core.errors import ConfigurationError, TransientError
from ..core.wire import Item
from . import context
from .gate import Gate, Held
from .lanes import PATIENCE, take_lane

#: Pages of one resource; more are a mistake in the profile.
MAX_PAGES = 50


class FetchBack:
    """The way to one partner for one run, opened by the first one that needs it.

    The event or the document itself is on record and committed before; a call that
    fails leaves it there, to be tried again.
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
            for items in self._pages(spec, operation, request, profiles.fetched_items):
                found += items
        return found

    def expanded(self, spec, item: Item, ctx) -> list[Item]:
        """Give the documents that one document and what belongs to it make.

        :raises Held: when the partner must not be called for now
        :raises DistError: when the parts cannot be asked for or read
        """
        operation = self._profile.operations[spec.expand.operation]
        request = profiles.expand_request(spec, operation, item, ctx)
        pages = self._pages(spec, operation, request, profiles.expand_entries)
        return profiles.expanded(spec, item, profiles.joined(list(pages)))

    def _pages(self, spec, operation, request, read):
        """Ask page by page, and give what each of them holds.

        :param read: ``(flow, operation, response)`` to what the page holds
        :raises ConfigurationError: there is no end of pages
        """
        for _page in range(MAX_PAGES):
            response, held = self._ask(spec, operation, request, read)
            yield held
            request = profiles.next_page(operation, request, response)
            if request is None:
                return
        raise ConfigurationError(
            f"one resource has more than {MAX_PAGES} pages",
            path=f"operations.{operation.name}.paging",
            next_step="Raise the page size in the profile.",
        )

    def _ask(self, spec, operation, request, read):
        """Ask once; a partner that is not there is not asked again in this run."""
        if self._unreachable:
            raise self._unreachable
        try:
            self._open()
            self._gate.enter(operation.name)
            with self._gate.call(operation.name) as ended:
                response = self._rest.call(request)
                ended.pause = profiles.pace(operation, response)
                return response, read(spec, operation, response)
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
