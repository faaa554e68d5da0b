"""How fast EDI is read and written, and in how much memory.

The files are made here: shipment notices of about two hundred segments each, as X12 856
and as DESADV D.96A, where 15 % of the descriptions carry released characters.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from addons.dist_edi.core.syntax.agreement import (
    CountingNumbers,
    Party,
    WriteAgreement,
)
from addons.dist_edi.core.syntax.model import Document, Kind
from addons.dist_edi.core.syntax.reader import documents, read
from addons.dist_edi.core.syntax.segment import Segment
from addons.dist_edi.core.syntax.writer import OutgoingMessage, write

from .figure import Figure, medians

ROOT = Path(__file__).resolve().parents[2]
SIZE = 10_000_000
LINES = 48


def x12_file(size: int = SIZE) -> bytes:
    """One interchange of 856 transactions, at least ``size`` bytes long."""
    head = (
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
        "*260114*0915*U*00401*000000001*0*P*>~"
        "GS*SH*SENDER*RECEIVER*20260114*0915*1*X*004010~"
    )
    return _repeat(size, head, _shipment_x12, "GE*{count}*1~IEA*1*000000001~")


def _shipment_x12(number: int) -> str:
    body = [
        f"BSN*00*SHP{number:07d}*20260114*091500*0001",
        "HL*1**S",
        "TD1*CTN25*24****G*412.5*LB",
        "TD5**2*UPSN*M*UPS GROUND",
        f"REF*BM*{number:010d}",
        "DTM*011*20260114",
        "N1*ST*STORE 0012*92*0012",
        "HL*2*1*O",
        f"PRF*45{number:08d}***20260110",
    ]
    for line in range(1, LINES + 1):
        body += [
            f"HL*{line + 2}*2*I",
            f"LIN*{line}*UP*0123456{line:05d}*VN*AB-{line:04d}",
            f"SN1**{line * 6}*EA**{line * 6}*EA",
            f"PID*F****WIDGET BLUE SIZE {line}",
        ]
    body.append(f"CTT*{LINES + 2}")
    control = f"{number:09d}"
    parts = [f"ST*856*{control}", *body, f"SE*{len(body) + 2}*{control}"]
    return "~".join(parts) + "~"


def edifact_file(size: int = SIZE) -> bytes:
    """One interchange of DESADV messages, at least ``size`` bytes long."""
    head = "UNA:+.? 'UNB+UNOC:3+5412345000013:14+4012345500004:14+260114:0915+1'"
    return _repeat(size, head, _shipment_edifact, "UNZ+{count}+1'")


def _shipment_edifact(number: int) -> str:
    body = [
        f"BGM+351+DES{number:07d}+9",
        "DTM+137:20260114:102",
        "NAD+BY+5412345000013::9",
        "NAD+SU+4012345500004::9",
        "CPS+1",
    ]
    for line in range(1, LINES + 1):
        released = (number * LINES + line) % 20 < 3
        text = f"Widget 5?+{line} for O?'Neill" if released else f"Widget {line}"
        body += [
            "PAC+1++CT",
            f"LIN+{line}++54100000{line:05d}:EN",
            f"IMD+F++:::{text}",
            f"QTY+12:{line * 6}",
        ]
    body.append(f"CNT+2:{LINES}")
    head = f"UNH+{number}+DESADV:D:96A:UN:EAN005"
    return "'".join([head, *body, f"UNT+{len(body) + 2}+{number}"]) + "'"


def _repeat(size: int, head: str, make: Callable[[int], str], tail: str) -> bytes:
    parts, length, count = [head], len(head), 0
    while length < size:
        count += 1
        parts.append(make(count))
        length += len(parts[-1])
    parts.append(tail.format(count=count))
    return "".join(parts).encode("ascii")


def _timed(work: Callable[[], object], units: int) -> Callable[[], float]:
    """CPU seconds per unit: what else the machine does is left out."""

    def measure() -> float:
        began = time.process_time()
        work()
        return (time.process_time() - began) / units

    return measure


def _read_all_segments(data: bytes) -> int:
    """Stream, take every segment's elements, and see that nothing was wrong."""
    segments = 0
    for kind, subject in read(data):
        if kind is Kind.RUN:
            for elements in subject.split():
                segments += bool(elements)
        elif kind is Kind.INTERCHANGE_END and subject.findings:
            raise AssertionError(str(subject.findings[0]))
    return segments


def _split_all_segments(text: str, terminator: str, element: str) -> int:
    segments = 0
    for segment in text.split(terminator):
        segments += bool(segment.split(element))
    return segments


