"""HTTP through requests: timeouts always, TLS always verified, answers bounded.

What a failure means depends on whether anything had left. Before that, nothing was
done (TransientError). After it, a query is asked again (TransientError), and anything
else is an unknown outcome: the partner may have acted (UnknownOutcomeError).
"""

import ipaddress
import socket
import ssl
import time
import urllib.parse
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3.exceptions

from ..core import masking
from ..core.errors import (
    ConfigurationError,
    DataError,
    DistError,
    SecurityError,
    TransientError,
    UnknownOutcomeError,
)
from ..core.wire import HttpRequest, HttpResponse
from .auth import Authenticator, AuthSpec, Proof
from .bounded import TooLarge, TooSlow, Unreadable, read_body
from .departure import Departure, WatchedAdapter
from .guard import Guard

__all__ = ["AuthSpec", "RestSettings", "RestTransport"]

REDIRECTS = (301, 302, 303, 307, 308)
#: Redirects that repeat the method and the body (RFC 9110, 15.4).
REPEATING = (307, 308)
_PORTS = {"http": 80, "https": 443}
_NETWORK = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


@dataclass(frozen=True)
class RestSettings:
    """Where a partner is reached and what its calls may cost.

    :ivar base_url: requests and redirects may go to this scheme, host and port alone
    :ivar connect_timeout: seconds until the connection and its TLS stand
    :ivar read_timeout: seconds of silence
    :ivar total_timeout: seconds for the whole answer
    :ivar max_response: bytes of an answer, unpacked
    :ivar max_redirects: redirects followed in a row
    :ivar user_agent: some partners refuse calls that do not say who calls
    :ivar ca_file: certificates to trust instead of the public ones
    :ivar proxy: address of a proxy; the environment's proxies are not used
    :ivar plain_http: allow http to hosts other than this machine
    :ivar allow_private_network: the partner may stand in our own network, or on this
        machine
    """

    base_url: str
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 120.0
    max_response: int = 50 * 1024 * 1024
    max_redirects: int = 3
    user_agent: str = "odoo-dist-connector/19.0"
    ca_file: str = ""
    proxy: str = field(default="", repr=False)
    plain_http: bool = False
    allow_private_network: bool = False


