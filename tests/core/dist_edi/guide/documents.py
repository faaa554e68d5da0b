"""Builders: segments of a transaction from readable text, without an envelope."""

from addons.dist_edi.core.guide import Checked, load_guide
from addons.dist_edi.core.syntax.segment import Delimiters, Run, Scope, Segment

X12 = Delimiters("*", ">", "~", "^")
EDIFACT = Delimiters("+", ":", "'", "", "?")


def segments(text: str, delimiters: Delimiters = X12) -> list[Segment]:
    """One segment per line; blanks around lines are left out."""
    raws = [line.strip() for line in text.strip().splitlines() if line.strip()]
    standard = "x12" if delimiters.element == "*" else "edifact"
    return list(Run(raws, Scope(standard, delimiters, 1, 1, 1), separator="~"))


def check_x12(message, text, release="004010", overlays=()) -> Checked:
    return load_guide("x12", release, message, overlays).check(segments(text))


def check_edifact(message, text, release="D.96A", overlays=()) -> Checked:
    return load_guide("edifact", release, message, overlays).check(
        segments(text, EDIFACT)
    )


def faults(checked: Checked) -> list[tuple[str, str]]:
    """Severity and code of every finding."""
    return [(found.severity.value, found.code) for found in checked.findings]


def only(checked: Checked):
    """The one finding there is."""
    assert len(checked.findings) == 1, list(map(str, checked.findings))
    return checked.findings[0]


ORDER = """
    ST*850*0001
    BEG*00*SA*4500012345**20260110
    REF*DP*0012
    DTM*002*20260131
    N1*ST*STORE 12*92*0012
    N3*1 MAIN STREET
    N4*SPRINGFIELD*IL*62701
    PO1*1*12*EA*4.25**UP*012345678905
    PID*F****BLUE WIDGET
    PO1*2*6*CA*10**VN*AB-1
    CTT*2
    SE*12*0001
"""

SHIPMENT = """
    BSN*00*SHP1*20260114*0915*0001
    HL*1**S
    TD1*CTN25*2
    N1*ST*STORE 12*92*0012
    HL*2*1*O
    PRF*4500012345
    HL*3*2*P
    MAN*GM*00012345678901234567
    HL*4*3*I
    LIN*1*UP*012345678905
    SN1*1*12*EA
    HL*5*2*P
    MAN*GM*00012345678901234568
    HL*6*5*I
    LIN*2*UP*012345678912
    SN1*2*6*EA
    CTT*6
"""

ORDERS = """
    UNH+1+ORDERS:D:96A:UN
    BGM+220+4500012345+9
    DTM+137:20260110:102
    NAD+BY+5412345000013::9
    NAD+SU+4012345500004::9
    LIN+1++5410000000017:EN
    QTY+21:12:PCE
    PRI+AAA:4.25
    LIN+2++5410000000024:EN
    QTY+21:6:PCE
    UNS+S
    CNT+2:2
    UNT+13+1
"""
