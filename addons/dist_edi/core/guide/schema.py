"""The schema of guide files: what may stand in the YAML."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from . import notation

Severity = Literal["error", "warning", "info", "off"]
Standard = Literal["x12", "edifact"]
Codes = str | list[str]


class Strict(BaseModel):
    """No key that the schema does not know: a typing slip is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _element_from_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split("|")]
    if len(parts) not in (2, 3):
        raise ValueError("write 'name | type min/max' or 'name | format | code list'")
    form = notation.read_format(parts[1])
    return {
        "name": parts[0],
        **form._asdict(),
        "codes": parts[2] if len(parts) == 3 else None,
    }


class ElementFile(Strict):
    """One data element of a standard."""

    name: str
    type: str
    min: int
    max: int
    codes: Codes | None = None


def _composed_from_text(value: Any) -> Any:
    return {"name": "", "elements": value} if isinstance(value, str) else value


class ComposedFile(Strict):
    """A segment or composite: its name, its positions, its syntax notes."""

    name: str = ""
    elements: Annotated[
        list[notation.Position], BeforeValidator(notation.read_positions)
    ]
    notes: Annotated[list[notation.Note], BeforeValidator(notation.read_notes)] = Field(
        default=[]
    )


Element = Annotated[ElementFile, BeforeValidator(_element_from_text)]
Composed = Annotated[ComposedFile, BeforeValidator(_composed_from_text)]


class DictionaryFile(Strict):
    """Elements, composites, segments and code lists shared by a release."""

    standard: Standard
    release: str
    based_on: str | None = None
    source: str
    elements: dict[str, Element] = {}
    composites: dict[str, Composed] = {}
    segments: dict[str, Composed] = {}
    codes: dict[str, dict[str, str]] = {}
    policy: dict[str, Severity] = {}
    other_segments: Annotated[
        list[str], BeforeValidator(lambda value: str(value).split())
    ] = Field(default=[])


class ElementChange(Strict):
    """What a message or partner says differently of one element.

    ``codes`` narrows (a list, or the name of a shared list); ``reject`` makes a
    code outside it an error instead of a warning.
    """

    required: bool | None = None
    expected: bool | None = None
    unused: bool | None = None
    codes: Codes | None = None
    reject: bool | None = None
    format: str | None = None
    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=1)
    pattern: str | None = None
    not_negative: bool | None = None
    why: str = ""


class SegmentChange(Strict):
    """What a message or partner says differently of a segment or loop use."""

    required: bool | None = None
    expected: bool | None = None
    unused: bool | None = None
    max: int | Literal["*"] | None = None
    elements: dict[str, ElementChange] = {}
    levels: dict[str, list[str]] = {}
    add: list[StructureEntry] = []
    add_after: str | None = None
    why: str = ""


class Hierarchy(Strict):
    """How occurrences of a loop nest: X12 HL, EDIFACT CPS.

    ``levels`` names what may stand directly above each level code (an empty
    string is the top); a level that is not listed may stand anywhere.
    ``carries`` lists the segments a level is expected to hold.
    """

    id: str
    parent: str
    level: str | None = None
    nest: bool = True
    sequential: bool = True
    levels: dict[str, list[str]] = {}
    carries: dict[str, list[str]] = {}


def _entry_from_short(value: Any) -> Any:
    if isinstance(value, str):
        return {"uses": value}
    if isinstance(value, dict) and "use" not in value and len(value) == 1:
        ((use, content),) = value.items()
        return {"use": use, "of": content if content is not None else []}
    return value


def _read_uses(value: Any) -> Any:
    if isinstance(value, str):
        return [notation.read_use(part) for part in value.split(",")]
    return value


class Entry(Strict):
    """One line of a structure: segment uses, or one loop with its content."""

    uses: Annotated[list[notation.UseNotation] | None, BeforeValidator(_read_uses)] = (
        None
    )
    use: Annotated[
        notation.UseNotation | None,
        BeforeValidator(
            lambda value: notation.read_use(value) if isinstance(value, str) else value
        ),
    ] = None
    id: str | None = None
    when: dict[str, list[str]] = {}
    of: list[Annotated[Entry, BeforeValidator(_entry_from_short)]] | None = None
    hierarchy: Hierarchy | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Entry:
        if (self.uses is None) == (self.use is None):
            raise ValueError("an entry is either segment uses or one use")
        return self


StructureEntry = Annotated[Entry, BeforeValidator(_entry_from_short)]
SegmentChange.model_rebuild()


class CountRule(Strict):
    """The value at ``at`` must equal the number of ``of`` (loops or segments)."""

    rule: Literal["count"]
    of: str
    at: str
    severity: Severity = "warning"
    why: str = ""


class SumRule(Strict):
    """The value at ``at`` must equal the sum of the values at ``of``.

    Two paths in ``times`` are multiplied per loop before they are added;
    ``plus`` and ``minus`` are further amounts.  ``tolerance`` is in units of
    the value; ``digits`` compares only the last digits (hash totals).
    """

    rule: Literal["sum"]
    of: str
    at: str
    times: str | None = None
    plus: list[str] = []
    minus: list[str] = []
    tolerance: str = "0"
    digits: int | None = None
    severity: Severity = "warning"
    why: str = ""


class SameRule(Strict):
    """All values at ``of`` must equal the value at ``at``."""

    rule: Literal["same"]
    of: str
    at: str
    severity: Severity = "warning"
    why: str = ""


class RequiresRule(Strict):
    """Where ``of`` is present, ``at`` must be present too."""

    rule: Literal["requires"]
    of: str
    at: str
    severity: Severity = "error"
    why: str = ""


Rule = Annotated[
    CountRule | SumRule | SameRule | RequiresRule, Field(discriminator="rule")
]


class MessageFile(Strict):
    """One message of one release."""

    standard: Standard
    release: str
    message: str
    name: str
    group: str = ""
    source: str
    policy: dict[str, Severity] = {}
    structure: list[StructureEntry]
    changes: dict[str, SegmentChange] = {}
    rules: list[Rule] = []


class DifferenceFile(Strict):
    """What a later or earlier release, a subset or a partner says differently.

    :param overlay: the name of the subset or partner; empty in a release file
    :param strict: what the base guide only warns of, because senders vary, is refused
    """

    overlay: str = ""
    standard: Standard
    release: str | None = None
    message: str | None = None
    based_on: str | None = None
    source: str = ""
    strict: bool = False
    policy: dict[str, Severity] = {}
    codes: dict[str, dict[str, str]] = {}
    changes: dict[str, SegmentChange] = {}
    rules: list[Rule] = []
    drop_rules: bool = False
