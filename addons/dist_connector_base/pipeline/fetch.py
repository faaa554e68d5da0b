"""Take new documents from a partner into the ledger: by polling, or as files.

The bytes and the cursor are committed together. Files are moved to the partner's
archive only after the commit; a file whose move failed is recognised the next time.
"""

import hashlib
import logging

from ..core import profile as profiles
from ..core.errors import ConfigurationError, DataError, DistError
from ..transports.done_files import list_whole
from . import ledger, list_pages, wake
from .context import make_context, open_files, open_rest
from .gate import Gate, Held
from .lanes import PATIENCE as LANE_PATIENCE
from .lanes import take_lane

_logger = logging.getLogger(__name__)

#: Pages of one poll; what is left comes with the next one.
MAX_PAGES = 50
#: Pages of a list that tells how things stand, and has to be read as a whole.
MAX_LIST_PAGES = 500
#: Seconds that a poll waits between two pages of a partner with few calls a minute.
PATIENCE = 30.0
#: Seconds that a file may stand without its done-file before a person hears of it.
DONE_FILE_PATIENCE = 3600.0
#: What the line is called on which files are fetched; no operation of the profile.
FILES = "fetch_files"


def fetch(flow) -> str:
    """Fetch once for a flow, and say in one line what came.

    A partner that cannot be reached is no failure of the job: it is an exception
    that closes by itself with the next fetch that works.
    """
    flow = flow.sudo()
    backend = flow.backend_id
    profile = backend.profile_id._parsed()
    spec = profile.flows[flow.message_type]
    gate = Gate(backend, profile)
    if profile.parallel and not take_lane(flow.env, backend, flow.channel):
        flow._enqueue_fetch(delay=LANE_PATIENCE)
        return "all lanes to the partner are taken"
    try:
        number = 0
        if spec.poll:
            number += _poll(flow, profile, spec, gate)
        if spec.file:
            number += _take_files(flow, profile, spec, gate)
    except Held as exc:
        gate.tell()
        flow._enqueue_fetch(delay=exc.retry_after)
        return str(exc)
    except DistError as exc:
        gate.tell()
        flow.env["dist.exception"]._open_for_cause(backend, flow, exc)
        return str(exc)
    gate.tell()
    flow.last_fetch_at = flow.env.cr.now()
    _close_earlier(flow)
    if number:
        wake.wake(flow, count=number)
    return f"{number} new"


def _close_earlier(flow) -> None:
    """Close what earlier fetches complained of: the partner is there again."""
    flow.env["dist.exception"].search(
        [
            ("flow_id", "=", flow.id),
            ("message_id", "=", False),
            ("error_class", "in", ("transient", "limit")),
            ("state", "!=", "resolved"),
        ]
    )._resolve("replayed", flow.env._("The partner can be reached again."))


def _poll(flow, profile, spec, gate) -> int:
    """Read the partner's list from the cursor on; store pages that hold anything."""
    backend = flow.backend_id
    ctx = make_context(backend)
    operation = profile.operations[spec.poll.operation]
    cursor = flow.cursor or ""
    start = cursor
    if _sweep_is_due(flow, spec.poll):
        start = profiles.swept(operation, cursor, spec.poll.sweep.back, ctx)
        flow.last_sweep_at = flow.env.cr.now()
    limit = MAX_LIST_PAGES if list_pages.is_momentary(flow) else MAX_PAGES
    bodies, responses = [], []
    with open_rest(backend, profile) as rest:
        request = profiles.first_page(operation, start, ctx)
        while request and len(responses) < limit:
            gate.enter(operation.name, patience=PATIENCE)
            with gate.call(operation.name) as ended:
                response = rest.call(request)
                ended.pause = profiles.pace(operation, response)
                items = profiles.page_items(operation, response)
            responses.append(response)
            if items:
                bodies.append(response.body)
            request = profiles.next_page(operation, request, response)
    keys = list_pages.page_keys(flow, bodies, cut_off=bool(request))
    ids = ledger.insert_arrivals(
        flow.env,
        flow,
        [
            ledger.Arrival(body, "poll", spec.poll.operation, key)
            for body, key in zip(bodies, keys, strict=True)
        ],
    )
    if request and (not operation.cursor or operation.cursor.advance == "started"):
        # what was not read would never be asked for again
        error = _too_long(operation, limit)
        flow.env["dist.exception"]._open_for_cause(backend, flow, error)
    else:
        flow.cursor = profiles.advance_cursor(operation, responses, cursor, ctx)
    return len(ids)


