"""The SOAP partner holds every message against its WSDL; one breach fails a test."""

import pytest
import requests
from lxml import etree

from tests.partners import soap_3pl

from .soap_house import WSDL, needs_wsdl, soap_house

pytestmark = needs_wsdl

ENVELOPE = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<GetInventoryByQuery xmlns="http://ongoingsystems.se/WSI">
<GoodsOwnerCode>ACME</GoodsOwnerCode>
<UserName>odoo</UserName><Password>{password}</Password>{more}
</GetInventoryByQuery></s:Body></s:Envelope>"""
QUERY = "<GetInventoryQuery/>"


@pytest.fixture
def answer():
    """The service in this process; ``answer(**what it says)`` asks it for the stock."""
    service = soap_3pl.Service(WSDL, soap_3pl.Warehouse())

    def run(**said):
        if said:
            service._do = lambda _name, _read: said
        told = ENVELOPE.format(password=soap_3pl.PASSWORD, more=QUERY)
        return service.answer(told.encode())

    return run


@pytest.mark.parametrize(
    "more",
    [f"<Surprise/>{QUERY}", f"{QUERY}{QUERY}"],
    ids=["has an element that the WSDL lacks", "has one twice"],
)
def test_request_that(more):
    told = ENVELOPE.format(password=soap_3pl.PASSWORD, more=more)
    right = ENVELOPE.format(password=soap_3pl.PASSWORD, more=QUERY)

    def breach():
        with soap_house() as house:
            fine = requests.post(house.url, right.encode(), timeout=10)
            assert (fine.status_code, house.state()["violations"]) == (200, 0)
            refused = requests.post(house.url, told.encode(), timeout=10)
            assert (refused.status_code, house.state()["violations"]) == (500, 1)

    with pytest.raises(AssertionError, match="keeps to the WSDL"):
        breach()


def test_wrong_password_is_no_breach_of_the_contract():
    with soap_house() as house:
        told = ENVELOPE.format(password="guess", more=QUERY)
        assert requests.post(house.url, told.encode(), timeout=10).status_code == 500


def test_answer_of_the_partner_that_breaks_the_wsdl_never_leaves_it(answer):
    assert b"GetInventoryByQueryResult" in answer()
    with pytest.raises(etree.DocumentInvalid):
        answer(GoodsOwnerId="many", InventoryLines=None)
