"""Finds guides: which messages and releases there are, and the nearest of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from ..syntax.findings import Finding, finding, load_catalogue
from ..syntax.segment import EDIFACT, X12, Place, Segment
from . import schema
from .assemble import Assembler, apply_difference, find_nodes
from .automaton import Automaton
from .checker import Checked, Checker
from .definition import LoopNode, MessageDefinition, SegmentNode
from .dictionary import Dictionary
from .rules import ValuePath
from .tree import Loop
from .yamlfile import YamlFile, parse_yaml, read_yaml

GUIDES = Path(__file__).resolve().parents[2] / "guides"
#: The release whose messages the others are differences of.
BASE_RELEASE = {X12: "004010", EDIFACT: "D.96A"}
Overlay = str | Path

load_catalogue(Path(__file__).with_name("catalogue.yaml"))


@dataclass
class Guide:
    """A message's definition, ready to check transactions.

    :param notes: what is worth telling about the choice of the guide itself
    """

    definition: MessageDefinition
    automaton: Automaton
    notes: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_supported(self) -> bool:
        """Whether there is a guide for the message at all."""
        return True

    @property
    def standard(self) -> str:
        """``x12`` or ``edifact``."""
        return self.definition.standard

    @property
    def release(self) -> str:
        """The release of the guide, which may be near the one asked for."""
        return self.definition.release

    @property
    def message(self) -> str:
        """850, ORDERS, ..."""
        return self.definition.message

    def checker(self) -> Checker:
        """A checker for one transaction that comes in portions."""
        return Checker(self.definition, self.automaton)

    def check(self, segments: Iterable[Segment]) -> Checked:
        """The loop tree of one transaction and everything the guide finds wrong."""
        checker = self.checker()
        checker.feed(segments)
        checked = checker.close()
        checked.findings[:0] = self.findings(_place(checked.tree))
        return checked

    def findings(self, place: Place | None = None) -> list[Finding]:
        """What is to be told of the guide chosen (release not known, nearest used)."""
        return [
            finding(code, place or Place(), expected=expected, seen=seen)
            for code, expected, seen in self.notes
        ]


@dataclass
class UnsupportedGuide(Guide):
    """Stands for a message without a guide: every transaction is refused."""

    unknown: tuple[str, str] = field(default=("", ""))

    @property
    def is_supported(self) -> bool:
        """Never: a checker would call every segment unexpected."""
        return False

    def check(self, segments: Iterable[Segment]) -> Checked:
        """All segments in one flat loop, and the finding that nobody knows them."""
        tree = Loop(self.message, "", list(segments))
        seen, expected = self.unknown
        found = finding(
            "message_unsupported", _place(tree), expected=expected, seen=seen
        )
        return Checked(tree, [found])


def _place(tree: Loop) -> Place:
    first = next(tree.flat(), None)
    return first.place if first else Place()


@lru_cache(maxsize=512)
def _load(
    standard: str, release: str, message: str, overlays: tuple[Overlay, ...]
) -> Guide:
    wanted, notes = _nearest(standard, release)
    names = available(standard)
    if message not in names:
        empty = MessageDefinition(
            standard, wanted, message, "", "", LoopNode(message, "", []), (), {},
            frozenset(), frozenset(),
        )  # fmt: skip
        known = ", ".join(sorted(names))
        return UnsupportedGuide(empty, Automaton(empty.root), unknown=(message, known))
    definition = _definition(standard, wanted, message)
    dictionary = dictionary_of(standard, wanted)
    for overlay in _with_subset(standard, release, message, overlays):
        definition = _overlaid(definition, overlay, dictionary)
    return Guide(definition, Automaton(definition.root), notes)


def load_guide(
    standard: str, release: str, message: str, overlays: Sequence[Overlay] = ()
) -> Guide:
    """The guide for a message, partner overlays applied in the order given.

    :param standard: ``x12`` or ``edifact``
    :param release: as sent: ``004010``, ``004010VICS``, ``D.96A``, ``D.96A.UN.EAN008``;
        a release without files gets the nearest, and every check tells so
    :param overlays: paths of overlay files, or their YAML text
    :raises GuideError: an overlay is wrong (file, line and path are named)
    """
    return _load(standard, release, message, tuple(overlays))


def available(standard: str) -> dict[str, list[str]]:
    """Message types that have a guide, each with the releases it is written for."""
    found: dict[str, list[str]] = {}
    for release in releases(standard):
        for path in sorted((GUIDES / standard / "messages").glob("*.yaml")):
            found.setdefault(path.stem, []).append(release)
    return found


@lru_cache(maxsize=8)
def releases(standard: str) -> tuple[str, ...]:
    """Releases that have a dictionary."""
    return tuple(sorted(path.stem for path in (GUIDES / standard).glob("*.yaml")))


@lru_cache(maxsize=64)
def dictionary_of(standard: str, release: str) -> Dictionary:
    """The dictionary of a release, built over the one it is based on."""
    file = _file(standard, f"{release}.yaml")
    based_on = file.data.get("based_on")
    base = dictionary_of(standard, based_on) if based_on else None
    return Dictionary(standard, release).over(file, base)


def _file(standard: str, name: str) -> YamlFile:
    return read_yaml(GUIDES / standard / name, f"guides/{standard}/{name}")


def _definition(standard: str, release: str, message: str) -> MessageDefinition:
    """The message of a release, freshly built, since overlays change it in place."""
    own = GUIDES / standard / release / f"{message}.yaml"
    name = f"messages/{message}.yaml"
    if own.exists() and "structure" in read_yaml(own).data:
        name = f"{release}/{message}.yaml"
    file = _file(standard, name)
    content = file.as_model(schema.MessageFile)
    dictionary = dictionary_of(standard, release)
    root = Assembler(file, dictionary).root(content)
    tags = frozenset(n.tag for _, n in root.walk() if isinstance(n, SegmentNode))
    definition = MessageDefinition(
        standard,
        release,
        message,
        content.name,
        content.group,
        root,
        tuple(content.rules),
        {**dictionary.policy, **content.policy},
        tags | frozenset(dictionary.segments),
        dictionary.other_tags,
    )
    own_changes = schema.DifferenceFile(standard=standard, changes=content.changes)
    definition = apply_difference(definition, file, own_changes, dictionary)
    if own.exists() and not name.startswith(release):
        difference = _file(standard, f"{release}/{message}.yaml")
        model = difference.as_model(schema.DifferenceFile)
        definition = apply_difference(definition, difference, model, dictionary)
    _check_rules(definition, file, content.rules)
    return definition


def _overlaid(
    definition: MessageDefinition, overlay: Overlay, dictionary: Dictionary
) -> MessageDefinition:
    if isinstance(overlay, Path):
        file = read_yaml(overlay)
    else:
        file = parse_yaml(overlay, "overlay")
    model = file.as_model(schema.DifferenceFile)
    if model.standard != definition.standard or model.message not in (
        None,
        definition.message,
    ):
        raise file.error(f"is not for {definition.standard} {definition.message}")
    local = replace(dictionary, codes={**dictionary.codes, **model.codes})
    changed = apply_difference(definition, file, model, local)
    _check_rules(changed, file, model.rules)
    return changed


def _check_rules(
    definition: MessageDefinition, file: YamlFile, rules: list[schema.Rule]
) -> None:
    for number, rule in enumerate(rules):
        for key in ("of", "at"):
            here = ("rules", number, key)
            try:
                path = ValuePath.read(getattr(rule, key))
            except ValueError as wrong:
                raise file.error(str(wrong), here) from wrong
            if path.loops == "." or path.loops.startswith("**"):
                known = any(n.tag == path.tag for _, n in definition.root.walk())
            else:
                plain = re.sub(r":[^/]*", "", path.loops)
                known = bool(find_nodes(definition.root, plain))
            if not known:
                raise file.error(f"{definition.message} has no such place", here)


def _with_subset(
    standard: str, release: str, message: str, overlays: tuple[Overlay, ...]
) -> tuple[Overlay, ...]:
    """EANCOM's differences go first when the association code says EAN."""
    subset = GUIDES / standard / "EANCOM" / f"{message}.yaml"
    if standard == EDIFACT and "EAN" in release.upper() and subset.exists():
        return (subset, *overlays)
    return overlays


def _nearest(
    standard: str, release: str
) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    known = releases(standard)
    found = _KEYS[standard].search(release)
    if not found:
        base = BASE_RELEASE[standard]
        return base, (("release_unknown", base, release),)
    key = found[0].replace(":", ".").upper()
    if key in known:
        return key, ()
    rank = _rank(standard, key)
    best = min(known, key=lambda name: (abs(_rank(standard, name) - rank), name))
    return best, (("release_nearest", best, release),)


_KEYS = {
    X12: re.compile(r"\b00[2-8]\d{3}"),
    EDIFACT: re.compile(r"D[.:]\d\d[A-Z]", re.I),
}


def _rank(standard: str, key: str) -> int:
    if standard == X12:
        return int(key)
    year = int(key[2:4])
    return (year + 100 if year < 80 else year) * 4 + ord(key[4]) - ord("A")
