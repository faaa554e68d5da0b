"""Put text into a character set that cannot hold it: by look, never by guess."""

import unicodedata

from .charset import LEVEL_A, LEVEL_B

#: What decomposition does not give: letters, punctuation and signs of trade.
_TABLE = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ı": "i",
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "•": "-",
        "·": "-",
        "×": "x",
        "÷": "/",
        "°": "deg",
        "€": "EUR",
        "£": "GBP",
        "¥": "JPY",
        "©": "(C)",
        "®": "(R)",
        "±": "+/-",
        "\t": " ",
        "\r": " ",
        "\n": " ",
        "\u00a0": " ",
        "\u00ad": "",
        "\u200b": "",
        "\ufeff": "",
        "\u2028": " ",
        "\u2029": " ",
    }
)


def holds(text: str, codec: str, level: str = "") -> bool:
    """Whether text can be written in a character set, control characters never.

    :param codec: a Python codec
    :param level: ``UNOA`` or ``UNOB``, whose repertoires are smaller than ASCII
    """
    if level == "UNOA":
        return LEVEL_A.fullmatch(text) is not None
    if level == "UNOB":
        return LEVEL_B.fullmatch(text) is not None
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return text.isprintable()


def transliterate(character: str, codec: str, level: str = "") -> str | None:
    """Write one character with those a character set has; None if nobody can.

    :return: the replacement, which may be empty for characters without a look
    """
    replaced = character.translate(_TABLE)
    if replaced == character:
        decomposed = unicodedata.normalize("NFKD", character)
        replaced = "".join(
            part for part in decomposed if not unicodedata.combining(part)
        )
    if level == "UNOA":
        replaced = replaced.upper()
    if replaced == character or not holds(replaced, codec, level):
        return None
    return replaced
