"""Send and look up through the backend's transport, as its profile says."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from ..core import masking
from ..core import profile as profiles
from ..core.canonical import Document
from ..core.wire import FileDrop, HttpRequest, LookUp, Outcome, Verdict
from .context import open_files, open_rest


@dataclass(slots=True)
class Parcel:
    """A document, wrapped for the way to the partner.

    :ivar masked: what is kept of it in the attempt, without secrets
    :ivar answer: ``(http status, masked body, seconds)`` after the partner answered
    """

    operation: Any
    document: Document
    content: HttpRequest | FileDrop | profiles.FileSearch
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
        return Parcel(operation, document, content, _mask(content))

    def send(self, parcel: Parcel) -> Verdict:
        """Send, and judge the answer.

        :raises DistError: transient, unknown outcome, ... as transport and profile say
        """
        with self.gate.call(parcel.operation.name) as ended:
            if isinstance(parcel.content, FileDrop):
                self._file_transport().put(parcel.content)
                return Verdict(Outcome.ACCEPTED)
            response = self._call(parcel)
            ended.pause = profiles.pace(parcel.operation, response)
            verdict = profiles.judge(parcel.operation, response)
            ended.failed = verdict.outcome is Outcome.UNKNOWN
            return verdict

    def look_up(self, parcel: Parcel) -> LookUp:
        """Ask the partner whether it has the document.

        :raises DistError: when the question itself could not be put
        """
        with self.gate.call(parcel.operation.name) as ended:
            if isinstance(parcel.content, profiles.FileSearch):
                folder = self._file_transport().exists(
                    parcel.content.folders, parcel.content.name
                )
                return profiles.judge_file_look_up(parcel.operation, folder)
            response = self._call(parcel)
            ended.pause = profiles.pace(parcel.operation, response)
            return profiles.judge_look_up(
                parcel.operation, response, parcel.document, self.ctx
            )

    def _call(self, parcel: Parcel):
        if self._rest is None:
            self._rest = self._stack.enter_context(
                open_rest(self.backend, self.profile)
            )
        response = self._rest.call(parcel.content)
        parcel.answer = (
            response.status,
            masking.mask_response(response),
            response.seconds,
        )
        return response

    def _file_transport(self):
        if self._files is None:
            self._files = self._stack.enter_context(
                open_files(self.backend, self.profile)
            )
        return self._files


def _mask(content) -> str:
    if isinstance(content, HttpRequest):
        return masking.mask_request(content)
    if isinstance(content, FileDrop):
        return f"{content.folder}/{content.name}, {len(content.content)} bytes"
    return f"{content.name} in {', '.join(content.folders)}"
