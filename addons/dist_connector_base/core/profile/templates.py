"""Text with holes: ``/order/{remote_id}:cancel``, ``ORD_{request_key}.csv``.

A hole holds an expression over the document; ``settings`` stands beside the
document's fields. Doubled braces are braces.
"""

import re
from collections.abc import Callable
from typing import Any

from ..errors import DataError
from .expressions import Expression, compile_expression
from .functions import as_text
from .scope import Scope

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Template:
    """A compiled text with holes.

    :ivar text: as it was written
    :ivar holes: the expressions in it
    """

    __slots__ = ("holes", "parts", "text")

    def __init__(self, text: str) -> None:
        """Compile.

        :raises ExpressionError: when an expression is wrong
        :raises ValueError: for a brace without its other half
        """
        self.text = text
        self.parts: list[str | Expression] = []
        end = 0
        for match in _TOKEN.finditer(text):
            self._add(text[end : match.start()])
            end = match.end()
            token = match.group()
            if token in ("{{", "}}"):
                self._add(token[0])
            elif match.group(1) is None:
                raise ValueError(f"a brace of {text!r} lacks its other half")
            else:
                self.parts.append(compile_expression(match.group(1)))
        self._add(text[end:])
        self.holes = [part for part in self.parts if isinstance(part, Expression)]

    def __repr__(self) -> str:
        return f"Template({self.text!r})"

    def _add(self, text: str) -> None:
        if text:
            self.parts.append(text)

    def render(
        self,
        data: Any,
        scope: Scope,
        clean: Callable[[str, str], str] = lambda text, path: text,
    ) -> str:
        """Fill the holes.

        :param clean: takes the text of a hole and its path, gives what may stand there
        :raises DataError: when a hole has nothing to stand in it
        """
        texts = []
        for part in self.parts:
            if isinstance(part, str):
                texts.append(part)
                continue
            path = scope.path_of(data, part.steps)
            found = as_text(part.run(data, scope))
            if not found:
                raise DataError(
                    f"is empty, and {self.text!r} needs it",
                    path=path or part.text,
                    next_step="Fill it in, or correct the profile.",
                )
            texts.append(clean(found, path))
        return "".join(texts)

    def render_or_none(self, data: Any, scope: Scope) -> str | None:
        """Fill the holes; None when the whole text is one hole without a value."""
        if len(self.parts) == 1 and self.holes:
            return as_text(self.holes[0].run(data, scope)) or None
        return self.render(data, scope)
