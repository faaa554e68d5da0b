"""SOAP by the WSDL alone: what is written, what is read, what a lost answer means."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from addons.dist_connector_base.core.errors import (
    ConfigurationError,
    DataError,
    TransientError,
    UnknownOutcomeError,
)
from addons.dist_connector_base.core.wire import SoapRequest
from addons.dist_connector_base.transports.guard import AddressRefused
from addons.dist_connector_base.transports.rest import RestSettings, RestTransport
from addons.dist_connector_base.transports.soap import SoapTransport, read_wsdl
from tests.core.dist_connector_base.transports.scripted_server import (
    ScriptedServer,
    answer,
    hang,
    reset,
)

ROOT = Path(__file__).resolve().parents[4]
WSDL = (ROOT / "addons/dist_connector_base/tests/stock.wsdl").read_bytes()
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    "{}</s:Body></s:Envelope>"
)
GOOD = (
    '<PutOrderResponse xmlns="urn:made-up:stock"><PutOrderResult>'
    "<Success>true</Success><Id>7</Id><Rest>2.50</Rest><At>2026-05-01T10:00:00Z</At>"
    "</PutOrderResult></PutOrderResponse>"
)
ORDER = {
    "Number": "OUT-1",
    "Line": [
        {
            "Sku": "<A&B>",
            "Quantity": Decimal("1E+2"),
            "Wanted": dt.datetime(2026, 5, 1, 8, tzinfo=dt.timezone.utc),
        },
        {"Sku": "C", "Quantity": Decimal("0.5")},
    ],
}


def soap(url, allow=True) -> SoapTransport:
    settings = RestSettings(
        url,
        connect_timeout=1,
        read_timeout=0.4,
        max_response=100_000,
        allow_private_network=allow,
    )
    identity = {"User": "us", "Password": "s3cret"}
    return SoapTransport(RestTransport(settings), WSDL, identity)


def order(**changes) -> SoapRequest:
    return SoapRequest("PutOrder", ORDER | changes)


def said(content: str, status: int = 200, envelope: str = ENVELOPE):
    return answer(
        status, envelope.format(content).encode(), **{"Content-Type": "text/xml"}
    )


def called(*behaviours, request=None):
    """Do one call; give the partner and its answer."""
    with ScriptedServer(*behaviours) as partner, soap(partner.url) as service:
        return partner, service.call(request or order())


def test_request_is_written_as_the_wsdl_has_it():
    partner, _response = called(said(GOOD))
    (seen,) = partner.seen
    assert seen.headers["soapaction"] == '"urn:made-up:stock/PutOrder"'
    assert seen.headers["content-type"].startswith("text/xml")
    (body,) = etree.fromstring(seen.body)
    told = [(e.tag.partition("}")[2], e.text) for e in body[0].iter()]
    assert [pair for pair in told if pair[1]] == [
        ("User", "us"),
        ("Password", "s3cret"),
        ("Number", "OUT-1"),
        ("Sku", "<A&B>"),
        ("Quantity", "100"),
        ("Wanted", "2026-05-01T08:00:00Z"),
        ("Sku", "C"),
        ("Quantity", "0.5"),
    ]


def test_result_is_plain_json():
    _partner, response = called(said(GOOD))
    assert response.status == 200
    told = json.loads(response.body, parse_float=Decimal)
    assert (told["Success"], told["Id"], told["Rest"]) == (True, 7, Decimal("2.50"))
    assert told["At"] == "2026-05-01T10:00:00Z"


@pytest.mark.parametrize(
    "changes",
    [
        {"Number": None},
        {"Line": [{"Sku": "A"}]},
        {"Line": [{"Sku": "A", "Quantity": "1", "Colour": "red"}]},
        {"Colour": "red"},
        {"Line": [{"Sku": "A", "Quantity": "many"}]},
        {"Line": [{"Sku": "A", "Quantity": "1", "Wanted": "2026-05-01"}]},
    ],
    ids=str,
)
def test_request_that_the_wsdl_does_not_know_never_leaves(changes):
    with (
        ScriptedServer(said(GOOD)) as partner,
        soap(partner.url) as service,
        pytest.raises(DataError) as caught,
    ):
        service.call(order(**changes))
    assert partner.seen == []
    words = f"{caught.value} {caught.value.next_step}"
    assert "s3cret" not in words and "many" not in words


def test_operation_that_the_wsdl_lacks_is_configuration():
    with (
        soap("http://127.0.0.1:9") as service,
        pytest.raises(ConfigurationError, match="DropAll"),
    ):
        service.call(SoapRequest("DropAll"))


@pytest.mark.parametrize(
    ("code", "status"), [("s:Client", 400), ("s:Client.Auth", 400), ("s:Server", 500)]
)
def test_fault_says_who_is_to_blame(code, status):
    fault = (
        f"<s:Fault><faultcode>{code}</faultcode><faultstring>no such article"
        "</faultstring><detail><Number>17</Number></detail></s:Fault>"
    )
    _partner, response = called(said(fault, 500))
    assert response.status == status
    told = json.loads(response.body)["fault"]
    assert (told["message"], told["detail"]) == ("no such article", "17")


@pytest.mark.parametrize(
    "body",
    [
        ENVELOPE.format(GOOD.replace("<Id>7</Id>", "")),
        ENVELOPE.format(GOOD.replace("<Success>", "<Surprise/><Success>")),
        ENVELOPE.format("<Other/>"),
        "<html><body>maintenance</body></html>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>" + ENVELOPE.format(GOOD),
        "not XML",
    ],
)
def test_answer_that_breaks_the_wsdl_is_left_for_the_rules_to_refuse(body):
    """It is no JSON, so a send becomes an unknown outcome and a question a fault."""
    _partner, response = called(answer(200, body.encode()))
    assert response.body == body.encode()


def test_lost_answer_of_a_send_is_unknown_and_of_a_question_is_not():
    for behaviour in (reset, hang(2)):
        with pytest.raises(UnknownOutcomeError):
            called(behaviour)
        question = SoapRequest("PutOrder", ORDER, safe=True)
        with pytest.raises(TransientError):
            called(behaviour, request=question)


def test_answer_over_the_limit_is_not_read_to_its_end():
    long = ENVELOPE.format(GOOD) + " " * 200_000
    with pytest.raises(UnknownOutcomeError):
        called(answer(200, long.encode()))


def test_own_network_needs_leave_here_too():
    with (
        ScriptedServer(said(GOOD)) as partner,
        soap(partner.url, allow=False) as service,
        pytest.raises(AddressRefused),
    ):
        service.call(order())
    assert partner.connections == 0


# ---------------------------------------------------------------------------- WSDL


def test_wsdl_is_read_once():
    assert read_wsdl(WSDL) is read_wsdl(bytes(WSDL))
    assert read_wsdl(WSDL).names == {"PutOrder"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html/>",
        b"<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" + WSDL.partition(b"?>")[2],
        WSDL.replace(
            b"<wsdl:types>",
            b'<wsdl:import namespace="urn:x" location="http://127.0.0.1:9/x.wsdl"/>'
            b"<wsdl:types>",
        ),
        WSDL.replace(
            b"<s:complexType name",
            b'<s:import namespace="urn:x" schemaLocation="file:///etc/passwd"/>'
            b"<s:complexType name",
            1,
        ),
    ],
)
def test_broken_wsdl_and_one_that_reaches_elsewhere_are_refused(content):
    with pytest.raises(ConfigurationError):
        read_wsdl(content)
