"""The partner's public keys, as its JWKS (RFC 7517) tells them."""

import base64
import json
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from ..errors import DataError

#: Bits below which an RSA key can be broken (NIST SP 800-131A).
LEAST_BITS = 2048
#: Keys of one partner; more are a mistake.
MOST_KEYS = 50

_HASHES = {"sha256": hashes.SHA256, "sha512": hashes.SHA512}


class PublicKey(NamedTuple):
    """One RSA key of a partner, by the id under which it signs."""

    key_id: str
    key: rsa.RSAPublicKey

    def holds(self, signature: bytes, content: bytes, algorithm: str) -> bool:
        """Say whether the key's owner signed the content (RSASSA-PKCS1-v1_5)."""
        hashing = _HASHES.get(algorithm)
        if hashing is None:
            return False
        try:
            self.key.verify(signature, content, padding.PKCS1v15(), hashing())
        except InvalidSignature:
            return False
        return True


def read_jwks(text: str | bytes) -> tuple[PublicKey, ...]:
    """Read the RSA signing keys of a JWKS.

    Keys of another type, for encryption, or too short are left out.

    :raises DataError: no JWKS, or one without any key that can be used
    """
    try:
        entries = json.loads(text)["keys"]
        found = [key for entry in entries[:MOST_KEYS] if (key := _read(entry))]
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise DataError(f"is no JWKS ({type(exc).__name__})") from exc
    if not found:
        raise DataError("has no RSA key that can check a signature")
    return tuple(found)


def _read(entry: dict) -> PublicKey | None:
    if entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
        return None
    modulus, exponent = _number(entry["n"]), _number(entry["e"])
    if modulus.bit_length() < LEAST_BITS or not isinstance(entry.get("kid"), str):
        return None
    return PublicKey(entry["kid"], rsa.RSAPublicNumbers(exponent, modulus).public_key())


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
