"""A profile's own sample tests: what comes in or goes out, and what it has to become.

::

    samples:
      - name: a shipment in two parcels
        flow: shipment_confirmation
        payload: '{"number": "S1", ...}'     # as it comes; or data: {...} for JSON
        gives:
          - {confirmation_key: S1, lines: [{sku: A-1, quantity: 2}]}
      - name: an order
        flow: fulfilment_request
        document: {request_key: R1, ...}     # canonical
        sends: {method: POST, path: /orders, body: {number: R1}}
      - name: an unknown carrier
        flow: shipment_confirmation
        data: {...}
        fails: carrier code 'XX' is not mapped

What is expected is a part: fields that it does not name may hold anything. Lists are
compared entry by entry. Settings are the defaults of the profile and the sample's own;
codes are the profile's own.
"""

import contextlib
import datetime as dt
import json
import urllib.parse
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..codecs import json_codec
from ..errors import DistError, MappingError
from .context import Context
from .formats import Format

#: The clock of samples that name none.
NOW = dt.datetime(2026, 1, 15, 12, tzinfo=dt.timezone.utc)


class SampleSpec(BaseModel):
    """One sample.

    :ivar source: webhook, poll or file, where the flow reads them differently
    :ivar settings: settings of the made-up backend
    :ivar received_at: the clock of the sample
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Annotated[str, Field(min_length=1)]
    flow: str
    source: Literal["", "webhook", "poll", "file"] = ""
    settings: dict[str, str] = Field(default_factory=dict)
    timezone: str = "UTC"
    received_at: dt.datetime = NOW
    file_name: str = ""
    payload: str | None = None
    data: Any = None
    document: dict[str, Any] | None = None
    gives: list[dict[str, Any]] | None = None
    sends: dict[str, Any] | None = None
    fails: str = ""

    @model_validator(mode="after")
    def _one_of_each(self) -> "SampleSpec":
        given = [self.payload is not None, self.data is not None, bool(self.document)]
        if sum(given) != 1:
            raise ValueError("has exactly one of: payload, data, document")
        wanted = [self.gives is not None, self.sends is not None, bool(self.fails)]
        if sum(wanted) != 1:
            raise ValueError("expects exactly one of: gives, sends, fails")
        return self


class SampleResult(NamedTuple):
    """How a sample ended. It passed when there are no faults."""

    name: str
    flow: str
    faults: list[str]

    @property
    def passed(self) -> bool:
        """Say whether everything is as expected."""
        return not self.faults


def run_samples(profile: Any) -> list[SampleResult]:
    """Run every sample of a profile; nothing is stored or sent.

    :param profile: a loaded ``Profile``
    """
    return [
        SampleResult(sample.name, sample.flow, _run(profile, sample))
        for sample in profile.samples
    ]


def sample_context(profile: Any, sample: SampleSpec | None = None) -> Context:
    """Give the context of a backend that has nothing but the profile's defaults."""
    settings = {name: spec.default for name, spec in profile.settings.items()}
    # a setting that each backend fills in has to be something
    settings |= {
        name: f"http://{name}.invalid" if "url" in name else name
        for name, spec in profile.settings.items()
        if spec.required and not spec.default
    }
    moment = _utc(sample.received_at) if sample else dt.datetime.now(dt.timezone.utc)
    return Context(
        settings=settings | (dict(sample.settings) if sample else {}),
        translate=own_codes(profile),
        timezone=sample.timezone if sample else "UTC",
        now=lambda: moment,
        received_at=moment,
        file_name=sample.file_name if sample else "",
    )


def own_codes(profile: Any) -> Any:
    """Give the translator of the code maps that stand in the profile itself."""

    def translate(vocabulary: str, code: str, direction: str) -> str:
        for theirs, ours in profile.code_maps.get(vocabulary, {}).items():
            known, wanted = (theirs, ours) if direction == "in" else (ours, theirs)
            if known == code:
                return wanted
        raise MappingError(
            f"the {vocabulary} code {code!r} is not mapped",
            vocabulary=vocabulary,
            value=code,
        )

    return translate


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)


def _run(profile: Any, sample: SampleSpec) -> list[str]:
    from .preview import preview_in, preview_out

    ctx = sample_context(profile, sample)
    if sample.document is not None:
        text = json_codec.encode(sample.document)
        preview = preview_out(profile, sample.flow, text, ctx)
    else:
        payload = sample.payload
        if payload is None:
            payload = json_codec.encode(sample.data).decode()
        form = getattr(profile.flows.get(sample.flow), "format", None)
        raw = payload.encode((form.charset if form else "") or "utf-8")
        preview = preview_in(profile, sample.flow, raw, ctx, sample.source)
    told = [
        f"{f.path}: {f.message}" if f.path else f.message for f in preview.all_faults
    ]
    if sample.fails:
        if any(sample.fails in text for text in told):
            return []
        return [f"should fail with {sample.fails!r}", *(told or ["nothing failed"])]
    if told:
        return told
    if sample.sends is not None:
        form = profile.operations[profile.flows[sample.flow].send].format
        return compare(sample.sends, _sent(preview.sending, sample.sends, form))
    read = [one.content for one in preview.read if not one.skipped]
    return compare(sample.gives, read)


def _sent(sending: Any, wanted: dict[str, Any], form: Format) -> dict[str, Any]:
    """Give what would leave in the words of a sample.

    A body that the sample writes as a group or a list is read in the operation's form:
    a CSV file is then its rows.
    """
    from .inbound import decode_format

    if sending is None:
        return {}
    parts = urllib.parse.urlsplit(sending.address)
    body: Any = sending.body.decode("utf-8", "replace")
    if isinstance(wanted.get("body"), (dict, list)):
        # what cannot be read is shown as the text it is
        with contextlib.suppress(DistError):
            body = decode_format(form, sending.body)
    return {
        "method": sending.method,
        "path": parts.path if parts.scheme else sending.address,
        "file": sending.address,
        "headers": sending.headers,
        "params": sending.params,
        "body": body,
    }


def compare(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Say where ``found`` is not what is wanted; what is not named may be anything."""
    if isinstance(wanted, dict):
        if not isinstance(found, dict):
            return [f"{path or 'it'} is no group but {_shown(found)}"]
        faults = []
        for name, part in wanted.items():
            here = f"{path}.{name}" if path else str(name)
            faults += compare(part, found.get(name), here)
        return faults
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return [f"{path or 'it'} is no list but {_shown(found)}"]
        if len(wanted) != len(found):
            return [f"{path or 'it'} has {len(found)} entries, not {len(wanted)}"]
        return [
            fault
            for index, (one, other) in enumerate(zip(wanted, found, strict=True))
            for fault in compare(one, other, f"{path}[{index}]")
        ]
    if _same(wanted, found):
        return []
    return [f"{path or 'it'} is {_shown(found)}, not {_shown(wanted)}"]


def _same(wanted: Any, found: Any) -> bool:
    kinds = {type(wanted), type(found)}
    if wanted == found and (bool not in kinds or len(kinds) == 1):
        return True
    if kinds & {bool, type(None), dict, list} or kinds == {str}:
        # two texts are compared as texts: article 007 is not article 7
        return False
    try:
        return Decimal(str(wanted)) == Decimal(str(found))
    except InvalidOperation:
        return str(wanted) == str(found)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
