"""Webhooks of a partner: signature scheme, topic, and the flow a topic belongs to."""

import enum
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from ..codecs import json_codec
from ..errors import DataError
from ..signatures import SCHEMES, Scheme, plain_hmac
from .context import Context
from .functions import as_text
from .scope import Scope
from .types import Expr, Words


class _Ignore(enum.Enum):
    IGNORE = "ignore"

    def __bool__(self) -> bool:
        return False


#: What ``flow_for`` gives for a topic that the profile leaves aside on purpose.
IGNORE = _Ignore.IGNORE


class SignatureSpec(BaseModel):
    """How a webhook is signed: ``standard_webhooks``, or an HMAC of the raw body."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scheme: Literal["standard_webhooks", "hmac"]
    header: str = ""
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    id_header: str = ""
    timestamp_header: str = ""
    tolerance: float = 300.0


class TopicSpec(BaseModel):
    """Where the topic stands: in a header, in the body, or it is always the same."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    header: str = ""
    body: Expr | None = None
    always: str = ""


class WebhookSpec(BaseModel):
    """What the partner posts to us.

    :ivar credential: name of the credential with the signing secret
    :ivar signature: how posts are signed
    :ivar ignore: topics that need no action
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    credential: str = Field(min_length=1)
    signature: SignatureSpec
    topic_from: TopicSpec = Field(alias="topic")
    ignore: Words = Field(default_factory=list)

    _topics: dict[str, Any] = PrivateAttr(default_factory=dict)

    @property
    def scheme(self) -> Scheme:
        """Give the scheme as :func:`..signatures.verify` takes it."""
        spec = self.signature
        if spec.scheme == "hmac":
            return plain_hmac(
                spec.header,
                algorithm=spec.algorithm,
                encoding=spec.encoding,
                prefix=spec.prefix,
                id_header=spec.id_header,
                timestamp_header=spec.timestamp_header,
                tolerance=spec.tolerance,
            )
        return SCHEMES[spec.scheme]

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

    def flow_for(self, topic: str) -> Any:
        """Give the message type of a topic, IGNORE, or None for an unknown one."""
        return self._topics.get(topic)
