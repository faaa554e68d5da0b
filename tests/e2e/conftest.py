"""One Odoo in this process for all tests of faults, and the houses it works with."""

import pytest

from setup.lib.build import Build

from ..partners.fault_proxy import FaultProxy
from ..support.houses import Files, Ongoing, ShipBob, find_wsdl
from ..support.inside import Inside


@pytest.fixture(scope="session")
def odoo():
    with Inside(Build.prepare(), "e2e_faults") as odoo:
        yield odoo


@pytest.fixture(scope="session")
def shipbob(odoo, tmp_path_factory):
    house = ShipBob(odoo)
    with (
        house.start(tmp_path_factory.mktemp("shipbob")) as partner,
        FaultProxy(partner.base_url) as house.line,
    ):
        house.sign_on(house.line.base_url)
        yield house


@pytest.fixture(scope="session")
def ongoing(odoo):
    wsdl = find_wsdl()
    if wsdl is None:
        pytest.skip("the partner's WSDL is not here (DIST_CONTRACTS)")
    house = Ongoing(odoo)
    house.start(wsdl)
    try:
        with FaultProxy(house.url) as house.line:
            house.sign_on(house.line.base_url)
            yield house
    finally:
        house.stop()


@pytest.fixture(scope="session")
def files(odoo, tmp_path_factory):
    house = Files(odoo)
    house.start(tmp_path_factory.mktemp("files"))
    try:
        house.sign_on()
        yield house
    finally:
        house.stop()
