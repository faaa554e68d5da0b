"""Done-files: a second file beside a file says that the first one is whole."""

from ..errors import ConfigurationError
from .context import Context
from .functions import as_text
from .scope import Scope
from .specs import Profile


def done_name(profile: Profile, name: str, ctx: Context) -> str:
    """Give the name of the done-file that belongs to a file.

    :param name: the name of the file
    :return: empty where none was agreed: the profile names none, or what it says comes
        out as the name itself, because the backend's setting for it is empty
    :raises ConfigurationError: what comes out is no name
    """
    if profile.done_file is None:
        return ""
    stem, dot, _ending = name.rpartition(".")
    data = {
        "name": name,
        "stem": stem if dot else name,
        "settings": dict(ctx.settings),
    }
    scope = Scope(ctx, "out", data)
    # unlike other texts, a hole may stay empty: that is how a backend has no done-files
    done = "".join(
        part if isinstance(part, str) else as_text(part.run(data, scope)) or ""
        for part in profile.done_file.parts
    )
    if "/" in done or not done:
        raise ConfigurationError(
            f"{done[:60]!r} is no name of a done-file",
            path="done_file",
            next_step="Correct it in the settings of the backend or in the profile.",
        )
    return "" if done == name else done
