"""A webhook signature scheme is data: which headers, which hash over which content."""

from dataclasses import dataclass
from typing import Literal

Part = Literal["id", "timestamp", "body"]


@dataclass(frozen=True)
class Scheme:
    """How a partner signs what it posts.

    :ivar signature_header: header that carries the signature
    :ivar algorithm: hash below the HMAC: sha256, sha1 or sha512
    :ivar encoding: how the signature is written: hex or base64
    :ivar prefix: what stands before the signature (``sha256=``, ``v1,``)
    :ivar several: the header may carry several signatures, separated by blanks
    :ivar content: what is signed, joined by dots, in this order
    :ivar id_header: header with the id of the delivery, the same on every retry
    :ivar timestamp_header: header with the time of sending (Unix seconds or ISO 8601)
    :ivar tolerance: seconds the timestamp may be off in either direction
    :ivar secret_prefix: if set, a secret is base64 after this prefix; else it is text
    """

    signature_header: str
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    several: bool = False
    content: tuple[Part, ...] = ("body",)
    id_header: str = ""
    timestamp_header: str = ""
    tolerance: float = 300.0
    secret_prefix: str = ""

    def __post_init__(self) -> None:
        """Refuse a scheme that would sign a header nobody named."""
        if "body" not in self.content:
            raise ValueError("a scheme that does not sign the body protects nothing")
        if "id" in self.content and not self.id_header:
            raise ValueError("the scheme signs the id and names no header for it")
        if "timestamp" in self.content and not self.timestamp_header:
            raise ValueError("the scheme signs the time and names no header for it")


#: Source: the Standard Webhooks specification, symmetric signatures (``v1``).
STANDARD_WEBHOOKS = Scheme(
    signature_header="webhook-signature",
    encoding="base64",
    prefix="v1,",
    several=True,
    content=("id", "timestamp", "body"),
    id_header="webhook-id",
    timestamp_header="webhook-timestamp",
    secret_prefix="whsec_",
)

#: Schemes that need no settings, by the name a profile uses.
SCHEMES: dict[str, Scheme] = {"standard_webhooks": STANDARD_WEBHOOKS}


def plain_hmac(
    header: str,
    *,
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256",
    encoding: Literal["hex", "base64"] = "hex",
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
        signature_header=header,
        algorithm=algorithm,
        encoding=encoding,
        prefix=prefix,
        id_header=id_header,
        timestamp_header=timestamp_header,
        tolerance=tolerance,
    )
