"""What a profile says, as typed values. The YAML has exactly these keys."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr

from .expect import ExpectationSpec, HeartbeatSpec
from .formats import Format, Json
from .lists import CodeListSpec, CursorSpec, ExpandSpec, PagingSpec
from .samples import SampleSpec
from .spec import Spec
from .stock import StockSpec
from .terms import ContractSpec, PaceSpec
from .trace import TraceSpec
from .types import Duration, Expr, Map, Statuses, Text, Words
from .webhook import IGNORE, WebhookSpec

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Outcome = Literal[
    "accepted",
    "rejected",
    "duplicate",
    "unknown",
    "transient",
    "limit",
    "data",
    "configuration",
]


class SettingSpec(Spec):
    """A value that each backend fills in."""

    label: str
    help: str = ""
    required: bool = True
    default: str = ""


class AuthSpec(Spec):
    """How the partner knows us.

    :ivar credential: name of the backend's credential that holds the secret
    :ivar name: header (``header``) or query parameter (``query``)
    :ivar user: user of ``basic``, ``password`` and ``ssh_key``; client id of ``oauth2``
    :ivar prefix: text before the key in a header, such as ``"Token "``
    :ivar token_url: where ``oauth2`` (client credentials) gets its token
    :ivar scope: scopes that are asked for, separated by blanks
    :ivar client_auth: how the client shows itself there: ``basic`` or in the ``form``
    :ivar user_argument: argument of every SOAP operation with the user (``arguments``)
    :ivar secret_argument: the one with the password
    """

    scheme: Literal[
        "none",
        "bearer",
        "basic",
        "header",
        "query",
        "oauth2",
        "password",
        "ssh_key",
        "arguments",
    ]
    credential: str = ""
    name: str = ""
    user: Text | None = None
    prefix: str = ""
    token_url: Text | None = None
    scope: Text | None = None
    client_auth: Literal["basic", "form"] = "basic"
    user_argument: str = ""
    secret_argument: str = ""


class AnswerRule(Spec):
    """What an answer means: the first rule that fits decides.

    :ivar status: HTTP statuses it is for; every status without it
    :ivar when: condition on the decoded body
    :ivar retry_after: seconds to wait, for ``limit`` and ``transient``
    """

    status: Statuses | None = None
    when: Expr | None = None
    then: Outcome
    remote_id: Expr | None = None
    remote_status: Expr | None = None
    code: Expr | None = None
    message: Expr | None = None
    retry_after: Expr | None = None


class LookUpSpec(Spec):
    """How a list or record shows whether the partner has the document.

    :ivar records: where the records stand in the body; one record may stand alone
    :ivar match: partner's field = our field; all must be equal, as text
    :ivar when: condition on the record; a record that breaks it is as good as absent
    :ivar absent: statuses that say that there is none
    """

    records: Expr
    match: dict[str, Expr] = Field(min_length=1)
    when: Expr | None = None
    absent: Statuses = frozenset()
    remote_id: Expr | None = None
    remote_status: Expr | None = None
    rejected: Expr | None = None
    message: Expr | None = None


class FileTarget(Spec):
    """A file to write. Its name is made safe: a separator in it is a data fault."""

    folder: Text
    name: Text


class FileLookUp(Spec):
    """Folders in which a written file may still stand."""

    folders: list[Text] = Field(min_length=1)
    name: Text


class Operation(Spec):
    """One thing that may be done at the partner. Nothing else can be called.

    :ivar safe: repeating it can do no harm; never guessed from the HTTP method
    :ivar soap: name of the SOAP operation; ``body`` then maps its arguments
    """

    title: str = ""
    soap: str = ""
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] | None = None
    path: Text | None = None
    params: dict[str, Text] = Field(default_factory=dict)
    headers: dict[str, Text] = Field(default_factory=dict)
    body: Map | None = None
    format: Format = Json()
    safe: bool = False
    answers: list[AnswerRule] = Field(default_factory=list)
    look_up: LookUpSpec | None = None
    paging: PagingSpec | None = None
    cursor: CursorSpec | None = None
    file: FileTarget | None = None
    find_file: FileLookUp | None = None

    _name: str = PrivateAttr("")
    _base_url: Any = PrivateAttr(None)
    _pace: Any = PrivateAttr(None)

    @property
    def name(self) -> str:
        """Give the name under which the profile lists the operation."""
        return self._name

    @property
    def kind(self) -> str:
        """Give ``http``, ``soap``, ``file`` or ``find_file``."""
        if self.soap:
            return "soap"
        if self.file:
            return "file"
        return "find_file" if self.find_file else "http"


class FetchBackSpec(Spec):
    """What a thin event leads to: the resource it names is asked for.

    :ivar operation: the call; its texts may use the fields of the event
    :ivar link: where the event holds the resource's address, if it does; another host
        is refused
    :ivar documents: where the documents stand in the resource; else as the flow says
    """

    operation: Name
    link: Expr | None = None
    documents: Expr | None = None


def _fetch_back(value: Any) -> Any:
    return {"operation": value} if isinstance(value, str) else value


class TopicsSpec(Spec):
    """Webhooks of a flow; ``webhook: [topic]`` is short for ``{topics: [topic]}``.

    :ivar documents: where the documents stand in the post; with ``fetch``, the events
    :ivar fetch: the post only names what happened, and the document is fetched
    """

    topics: Words = Field(min_length=1)
    documents: Expr | None = None
    fetch: Annotated[
        FetchBackSpec | None,
        BeforeValidator(_fetch_back, json_schema_input_type=FetchBackSpec | str | None),
    ] = None


class SweepSpec(Spec):
    """How often a list is read again from further back, for what changed late."""

    every: Duration = dt.timedelta(days=1)
    back: Duration


class PollSpec(Spec):
    """A list that is asked for from time to time.

    :ivar sweep: now and then it is read from further back than its cursor
    """

    operation: Name
    every: Duration = dt.timedelta(minutes=10)
    sweep: SweepSpec | None = None
    documents: Expr | None = None


class FileSpec(Spec):
    """Files that the partner writes.

    :ivar archive: folder into which files go once they are on record
    :ivar stable: a file is taken when its size stood still for so long
    :ivar unpack: the files are packed; a zip becomes a list of ``{name, content}``
    """

    folder: Text
    pattern: str
    archive: Text
    every: Duration = dt.timedelta(minutes=5)
    stable: Duration = dt.timedelta(seconds=2)
    unpack: Literal["gzip", "zip"] | None = None
    documents: Expr | None = None


class SkipRule(Spec):
    """A document that needs no action, and why."""

    when: Expr
    reason: str


class KeysSpec(Spec):
    """Ledger keys that differ from the document's own; over the canonical document."""

    key: Expr | None = None
    partition: Expr | None = None
    correlation: Expr | None = None


