"""What an agreement may tell a reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read the files of one partner; the defaults suit everybody.

    :param charset: Python codec that replaces what the interchange says of itself
    :param terminator: segment terminator agreed on where no UNA states it, such as LF
    :param drop_newlines: leave line breaks inside data out instead of keeping them
    :param strict_isa_width: reject an ISA that is not 106 characters long
    :param max_segment: bytes a segment may be long before the file is given up
    :param chunk_size: bytes read at a time
    """

    charset: str = ""
    terminator: str = ""
    drop_newlines: bool = False
    strict_isa_width: bool = False
    max_segment: int = 16 * 1024 * 1024
    chunk_size: int = 64 * 1024


DEFAULTS = ReadOptions()
