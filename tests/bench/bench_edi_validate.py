"""How fast a file is read and validated against a guide, against pyx12's bare reader.

The file is made here: invoices (810) and orders (850) of release 004010, about fifty
segments each, in the interchange version 00401 that pyx12 takes.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterator

from addons.dist_edi.core.guide import load_guide
from addons.dist_edi.core.syntax.model import Kind
from addons.dist_edi.core.syntax.reader import read

from .figure import Figure, medians

SIZE = 4_000_000
LINES = 14


def orders_file(size: int = SIZE) -> tuple[bytes, int]:
    """One interchange of 850 at least ``size`` bytes long, and its segment count."""
    head = (
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       "
        "*260114*0915*U*00401*000000001*0*P*>~"
        "GS*PO*SENDER*RECEIVER*20260114*0915*1*X*004010~"
    )
    parts, length, segments, count = [head], len(head), 4, 0
    while length < size:
        count += 1
        body = _order(count)
        control = f"{count:09d}"
        order = [f"ST*850*{control}", *body, f"SE*{len(body) + 2}*{control}"]
        parts.append("~".join(order) + "~")
        length += len(parts[-1])
        segments += len(order)
    parts.append(f"GE*{count}*1~IEA*1*000000001~")
    return "".join(parts).encode("ascii"), segments


def _order(number: int) -> list[str]:
    body = [
        f"BEG*00*SA*45{number:08d}**20260110",
        "CUR*BY*USD",
        "REF*DP*0012",
        "DTM*002*20260131",
        "N1*ST*STORE 0012*92*0012",
        "N3*1 MAIN STREET",
        "N4*SPRINGFIELD*IL*62701*US",
    ]
    for line in range(1, LINES + 1):
        body += [
            f"PO1*{line}*{line * 6}*EA*12.5**UP*0123456{line:05d}*VN*AB-{line:04d}",
            f"PID*F****WIDGET BLUE SIZE {line}",
            "PO4*6*1*EA",
        ]
    body.append(f"CTT*{LINES}")
    return body


def read_and_validate(data: bytes) -> int:
    """Read and check every transaction; the number of segments in the trees."""
    guide = load_guide("x12", "004010", "850")
    segments = 0
    checker = guide.checker()
    for kind, subject in read(data):
        if kind is Kind.TRANSACTION:
            checker = guide.checker()
        elif kind is Kind.RUN:
            checker.feed(subject)
            segments += len(subject)
        elif kind is Kind.TRANSACTION_END:
            checked = checker.close()
            if checked.findings:
                raise AssertionError(str(checked.findings[0]))
    return segments


def pyx12_reads(data: bytes) -> int:
    """pyx12's reader alone: segments and envelope checks, no message grammar."""
    import pyx12.x12file

    reader = pyx12.x12file.X12Reader(io.StringIO(data.decode("ascii")))
    return sum(1 for _segment in reader)


def _timed(work: Callable[[], int], expected: int) -> Callable[[], float]:
    def measure() -> float:
        began = time.process_time()
        segments = work()
        seconds = time.process_time() - began
        if abs(segments - expected) > 4:
            raise AssertionError(f"{segments} segments read instead of {expected}")
        return seconds / expected * 1e6

    return measure


def edi_validate(_build: object = None) -> Figure:
    """Read and validate 850 against reading alone by pyx12."""
    data, segments = orders_file()
    ours, reference = medians(
        _timed(lambda: read_and_validate(data), segments),
        _timed(lambda: pyx12_reads(data), segments),
    )
    how = (
        "4 MB of 850 (004010): read with every envelope check, build the loop tree and "
        "validate each segment and total, against iterating pyx12's X12Reader; CPU time"
    )
    return Figure("edi_validate", ours, reference, "us/segment", 0.5, how)


FIGURES: dict[str, Callable[..., Figure]] = {"edi_validate": edi_validate}


def figures(names: list[str]) -> Iterator[Figure]:
    """Measure some figures, or all."""
    for name in names or FIGURES:
        yield FIGURES[name]()


if __name__ == "__main__":
    for each in figures(sys.argv[1:]):
        print(each.line(), flush=True)
