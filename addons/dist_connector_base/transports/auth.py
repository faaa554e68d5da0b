"""How a partner knows us over HTTP. Secrets come in plain, from the caller."""

import base64
import datetime as dt
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple
from urllib.parse import urlencode

from ..core.backoff import parse_retry_after
from ..core.errors import ConfigurationError, LimitError, TransientError
from ..core.wire import HttpRequest, HttpResponse

#: Seconds before its end at which a token is no longer used.
TOKEN_MARGIN = 30.0
#: Seconds a token is used when the partner does not say how long it lives.
TOKEN_DEFAULT_LIFE = 300.0


@dataclass(frozen=True)
class AuthSpec:
    """How a partner knows us.

    :ivar scheme: none, bearer, basic, header (an API key in a header), query (one in
        a parameter) or oauth2 (client credentials, RFC 6749, 4.4)
    :ivar name: header or parameter of the key; the user of basic; the client id
    :ivar secret: token, password, key or client secret; never shown in ``repr``
    :ivar previous: the secret before, tried when the partner refuses the new one
    :ivar prefix: text before the key in a header, such as ``"Token "``
    :ivar token_url: where oauth2 gets its token
    :ivar scope: scopes asked for, separated by blanks
    :ivar client_auth: how oauth2 shows the client: basic header or in the form
    """

    scheme: Literal["none", "bearer", "basic", "header", "query", "oauth2"] = "none"
    name: str = ""
    secret: str = field(default="", repr=False)
    previous: str = field(default="", repr=False)
    prefix: str = field(default="", repr=False)
    token_url: str = ""
    scope: str = ""
    client_auth: Literal["basic", "form"] = "basic"

    def __post_init__(self) -> None:
        """Refuse what would call the partner without a proof of who we are.

        :raises ConfigurationError: a part of the scheme is missing
        """
        needed = {
            "none": (),
            "bearer": ("secret",),
            "basic": ("name", "secret"),
            "header": ("name", "secret"),
            "query": ("name", "secret"),
            "oauth2": ("name", "secret", "token_url"),
        }.get(self.scheme)
        if needed is None:
            raise ConfigurationError(f"there is no way to sign in named {self.scheme}")
        missing = [part for part in needed if not getattr(self, part)]
        if missing:
            raise ConfigurationError(
                f"signing in by {self.scheme} needs {' and '.join(missing)}",
                next_step="Enter the credential on the backend.",
            )
        if any(ord(c) < 32 for c in self.secret + self.previous + self.prefix):
            raise ConfigurationError(
                "the credential contains a line break or control character",
                next_step="Enter the credential again, without the line break.",
            )


class Proof(NamedTuple):
    """What is added to a request."""

    headers: dict[str, str]
    params: dict[str, str]


class TokenCache:
    """Tokens of this process by client, so that not every run asks for a new one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}

    def get(self, key: str) -> str:
        """Give a token that is still good, or an empty string."""
        with self._lock:
            token, ends = self._tokens.get(key, ("", 0.0))
        return token if self._clock() < ends else ""

    def put(self, key: str, token: str, seconds: float) -> None:
        """Keep a token for its life, less a margin."""
        margin = min(TOKEN_MARGIN, seconds / 2)
        with self._lock:
            self._tokens[key] = (token, self._clock() + seconds - margin)

    def drop(self, key: str) -> None:
        """Forget a token that the partner refused."""
        with self._lock:
            self._tokens.pop(key, None)


TOKENS = TokenCache()


class Authenticator:
    """Gives the proof for each request.

    :param exchange: does the call that gets a token, without any other proof
    """

    def __init__(
        self,
        spec: AuthSpec,
        exchange: Callable[[HttpRequest], HttpResponse],
        tokens: TokenCache = TOKENS,
    ) -> None:
        self._spec = spec
        self._exchange = exchange
        self._tokens = tokens
        self._all = [text for text in (spec.secret, spec.previous) if text]

    @property
    def _key(self) -> str:
        spec = self._spec
        told = (spec.token_url, spec.name, spec.scope, spec.secret)
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()

    def proof(self) -> Proof:
        """Give headers and parameters for the next request.

        :raises DistError: when oauth2 gets no token
        """
        spec = self._spec
        if spec.scheme == "bearer":
            return Proof({"Authorization": f"Bearer {spec.secret}"}, {})
        if spec.scheme == "basic":
            return Proof({"Authorization": _basic(spec)}, {})
        if spec.scheme == "header":
            return Proof({spec.name: spec.prefix + spec.secret}, {})
        if spec.scheme == "query":
            return Proof({}, {spec.name: spec.secret})
        if spec.scheme == "oauth2":
            return Proof({"Authorization": f"Bearer {self._token()}"}, {})
        return Proof({}, {})

    def refused(self) -> bool:
        """Note a 401; say whether a new proof may do better."""
        if self._spec.scheme != "oauth2":
            return self._fall_back()
        self._tokens.drop(self._key)
        return True

    def secrets(self) -> list[str]:
        """Give what must not stand in any text."""
        known = [*self._all, self._tokens.get(self._key)]
        if self._spec.scheme == "basic":
            known += [_basic(self._spec).removeprefix("Basic ")]
        return [text for text in known if text]

    def _fall_back(self) -> bool:
        """Take the secret before: the partner does not know the new one yet."""
        if not self._spec.previous:
            return False
        self._spec = replace(self._spec, secret=self._spec.previous, previous="")
        return True

    def _token(self) -> str:
        token = self._tokens.get(self._key)
        if not token:
            try:
                token, seconds = _read_token(self._exchange(_token_request(self._spec)))
            except ConfigurationError:
                if not self._fall_back():
                    raise
                return self._token()
            self._tokens.put(self._key, token, seconds)
        return token


def _basic(spec: AuthSpec) -> str:
    pair = f"{spec.name}:{spec.secret}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _token_request(spec: AuthSpec) -> HttpRequest:
    form = {"grant_type": "client_credentials"}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if spec.scope:
        form["scope"] = spec.scope
    if spec.client_auth == "basic":
        headers["Authorization"] = _basic(spec)
    else:
        form |= {"client_id": spec.name, "client_secret": spec.secret}
    headers["Accept"] = "application/json"
    body = urlencode(form).encode()
    return HttpRequest("POST", spec.token_url, headers, {}, body, safe=True)


def _read_token(response: HttpResponse) -> tuple[str, float]:
    """Give token and life in seconds.

    :raises LimitError: the token service asks to slow down
    :raises TransientError: it is down
    :raises ConfigurationError: it refuses the client, or answers something else
    """
    if response.status == 429:
        now = dt.datetime.now(dt.timezone.utc)
        raise LimitError(
            "the token service asks to slow down",
            retry_after=parse_retry_after(response.header("Retry-After"), now),
        )
    if response.status >= 500 or response.status == 408:
        raise TransientError(f"the token service answers {response.status}")
    if response.status >= 400:
        raise ConfigurationError(
            f"the token service refuses the client (HTTP {response.status})",
            next_step="Check client id and client secret with the partner.",
        )
    try:
        told = json.loads(response.body)
        token = told["access_token"]
        seconds = float(told.get("expires_in") or TOKEN_DEFAULT_LIFE)
    except (ValueError, TypeError, KeyError, AttributeError):
        token, seconds = "", 0.0
    if not isinstance(token, str) or not token or not token.isprintable():
        raise ConfigurationError(
            "the token service answered without an access token",
            next_step="Check the token address on the backend or in the profile.",
        )
    return token, seconds
