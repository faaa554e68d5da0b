"""The door for pushed documents: who may come in, and what is kept of it."""

import hashlib
import math
import os
import time
from typing import NamedTuple

from odoo.tools import config

from ..core import signatures
from ..core.errors import (
    ConfigurationError,
    DataError,
    DistError,
    LimitError,
    MappingError,
)
from ..core.profile import IGNORE
from ..core.profile.webhook import WebhookSpec
from . import ledger, trace, wake

#: Refused posts are counted once in so many seconds per backend and cause: a flood
#: of forged webhooks must not become a flood of writes.
REFUSAL_PAUSE = 2.0

#: The partner's public keys are read again for an unknown one, but not more often.
KEYS_PAUSE = 300.0
PROXIES_OPTION = "dist_trusted_proxies"
PROXIES_VARIABLE = "DIST_TRUSTED_PROXIES"

_last_refusal: dict[tuple[str, int, str], float] = {}


class Door(NamedTuple):
    """What the webhook of a backend needs to know, held in memory.

    :ivar rate: webhooks that may come within a minute
    :ivar secrets: live secrets, the newest first
    :ivar flows: active incoming flows: ``{message type: id}``
    :ivar webhook: what the profile says of the webhook; None when it takes none
    :ivar fault: why nothing can be taken in, if so
    :ivar keys: the partner's public keys
    :ivar keys_at: when they were read, Unix time; 0 for never
    """

    backend_id: int
    company_id: int
    profile_id: int
    max_bytes: int
    rate: int
    secrets: tuple[str, ...]
    flows: dict[str, int]
    webhook: WebhookSpec | None = None
    fault: DistError | None = None
    keys: tuple[signatures.PublicKey, ...] = ()
    keys_at: float = 0.0

    @property
    def answer(self) -> int:
        """Give the HTTP status that says "taken"."""
        return self.webhook.scheme.answer if self.webhook else 202

    def place(self, message_type: str | None = None) -> ledger.Place:
        """Where a document of this type belongs; without a type, to no flow."""
        return ledger.Place(
            self.backend_id,
            self.company_id,
            self.profile_id,
            self.flows.get(message_type or ""),
            message_type,
        )


def accept(
    env, door: Door, headers, body: bytes, *, now: float, peer: str = ""
) -> int | None:
    """Check a pushed body and put it on record.

    :param headers: HTTP headers of the request
    :param now: Unix time, for the signature's time window
    :param peer: IP address of the other end of the connection
    :return: id of the message; None when there is nothing new to keep: a topic that
        the profile ignores, a ping, the same delivery again
    :raises SecurityError: when the proof does not hold
    :raises LimitError: when more came within a minute than the backend takes
    :raises ConfigurationError: when the backend takes no webhooks
    """
    spec = door.webhook
    if spec is None:
        raise ConfigurationError(
            "the partner posts webhooks, and the profile takes none",
            path="webhook",
            next_step="Add the webhook to the profile, or stop it at the partner.",
        )
    if door.fault:
        raise door.fault
    accepted = signatures.verify(
        spec.scheme,
        headers,
        body,
        door.secrets,
        now=now,
        keys=door.keys,
        trusted_proxy=signatures.is_trusted(peer, _trusted_proxies()),
    )
    _refuse_flood(env, door)
    try:
        if spec.is_ping(body):
            return None
        topic = spec.topic(headers, body)
    except DataError as exc:
        return _keep(env, door, "", body, exc)
    message_type = spec.flow_for(topic)
    if message_type is IGNORE:
        return None
    place = door.place(message_type)
    if place.flow_id is None:
        return _keep(env, door, topic, body, _unknown_topic(topic))
    key = delivery_key(topic, accepted.delivery_id, body)
    arrival = ledger.Arrival(body, via="webhook", source=topic, transport_key=key)
    ids = ledger.insert_at(env, place, [arrival])
    if not ids:
        return None
    trace.keep_parent(env, ids[0], headers)
    wake.wake(env["dist.flow"].browse(place.flow_id))
    return ids[0]


def delivery_key(topic: str, delivery_id: str, body: bytes) -> str | None:
    """Give what a repeated delivery is known by; None where the partner sends no id.

    The content is part of it: an id that comes again with another content is kept,
    and the ledger's business key decides what that means.
    """
    if not delivery_id:
        return None
    told = "\x1f".join((topic, delivery_id)).encode(errors="replace") + b"\x1f" + body
    return f"delivery:{hashlib.sha256(told).hexdigest()}"


def ask_for_keys(env, door: Door, error: DistError, *, now: float) -> bool:
    """See to it that the partner's public keys are read, if that may mend a refusal.

    Nothing is fetched here: a stranger who posts must not make us call out. The
    partner repeats what was not taken.

    :return: whether the post may be repeated soon
    """
    unknown = getattr(error, "reason", "") == signatures.UNKNOWN_KEY
    if not unknown or now - door.keys_at < KEYS_PAUSE:
        return False
    env["dist.backend"].browse(door.backend_id)._enqueue_webhook_keys()
    return True


def _trusted_proxies() -> str:
    return os.environ.get(PROXIES_VARIABLE) or config.get(PROXIES_OPTION) or ""


def _refuse_flood(env, door: Door) -> None:
    wait = env["dist.message"]._webhook_wait(door.backend_id, door.rate)
    if wait:
        raise LimitError(
            "more webhooks come than the backend takes in a minute",
            path="webhook",
            next_step="Nothing is lost if the partner repeats them. If so many are "
            "right, raise the limit on the backend.",
            retry_after=math.ceil(wait),
        )


def _keep(env, door: Door, topic: str, body: bytes, error: DistError) -> int:
    """Keep a body that no flow can be found for: it is an exception, never ignored."""
    arrival = ledger.Arrival(body, via="webhook", source=topic)
    (message_id,) = ledger.insert_at(env, door.place(), [arrival])
    message = env["dist.message"].browse(message_id)
    message.state = "exception"
    env["dist.exception"]._open_for_message(message, error)
    return message_id


def _unknown_topic(topic: str) -> MappingError:
    return MappingError(
        f"the webhook topic {topic!r} is not in the profile",
        path="webhook.topics",
        vocabulary="topic",
        value=topic,
        next_step="Say in the profile which flow takes the topic, or that it is "
        "ignored.",
    )


def refuse(env, door: Door, error: DistError) -> None:
    """Put on record that a post was refused, at most once in a while per cause."""
    place = (env.cr.dbname, door.backend_id, error.message)
    now = time.monotonic()
    if now - _last_refusal.get(place, -REFUSAL_PAUSE) < REFUSAL_PAUSE:
        return
    backend = env["dist.backend"].browse(door.backend_id)
    env["dist.exception"]._open_for_cause(backend, env["dist.flow"], error)
    env.cr.postcommit.add(lambda: _last_refusal.update({place: now}))
