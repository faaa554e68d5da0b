"""The two sets of files that a warehouse behind SFTP may exchange: CSV and XML.

Inside the house both are rows with the columns of ``csv_files``.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import csv_files, xml_files, xml_writing
from .csv_files import Row


class FileSet(NamedTuple):
    """How rows become files, and files rows.

    :ivar read: ``(kind, content)`` to rows; raises AgreementError
    :ivar write: ``(kind, rows)`` to a file
    :ivar spoil: ``(kind, rows, fault)`` to a file as it should not be
    """

    ending: str
    read: Callable[[str, bytes], list[dict[str, str]]]
    write: Callable[[str, Sequence[Row]], bytes]
    spoil: Callable[[str, Sequence[Row], str], bytes]


SETS = {
    "csv": FileSet(
        "csv",
        csv_files.read,
        lambda kind, rows: csv_files.write(kind, rows).encode(),
        csv_files.spoiled,
    ),
    "xml": FileSet("xml", xml_files.read, xml_writing.write, xml_writing.spoiled),
}
