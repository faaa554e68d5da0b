"""Sign in at an SFTP server whose key we know: pysftp, with what it leaves out."""

import base64
import hashlib
import io
import os
import socket
import warnings
from dataclasses import dataclass, field

import paramiko
import pysftp

from ..core.errors import ConfigurationError, SecurityError, TransientError
from .files import MAX_FILE
from .guard import Guard

KEY_CLASSES = (paramiko.Ed25519Key, paramiko.RSAKey, paramiko.ECDSAKey)


@dataclass(frozen=True)
class SftpSettings:
    """Where and as whom to sign in.

    :ivar host_keys: the server's public keys, one a line, as in ``known_hosts`` or
        as ``ssh-keyscan`` prints them; several while the partner changes its key
    :ivar private_key: our key (Ed25519, RSA or ECDSA) in PEM or OpenSSH form
    :ivar passphrase: of the private key, if it has one
    :ivar password: used where there is no private key
    :ivar root: folder below which all folders lie; empty: where the sign-in ends
    :ivar connect_timeout: seconds for connecting, greeting and signing in, each
    :ivar timeout: seconds of silence
    :ivar keepalive: seconds between signs of life
    :ivar max_file: bytes of a file that is read
    :ivar allow_private_network: the server may stand in our own network, or on this
        machine
    """

    host: str
    user: str
    host_keys: str
    port: int = 22
    private_key: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    root: str = ""
    connect_timeout: float = 15.0
    timeout: float = 30.0
    keepalive: int = 15
    max_file: int = MAX_FILE
    allow_private_network: bool = False


def open_session(settings: SftpSettings) -> pysftp.Connection:
    """Connect, check the server's key, sign in.

    :raises SecurityError: the server shows none of the keys we know
    :raises ConfigurationError: no usable key or password, or it is refused
    :raises TransientError: the server cannot be reached
    """
    known = read_host_keys(settings.host_keys)
    own = read_private_key(settings.private_key, settings.passphrase)
    if own is None and not settings.password:
        raise ConfigurationError(
            "there is neither a private key nor a password for the SFTP server",
            next_step="Enter the credential on the backend.",
        )
    shown = []
    for key in known:  # paramiko takes one: nothing secret is sent before it is checked
        session = _Session(settings, key, own)
        if session.open():
            return session
        shown += [session.shown] if session.shown else []
    raise SecurityError(
        f"the SFTP server {settings.host} shows "
        f"{', '.join(shown) or 'no key of a known type'}, and we know "
        f"{', '.join(fingerprint(key) for key in known)}",
        next_step="Ask the partner by phone or mail whether its host key changed. Only "
        "then enter the new key on the backend.",
    )


