"""The same cause has the same fingerprint: people see one case, not hundreds."""

import hashlib
import re

from .errors import DistError, MappingError

_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def fingerprint(error: DistError, *, backend: str = "", message_type: str = "") -> str:
    """Give a short, stable text for the cause of an error.

    What counts: the class, the backend, the message type and the place without its
    indices (``lines[2].sku`` and ``row 14, column qty`` are one place in every line
    and row). Of an unmapped code, vocabulary and code count too. An error without a
    place is told apart by its words, without numbers and quoted values.

    :return: 16 hexadecimal digits
    """
    parts = [error.code, backend, message_type, _NUMBER.sub("#", error.path)]
    if isinstance(error, MappingError):
        parts += [error.vocabulary, error.value]
    elif not error.path:
        parts.append(_NUMBER.sub("#", _QUOTED.sub("''", error.message)))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
