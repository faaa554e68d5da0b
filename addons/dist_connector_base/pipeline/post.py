"""Send and look up through the backend's transport, as its profile says."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from ..core import profile as profiles
from ..core.canonical import Document
from ..core.errors import DistError
from ..core.wire import FileDrop, HttpRequest, LookUp, Outcome, SoapRequest, Verdict
from ..transports.done_files import find_whole, put_whole
from .context import open_files, open_rest
from .privacy import Privacy


@dataclass(slots=True)
class Parcel:
    """A document, wrapped for the way to the partner.

    :ivar masked: what is kept of it in the attempt, without secrets
    :ivar answer: ``(http status, masked body, seconds)`` after the partner answered
    """

    operation: Any
    document: Document
    content: HttpRequest | SoapRequest | FileDrop | profiles.FileSearch
    masked: str
    answer: tuple[int | None, str, float] | None = None


class Post:
    """The way to one partner, opened when the first parcel needs it."""

    def __init__(self, backend, profile, ctx, gate, traces):
        self.backend = backend
        self.gate = gate
        self.traces = traces
        self.profile = profile
        self.ctx = ctx
        self.privacy = Privacy(backend)
        self._stack = ExitStack()
        self._rest = None
        self._files = None

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._stack.close()

    def wrap(self, operation_name: str, document: Document) -> Parcel:
        """Build what goes to the partner, and ask whether it may go there now.

        :raises DistError: when the document cannot be mapped to the partner's form
        :raises Held: when the partner must not be called for now
        """
        operation = self.profile.operations[operation_name]
        content = profiles.build(operation, document, self.ctx)
        content = self.traces.stamp(content, document.key, self.profile.trace)
        self.gate.enter(operation_name)
        return Parcel(operation, document, content, self.privacy.content(content))

    def send(self, parcel: Parcel) -> Verdict:
        """Send, and judge the answer.

        :raises DistError: transient, unknown outcome, ... as transport and profile say
        """
        with self._call_of(parcel) as ended:
            if isinstance(parcel.content, FileDrop):
                done = self._done_name(parcel.content.name)
                put_whole(self._file_transport(), parcel.content, done)
                return Verdict(Outcome.ACCEPTED)
            response = self._call(parcel)
            ended.pause = profiles.pace(parcel.operation, response)
            verdict = profiles.judge(parcel.operation, response)
            ended.failed = verdict.outcome is Outcome.UNKNOWN
            return self.privacy.verdict(verdict, parcel.document)

    def look_up(self, parcel: Parcel) -> LookUp:
        """Ask the partner whether it has the document.

        :raises DistError: when the question itself could not be put
        """
        with self._call_of(parcel) as ended:
            if isinstance(parcel.content, profiles.FileSearch):
                folders, name = parcel.content
                done = self._done_name(name)
                folder = find_whole(self._file_transport(), folders, name, done)
                return profiles.judge_file_look_up(parcel.operation, folder)
            response = self._call(parcel)
            ended.pause = profiles.pace(parcel.operation, response)
            found = profiles.judge_look_up(
                parcel.operation, response, parcel.document, self.ctx
            )
            return self.privacy.look_up(found, parcel.document)

    @contextmanager
    def _call_of(self, parcel: Parcel):
        """Ask the gate; what goes wrong is told without secrets and personal data."""
        with self.gate.call(parcel.operation.name) as ended:
            try:
                yield ended
            except DistError as exc:
                # within the gate: it keeps the words of the last fault
                self.privacy.error(exc, parcel.document)
                raise

    def _call(self, parcel: Parcel):
        if self._rest is None:
            self._rest = self._stack.enter_context(
                open_rest(self.backend, self.profile)
            )
        response = self._rest.call(parcel.content)
        self.privacy.learn(self._rest)
        parcel.answer = (
            response.status,
            self.privacy.response(response, parcel.document),
            response.seconds,
        )
        return response

    def _done_name(self, name: str) -> str:
        return profiles.done_name(self.profile, name, self.ctx)

    def _file_transport(self):
        if self._files is None:
            self._files = self._stack.enter_context(
                open_files(self.backend, self.profile)
            )
        return self._files