class _Session(pysftp.Connection):
    """A pysftp connection with timeouts, TCP_NODELAY and any kind of private key."""

    def __init__(self, settings: SftpSettings, known: paramiko.PKey, own) -> None:
        self._settings = settings
        self._known, self._own = known, own
        self._transport = None
        self._sftp_live = False
        self.shown = ""

    def open(self) -> bool:
        """Sign in; False when the server's key is not the one we know."""
        settings = self._settings
        try:
            super().__init__(
                settings.host,
                username=settings.user,
                password=settings.password or None,
                port=settings.port,
                cnopts=_options(settings.host, self._known),
            )
            self._transport.set_keepalive(settings.keepalive)
            self._sftp_connect()
            self._sftp.get_channel().settimeout(settings.timeout)
        except paramiko.AuthenticationException as exc:
            self.close()
            if "timeout" in str(exc).lower():
                raise TransientError(
                    f"{settings.host} did not answer the sign-in in time"
                ) from exc
            raise ConfigurationError(
                f"{settings.host} refuses the user {settings.user!r} with our key or "
                "password",
                next_step="Check user and credential, and whether the partner has our "
                "public key.",
            ) from exc
        except (paramiko.SSHException, OSError, EOFError) as exc:
            if self._is_unknown(exc):
                self.close()
                return False
            self.close()
            raise TransientError(
                f"the SFTP server {settings.host}:{settings.port} cannot be reached "
                f"({exc or type(exc).__name__})"
            ) from exc
        return True

    def _start_transport(self, host: str, port: int) -> None:
        wait = self._settings.connect_timeout
        sock = self._connect(host, port, wait)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._transport = paramiko.Transport(sock)
        self._transport.banner_timeout = wait
        self._transport.handshake_timeout = wait
        self._transport.auth_timeout = wait
        self._transport.channel_timeout = wait

    def _connect(self, host: str, port: int, wait: float) -> socket.socket:
        """Connect to the first address of the host that may be called and answers."""
        guard = Guard(self._settings.allow_private_network)
        addresses = guard.addresses(host, port)
        for number, address in enumerate(addresses, 1):
            try:
                return socket.create_connection((address, port), timeout=wait)
            except OSError:
                if number == len(addresses):
                    raise
        raise OSError("no address")

    def _set_authentication(self, password, private_key, private_key_pass) -> None:
        # pysftp reads keys from files only, and knows neither Ed25519 nor ECDSA
        self._tconnect["pkey"] = self._own

    def _is_unknown(self, exc: Exception) -> bool:
        """Say whether the server showed a key, and not the one we know."""
        if self._transport is None:
            return False
        if self._transport.host_key is None:
            incompatible = isinstance(exc, paramiko.ssh_exception.IncompatiblePeer)
            return incompatible and "host key" in str(exc)
        self.shown = fingerprint(self._transport.host_key)
        return self.shown != fingerprint(self._known)


def _options(host: str, known: paramiko.PKey) -> pysftp.CnOpts:
    with warnings.catch_warnings():
        # pysftp warns that it found no file of known hosts: ours come from the backend
        warnings.simplefilter("ignore")
        options = pysftp.CnOpts(knownhosts=os.path.join(os.devnull, "none"))
    options.hostkeys = paramiko.HostKeys()
    options.hostkeys.add(host, known.get_name(), known)
    return options


def read_host_keys(text: str) -> list[paramiko.PKey]:
    """Give the keys of lines as in ``known_hosts``; the host in them does not count.

    :raises ConfigurationError: there is no key, or one that cannot be read
    """
    keys = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        kinds = [
            index
            for index, word in enumerate(words[:3])
            if word.startswith(("ssh-", "ecdsa-", "rsa-"))
        ]
        try:
            place = kinds[0]
            key = base64.b64decode(words[place + 1], validate=True)
            keys.append(paramiko.PKey.from_type_string(words[place], key))
        except (IndexError, ValueError, paramiko.SSHException) as exc:
            raise ConfigurationError(
                f"line {number} of the server's host keys is no public key",
                path="host_key",
                next_step="Enter lines like 'ssh-ed25519 AAAA...', as the partner "
                "gives them or ssh-keyscan prints them.",
            ) from exc
    if not keys:
        raise ConfigurationError(
            "no host key of the SFTP server is known, so nobody can tell who answers",
            path="host_key",
            next_step="Ask the partner for its public host key and enter it on the "
            "backend.",
        )
    return keys


def read_private_key(text: str, passphrase: str = "") -> paramiko.PKey | None:
    """Give our own key; None when there is none.

    :raises ConfigurationError: it cannot be read
    """
    if not text.strip():
        return None
    for key_class in KEY_CLASSES:
        try:
            return key_class.from_private_key(
                io.StringIO(text.strip() + "\n"), passphrase or None
            )
        except paramiko.PasswordRequiredException:
            break  # the passphrase is missing, whatever kind of key it is
        except (paramiko.SSHException, ValueError, IndexError):
            continue  # another kind of key
    # without a cause: what the libraries say may quote the key
    raise ConfigurationError(
        "the private key cannot be read: it is no Ed25519, RSA or ECDSA key, or its "
        "passphrase is wrong or missing",
        next_step="Enter the whole key with its first and last line.",
    )


def fingerprint(key: paramiko.PKey) -> str:
    """Give the fingerprint as OpenSSH shows it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return f"{key.get_name()} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
