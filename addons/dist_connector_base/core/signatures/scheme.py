"""A webhook scheme is data: which headers, which proof, over which content."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml

Kind = Literal["hmac", "rsa", "token", "certificate", "unsigned"]
Algorithm = Literal["sha256", "sha1", "sha512"]
Encoding = Literal["hex", "base64"]

_HOLE = re.compile(r"\{(id|timestamp|body)\}")


@dataclass(frozen=True)
class Scheme:
    """How a partner proves that a webhook is from it.

    :ivar kind: ``hmac`` (a shared secret signs), ``rsa`` (the partner's private key
        signs), ``token`` (a fixed word), ``certificate`` (a trusted proxy of ours saw
        the partner's TLS certificate), ``unsigned``
    :ivar header: header with the signature, the token or the fingerprint
    :ivar part: name of the signature inside the header, where it is written as
        ``t=170,v1=5257...``
    :ivar algorithm: hash below the signature: sha256, sha1 or sha512
    :ivar encoding: how the signature is written: hex or base64
    :ivar prefix: what stands before signature or token (``sha256=``, ``v1,``)
    :ivar several: the header may carry several signatures, separated by blanks
    :ivar signed: what is signed: text with ``{id}``, ``{timestamp}`` and ``{body}``
    :ivar id_header: header with the id of the delivery, the same on every retry
    :ivar event_header: header with the id of the event, the same for all deliveries
        of it; where the partner sends it, repetitions are known by it
    :ivar timestamp_header: header with the time of sending (Unix seconds or
        milliseconds, or ISO 8601)
    :ivar timestamp_part: name of the time inside that header (``t``)
    :ivar tolerance: seconds the timestamp may be off in either direction
    :ivar secret_prefix: if set, a secret is base64 after this prefix; else it is text
    :ivar key_id_header: header that says which of the partner's public keys signed
    :ivar verified_header: header in which the proxy says that it checked
    :ivar verified_value: what stands there when the certificate is good
    :ivar answer: HTTP status of "taken"
    """

    kind: Kind = "hmac"
    header: str = ""
    part: str = ""
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    several: bool = False
    signed: str = "{body}"
    id_header: str = ""
    event_header: str = ""
    timestamp_header: str = ""
    timestamp_part: str = ""
    tolerance: float = 300.0
    secret_prefix: str = ""
    key_id_header: str = ""
    verified_header: str = ""
    verified_value: str = ""
    answer: int = 202

    def __post_init__(self) -> None:
        """Refuse a scheme that would prove nothing, or needs what nobody named.

        :raises ValueError: naming what is missing
        """
        if self.kind != "unsigned" and not self.header:
            raise ValueError("the scheme names no header for its proof")
        if self.kind in ("hmac", "rsa"):
            self._check_signed()
        if self.kind == "rsa" and not self.key_id_header:
            raise ValueError("the scheme names no header for the id of the key")
        if self.kind == "certificate" and not (
            self.verified_header and self.verified_value
        ):
            raise ValueError("the scheme does not say how the proxy tells that it held")
        if self.tolerance <= 0:
            raise ValueError("the tolerance is not above zero")
        if not 200 <= self.answer < 300:
            raise ValueError("the answer is not a 2xx")

    def _check_signed(self) -> None:
        holes = {match[1] for match in _HOLE.finditer(self.signed)}
        if "body" not in holes:
            raise ValueError("a scheme that does not sign the body protects nothing")
        if "id" in holes and not self.id_header:
            raise ValueError("the scheme signs the id and names no header for it")
        if "timestamp" in holes and not self.timestamp_header:
            raise ValueError("the scheme signs the time and names no header for it")

    @property
    def needs_secret(self) -> bool:
        """Say whether a secret is shared with the partner."""
        return self.kind in ("hmac", "token", "certificate")

    @cached_property
    def signs_id(self) -> bool:
        """Say whether the id of the delivery is part of what is signed."""
        return "{id}" in self.signed

    def content(self, delivery_id: str, timestamp: str, body: bytes) -> bytes:
        """Give the bytes that are signed."""
        told = {
            "id": delivery_id.encode(errors="replace"),
            "timestamp": timestamp.encode(errors="replace"),
            "body": body,
        }
        parts = _HOLE.split(self.signed)
        # texts stand at even places, the names of holes at odd ones
        return b"".join(
            told[part] if index % 2 else part.encode()
            for index, part in enumerate(parts)
        )


#: Kinds without any particular partner: the profile names their headers.
GENERIC: tuple[Kind, ...] = ("hmac", "rsa", "token", "certificate", "unsigned")


def _load() -> dict[str, Scheme]:
    text = (Path(__file__).parent / "schemes.yaml").read_text("utf-8")
    return {name: Scheme(**raw) for name, raw in yaml.safe_load(text).items()}


#: Schemes that need no settings, by the name a profile uses.
SCHEMES: dict[str, Scheme] = _load()
STANDARD_WEBHOOKS = SCHEMES["standard_webhooks"]


def make_scheme(name: str, changes: dict[str, Any]) -> Scheme:
    """Give a scheme by name, with what a profile says otherwise.

    :param name: one of ``SCHEMES``, or a kind of ``GENERIC``
    :param changes: fields of ``Scheme``
    :raises ValueError: an unknown name, or a scheme that cannot work
    """
    if name in SCHEMES:
        return replace(SCHEMES[name], **changes)
    if name not in GENERIC:
        known = ", ".join((*SCHEMES, *GENERIC))
        raise ValueError(f"{name!r} is no webhook scheme; there are {known}")
    return Scheme(**{"kind": name, **changes})


def plain_hmac(
    header: str,
    *,
    algorithm: Algorithm = "sha256",
    encoding: Encoding = "hex",
    prefix: str = "",
    id_header: str = "",
    timestamp_header: str = "",
    tolerance: float = 300.0,
) -> Scheme:
    """Give the scheme of partners that sign the raw body alone.

    With ``timestamp_header``, old posts are refused by that header. It is not part of
    what is signed, so it bounds late retries but does not stop a replay: that is the
    work of the ledger's unique key.
    """
    return Scheme(
        header=header,
        algorithm=algorithm,
        encoding=encoding,
        prefix=prefix,
        id_header=id_header,
        timestamp_header=timestamp_header,
        tolerance=tolerance,
    )
