"""JMESPath, compiled once into plain Python functions.

``jmespath`` parses; its interpreter is replaced because it knows neither ``Decimal``
nor where a value came from, and walks the syntax tree anew for every document. The
tests hold both against each other on random expressions and documents.
"""

import functools
from collections.abc import Callable
from typing import Any

import jmespath.exceptions
import jmespath.parser

from ..errors import DataError, DistError
from . import functions
from .operators import (
    OPERATORS,
    flatten,
    is_false,
    negate,
)
from .scope import Scope, Steps
from .words import did_you_mean

MAX_LENGTH = 2_000

Run = Callable[[Any, Scope], Any]
Node = dict[str, Any]


class ExpressionError(ValueError):
    """An expression that cannot be compiled; the text says what is wrong with it."""


class Expression:
    """A compiled expression.

    :ivar text: as it was written
    :ivar node: its syntax tree
    :ivar steps: the first reference in it, for error paths
    """

    __slots__ = ("node", "run", "steps", "text")

    def __init__(self, text: str, node: Node, run: Run) -> None:
        self.text = text
        self.node = node
        self.run = run
        self.steps = reference(node) or ()

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


@functools.lru_cache(maxsize=10_000)
def compile_expression(text: str) -> Expression:
    """Compile an expression; the same text is compiled once per process.

    :raises ExpressionError: for bad syntax, unknown functions, wrong argument counts
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"is longer than {MAX_LENGTH} characters")
    try:
        node = jmespath.parser.Parser().parse(text).parsed
    except jmespath.exceptions.JMESPathError as exc:
        words = str(exc).split("\n", 1)[0].rstrip(":")
        raise ExpressionError(f"is not an expression: {words} in {text!r}") from exc
    except RecursionError as exc:
        raise ExpressionError("is nested too deeply") from exc
    return Expression(text, node, _compile(node))


def reference(node: Node) -> Steps | None:
    """Give the first reference to data in a syntax tree, as steps."""
    kind, children = node["type"], node.get("children") or []
    if kind == "field":
        return (node["value"],)
    if kind == "index":
        return (node["value"],)
    if kind in ("current", "identity"):
        return ()
    if kind in ("subexpression", "index_expression", "projection", "pipe"):
        return _chained_reference(node)
    if kind in ("flatten", "filter_projection", "value_projection"):
        return reference(children[0])
    if kind in ("literal", "slice"):
        return None
    if kind == "function_expression" and node["value"] == "sum_by":
        entries = reference(children[0])
        amount = reference(children[1]["children"][0]) or ()
        return None if entries is None else (*entries, None, *amount)
    for child in children:
        if (found := reference(child)) is not None:
            return found
    return None


def _chained_reference(node: Node) -> Steps | None:
    steps: Steps = ()
    for position, child in enumerate(node["children"]):
        found = reference(child)
        if position and node["type"] == "projection":
            steps += (None,)
        if found is None:
            return steps if position else None
        steps += found
        if child["type"] in ("function_expression", "filter_projection"):
            break
    return steps


def _compile(node: Node) -> Run:
    return _COMPILERS[node["type"]](node)


def _field(node: Node) -> Run:
    name = node["value"]

    def run(value: Any, scope: Scope) -> Any:
        return value.get(name) if isinstance(value, dict) else None

    return run


def _chain(node: Node) -> Run:
    steps = [_compile(child) for child in node["children"]]
    names = _names(node)
    if names is not None:

        def run_names(value: Any, scope: Scope) -> Any:
            for name in names:
                if not isinstance(value, dict):
                    return None
                value = value.get(name)
            return value

        return run_names

    def run(value: Any, scope: Scope) -> Any:
        for step in steps:
            value = step(value, scope)
        return value

    return run


def _names(node: Node) -> list[str] | None:
    """Give the names of a plain ``a.b.c``, None for anything else."""
    if node["type"] == "field":
        return [node["value"]]
    if node["type"] != "subexpression":
        return None
    parts = [_names(child) for child in node["children"]]
    if any(part is None for part in parts):
        return None
    return [name for part in parts for name in part or ()]


def _comparator(node: Node) -> Run:
    left, right = (_compile(child) for child in node["children"])
    compare = OPERATORS[node["value"]]
    return lambda value, scope: compare(left(value, scope), right(value, scope))


def _index(node: Node) -> Run:
    index = node["value"]

    def run(value: Any, scope: Scope) -> Any:
        if isinstance(value, list) and -len(value) <= index < len(value):
            return value[index]
        return None

    return run


def _slice(node: Node) -> Run:
    if node["children"][2] == 0:
        raise ExpressionError("a slice cannot have the step 0")
    part = slice(*node["children"])
    return lambda value, scope: value[part] if isinstance(value, list) else None


def _projection(node: Node) -> Run:
    left, right = _compile(node["children"][0]), _compile(node["children"][1])

    def run(value: Any, scope: Scope) -> Any:
        base = left(value, scope)
        if not isinstance(base, list):
            return None
        return [found for entry in base if (found := right(entry, scope)) is not None]

    return run


def _value_projection(node: Node) -> Run:
    left, right = _compile(node["children"][0]), _compile(node["children"][1])

    def run(value: Any, scope: Scope) -> Any:
        base = left(value, scope)
        if not isinstance(base, dict):
            return None
        return [
            found
            for entry in base.values()
            if (found := right(entry, scope)) is not None
        ]

    return run


def _filter(node: Node) -> Run:
    left, right, test = (_compile(child) for child in node["children"])

    def run(value: Any, scope: Scope) -> Any:
        base = left(value, scope)
        if not isinstance(base, list):
            return None
        return [
            found
            for entry in base
            if not is_false(test(entry, scope))
            and (found := right(entry, scope)) is not None
        ]

    return run


def _flatten(node: Node) -> Run:
    left = _compile(node["children"][0])
    return lambda value, scope: flatten(left(value, scope))


def _literal(node: Node) -> Run:
    constant = node["value"]
    return lambda value, scope: constant


def _or(node: Node) -> Run:
    left, right = (_compile(child) for child in node["children"])

    def run(value: Any, scope: Scope) -> Any:
        found = left(value, scope)
        return right(value, scope) if is_false(found) else found

    return run


def _and(node: Node) -> Run:
    left, right = (_compile(child) for child in node["children"])

    def run(value: Any, scope: Scope) -> Any:
        found = left(value, scope)
        return found if is_false(found) else right(value, scope)

    return run


def _not(node: Node) -> Run:
    inner = _compile(node["children"][0])
    return lambda value, scope: negate(inner(value, scope))


def _multi_list(node: Node) -> Run:
    parts = [_compile(child) for child in node["children"]]

    def run(value: Any, scope: Scope) -> Any:
        if value is None:
            return None
        return [part(value, scope) for part in parts]

    return run


def _multi_dict(node: Node) -> Run:
    parts = [(c["value"], _compile(c["children"][0])) for c in node["children"]]

    def run(value: Any, scope: Scope) -> Any:
        if value is None:
            return None
        return {name: part(value, scope) for name, part in parts}

    return run


def _expref(node: Node) -> Run:
    raise ExpressionError("&... stands only where a function asks for it")


def _function(node: Node) -> Run:
    name, arguments = node["value"], node["children"]
    function = functions.FUNCTIONS.get(name)
    if function is None:
        hint = did_you_mean(name, functions.FUNCTIONS)
        raise ExpressionError(f"{name}() is not a function{hint}")
    problem = function.argument_problem(len(arguments))
    if problem:
        raise ExpressionError(f"{name}() {problem}")
    parts: list[Run] = []
    for position, argument in enumerate(arguments):
        if (argument["type"] == "expref") is not (position in function.expressions):
            word = "is" if position in function.expressions else "is not"
            raise ExpressionError(
                f"argument {position + 1} of {name}() {word} an expression with &"
            )
        if argument["type"] == "expref":
            inner = _compile(argument["children"][0])
            parts.append(lambda value, scope, inner=inner: inner)
        else:
            parts.append(_compile(argument))
    call = function.call

    def run(value: Any, scope: Scope) -> Any:
        try:
            return call(scope, *[part(value, scope) for part in parts])
        except DistError as exc:
            if not exc.path:
                exc.path = _fault_path(exc, value, scope, arguments)
            raise
        except (TypeError, ValueError, AttributeError, ArithmeticError) as exc:
            place = _fault_path(exc, value, scope, arguments)
            raise DataError(f"{name}() cannot take this value", path=place) from exc

    return run


def _fault_path(exc: Exception, value: Any, scope: Scope, arguments) -> str:
    """Say where in the document the argument stands that a function refused."""
    if not arguments:
        return scope.path_of(value)
    place = getattr(exc, "argument", 0)
    node = arguments[place] if place < len(arguments) else arguments[0]
    index = getattr(exc, "index", None)
    if index is not None and node["type"] == "projection":
        left, right = node["children"]
    elif index is not None and arguments[-1]["type"] == "expref":
        left, right = node, arguments[-1]["children"][0]
    else:
        return scope.path_of(value, reference(node) or ())
    entries = _compile(left)(value, scope) or []
    if node["type"] == "projection":
        # a projection leaves out what is null, so the index counts the others
        held = _compile(right)
        entries = [entry for entry in entries if held(entry, scope) is not None]
    if index < len(entries):
        return scope.path_of(entries[index], reference(right) or ())
    return scope.path_of(value, reference(node) or ())


_COMPILERS: dict[str, Callable[[Node], Run]] = {
    "field": _field,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "comparator": _comparator,
    "current": lambda node: lambda value, scope: value,
    "identity": lambda node: lambda value, scope: value,
    "index": _index,
    "slice": _slice,
    "projection": _projection,
    "value_projection": _value_projection,
    "filter_projection": _filter,
    "flatten": _flatten,
    "literal": _literal,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "multi_select_list": _multi_list,
    "multi_select_dict": _multi_dict,
    "expref": _expref,
    "function_expression": _function,
}

__all__ = [
    "Expression",
    "ExpressionError",
    "compile_expression",
    "reference",
]