def _topics(value: Any) -> Any:
    return {"topics": value} if isinstance(value, (str, list)) else value


class FlowSpec(Spec):
    """One message type: how it leaves, or how it comes and what it means.

    :ivar send: operation that sends an outgoing document
    :ivar change: operation that sends it when the partner has it already, which shows
        by its ``remote_id``
    :ivar look_up: operation that asks for it after an unknown outcome
    :ivar answer: ``at_once`` with the send, or ``later`` as a message of its own
    :ivar documents: where the documents stand in what came; the whole without it
    :ivar expand: what the partner is asked for with each of them
    :ivar dated: a document's own date, for the codes of that day; when it arrived
        without it
    """

    direction: Literal["in", "out"]
    send: str = ""
    change: str = ""
    look_up: str = ""
    answer: Literal["at_once", "later"] = "at_once"
    webhook: Annotated[
        TopicsSpec | None,
        BeforeValidator(
            _topics, json_schema_input_type=TopicsSpec | list[str] | str | None
        ),
    ] = None
    poll: PollSpec | None = None
    file: FileSpec | None = None
    format: Format = Json()
    documents: Expr | None = None
    expand: ExpandSpec | None = None
    dated: Expr | None = None
    skip: list[SkipRule] = Field(default_factory=list)
    map: Map | None = None
    keys: KeysSpec = KeysSpec()
    heartbeat: HeartbeatSpec | None = None

    _message_type: str = PrivateAttr("")

    @property
    def message_type(self) -> str:
        """Give the canonical document type."""
        return self._message_type

    def sent_by(self, document: Any) -> str:
        """Give the operation that sends a document."""
        known = self.change and getattr(document, "remote_id", None)
        return self.change if known else self.send

    @property
    def fetch_minutes(self) -> float:
        """Give how often the flow fetches; 0 for one that only is told."""
        source = self.poll or self.file
        return source.every.total_seconds() / 60 if source else 0.0

    @property
    def sources(self) -> list[str]:
        """Give the ways in which documents come: webhook, poll, file."""
        return [name for name in ("webhook", "poll", "file") if getattr(self, name)]

    def has_folder(self) -> bool:
        """Say whether the flow takes files out of a folder."""
        return self.file is not None


