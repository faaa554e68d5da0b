"""The dictionary of a release: its elements, composites, segments and code lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from . import schema
from .definition import ElementSpec, SegmentSpec
from .notation import Position
from .yamlfile import YamlFile


@dataclass
class Dictionary:
    """What all messages of one release share."""

    standard: str
    release: str
    elements: dict[str, schema.ElementFile] = field(default_factory=dict)
    composites: dict[str, schema.ComposedFile] = field(default_factory=dict)
    segments: dict[str, schema.ComposedFile] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    policy: dict[str, schema.Severity] = field(default_factory=dict)
    other_tags: frozenset[str] = frozenset()
    _specs: dict[str, SegmentSpec] = field(default_factory=dict)

    def over(self, file: YamlFile, base: Dictionary | None) -> Dictionary:
        """This dictionary filled from a file that builds on another one.

        :raises GuideError: an element, composite or code list is not defined
        """
        content = file.as_model(schema.DictionaryFile)
        if base:
            self.elements.update(base.elements)
            self.composites.update(base.composites)
            self.segments.update(base.segments)
            self.codes.update(base.codes)
            self.policy.update(base.policy)
        self.elements.update(content.elements)
        self.composites.update(content.composites)
        self.segments.update(content.segments)
        self.codes.update(content.codes)
        self.policy.update(content.policy)
        others = base.other_tags if base else frozenset()
        self.other_tags = others | frozenset(content.other_segments)
        self._check(file, content)
        return self

    def segment(self, tag: str) -> SegmentSpec | None:
        """The segment's specification, or None when the release has no such one."""
        found = self._specs.get(tag)
        if found is None and tag in self.segments:
            composed = self.segments[tag]
            found = SegmentSpec(
                tag,
                composed.name or tag,
                tuple(self.position(position) for position in composed.elements),
                tuple(composed.notes),
            )
            self._specs[tag] = found
        return found

    def position(self, position: Position) -> ElementSpec:
        """One position with its format and codes looked up."""
        ref, required, expected, repeat = position
        if ref == "-":
            return ElementSpec("")
        if ref in self.composites:
            composite = self.composites[ref]
            parts = tuple(self.position(part) for part in composite.elements)
            return ElementSpec(
                ref,
                composite.name or ref,
                required=required,
                expected=expected,
                repeat=repeat,
                components=parts,
                component_notes=tuple(composite.notes),
            )
        element = self.elements[ref]
        return ElementSpec(
            ref,
            element.name,
            element.type,
            element.min,
            element.max,
            required,
            expected,
            repeat=repeat,
            codes=self.code_set(element.codes) if element.codes else None,
            code_list=element.codes if isinstance(element.codes, str) else "",
        )

    def code_set(self, codes: schema.Codes) -> frozenset[str]:
        """A shared list by name, or a list as written; KeyError if unknown."""
        if isinstance(codes, str):
            return frozenset(self.codes[codes])
        return frozenset(codes)

    def _check(self, file: YamlFile, content: schema.DictionaryFile) -> None:
        for kind in ("composites", "segments"):
            for key, composed in getattr(content, kind).items():
                for position in composed.elements:
                    if not self._knows(position.ref):
                        raise file.error(
                            f"element {position.ref} is not defined", (kind, key)
                        )
                for note in composed.notes:
                    if max(note.positions) > len(composed.elements):
                        raise file.error(f"note {note} points outside", (kind, key))
        for key, element in content.elements.items():
            if isinstance(element.codes, str) and element.codes not in self.codes:
                raise file.error(
                    f"code list {element.codes} is not defined", ("elements", key)
                )

    def _knows(self, ref: str) -> bool:
        return ref == "-" or ref in self.elements or ref in self.composites
