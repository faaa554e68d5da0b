"""What a profile needs from outside while it works, and what it tells of a document."""

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..errors import MappingError


def utc_now() -> dt.datetime:
    """Give the present moment in UTC."""
    return dt.datetime.now(dt.timezone.utc)


def refuse_codes(vocabulary: str, code: str, direction: str) -> str:
    """Translate nothing: the context of a backend without any code map.

    :raises MappingError: always
    """
    raise MappingError(
        f"the {vocabulary} code {code!r} is not mapped",
        vocabulary=vocabulary,
        value=code,
    )


@dataclass(frozen=True)
class Context:
    """The backend's side of a mapping: settings, code maps, time zone and clock.

    :ivar settings: backend settings by name (base_url, channel_id, folders ...)
    :ivar translate: ``(vocabulary, code, "in" | "out") -> code``; raises MappingError
    :ivar timezone: IANA name of the zone of times that carry none
    :ivar now: the clock, in UTC
    :ivar received_at: when the bytes arrived, the same on every replay; ``now()``
        where it is not known
    :ivar file_name: name of the file the bytes came in, if they did
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    translate: Callable[[str, str, str], str] = refuse_codes
    timezone: str = "UTC"
    now: Callable[[], dt.datetime] = utc_now
    received_at: dt.datetime | None = None
    file_name: str = ""

    def dated(self, moment: dt.datetime | dt.date | None = None) -> "Context":
        """Give the context with the codes that hold on a day.

        :param moment: a day, or a moment, which is a day in the partner's time zone;
            None: when the document arrived, else now
        """
        if not getattr(self.translate, "dated", False):
            return self
        day = moment or self.received_at or self.now()
        if isinstance(day, dt.datetime):
            day = day.astimezone(zoneinfo.ZoneInfo(self.timezone)).date()
        return dataclasses.replace(self, translate=self.translate.on(day))


class Keys(NamedTuple):
    """How the ledger files a document.

    :ivar key: the business key; the same document sent again has the same key
    :ivar partition: documents of one partition are applied in order
    :ivar correlation: what ties the documents of one request together
    """

    key: str
    partition: str
    correlation: str


class FileSearch(NamedTuple):
    """A look-up in folders: the same name may stand in any of them."""

    folders: tuple[str, ...]
    name: str


class FilePlace(NamedTuple):
    """Where an inbound flow finds its files.

    :ivar stable_seconds: a file is taken when its size stood still for so long
    """

    folder: str
    pattern: str
    archive: str
    stable_seconds: int
