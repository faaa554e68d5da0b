"""Steps of the pipeline at which the server dies, as by ``kill -9``.

The file that DIST_FAULT_FILE names holds ``{"point": ..., "word": ..., "whole": ...}``.
The first step of that name that handles something with the word in it removes the file
and kills its process, or the whole server. Without the file nothing happens. The suite
itself knows nothing of this: its functions are wrapped here.
"""

import functools
import json
import os
import signal
from pathlib import Path
from unittest.mock import patch

VARIABLE = "DIST_FAULT_FILE"


def strike(point: str, *texts: object) -> None:
    """Kill this process or its server, if a test asked for it at this point.

    :param texts: what is being handled; one of them has the test's word in it
    """
    path = Path(os.environ[VARIABLE])
    try:
        armed = json.loads(path.read_text())
    except FileNotFoundError:
        return
    handled = " ".join(
        text.decode(errors="replace") if isinstance(text, bytes) else str(text)
        for text in texts
    )
    if armed["point"] != point or armed["word"] not in handled:
        return
    try:
        path.unlink()
    except FileNotFoundError:
        return  # another thread was faster
    if armed["whole"]:
        os.killpg(0, signal.SIGKILL)  # the server and all its workers
    os.kill(os.getpid(), signal.SIGKILL)


def _wrap(owner, name, *, before=None, after=None) -> None:
    """Do something before or after a function, with its arguments.

    :param after: gets the result first
    """
    inner = getattr(owner, name)

    @functools.wraps(inner)
    def outer(*args, **kwargs):
        if before:
            before(*args, **kwargs)
        result = inner(*args, **kwargs)
        if after:
            after(result, *args, **kwargs)
        return result

    patch.object(owner, name, outer).start()


def _at_commit(env, point: str, *texts: object) -> None:
    """Strike right before, and right after, the transaction is committed."""
    env.cr.precommit.add(lambda: strike(f"{point}, not committed", *texts))
    env.cr.postcommit.add(lambda: strike(f"{point}, committed", *texts))


def install() -> None:
    """Put the fault points in. Called once, when the server starts."""
    if os.environ.get(VARIABLE):
        _outgoing()
        _on_the_wire()
        _incoming()
        _files()


def _outgoing() -> None:
    from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
    from odoo.addons.dist_connector_base.pipeline import outbox
    from odoo.addons.dist_connector_base.pipeline.outbound import OutboundRun
    from odoo.addons.dist_connector_base.pipeline.post import Post

    def stored(_messages, backend, _type, items):
        told = [item.document.to_json() for item in items]
        _at_commit(backend.env, "intent stored", *told)

    def told(run):
        return [sent.row.canonical for sent in run.sent]

    def ending(attempts, attempt_id, outcome, **_more):
        strike("answer came", *_canonical(attempts.env, attempt_id))

    _wrap(outbox, "store", after=stored)
    _wrap(
        Post,
        "send",
        before=lambda post, parcel: strike(
            "about to send", parcel.document.to_json(), "attempt on record"
        ),
    )
    _wrap(DistAttempt, "_end", before=ending)
    _wrap(
        OutboundRun,
        "_settle",
        before=lambda run: strike("answer on record", *told(run)),
        after=lambda _none, run: _at_commit(run.env, "settled", *told(run)),
    )


def _canonical(env, attempt_id: int) -> list[str]:
    with env.registry.cursor() as cr:
        cr.execute(
            """SELECT m.canonical FROM dist_attempt a
                 JOIN dist_message m ON m.id = a.message_id
                WHERE a.id = %s AND a.step = 'send'""",
            [attempt_id],
        )
        return [canonical for (canonical,) in cr.fetchall()]


def _on_the_wire() -> None:
    from odoo.addons.dist_connector_base.transports import sftp_steps
    from urllib3.connection import HTTPConnection

    contents: dict[str, bytes] = {}

    def dropping(_folder, drop, _progress):
        contents[drop.name] = drop.content

    def renaming(_old, new):
        strike("file whole, not named", contents.get(new.rpartition("/")[2], b""))

    def sent(_none, _connection, _method, _url, body=None, *_more, **_headers):
        strike("body sent", body or b"")

    _wrap(HTTPConnection, "request", after=sent)
    _wrap(sftp_steps, "put_file", before=dropping)
    _wrap(sftp_steps.wire, "rename", before=renaming)


def _incoming() -> None:
    from odoo.addons.dist_connector_base.controllers import webhook
    from odoo.addons.dist_connector_base.pipeline.inbound import InboundRun

    def kept(_message_id, env, _door, _headers, body, **_more):
        _at_commit(env, "webhook stored", body)

    def handled(_line, run):
        told = [item.row.payload for item in run.applied]
        _at_commit(run.env, "effects written", *told)

    _wrap(webhook, "accept", after=kept)
    _wrap(
        InboundRun,
        "_read_row",
        before=lambda run, spec, row: strike("reading", row.payload),
    )
    _wrap(
        InboundRun,
        "_write",
        before=lambda run, rows: strike(
            "applied", *[item.row.payload for item in run.applied]
        ),
    )
    _wrap(InboundRun, "run", after=handled)


def _files() -> None:
    from odoo.addons.dist_connector_base.pipeline import fetch

    def stored(ids, env, _flow, arrivals):
        # arrivals of a fetch; the documents of a file come through another module
        _at_commit(env, "fetch stored", *[arrival.payload for arrival in arrivals])

    def archived(_none, _transport, _files, _taken, _archive):
        strike("files moved")

    _wrap(fetch.ledger, "insert_arrivals", after=stored)
    _wrap(fetch, "_archive", after=archived)
