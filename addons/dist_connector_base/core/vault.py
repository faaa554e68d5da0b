"""Secrets under encryption, each bound to the place it was stored for."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from .errors import ConfigurationError

_KEEP_KEY = (
    "Restore the key it was stored with, as a second one behind the new key; or "
    "store the secret again."
)


class Vault:
    """Encrypts and decrypts with the server's keys.

    What is encrypted is the secret together with its place. The cipher cannot be
    changed without the key, so a secret cannot be moved: in another place, such as a
    copy of the database, it does not open.

    :param keys: Fernet keys, separated by commas. The first encrypts, all decrypt
    :raises ConfigurationError: there is no key, or one is not a Fernet key
    """

    def __init__(self, keys: str) -> None:
        parts = [key.strip() for key in keys.split(",") if key.strip()]
        if not parts:
            raise ConfigurationError("the server has no encryption key")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in parts])
        except ValueError:
            fault = ConfigurationError("the server's encryption key is no Fernet key")
        else:
            return
        # outside the except clause: the cause would carry the key into a log
        raise fault

    def seal(self, secret: str, place: dict[str, str]) -> str:
        """Encrypt a secret for a place.

        :param place: what has to be the same when it is opened, such as
            ``{"database": uuid, "environment": "test"}``
        """
        told = json.dumps({"secret": secret, "place": place})
        return self._fernet.encrypt(told.encode()).decode()

    def open(self, token: str, place: dict[str, str]) -> str:
        """Decrypt a secret in the place it was stored for.

        :raises ConfigurationError: another key, or another place; names what differs
        """
        secret, sealed_for = self._read(token)
        for name, value in place.items():
            if sealed_for.get(name) != value:
                raise ConfigurationError(
                    f"the secret was stored for another {name}",
                    next_step="A copied database or a changed environment takes no "
                    "secrets along. Store the one that belongs here.",
                )
        return secret

    def renew(self, token: str) -> str:
        """Encrypt anew with the first key, for the same place.

        :raises ConfigurationError: when no key of the server decrypts it
        """
        self._read(token)
        return self._fernet.rotate(token.encode()).decode()

    def _read(self, token: str) -> tuple[str, dict[str, str]]:
        try:
            told = json.loads(self._fernet.decrypt(token.encode()))
        except InvalidToken as exc:
            raise ConfigurationError(
                "the secret was stored with another key of the server",
                next_step=_KEEP_KEY,
            ) from exc
        return told["secret"], told["place"]
