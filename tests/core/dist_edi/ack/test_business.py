"""824 and APERAK carry business faults to the partner."""

from datetime import datetime

from addons.dist_edi.core.ack.business import (
    ApplicationFault,
    ApplicationReport,
    application_advice,
    application_error,
)

NOW = datetime(2026, 1, 14, 10, 0)
FAULT = ApplicationFault(
    "007", "Unknown item", line="2", tag="PO1", position=6, element=7, value="0123"
)


def report(**values) -> ApplicationReport:
    defaults = {
        "number": "R1",
        "type": "850",
        "document": "4500012345",
        "qualifier": "PO",
        "group": "7",
        "reference": "0001",
        "version": "004010",
        "sender": "SENDER",
        "receiver": "US",
        "accepted": False,
        "faults": (FAULT,),
    }
    return ApplicationReport(**{**defaults, **values})


def test_an_824_refuses_a_document_and_says_why():
    message = application_advice(report(), NOW)
    assert [str(each) for each in message.segments()] == [
        "BGN*00*R1*20260114*1000",
        "OTI*TR*PO*4500012345*SENDER*US***7*0001*850*004010",
        "TED*007*Line 2: Unknown item*PO1*6*7**0123",
    ]
    assert (message.type, message.version) == ("824", "004010")


def test_an_824_may_accept_with_and_without_change():
    advice = application_advice(report(accepted=True), NOW)
    assert list(advice.segments())[1].get(1) == "TE"
    advice = application_advice(report(accepted=True, faults=()), NOW)
    assert list(advice.segments())[1].get(1) == "TA"


def test_an_aperak_refuses_a_document_and_says_why():
    message = application_error(
        report(qualifier="ON", version="D.96A", type="ORDERS"), NOW
    )
    assert [str(each) for each in message.segments()] == [
        "BGM**R1*27",
        "DTM*137:202601141000:203",
        "RFF*ON:4500012345",
        "RFF*ACW:0001",
        "ERC*007",
        "FTX*AAO***Unknown item",
        "RFF*LI:2",
    ]


def test_long_texts_are_cut_to_what_the_segments_hold():
    fault = ApplicationFault("007", "x" * 400)
    advice = application_advice(report(faults=(fault,)), NOW)
    assert len(list(advice.segments())[2].get(2)) == 60
    error = application_error(report(faults=(fault,)), NOW)
    text = list(error.segments())[5]
    assert [len(part) for part in text.repetitions(4)[0]] == [70] * 5
