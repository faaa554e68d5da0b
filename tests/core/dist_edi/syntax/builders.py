"""Interchanges of our own making, whole or broken on purpose."""

from addons.dist_edi.core.syntax.findings import Finding
from addons.dist_edi.core.syntax.model import FileContent
from addons.dist_edi.core.syntax.reader import read_all

#: A purchase order of two lines, without ST and SE.
ORDER_850 = [
    "BEG*00*SA*4500012345**20260114",
    "REF*DP*038",
    "N1*ST*Store 12*92*0012",
    "PO1*1*24*EA*12.5**UP*012345678905",
    "PO1*2*6*CA*99**UP*012345678912",
    "CTT*2",
]
#: The same order, without UNH and UNT.
ORDER_EDIFACT = [
    "BGM+220+4500012345+9",
    "DTM+137:20260114:102",
    "NAD+BY+5412345000013::9",
    "LIN+1++5410000000017:EN",
    "IMD+F++:::Children?'s bike 20?+ inch",
    "QTY+21:24",
    "UNS+S",
    "CNT+2:1",
]


def isa(
    *,
    element="*",
    component=">",
    terminator="~",
    version="00401",
    control="000000017",
    isa11="U",
    usage="P",
    ack="0",
    sender="SENDER",
    receiver="RECEIVER",
) -> str:
    """An ISA of 106 characters, terminator included."""
    values = [
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        "ZZ",
        sender.ljust(15),
        "ZZ",
        receiver.ljust(15),
        "260114",
        "0915",
        isa11,
        version,
        control,
        ack,
        usage,
        component,
    ]
    return element.join(values) + terminator


def x12_segments(
    body=None, *, control="0001", group="7", code="PO", type_="850", version="004010"
) -> list[str]:
    """The segments from GS to IEA, with ``*`` between elements."""
    body = ORDER_850 if body is None else body
    return [
        f"GS*{code}*SENDER*RECEIVER*20260114*0915*{group}*X*{version}",
        f"ST*{type_}*{control}",
        *body,
        f"SE*{len(body) + 2}*{control}",
        f"GE*1*{group}",
        "IEA*1*000000017",
    ]


def x12(segments=None, *, line_end="", terminator="~", element="*", **header) -> bytes:
    """An X12 interchange; every segment ends in terminator and line end."""
    segments = x12_segments() if segments is None else segments
    text = isa(terminator=terminator, element=element, **header) + line_end
    for segment in segments:
        text += segment.replace("*", element) + terminator + line_end
    return text.encode("latin-1")


def edifact_segments(body=None, *, reference="1", type_="ORDERS") -> list[str]:
    """The segments from UNH to UNZ."""
    body = ORDER_EDIFACT if body is None else body
    return [
        f"UNH+{reference}+{type_}:D:96A:UN:EAN008",
        *body,
        f"UNT+{len(body) + 2}+{reference}",
        "UNZ+1+REF17",
    ]


def edifact(
    segments=None,
    *,
    una="UNA:+.? '",
    unb="UNB+UNOC:3+5412345000013:14+4012345500004:14+260114:0915+REF17",
    line_end="",
    terminator="'",
    codec="latin-1",
) -> bytes:
    """An EDIFACT interchange with the default delimiters."""
    segments = edifact_segments() if segments is None else segments
    text = una + (line_end if una else "")
    for segment in [unb, *segments]:
        text += segment + terminator + line_end
    return text.encode(codec)


def read(data: bytes, **options) -> FileContent:
    """Read all of it."""
    from addons.dist_edi.core.syntax.options import ReadOptions

    return read_all(data, ReadOptions(**options))


def found(content: FileContent, code: str) -> Finding:
    """The one finding with a code; fails with all findings in the message."""
    findings = list(content.all_findings())
    wanted = [each for each in findings if each.code == code]
    assert wanted, f"no {code} among {[str(each) for each in findings]}"
    return wanted[0]


def codes(content: FileContent) -> list[str]:
    """All finding codes."""
    return [each.code for each in content.all_findings()]


def errors(content: FileContent) -> list[str]:
    """Codes of the findings that reject something."""
    return [each.code for each in content.all_findings() if each.is_error]


def tags(content: FileContent) -> list[list[str]]:
    """The segment tags of each document."""
    return [[segment.tag for segment in each.segments] for each in content.documents]