def _sweep_is_due(flow, poll) -> bool:
    """Say whether the list is to be read from further back this time.

    A flow without a cursor begins far back anyway.
    """
    if not (poll.sweep and flow.cursor):
        return False
    last = flow.last_sweep_at or flow.create_date
    return flow.env.cr.now() - last >= poll.sweep.every


def _too_long(operation, limit) -> ConfigurationError:
    return ConfigurationError(
        f"the list has more than {limit} pages, and its cursor cannot stop in between",
        path=f"operations.{operation.name}.paging",
        next_step="Raise the page size in the profile, or let the cursor advance by a "
        "value of the entries.",
    )


def _take_files(flow, profile, spec, gate) -> int:
    """Read the files that stand still; archive them after the commit."""
    backend = flow.backend_id
    ctx = make_context(backend)
    place = profiles.file_place(spec, ctx)
    transport = open_files(backend, profile)
    gate.enter(FILES)
    with gate.call(FILES):
        files = transport.__enter__()
    cr = flow.env.cr
    handed_over = False
    try:
        listed = list_whole(
            files,
            place.folder,
            place.pattern,
            place.stable_seconds,
            lambda name: profiles.done_name(profile, name, ctx),
        )
        _miss_done_files(flow, listed.waiting, ctx.now().timestamp())
        done_of = dict(zip(listed.whole, listed.done, strict=False))
        arrivals, taken = [], []
        for remote, content in files.read_many(listed.whole):
            if isinstance(content, DistError):
                flow.env["dist.exception"]._open_for_cause(backend, flow, content)
                continue
            arrivals.append(
                ledger.Arrival(
                    content,
                    via="file",
                    source=f"{remote.folder}/{remote.name}",
                    transport_key=f"{remote.name}:{_digest(content)}",
                )
            )
            taken.append(remote)
        taken += [done_of[remote] for remote in taken if remote in done_of]
        ids = ledger.insert_arrivals(flow.env, flow, arrivals)
        if taken:
            cr.postcommit.add(lambda: _archive(transport, files, taken, place.archive))
            cr.postrollback.add(lambda: transport.__exit__(None, None, None))
            handed_over = True
        return len(ids)
    finally:
        if not handed_over:
            transport.__exit__(None, None, None)


def _miss_done_files(flow, waiting, now: float) -> None:
    """Have a person ask for done-files that do not come; nothing is lost in silence."""
    for remote in waiting:
        if now - remote.mtime > DONE_FILE_PATIENCE:
            flow.env["dist.exception"]._open_for_cause(
                flow.backend_id,
                flow,
                DataError(
                    "the file has stood for more than an hour without its done-file",
                    path=f"{remote.folder}/{remote.name}",
                    next_step="Ask the partner whether the file is whole; it is read "
                    "as soon as its done-file stands beside it.",
                ),
            )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _archive(transport, files, taken, archive: str) -> None:
    """Move files to the archive; they are on record, so a failure costs nothing."""
    try:
        for remote, outcome in files.move_many(taken, archive):
            if isinstance(outcome, DistError):
                _logger.warning(
                    "%s stays until the next fetch: %s", remote.name, outcome
                )
    except DistError as exc:
        _logger.warning("files stay where they are until the next fetch: %s", exc)
    finally:
        transport.__exit__(None, None, None)
