"""What is wrong with an interchange: coded, placed, and with what an ack must say.

The catalogue of all codes is data: ``catalogue.yaml`` beside this file, and one more
file for each layer that adds codes (:func:`load_catalogue`).
"""

import enum
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from .segment import Place


class Severity(enum.Enum):
    """What a finding does: refuse what it judges, warn, or only tell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Level(enum.Enum):
    """What a finding judges. An error rejects that much and leaves its neighbours."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    TRANSACTION = "transaction"
    SEGMENT = "segment"
    ELEMENT = "element"


class AckCodes(NamedTuple):
    """What an acknowledgement says of a finding; "" where that level says nothing.

    ``ta1`` is element I18, ``ak9`` 716 (AK905), ``ak5`` 718 (AK502 and IK502), ``ak3``
    720 (AK304 and IK304), ``ak4`` 723 (AK403 and IK403), ``contrl`` EDIFACT's 0085.
    """

    ta1: str = ""
    ak9: str = ""
    ak5: str = ""
    ak3: str = ""
    ak4: str = ""
    contrl: str = ""


NO_CODES = AckCodes()


class CatalogueEntry(NamedTuple):
    """What is known of one finding code."""

    code: str
    level: Level
    severity: Severity
    text: str
    next_step: str
    ack: AckCodes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (or worth telling) at one place.

    :param code: a code of the catalogue
    :param message: plain words, with what was expected and seen filled in
    :param severity: as the catalogue says, unless an agreement changed it
    :param ack: what an acknowledgement says, as the catalogue has it
    :param reference: the standard's number of the data element, such as ``355``
    """

    code: str
    severity: Severity
    level: Level
    place: Place
    message: str
    expected: str = ""
    seen: str = ""
    ack: AckCodes = NO_CODES
    reference: str = ""

    @property
    def is_error(self) -> bool:
        """Whether what the finding judges must be rejected."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity.value}: {self.message} [{self.code}] ({self.place})"


_CATALOGUES = [Path(__file__).with_name("catalogue.yaml")]


def load_catalogue(path: Path) -> None:
    """Add the finding codes of one more layer (same shape as ``catalogue.yaml``)."""
    if path not in _CATALOGUES:
        _CATALOGUES.append(path)
        catalogue.cache_clear()


@lru_cache(maxsize=1)
def catalogue() -> dict[str, CatalogueEntry]:
    """Every finding code with its level, severity, text and acknowledgement codes."""
    entries = {}
    for path in _CATALOGUES:
        for code, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            entries[code] = CatalogueEntry(
                code,
                Level(entry["level"]),
                Severity(entry.get("severity", "error")),
                entry["text"],
                entry.get("next_step", ""),
                AckCodes(**entry.get("ack", {})),
            )
    return entries


#: Seen text longer than this is cut in messages; nobody reads a screen of it.
SEEN_LENGTH = 80


def finding(
    code: str,
    place: Place,
    *,
    expected: object = "",
    seen: object = "",
    severity: Severity | None = None,
    reference: str = "",
) -> Finding:
    """Make a finding of a catalogued code.

    :param expected: what should stand there, filled into the catalogue's text
    :param seen: what stands there
    :param severity: overrides the catalogue's, as a partner agreement may
    :param reference: the standard's number of the data element, where known
    """
    entry = catalogue()[code]
    seen_text = str(seen)
    if len(seen_text) > SEEN_LENGTH:
        seen_text = seen_text[: SEEN_LENGTH - 3] + "..."
    message = entry.text.format(expected=expected, seen=seen_text, tag=place.tag)
    return Finding(
        code,
        severity or entry.severity,
        entry.level,
        place,
        message,
        str(expected),
        seen_text,
        entry.ack,
        reference,
    )
