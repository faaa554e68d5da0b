"""From guide files to a definition: structure resolved, differences applied."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from . import notation, schema
from .definition import (
    LoopNode,
    MessageDefinition,
    Node,
    SegmentNode,
    SegmentSpec,
    with_element,
)
from .dictionary import Dictionary
from .yamlfile import YamlFile


@dataclass
class Assembler:
    """Builds the tree of one message file over one dictionary."""

    file: YamlFile
    dictionary: Dictionary

    def root(self, content: schema.MessageFile) -> LoopNode:
        """The message's root loop, linked.

        :raises GuideError: a segment is not defined, or two loops share an id
        """
        children = self.nodes(content.structure, ("structure",))
        root = LoopNode(content.message, content.name, children)
        root.link()
        return root

    def nodes(self, entries: list[schema.Entry], path: tuple[Any, ...]) -> list[Node]:
        """The nodes of some structure entries; ``path`` says where they stand."""
        nodes: list[Node] = []
        for place, entry in enumerate(entries):
            here = (*path, place)
            if entry.uses is not None:
                nodes.extend(self._segment(use, entry, here) for use in entry.uses)
            elif entry.of is None:
                nodes.append(self._segment(entry.use, entry, here))
            else:
                nodes.append(self._loop(entry, here))
        self._check_ids(nodes, path)
        return nodes

    def _segment(
        self, use: notation.UseNotation, entry: schema.Entry, path: tuple[Any, ...]
    ) -> SegmentNode:
        spec = self.dictionary.segment(use.tag)
        if spec is None:
            raise self.file.error(f"segment {use.tag} is not defined", path)
        return SegmentNode(
            use.tag,
            spec,
            use.required,
            use.expected,
            max=use.max,
            when=_conditions(entry.when),
        )

    def _loop(self, entry: schema.Entry, path: tuple[Any, ...]) -> LoopNode:
        use = entry.use
        trigger = self._segment(use, entry, path)
        trigger.required, trigger.max, trigger.when = True, 1, {}
        return LoopNode(
            entry.id or use.tag,
            use.name or f"{use.tag} loop",
            [trigger, *self.nodes(entry.of, (*path, "of"))],
            use.required,
            use.expected,
            max=use.max,
            when=_conditions(entry.when),
            hierarchy=entry.hierarchy,
        )

    def _check_ids(self, nodes: list[Node], path: tuple[Any, ...]) -> None:
        seen: set[str] = set()
        for node in nodes:
            if isinstance(node, LoopNode):
                if node.id in seen:
                    raise self.file.error(f"two loops {node.id}: give one an id", path)
                seen.add(node.id)


def _conditions(when: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    return {place: frozenset(values) for place, values in when.items()}


def apply_difference(
    definition: MessageDefinition,
    file: YamlFile,
    difference: schema.DifferenceFile,
    dictionary: Dictionary,
    path: tuple[Any, ...] = ("changes",),
) -> MessageDefinition:
    """The definition with a release's, subset's or partner's differences applied.

    The root of ``definition`` is changed in place; give it a fresh one.

    :raises GuideError: a path, element or code list does not exist
    """
    for where, change in difference.changes.items():
        here = (*path, where)
        nodes = find_nodes(definition.root, where)
        if not nodes:
            raise file.error(f"{definition.message} has no {where}", here)
        for node in nodes:
            _change_use(node, change)
            if change.levels:
                _change_levels(node, change, file, here)
            if change.elements:
                _change_elements(node, change, file, here, dictionary)
            if change.add:
                _add(node, change, file, here, dictionary)
    definition.root.link()
    rules = () if difference.drop_rules else definition.rules
    return replace(
        definition,
        rules=(*rules, *difference.rules),
        policy={
            **({} if difference.strict else definition.policy),
            **difference.policy,
        },
        strict=definition.strict or difference.strict,
        overlays=(
            (*definition.overlays, difference.overlay)
            if difference.overlay
            else definition.overlays
        ),
    )


def find_nodes(root: LoopNode, path: str) -> list[Node]:
    """Nodes at a path: ``PO1``, ``PO1/PO1``, ``**/N4`` (every N4), ``.`` (the root).

    A loop goes before a segment of the same name.
    """
    if path == ".":
        return [root]
    if path.startswith("**/"):
        tag = path[3:]
        return [node for _, node in root.walk() if _named(node, tag)]
    found: Iterable[Node] = [root]
    for step in path.split("/"):
        found = [
            child
            for node in found
            if isinstance(node, LoopNode)
            for child in _children_called(node, step)
        ]
    return list(found)


def _named(node: Node, tag: str) -> bool:
    return isinstance(node, SegmentNode) and node.tag == tag


def _children_called(node: LoopNode, step: str) -> list[Node]:
    loops = [c for c in node.children if isinstance(c, LoopNode) and c.id == step]
    return loops or [c for c in node.children if c.tag == step]


def _change_use(node: Node, change: schema.SegmentChange) -> None:
    for key in ("required", "expected", "unused"):
        value = getattr(change, key)
        if value is not None:
            setattr(node, key, value)
    if change.max is not None:
        node.max = None if change.max == "*" else change.max
    if change.why:
        node.why = change.why


def _change_levels(
    node: Node, change: schema.SegmentChange, file: YamlFile, path: tuple[Any, ...]
) -> None:
    if not isinstance(node, LoopNode) or node.hierarchy is None:
        raise file.error("levels belong to a loop with a hierarchy", path)
    node.hierarchy = node.hierarchy.model_copy(
        update={"levels": {**node.hierarchy.levels, **change.levels}}
    )


def _change_elements(
    node: Node,
    change: schema.SegmentChange,
    file: YamlFile,
    path: tuple[Any, ...],
    dictionary: Dictionary,
) -> None:
    target = node.children[0] if isinstance(node, LoopNode) else node
    spec: SegmentSpec | None = target.spec
    for key, element in change.elements.items():
        here = (*path, "elements", key)
        try:
            spec = with_element(spec, key, _element_values(element, dictionary))
        except (KeyError, ValueError, re.error) as wrong:
            raise file.error(str(wrong).strip("'\""), here) from wrong
    target.spec = spec


def _element_values(
    change: schema.ElementChange, dictionary: Dictionary
) -> dict[str, object]:
    values: dict[str, object] = {
        key: value
        for key, value in change.model_dump(exclude={"why", "codes", "format"}).items()
        if value is not None
    }
    if change.format:
        values.update(notation.read_format(change.format)._asdict())
    if change.codes is not None:
        if isinstance(change.codes, str) and change.codes not in dictionary.codes:
            raise KeyError(f"code list {change.codes} is not defined")
        values["codes"] = dictionary.code_set(change.codes)
    if change.pattern is not None:
        re.compile(change.pattern)
    return values


def _add(
    node: Node,
    change: schema.SegmentChange,
    file: YamlFile,
    path: tuple[Any, ...],
    dictionary: Dictionary,
) -> None:
    if not isinstance(node, LoopNode):
        raise file.error("segments are added to a loop", path)
    added = Assembler(file, dictionary).nodes(change.add, (*path, "add"))
    place = len(node.children)
    if change.add_after:
        after = _children_called(node, change.add_after)
        if not after:
            raise file.error(f"no {change.add_after} to add after", path)
        place = node.children.index(after[-1]) + 1
    node.children[place:place] = added
