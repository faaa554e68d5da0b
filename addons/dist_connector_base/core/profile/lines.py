"""YAML as plain data that still knows its lines.

Only what a profile needs: text, whole numbers, decimals, true, false, null, lists and
groups. ``yes``, ``on``, ``NO`` and dates stay text (Norway is not false), a key that
stands twice is a fault, and anchors are refused: a few lines of them can blow up to
gigabytes.
"""

import re
from decimal import Decimal
from typing import Any, NamedTuple

import yaml

MAX_SIZE = 1_000_000
MAX_DEPTH = 30

_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """A fault of a profile: line (from 1, 0 = unknown), path and what is wrong."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.line_text, self.path) if part)
        return f"{place}: {self.message}" if place else self.message

    @property
    def line_text(self) -> str:
        """Give ``line 12``, or an empty string."""
        return f"line {self.line}" if self.line else ""


class Lined(NamedTuple):
    """Plain data and the line on which each of its parts begins."""

    data: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """Give the line of a path, or of what is nearest above it."""
        for end in range(len(path), -1, -1):
            if (line := self.lines.get(path[:end])) is not None:
                return line
        return 0


class LinesError(Exception):
    """The text cannot be read as a profile at all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def read_yaml(text: str) -> Lined:
    """Read YAML.

    :raises LinesError: with line, for text that is no YAML or breaks the limits
    """
    if len(text) > MAX_SIZE:
        raise LinesError([Problem(0, "", f"is longer than {MAX_SIZE} characters")])
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 0
        words = " ".join(filter(None, (exc.context, exc.problem)))
        raise LinesError([Problem(line, "", f"is not YAML: {words}")]) from exc
    except yaml.YAMLError as exc:
        raise LinesError([Problem(0, "", f"is not YAML: {exc}")]) from exc
    if not isinstance(node, yaml.MappingNode):
        raise LinesError([Problem(1, "", "is not a group of keys")])
    lines: dict[Path, int] = {}
    problems: list[Problem] = []
    data = _plain(node, (), lines, problems)
    if problems:
        raise LinesError(problems)
    return Lined(data, lines)


def _refuse_tricks(text: str) -> None:
    """Look at the events first: composing would already build what is refused."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _at(event, "anchors and aliases are not part of the language")
        if getattr(event, "tag", None):
            raise _at(event, f"the tag {event.tag} is not part of the language")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _at(event, f"is nested deeper than {MAX_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _at(event: yaml.Event, message: str) -> LinesError:
    return LinesError([Problem(event.start_mark.line + 1, "", message)])


def _plain(node: yaml.Node, path: Path, lines, problems) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(child, (*path, index), lines, problems)
            for index, child in enumerate(node.value)
        ]
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    data: dict[str, Any] = {}
    for key_node, child in node.value:
        line = key_node.start_mark.line + 1
        key = str(key_node.value)
        if not isinstance(key_node, yaml.ScalarNode) or key in data:
            words = "stands twice" if key in data else "is not a plain key"
            problems.append(Problem(line, path_text((*path, key)), words))
            continue
        lines[(*path, key)] = line
        data[key] = _plain(child, (*path, key), lines, problems)
    return data


def _scalar(node: yaml.ScalarNode) -> Any:
    text = node.value
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def path_text(path: Path) -> str:
    """Write a path as people do: ``operations.create_order.answers[2].when``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
