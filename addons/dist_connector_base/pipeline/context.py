"""What a run needs of a backend, made once per run: mapping context and transports."""

from datetime import datetime, timezone

from ..core.errors import ConfigurationError, TransientError
from ..core.profile import Context
from ..core.profile.scope import Scope
from ..core.wire import HttpRequest
from ..transports.folder import FolderSettings, FolderTransport
from ..transports.rest import AuthSpec, RestSettings, RestTransport
from ..transports.sftp import SftpSettings, SftpTransport

#: Bytes of a list of public keys; a few hundred keys are more than anybody has.
KEYS_SIZE = 256 * 1024


def utc_now() -> datetime:
    """Give the present moment in UTC."""
    return datetime.now(timezone.utc)


def make_context(backend) -> Context:
    """Give the mapping context of a backend: settings, code maps, time zone."""
    return Context(
        settings=backend._settings(),
        translate=backend.env["dist.code.map"]._translator(backend.id),
        timezone=backend.tz or "UTC",
        now=utc_now,
    )


def open_rest(backend, profile):
    """Give the transport of a backend that is called over HTTP; a context manager.

    :rtype: RestTransport | transports.soap.SoapTransport
    :raises ConfigurationError: when a setting, a credential or the WSDL is missing
    """
    base_url = _fill(profile.base_url, make_context(backend))
    rest = RestTransport(
        _rest_settings(backend, base_url), _rest_auth(backend, profile.auth)
    )
    return _soap(backend, profile, rest) if profile.transport == "soap" else rest


def _soap(backend, profile, rest: RestTransport):
    # zeep takes its time to import: only where a partner speaks SOAP
    from ..transports.soap import SoapTransport

    auth, arguments = profile.auth, {}
    if auth.scheme == "arguments":
        arguments[auth.secret_argument] = _secret(backend, auth)
        if auth.user_argument:
            arguments[auth.user_argument] = _fill(auth.user, make_context(backend))
    return SoapTransport(rest, backend._wsdl_content(), arguments)


def fetch_public_keys(backend, profile) -> str:
    """Read the partner's public keys (JWKS) from where the profile says.

    :raises DistError: when they cannot be reached, or the address is not set
    """
    spec = profile.webhook
    if spec is None or spec.keys is None:
        raise ConfigurationError("the profile names no public keys", path="webhook")
    url = _fill(spec.keys, make_context(backend))
    with RestTransport(_rest_settings(backend, url, max_response=KEYS_SIZE)) as rest:
        response = rest.call(HttpRequest("GET", url, safe=True))
    if response.status != 200:
        raise TransientError(
            f"the partner's public keys were answered with HTTP {response.status}"
        )
    return response.body.decode("utf-8", "replace")


def _rest_settings(backend, url: str, **limits) -> RestSettings:
    return RestSettings(
        url, allow_private_network=backend.allow_private_network, **limits
    )


def open_files(backend, profile) -> SftpTransport | FolderTransport:
    """Give the file transport of a backend; a context manager.

    An SFTP backend has the settings ``host``, ``host_key`` and, if it is not 22,
    ``port``; a folder backend has ``root``.

    :raises ConfigurationError: when a setting or a credential is missing
    """
    settings = backend._settings()
    if profile.transport == "folder":
        return FolderTransport(FolderSettings(_setting(backend, settings, "root")))
    auth = profile.auth
    secret = _secret(backend, auth)
    port = settings.get("port") or "22"
    if not port.isdigit():
        raise ConfigurationError(
            f"the port {port!r} is no number",
            path="settings.port",
            next_step=f"Correct the port on {backend.name}.",
        )
    return SftpTransport(
        SftpSettings(
            host=_setting(backend, settings, "host"),
            port=int(port),
            user=_fill(auth.user, make_context(backend)),
            host_keys=_setting(backend, settings, "host_key"),
            private_key=secret if auth.scheme == "ssh_key" else "",
            password=secret if auth.scheme == "password" else "",
            allow_private_network=backend.allow_private_network,
        )
    )


def _rest_auth(backend, auth) -> AuthSpec:
    if auth.scheme in ("none", "arguments"):
        return AuthSpec()
    ctx = make_context(backend)
    name = auth.name
    if auth.scheme in ("basic", "oauth2"):
        name = _fill(auth.user, ctx)
    secret, *previous = _live_secrets(backend, auth)
    return AuthSpec(
        auth.scheme,
        name=name,
        secret=secret,
        previous=previous[0] if previous else "",
        prefix=auth.prefix,
        token_url=_fill(auth.token_url, ctx),
        scope=_fill(auth.scope, ctx),
        client_auth=auth.client_auth,
    )


def _secret(backend, auth) -> str:
    """Give the newest secret of the profile's credential."""
    return _live_secrets(backend, auth)[0]


def _live_secrets(backend, auth) -> list[str]:
    return backend.env["dist.credential"]._secrets(backend, auth.credential, "call")


def _fill(template, ctx: Context) -> str:
    """Fill a text of the profile that speaks of settings alone."""
    if template is None:
        return ""
    data = {"settings": dict(ctx.settings)}
    return template.render(data, Scope(ctx, "out", data))


def _setting(backend, settings, name: str) -> str:
    """Give a setting that must be filled in.

    :raises ConfigurationError: when it is empty
    """
    value = settings.get(name)
    if not value:
        raise ConfigurationError(
            f"the setting {name!r} of {backend.name} is empty",
            path=f"settings.{name}",
            next_step=f"Fill in {name!r} on the backend.",
        )
    return value
