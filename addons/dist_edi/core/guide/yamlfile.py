"""YAML guide files, read so that every error can name file, line and path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from ....dist_connector_base.core.errors import ConfigurationError

Model = TypeVar("Model", bound=pydantic.BaseModel)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class GuideError(ConfigurationError):
    """A guide or overlay file is wrong; ``path`` names file, line and key."""

    default_next_step = "Correct the guide file at the line named and load it again."


@dataclass(frozen=True)
class YamlFile:
    """A parsed YAML file that remembers where each key stands."""

    name: str
    node: Any
    data: Any

    def line(self, path: tuple[Any, ...]) -> int:
        """The 1-based line of a key path, or of its nearest known ancestor."""
        node = self.node
        line = node.start_mark.line + 1 if node else 1
        for step in path:
            node, line = _child(node, step, line)
            if node is None:
                break
        return line

    def error(self, message: str, path: tuple[Any, ...] = ()) -> GuideError:
        """A GuideError that names this file, the line and the path."""
        return GuideError(
            message, path=f"{self.name}:{self.line(path)}: {_dotted(path)}"
        )

    def as_model(self, model: type[Model]) -> Model:
        """The file's content as a pydantic model.

        :raises GuideError: the schema refuses it; the first fault is named
        """
        try:
            return model.model_validate(self.data)
        except pydantic.ValidationError as wrong:
            first = wrong.errors()[0]
            more = wrong.error_count() - 1
            tail = f" (and {more} more)" if more else ""
            raise self.error(first["msg"] + tail, tuple(first["loc"])) from wrong


def read_yaml(path: Path, name: str = "") -> YamlFile:
    """Read one file.

    :param name: how errors call it; the file's own name when empty
    :raises GuideError: unreadable or not YAML
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as wrong:
        raise GuideError(f"cannot be read: {wrong.strerror}", path=str(path)) from wrong
    return parse_yaml(text, name or path.name)


def parse_yaml(text: str, name: str) -> YamlFile:
    """Parse YAML text; see :func:`read_yaml`."""
    try:
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
            data = loader.construct_document(node) if node else {}
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        line = mark.line + 1 if mark else 1
        raise GuideError(f"not YAML: {wrong.problem}", path=f"{name}:{line}") from wrong
    return YamlFile(name, node, data)


def _child(node: Any, step: Any, line: int) -> tuple[Any, int]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and step in range(len(node.value)):
        found = node.value[step]
        return found, found.start_mark.line + 1
    return None, line


def _dotted(path: tuple[Any, ...]) -> str:
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(parts).lstrip(".") or "document"
