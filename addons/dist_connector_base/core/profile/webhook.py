"""Webhooks of a partner: how they prove themselves, topic, and the topic's flow."""

import enum
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from ..codecs import json_codec
from ..errors import DataError
from ..signatures import GENERIC, SCHEMES, Scheme, make_scheme
from ..signatures.scheme import Algorithm, Encoding
from .context import Context
from .functions import as_text
from .operators import is_false
from .scope import Scope
from .types import Expr, Text, Words


class _Ignore(enum.Enum):
    IGNORE = "ignore"

    def __bool__(self) -> bool:
        return False


#: What ``flow_for`` gives for a topic that the profile leaves aside on purpose.
IGNORE = _Ignore.IGNORE


class SignatureSpec(BaseModel):
    """How a webhook proves itself: a known scheme, or one stated here.

    ``scheme`` names a known scheme, of which the other keys change what they name, or
    a kind (hmac, rsa, token, certificate, unsigned). The keys are those of
    :class:`..signatures.Scheme`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    scheme: str = Field(json_schema_extra={"enum": [*SCHEMES, *GENERIC]})
    header: str | None = None
    part: str | None = None
    algorithm: Algorithm | None = None
    encoding: Encoding | None = None
    prefix: str | None = None
    several: bool | None = None
    signed: str | None = None
    id_header: str | None = None
    event_header: str | None = None
    timestamp_header: str | None = None
    timestamp_part: str | None = None
    tolerance: float | None = None
    secret_prefix: str | None = None
    key_id_header: str | None = None
    verified_header: str | None = None
    verified_value: str | None = None
    answer: int | None = None

    _made: Scheme = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        """Make the scheme once; a faulty one is a fault of the profile."""
        told = self.model_dump(exclude={"scheme"}, exclude_none=True)
        self._made = make_scheme(self.scheme, told)


class TopicSpec(BaseModel):
    """Where the topic stands: in a header, in the body, or it is always the same."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    header: str = ""
    body: Expr | None = None
    always: str = ""


class WebhookSpec(BaseModel):
    """What the partner posts to us.

    :ivar credential: name of the credential with the signing secret, the token or the
        fingerprint; not for rsa and unsigned
    :ivar signature: how posts prove themselves
    :ivar keys: address of the partner's public keys (JWKS), for rsa
    :ivar ping: condition on the body; such a post only tries the address, and leaves
        nothing
    :ivar ignore: topics that need no action
    """

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    credential: str = ""
    signature: SignatureSpec
    keys: Text | None = None
    topic_from: TopicSpec = Field(alias="topic")
    ping: Expr | None = None
    ignore: Words = Field(default_factory=list)

    _topics: dict[str, Any] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _check_needs(self):
        scheme = self.scheme
        if scheme.needs_secret and not self.credential:
            raise ValueError("names no credential with the secret")
        if scheme.kind == "rsa" and self.keys is None:
            raise ValueError("names no address of the partner's public keys (keys)")
        return self

    @property
    def scheme(self) -> Scheme:
        """Give the scheme as :func:`..signatures.verify` takes it."""
        return self.signature._made

    def topic(self, headers: Mapping[str, str], body: bytes) -> str:
        """Give the topic of a post, as the partner writes it; empty without one.

        :raises DataError: when the topic stands in the body and the body is no JSON
        """
        source = self.topic_from
        if source.always:
            return source.always
        if source.header:
            wanted = source.header.lower()
            found = (v for name, v in headers.items() if name.lower() == wanted)
            return next(found, "").strip()
        if source.body is None:
            return ""
        data = json_codec.decode(body)
        value = source.body.run(data, Scope(Context(), "in", data))
        try:
            return as_text(value)
        except DataError as exc:
            raise DataError("the topic is not text", path=source.body.text) from exc

    def is_ping(self, body: bytes) -> bool:
        """Say whether a post only tries the address.

        :raises DataError: when the body is no JSON
        """
        if self.ping is None:
            return False
        data = json_codec.decode(body)
        return not is_false(self.ping.run(data, Scope(Context(), "in", data)))

    def flow_for(self, topic: str) -> Any:
        """Give the message type of a topic, IGNORE, or None for an unknown one."""
        return self._topics.get(topic)