class Profile(Spec):
    """A partner: how to reach it, and what its documents mean.

    :ivar base_url: address that all paths are below; of SOAP, the service's address
    :ivar wsdl: name of the partner's WSDL, which each backend has a copy of
    :ivar parallel: jobs that may talk to the partner at the same time, over all workers
    :ivar done_file: name of the file that says that another one (``{name}``, or
        ``{stem}`` without its ending) is whole; none where it comes out as the name
        itself
    :ivar stock: what stock levels mean, see :mod:`.stock`
    :ivar expectations: what must follow what, and within which time
    :ivar code_maps: vocabulary → partner's code → canonical code; a backend starts
        with these and may have its own
    :ivar code_lists: vocabulary → where the partner tells which codes it has
    :ivar samples: the profile's own tests, see :mod:`.samples`
    """

    code: Name = Field(alias="profile")
    version: str = Field(min_length=1)
    title: str = Field(min_length=1)
    transport: Literal["rest", "soap", "sftp", "folder"]
    contract: ContractSpec = ContractSpec()
    settings: dict[Name, SettingSpec] = Field(default_factory=dict)
    auth: AuthSpec = AuthSpec(scheme="none")
    base_url: Text | None = None
    wsdl: str = ""
    parallel: Annotated[int, Field(ge=1, le=64)] | None = None
    pace: PaceSpec | None = None
    trace: TraceSpec = TraceSpec()
    done_file: Text | None = None
    code_maps: dict[Name, dict[str, str]] = Field(default_factory=dict)
    code_lists: dict[Name, CodeListSpec] = Field(default_factory=dict)
    operations: dict[Name, Operation] = Field(default_factory=dict)
    webhook: WebhookSpec | None = None
    flows: dict[Name, FlowSpec] = Field(min_length=1)
    stock: StockSpec = Field(default_factory=StockSpec)
    expectations: dict[Name, ExpectationSpec] = Field(default_factory=dict)
    samples: list[SampleSpec] = Field(default_factory=list)

    def model_post_init(self, context: Any) -> None:
        """Tell the parts what stands around them."""
        topics: dict[str, Any] = {}
        for name, operation in self.operations.items():
            operation._name = name
            operation._base_url = self.base_url
            operation._pace = self.pace
        for name, flow in self.flows.items():
            flow._message_type = name
            if flow.webhook:
                topics.update(dict.fromkeys(flow.webhook.topics, name))
        if self.webhook:
            ignored = dict.fromkeys(self.webhook.ignore, IGNORE)
            self.webhook._topics = {**ignored, **topics}
