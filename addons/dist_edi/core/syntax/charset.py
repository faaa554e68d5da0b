"""Character sets: what UNB promises, what the bytes are, and how to read them."""

import re

#: Python codec of each EDIFACT syntax identifier (UNB 0001; ISO 9735 part 1 and 8).
#: UNOX (ISO 2022 code extension) and UNOY (ISO 10646) come as UTF-8 in practice.
CODECS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOX": "utf-8",
    "UNOY": "utf-8",
}

#: What may stand in data of level A and B (ISO 9735 annex A), for writing and telling.
LEVEL_A = re.compile(r"[A-Z0-9 .,\-()/=!\"%&*;<>'+:?]*")
LEVEL_B = re.compile(r"[A-Za-z0-9 .,\-()/=!\"%&*;<>'+:?]*")

_HIGH_RUN = re.compile("[\x80-\xff]+")
#: Control characters which are never data; CR, LF and tab are judged elsewhere.
CONTROLS = bytes({*range(9), 11, 12, *range(14, 32), 127})


def decode(text: str, codec: str) -> str:
    """Decode text that was cut as Latin-1. Never loses a byte.

    Bytes that the codec does not know are read as Windows-1252 where it has a
    character, and as Latin-1 otherwise.

    :param text: one character for each byte; packed released characters may stand in it
    :param codec: a Python codec in which bytes below 128 are ASCII
    """
    return _HIGH_RUN.sub(lambda match: decode_run(match.group(), codec), text)


def decode_run(text: str, codec: str) -> str:
    """Decode a run of non-ASCII bytes; see :func:`decode`."""
    data = text.encode("latin-1")
    for candidate in (codec, "cp1252"):
        try:
            return data.decode(candidate)
        except UnicodeDecodeError:
            continue
    return text


def detect(text: str, promised: str) -> tuple[str, str]:
    """Choose the codec for the non-ASCII bytes of a piece of Latin-1 text.

    UTF-8 is recognised by its byte patterns, which no other character set of EDI
    produces by accident; Windows-1252 by bytes that Latin-1 leaves to controls.

    :param promised: the codec that the interchange says
    :return: codec to use, and what was found if that is not what was promised
    """
    runs = _HIGH_RUN.findall(text)
    if not runs:
        return promised, ""
    data = "\n".join(runs).encode("latin-1")
    if _decodes(data, "utf-8"):
        return "utf-8", "" if promised == "utf-8" else "UTF-8 bytes"
    if promised in ("ascii", "utf-8", "iso8859-1"):
        if any(0x80 <= byte <= 0x9F for byte in data):
            return "cp1252", "Windows-1252 bytes"
        return "iso8859-1", "" if promised == "iso8859-1" else "8-bit bytes"
    if _decodes(data, promised):
        return promised, ""
    return "cp1252", f"bytes that {promised} does not know"


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