def _reading(name: str, data: bytes, terminator: str, element: str) -> Figure:
    text = data.decode("ascii")
    megabytes = len(data) / 1e6
    ours, reference = medians(
        _timed(lambda: _read_all_segments(data), megabytes),
        _timed(lambda: _split_all_segments(text, terminator, element), megabytes),
        runs=5,
    )
    how = (
        "stream 10 MB with every envelope and count check and take the elements of "
        "every segment, against text.split(terminator) and segment.split(element) "
        "with no checks and no release characters; CPU time"
    )
    return Figure(name, ours, reference, "s/MB", 2, how)


def edi_read_x12(_build: object = None) -> Figure:
    """Read X12 856."""
    return _reading("edi_read_x12", x12_file(), "~", "*")


def edi_read_edifact(_build: object = None) -> Figure:
    """Read DESADV."""
    return _reading("edi_read_edifact", edifact_file(), "'", "+")


def _writing(
    name: str, data: bytes, agreement: WriteAgreement, delimiters: tuple[str, str]
) -> Figure:
    """Write messages that are in memory as segments, against lists of elements."""
    terminator, element = delimiters
    kept = [
        [
            Segment.of(
                segment.tag, *map(segment.repetitions, range(1, len(segment) + 1))
            )
            for segment in document.body
        ]
        for document in documents(data)
    ]
    messages = [OutgoingMessage(agreement_type(agreement), each) for each in kept]
    plain = [each for document in documents(data) for each in _elements(document)]
    now = datetime(2026, 1, 14, 9, 15)

    def ours() -> None:
        result = write(messages, agreement, CountingNumbers(), now)
        if len(result.data) < len(data) * 0.9:
            raise AssertionError("not everything was written")

    def reference() -> bytes:
        return terminator.join(element.join(each) for each in plain).encode()

    megabytes = len(data) / 1e6
    measured = medians(_timed(ours, megabytes), _timed(reference, megabytes), runs=5)
    how = (
        "write 10 MB of messages held as segments, with envelopes, counts, releases "
        "and character checks, against terminator.join(element.join(...)) of lists "
        "of elements; CPU time"
    )
    return Figure(name, *measured, "s/MB", 4, how)


def _elements(document: Document) -> Iterator[list[str]]:
    for run in document.runs:
        yield from run.split()


def agreement_type(agreement: WriteAgreement) -> str:
    """The shipment notice of the agreement's standard."""
    return "856" if agreement.standard == "x12" else "DESADV"


def edi_write_x12(_build: object = None) -> Figure:
    """Write X12 856."""
    agreement = WriteAgreement("x12", Party("A", "ZZ"), Party("B", "ZZ"), "004010")
    return _writing("edi_write_x12", x12_file(), agreement, ("~", "*"))


def edi_write_edifact(_build: object = None) -> Figure:
    """Write DESADV."""
    agreement = WriteAgreement("edifact", Party("A", "14"), Party("B", "14"), "D.96A")
    return _writing("edi_write_edifact", edifact_file(), agreement, ("'", "+"))


# Not ru_maxrss: that starts at the parent's size, which is a benchmark's own.
_PEAK = r"""
import re, sys
from addons.dist_edi.core.syntax.model import Document, Kind
from addons.dist_edi.core.syntax.reader import read
segments = 0
with open(sys.argv[1], "rb") as file:
    for kind, subject in read(file):
        if kind is Kind.RUN:
            for segment in subject:
                segments += 1
with open("/proc/self/status") as status:
    peak = re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)
print(peak, segments)
"""


def _peak(path: Path) -> float:
    """Peak memory in MB of a process that streams a file and keeps nothing."""
    output = subprocess.run(
        [sys.executable, "-c", _PEAK, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    peak, segments = map(int, output.split())
    if segments < 1000:
        raise AssertionError("the file was not read")
    return peak / 1024


def edi_memory_50mb(_build: object = None) -> Figure:
    """Peak memory of reading 50 MB over that of reading 1 MB."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small.x12"), Path(folder, "large.x12")
        small.write_bytes(x12_file(1_000_000))
        large.write_bytes(x12_file(50_000_000))
        ours, reference = medians(lambda: _peak(large), lambda: _peak(small))
    how = (
        "VmHWM (peak resident memory) of a fresh process that streams one interchange "
        "of 50 MB, against one that streams one of 1 MB"
    )
    return Figure("edi_memory_50mb", ours, reference, "MB peak", 1.3, how)


FIGURES: dict[str, Callable[..., Figure]] = {
    "edi_read_x12": edi_read_x12,
    "edi_read_edifact": edi_read_edifact,
    "edi_write_x12": edi_write_x12,
    "edi_write_edifact": edi_write_edifact,
    "edi_memory_50mb": edi_memory_50mb,
}


def figures(names: list[str]) -> Iterator[Figure]:
    """Measure some figures, or all."""
    for name in names or FIGURES:
        yield FIGURES[name]()


if __name__ == "__main__":
    for each in figures(sys.argv[1:]):
        print(each.line(), flush=True)