class RestTransport:
    """One partner's HTTP, one connection pool. A context manager, for one thread."""

    def __init__(self, settings: RestSettings, auth: AuthSpec | None = None) -> None:
        self.settings = settings
        self._departure = Departure()
        self._guard = Guard(settings.allow_private_network)
        self._session = self._make_session()
        self._auth = Authenticator(auth or AuthSpec(), self._get_token)

    def __enter__(self) -> "RestTransport":
        return self

    def __exit__(self, *_exc_info) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def secrets(self) -> list[str]:
        """Give what must not stand in any text: secrets, and tokens made of them."""
        return self._auth.secrets()

    def test(self) -> HttpResponse:
        """Reach the partner without any effect there; any answer will do.

        :raises DistError: the partner cannot be reached or asked
        """
        return self.call(HttpRequest("GET", self.settings.base_url, safe=True))

    def call(self, request: HttpRequest) -> HttpResponse:
        """Do one call, with proof of who we are; any HTTP status is an answer.

        :param request: ``url`` is absolute, or a path below ``base_url``
        :raises TransientError: nothing was done, or nothing but a question was lost
        :raises UnknownOutcomeError: the request left and no whole answer came
        :raises SecurityError: another host, a bad certificate, a strange redirect
        :raises ConfigurationError: an address or credential that cannot work
        :raises DataError: the answer to a question is over the limit or unreadable
        """
        request = replace(request, url=self._absolute(request.url))
        if not _same_origin(self.settings.base_url, request.url):
            raise SecurityError(
                f"a request to {_where(request.url)} is not for this partner",
                next_step="Check the profile: addresses must lie below the base URL.",
            )
        response = self._follow(request, self._auth.proof())
        if response.status == 401 and self._auth.refused():
            # a refused token did nothing, so the call may go out again with a new one
            response = self._follow(request, self._auth.proof())
        return response

    def _make_session(self) -> requests.Session:
        session = requests.Session()
        # the environment's .netrc would replace our Authorization header
        session.trust_env = False
        session.verify = self.settings.ca_file or True
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.clear()
        session.headers.update(
            {"User-Agent": self.settings.user_agent, "Accept-Encoding": "gzip"}
        )
        if self.settings.proxy:
            session.proxies = dict.fromkeys(_PORTS, self.settings.proxy)
        for scheme in _PORTS:
            session.mount(f"{scheme}://", WatchedAdapter(self._departure, self._guard))
        return session

    def _absolute(self, url: str) -> str:
        base = self.settings.base_url
        if not urllib.parse.urlsplit(url).scheme:
            url = f"{base.rstrip('/')}/{url.lstrip('/')}"
        return url

    def _get_token(self, request: HttpRequest) -> HttpResponse:
        return self._follow(request, Proof({}, {}))

    def _follow(self, request: HttpRequest, proof: Proof) -> HttpResponse:
        """Do a call and the redirects that stay on the host."""
        started = time.monotonic()
        url = request.url
        for _hop in range(self.settings.max_redirects + 1):
            # the address of a redirect is complete: only the first gets parameters
            params = dict(request.params) if url == request.url else {}
            params |= proof.params
            response = self._once(request, url, params, proof.headers, started)
            if response.status not in REDIRECTS or not response.header("Location"):
                return response
            url = _target(request, url, response)
            if response.status == 303 and request.method != "HEAD":
                request = replace(request, method="GET", body=b"")
        raise ConfigurationError(
            f"{_where(request.url)} redirects more than "
            f"{self.settings.max_redirects} times",
            next_step="Ask the partner for the address that answers by itself.",
        )

    def _once(
        self, request: HttpRequest, url: str, params, headers, started: float
    ) -> HttpResponse:
        _check_address(url, self.settings.plain_http)
        self._departure.left = False
        if self.settings.proxy:
            self._check_behind_proxy(url)
        deadline = started + self.settings.total_timeout
        try:
            with self._session.request(
                request.method,
                url,
                params=params,
                data=request.body or None,
                headers={**request.headers, **headers},
                timeout=(self.settings.connect_timeout, self.settings.read_timeout),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = read_body(answer, self.settings.max_response, deadline)
                return HttpResponse(
                    answer.status_code,
                    dict(answer.headers),
                    body,
                    time.monotonic() - started,
                )
        except (*_NETWORK, TooLarge, TooSlow, Unreadable, ValueError) as exc:
            error = self._classify(request, url, exc)
        # outside the except clause: requests' own errors carry the query and with it
        # perhaps a key, and would be logged as the cause
        raise error

    def _check_behind_proxy(self, url: str) -> None:
        """Judge a host that a proxy will look up; as well as it can be known here.

        :raises AddressRefused: when it leads into our own network
        """
        _scheme, host, port = _origin(url)
        try:
            self._guard.check(host, port)
        except socket.gaierror:
            return  # a name that only the proxy knows

    def _classify(self, request: HttpRequest, url: str, exc: Exception) -> DistError:
        where, causes = _where(url), list(_causes(exc))
        why = masking.without(_short(causes), self._auth.secrets())
        if not self._departure.left:
            return _not_left(where, why, causes)
        if not request.safe:
            return UnknownOutcomeError(
                f"the request to {where} left, and no whole answer came ({why})"
            )
        if isinstance(exc, TooLarge):
            limit = self.settings.max_response
            return DataError(
                f"the answer of {where} is over the limit of {limit:,} bytes",
                next_step="Ask for smaller pages, or raise the limit.",
            )
        if isinstance(exc, Unreadable):
            return DataError(f"the answer of {where} cannot be read: {exc}")
        return TransientError(f"{where} gave no whole answer ({why})")


def _not_left(where: str, why: str, causes: list[BaseException]) -> DistError:
    """Classify a failure before the first byte of the request."""
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return SecurityError(
            f"the TLS certificate of {where} does not hold",
            next_step="Ask the partner whether its certificate changed. Never switch "
            "the check off.",
        )
    # requests raises a bare OSError for a certificate file that is not there
    faulty = isinstance(causes[0], ValueError) or type(causes[0]) is OSError
    if faulty or any(
        isinstance(cause, urllib3.exceptions.LocationParseError) for cause in causes
    ):
        return ConfigurationError(
            f"a request to {where} cannot be made ({why})",
            next_step="Check addresses, headers and the certificate file.",
        )
    return TransientError(f"{where} cannot be reached ({why})")


def _target(request: HttpRequest, url: str, response: HttpResponse) -> str:
    """Give where a redirect leads, if it may be followed."""
    target = urllib.parse.urljoin(url, response.header("Location"))
    if not _same_origin(url, target):
        raise SecurityError(
            f"{_where(url)} redirects to another host, {_where(target)}",
            next_step="Ask the partner; if it moved, change the base URL.",
        )
    if not request.safe and response.status not in REPEATING:
        raise UnknownOutcomeError(
            f"{_where(url)} answers a request with a redirect ({response.status}), "
            "which does not tell whether it was done",
            next_step="Look it up at the partner; if it moved, change the base URL.",
        )
    return target


def _check_address(url: str, plain_http: bool) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigurationError(
            f"{_where(url)!r} is no address to call",
            next_step="Enter the base URL with https:// and a host.",
        )
    if parts.scheme == "http" and not plain_http and not _is_local(parts.hostname):
        raise ConfigurationError(
            f"{_where(url)} would be called without encryption",
            next_step="Use https, or allow plain http for this backend.",
        )


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _same_origin(first: str, second: str) -> bool:
    """Same scheme, host and port; or the step from http to https on one host."""
    one, two = _origin(first), _origin(second)
    return one == two or (one == ("http", one[1], 80) and two == ("https", one[1], 443))


def _origin(url: str) -> tuple[str, str, int]:
    parts = urllib.parse.urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port = -1
    return parts.scheme.lower(), (parts.hostname or "").lower(), port


def _where(url: str) -> str:
    """Scheme, host and path: never the query, the user or the fragment."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _causes(exc: BaseException | None):
    """Give an error and all that lies below it, the outermost first."""
    seen: set[int] = set()
    waiting = [exc]
    while waiting:
        cause = waiting.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
        waiting += [arg for arg in cause.args if isinstance(arg, BaseException)]


def _short(causes: list[BaseException]) -> str:
    """Name the failure in a word: the system's own text, or the class's name."""
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno and cause.strerror:
            return cause.strerror.lower()
    return type(causes[-1]).__name__
