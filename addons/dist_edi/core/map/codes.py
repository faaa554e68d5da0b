"""Code tables of a map: the agreement's first, then the map's, then the standard's."""

from collections.abc import Mapping

from .filters import UnknownCodeError

#: The entry for all codes that a table does not name: ``keep`` passes them as they
#: are, both ways; a canonical code is what all of them mean.
OTHERS = "*"
KEEP = "keep"

Tables = Mapping[str, Mapping[str, str]]


def merged(*layers: Tables) -> dict[str, dict[str, str]]:
    """Lay tables over each other.

    The first layer wins, and its codes are the ones that are written.
    """
    result: dict[str, dict[str, str]] = {}
    for layer in layers:
        for name, table in layer.items():
            held = result.setdefault(name, {})
            for code, value in table.items():
                held.setdefault(str(code), value)
    return result


class CodeTables:
    """Translates between the codes of one partner and the canonical ones."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._back: dict[str, dict[str, str]] = {}

    def canonical(self, table: str, code: str) -> str:
        """Give the canonical code.

        :raises UnknownCodeError: when the table does not hold it
        """
        held = self._tables.get(table, {})
        if code in held and code != OTHERS:
            return held[code]
        if OTHERS in held:
            return code if held[OTHERS] == KEEP else held[OTHERS]
        raise UnknownCodeError(table, code)

    def partner(self, table: str, value: str) -> str:
        """Give the partner's code for a canonical one: the first that means it.

        :raises UnknownCodeError: when none means it
        """
        back = self._back.get(table)
        if back is None:
            back = self._back[table] = {}
            for code, meaning in self._tables.get(table, {}).items():
                if code != OTHERS:
                    back.setdefault(meaning, code)
        if value in back:
            return back[value]
        if self._tables.get(table, {}).get(OTHERS) == KEEP:
            return value
        raise UnknownCodeError(table, value)
