"""The door for pushed documents: who may come in, and what is kept of it."""

import time
from typing import NamedTuple

from ..core import signatures
from ..core.errors import ConfigurationError, DataError, DistError, MappingError
from ..core.profile import IGNORE
from ..core.profile.webhook import WebhookSpec
from . import ledger, wake

#: Refused posts are counted once in so many seconds per backend and cause: a flood
#: of forged webhooks must not become a flood of writes.
REFUSAL_PAUSE = 2.0

_last_refusal: dict[tuple[str, int, str], float] = {}


class Door(NamedTuple):
    """What the webhook of a backend needs to know, held in memory.

    :ivar secrets: live secrets, the newest first
    :ivar flows: active incoming flows: ``{message type: id}``
    :ivar webhook: what the profile says of the webhook; None when it takes none
    :ivar fault: why nothing can be taken in, if so
    """

    backend_id: int
    company_id: int
    profile_id: int
    max_bytes: int
    secrets: tuple[str, ...]
    flows: dict[str, int]
    webhook: WebhookSpec | None = None
    fault: DistError | None = None

    def place(self, message_type: str | None = None) -> ledger.Place:
        """Where a document of this type belongs; without a type, to no flow."""
        return ledger.Place(
            self.backend_id,
            self.company_id,
            self.profile_id,
            self.flows.get(message_type or ""),
            message_type,
        )


def accept(env, door: Door, headers, body: bytes, *, now: float) -> int | None:
    """Check a pushed body and put it on record.

    :param headers: HTTP headers of the request
    :param now: Unix time, for the signature's time window
    :return: id of the message; None for a topic that the profile ignores
    :raises SecurityError: when the signature does not hold
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
    signatures.verify(spec.scheme, headers, body, door.secrets, now=now)
    try:
        topic = spec.topic(headers, body)
    except DataError as exc:
        return _keep(env, door, "", body, exc)
    message_type = spec.flow_for(topic)
    if message_type is IGNORE:
        return None
    place = door.place(message_type)
    if place.flow_id is None:
        return _keep(env, door, topic, body, _unknown_topic(topic))
    arrival = ledger.Arrival(body, via="webhook", source=topic)
    (message_id,) = ledger.insert_at(env, place, [arrival])
    wake.wake(env["dist.flow"].browse(place.flow_id))
    return message_id


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
