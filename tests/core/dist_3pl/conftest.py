"""The shipped profiles as a backend with default settings and code maps uses them."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.core.canonical import FulfilmentRequest
from addons.dist_connector_base.core.errors import MappingError
from tests.partners.contract import Contract, find_contract

PROFILES = Path(__file__).resolve().parents[3] / "addons/dist_3pl/profiles"
NOW = dt.datetime(2026, 3, 10, 12, tzinfo=dt.timezone.utc)


@dataclass
class Backend:
    """A profile and the context it works in."""

    code: str
    settings: dict[str, str] = field(default_factory=dict)
    zone: str = "UTC"

    def __post_init__(self):
        text = (PROFILES / f"{self.code}.yaml").read_text("utf-8")
        self.profile = language.load_profile(text, source=self.code)
        defaults = {name: spec.default for name, spec in self.profile.settings.items()}
        self.ctx = language.Context(
            settings=defaults | self.settings,
            translate=self._translate,
            timezone=self.zone,
            now=lambda: NOW,
            received_at=NOW,
        )

    def _translate(self, vocabulary: str, code: str, direction: str) -> str:
        for theirs, ours in self.profile.code_maps[vocabulary].items():
            known, wanted = (theirs, ours) if direction == "in" else (ours, theirs)
            if known == code:
                return wanted
        raise MappingError("is not mapped", vocabulary=vocabulary, value=code)

    def build(self, operation: str, document: Any) -> Any:
        return language.build(self.profile.operations[operation], document, self.ctx)

    def items(self, message_type: str, payload: bytes, source: str = "") -> list[Any]:
        flow = self.profile.flows[message_type]
        data = language.decode(flow, payload, self.ctx, source=source)
        return language.split(flow, data, source=source)

    def read(self, message_type: str, payload: bytes, source: str = "") -> list[Any]:
        flow = self.profile.flows[message_type]
        return [
            language.map_in(flow, item, self.ctx)
            for item in self.items(message_type, payload, source)
            if not language.skip_reason(flow, item, self.ctx)
        ]


@pytest.fixture
def request_document():
    def make(**values):
        content = {
            "request_key": "BOB-OUT-00012",
            "order_reference": "S00012",
            "warehouse": "BOB",
            "carrier": "UPS",
            "service": "GROUND",
            "requested_delivery_date": "2026-03-14",
            "ship_to": {
                "name": "Ada Lovelace",
                "email": "ada@shop.example",
                "phone": "+1 312 555 0101",
                "address": {
                    "street": "1 Market Street",
                    "street2": "Floor 2",
                    "city": "Chicago",
                    "state": "IL",
                    "postal_code": "60601",
                    "country": "US",
                },
            },
            "lines": [
                {"line_key": "41", "sku": "SKU-001", "quantity": "3"},
                {
                    "line_key": "42",
                    "sku": "SKU-005",
                    "description": "Tea; green",
                    "quantity": "2",
                    "lots": [{"lot": "L7"}],
                },
            ],
        }
        return FulfilmentRequest.parse({**content, **values})

    return make


@pytest.fixture(scope="session")
def contract():
    """ShipBob's own description of its interface."""
    path = find_contract()
    if path is None:
        pytest.skip("the vendor's contract file is not here (DIST_CONTRACTS names it)")
    contract = Contract(path)
    if contract.state != "checked":
        pytest.skip(contract.state)
    return contract


@pytest.fixture
def bob():
    """A backend at ShipBob."""
    return Backend("shipbob", {"channel_id": "77", "location_id": "8"})
