"""What a function of the expression language is."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import DataError


class Function(NamedTuple):
    """A function that expressions may call.

    :ivar call: takes the scope and the arguments; ``&expressions`` come as callables
    :ivar least: fewest arguments
    :ivar most: most arguments, None for any number
    :ivar expressions: positions of arguments that are ``&expressions``
    """

    call: Callable[..., Any]
    least: int
    most: int | None
    expressions: frozenset[int] = frozenset()

    def argument_problem(self, count: int) -> str:
        """Say what is wrong with a number of arguments; empty when it fits."""
        if count >= self.least and (self.most is None or count <= self.most):
            return ""
        if self.most == self.least:
            wanted = str(self.least)
        elif self.most is None:
            wanted = f"at least {self.least}"
        else:
            wanted = f"{self.least} to {self.most}"
        return f"takes {wanted} arguments, not {count}"


def refusal(message: str, argument: int = 0, index: int | None = None) -> DataError:
    """Make the error of an argument that a function cannot take.

    :param argument: position of the argument; its place in the document becomes
        the path of the error
    :param index: position in the argument, where that is a list
    """
    error = DataError(message)
    error.argument = argument
    error.index = index
    return error


def shown(value: Any) -> str:
    """Show a value in a message, cut to what a reader needs."""
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
