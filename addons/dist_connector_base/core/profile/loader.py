"""Text to profile: read, validate, compile, check; every fault with its line."""

from typing import Any

import pydantic

from ..errors import ConfigurationError
from .checks import check_profile
from .lines import Lined, LinesError, Path, Problem, path_text, read_yaml
from .mapping import MapError
from .specs import Profile
from .words import did_you_mean

__all__ = ["Problem", "ProfileError", "load_profile"]


class ProfileError(ConfigurationError):
    """A profile that cannot be used.

    :ivar problems: every fault, in the order of the lines
    """

    default_next_step = "Correct the profile where the line numbers point."

    def __init__(self, problems: list[Problem], source: str = "") -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        first = self.problems[0]
        count = len(self.problems)
        more = f" (and {count - 1} more)" if count > 1 else ""
        place = ": ".join(part for part in (first.line_text, first.path) if part)
        super().__init__(f"{first.message}{more}", path=place)
        self.source = source


def load_profile(text: str, source: str = "") -> Profile:
    """Load a profile.

    :param source: name of the file, for messages
    :raises ProfileError: with all faults, their lines and paths
    """
    try:
        lined = read_yaml(text)
    except LinesError as exc:
        raise ProfileError(exc.problems, source) from exc
    try:
        profile = Profile.model_validate(lined.data)
    except pydantic.ValidationError as exc:
        raise ProfileError(_problems(exc, lined), source) from exc
    faults = check_profile(profile, lined.data)
    if faults:
        raise ProfileError([_problem(lined, *fault) for fault in faults], source)
    return profile


def _problem(lined: Lined, path: Path, message: str) -> Problem:
    return Problem(lined.line_of(path), path_text(path), message)


def _problems(exc: pydantic.ValidationError, lined: Lined) -> list[Problem]:
    found = []
    for error in exc.errors(include_url=False, include_input=False):
        path = _own_path(error["loc"], lined.data)
        context = error.get("ctx", {})
        if isinstance(context.get("map"), MapError):
            found += [
                _problem(lined, (*path, *inner), message)
                for inner, message in context["map"].faults
            ]
            continue
        found.append(_problem(lined, path, _message(error, path, lined.data)))
    return list(dict.fromkeys(found))


def _own_path(loc: tuple[int | str, ...], data: Any) -> Path:
    """Drop what pydantic adds to a place for its own reasons (the arm of a union)."""
    path: list[int | str] = []
    here = data
    for position, step in enumerate(loc):
        if isinstance(here, dict):
            if step not in here and position < len(loc) - 1:
                continue
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            continue
        path.append(step)
    return tuple(path)


def _message(error: Any, path: Path, data: Any) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"is not a key of the language{_key_hint(error, path)}"
    words = {
        "missing": "is missing",
        "string_type": "is not text; put it in quotes",
        "model_type": "is not a group of keys",
        "dict_type": "is not a group of keys",
        "list_type": "is not a list",
        "bool_type": "is not true or false",
        "bool_parsing": "is not true or false",
        "union_tag_invalid": "has an unknown codec; there are json, csv and xml",
        "union_tag_not_found": "names no codec (json, csv or xml)",
    }
    if kind in words:
        return words[kind]
    if kind == "literal_error":
        return f"is not one of {error['ctx']['expected']}"
    if kind == "string_pattern_mismatch":
        return "is not a name of small letters, digits and underscores"
    return error["msg"].removeprefix("Value error, ")


def _key_hint(error: Any, path: Path) -> str:
    known = _known_keys(error["loc"])
    return did_you_mean(str(path[-1]), known) if path else ""


def _known_keys(loc: tuple[int | str, ...]) -> list[str]:
    """Give the keys that the model at a place has."""
    kind: Any = Profile
    for step in loc[:-1]:
        models = _models(kind)
        if not models:
            return []
        fields = {
            field.alias or name: field.annotation
            for model in models
            for name, field in model.model_fields.items()
        }
        if step in fields:
            kind = fields[step]
    return [
        field.alias or name
        for model in _models(kind)
        for name, field in model.model_fields.items()
    ]


def _models(kind: Any) -> list[type[pydantic.BaseModel]]:
    """Give the models inside an annotation: ``dict[str, X]``, ``X | None`` ..."""
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        return [kind]
    return [
        model
        for part in getattr(kind, "__args__", ())
        for model in _models(part)
        if part is not str
    ]
