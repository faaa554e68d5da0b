"""Find the service segments in a piece of text, with one pattern for all of it."""

import re
from string import ascii_uppercase

from .dialect import Dialect


class Marks:
    """Find service segments in a piece of text."""

    def __init__(self, dialect: Dialect, element: str, component: str) -> None:
        tags = "|".join(sorted(dialect.roles, reverse=True))
        follows = "[" + re.escape(element + component) + "]"
        self._service = f"({tags})(?={follows})"
        self._start = f"{dialect.tag_pattern}{follows}"
        # Nearly all segments start with a letter that no service segment starts with:
        # one look ahead passes over them.
        initials = {tag[0] for tag in dialect.roles}
        others = "".join(sorted(set(ascii_uppercase) - initials))
        self._plain = f"[{others}]{dialect.tag_rest}{follows}"
        self._clean: dict[str, re.Pattern] = {}
        self._odd: re.Pattern | None = None
        self._first = re.compile(self._service)
        self._wellformed = re.compile(self._start)

    def tag_at(self, text: str, position: int) -> str:
        """The service tag at a position, "" if there is none."""
        match = self._first.match(text, position)
        return match.group(1) if match else ""

    def clean(self, piece: str, separator: str) -> list[tuple[int, str]] | None:
        """Service segments of text whose segments all look like segments; or None."""
        pattern = self._clean.get(separator)
        if pattern is None:
            pattern = self._clean[separator] = re.compile(
                rf"{re.escape(separator)}(?!{self._plain})"
                rf"(?:{self._service}|(?!{self._start}|\Z))"
            )
        if not self._wellformed.match(piece):
            return None
        tag = self.tag_at(piece, 0)
        marks = [(0, tag)] if tag else []
        for match in pattern.finditer(piece):
            tag = match.group(1)
            if tag is None:
                return None
            marks.append((match.start(1), tag))
        return marks

    def odd(self, piece: str, terminator: str) -> list[tuple[int, str]]:
        """Service segments of any text."""
        if self._odd is None:
            self._odd = re.compile(
                rf"(?:\A|{re.escape(terminator)})[ \t\r\n]*{self._service}"
            )
        return [(each.start(1), each.group(1)) for each in self._odd.finditer(piece)]
