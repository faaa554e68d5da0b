"""Test the connection of a backend step by step, without any effect at the partner."""

import urllib.parse

from ..core.errors import ConfigurationError, DistError, SecurityError
from ..core.profile import file_place, first_page, judge
from ..core.wire import Outcome
from ..transports.guard import Guard
from ..transports.probe import Step, failed, probe_host
from . import context

_PORTS = {"http": 80, "https": 443}


def test_connection(backend, profile) -> list[Step]:
    """Give the steps up to the first that fails.

    :param backend: the ``dist.backend`` record, readable as superuser
    """
    steps = [_settings(backend), _credentials(backend, profile)]
    if any(step.ok is False for step in steps):
        return steps
    if profile.transport == "soap":
        steps.append(_wsdl(backend))
        if steps[-1].ok is False:
            return steps
    if profile.transport in ("rest", "soap"):
        return steps + _rest(backend, profile)
    return steps + _files(backend, profile)


def _settings(backend) -> Step:
    rows = backend.sudo().setting_ids
    empty = [row.label or row.name for row in rows if row.required and not row.value]
    if empty:
        return Step(
            "settings",
            False,
            f"empty: {', '.join(empty)}",
            "Fill them in on the tab Settings; the partner gives you the values.",
        )
    needed = any(row.required for row in rows)
    return Step("settings", True, "all are filled in" if needed else "none needed")


def _credentials(backend, profile) -> Step:
    names = {profile.auth.credential} - {""}
    if profile.auth.scheme == "none":
        return Step("credentials", True, "none needed")
    try:
        for name in names:
            backend.env["dist.credential"]._secrets(backend, name, "call")
    except DistError as exc:
        return failed("credentials", exc)
    return Step("credentials", True, f"stored: {', '.join(sorted(names))}")


def _wsdl(backend) -> Step:
    try:
        size = len(backend._wsdl_content())
    except DistError as exc:
        return failed("settings", exc)
    return Step("settings", True, f"the WSDL is here ({size:,} bytes)")


# ------------------------------------------------------------------------ HTTP


def _rest(backend, profile) -> list[Step]:
    ctx = context.make_context(backend)
    base = context._fill(profile.base_url, ctx)
    parts = urllib.parse.urlsplit(base)
    try:
        host, port = parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        host = port = None
    if not host or not port:
        advice = "It begins with https:// and names a host."
        return [Step("name", False, f"{base!r} is no address", advice)]
    guard = Guard(backend.allow_private_network)
    steps = probe_host(host, port, guard, tls=parts.scheme == "https")
    if steps[-1].ok is False:
        return steps
    if parts.scheme == "http":
        steps.append(Step("encryption", None, "not encrypted (http)"))
    return steps + _ask(backend, profile, ctx)


def _ask(backend, profile, ctx) -> list[Step]:
    """Sign in by a question that the profile calls safe, else by the bare address."""
    operation = next(
        (
            profile.operations[flow.poll.operation]
            for flow in profile.flows.values()
            if flow.poll
        ),
        None,
    )
    try:
        with context.open_rest(backend, profile) as rest:
            if operation is None:
                response = rest.test()
            else:
                response = rest.call(first_page(operation, "", ctx))
        told = f"HTTP {response.status} after {response.seconds:.1f} s"
        if response.status in (401, 403):
            name = "sign_in" if response.status == 401 else "permission"
            advice = "Check the credential and its rights with the partner."
            return [Step(name, False, f"the partner lets us not in ({told})", advice)]
        if operation is None:
            return [Step("sign_in", None, f"the partner answers ({told})")]
        verdict = judge(operation, response)
    except DistError as exc:
        return [failed("sign_in", exc)]
    if verdict.outcome is not Outcome.ACCEPTED:
        text = f"the partner refuses {operation.name}: {verdict.message or told}"
        advice = "Ask the partner for the right to read this list."
        return [Step("permission", False, text, advice)]
    return [
        Step("sign_in", True, told),
        Step("permission", True, f"{operation.title or operation.name} can be read"),
    ]


# ----------------------------------------------------------------------- files


def _files(backend, profile) -> list[Step]:
    steps: list[Step] = []
    settings = backend._settings()
    if profile.transport == "sftp":
        port = settings.get("port") or "22"
        guard = Guard(backend.allow_private_network)
        if not port.isdigit():
            text = f"the port {port!r} is no number"
            return [Step("settings", False, text, "Correct the port.")]
        steps = probe_host(settings.get("host", ""), int(port), guard, tls=False)
        if steps[-1].ok is False:
            return steps
    ctx = context.make_context(backend)
    try:
        folders = sorted(_folders(profile, ctx))
        with context.open_files(backend, profile) as files:
            for folder in folders:
                steps += _look(files, folder, first=folder == folders[0])
                if steps[-1].name == "sign_in" and not steps[-1].ok:
                    return steps
    except SecurityError as exc:
        return [*steps, failed("encryption", exc)]
    except DistError as exc:
        return [*steps, failed("sign_in", exc)]
    return steps


def _folders(profile, ctx) -> set[str]:
    """Give the folders that the profile reads from and looks into."""
    found = {
        file_place(flow, ctx).folder
        for flow in profile.flows.values()
        if flow.has_folder()
    }
    for operation in profile.operations.values():
        if operation.file:
            found.add(context._fill(operation.file.folder, ctx))
    return found


def _look(files, folder: str, *, first: bool) -> list[Step]:
    """List a folder; the first one signs in by the way."""
    try:
        listed = files.list(folder, "*")
    except SecurityError as exc:
        return [failed("encryption", exc)] if first else [failed("permission", exc)]
    except ConfigurationError as exc:
        if first and "folder" not in exc.message:
            return [failed("sign_in", exc)]
        steps = [Step("sign_in", True, "signed in")] if first else []
        return [*steps, failed("permission", exc)]
    except DistError as exc:
        return [failed("sign_in" if first else "permission", exc)]
    steps = [Step("sign_in", True, "signed in")] if first else []
    return [
        *steps,
        Step("permission", True, f"{folder}: can be listed, {len(listed)} files"),
    ]
