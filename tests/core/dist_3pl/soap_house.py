"""The profile of the SOAP partner at work with a warehouse in a process of its own.

The WSDL is not ours to ship. Where ``../shared/contracts`` (or ``DIST_CONTRACTS``)
lacks it, what needs it is skipped and says so.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from addons.dist_connector_base.core import profile as language
from addons.dist_connector_base.transports.rest import RestSettings, RestTransport
from addons.dist_connector_base.transports.soap import SoapTransport
from tests.partners import soap_3pl

from .conftest import Backend

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = Path(os.environ.get("DIST_CONTRACTS") or ROOT.parent / "shared/contracts")
WSDL = CONTRACTS / "ongoing-soap/service.wsdl"
needs_wsdl = pytest.mark.skipif(
    not WSDL.exists(), reason=f"no WSDL of the partner at {WSDL} (DIST_CONTRACTS)"
)


def backend() -> Backend:
    """Give a backend of the profile that is filled in."""
    settings = {"goods_owner": soap_3pl.OWNER, "user": "odoo", "goods_owner_id": "1"}
    return Backend("ongoing_soap", settings)


class SoapHouse:
    """A warehouse that speaks SOAP, and the profile that speaks to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.backend = backend()
        self.service = self.connect(soap_3pl.PASSWORD)

    def connect(self, password: str) -> SoapTransport:
        """Give the service as somebody with this password reaches it."""
        settings = RestSettings(self.url, allow_private_network=True, read_timeout=5)
        identity = {"UserName": soap_3pl.USER, "Password": password}
        return SoapTransport(RestTransport(settings), WSDL.read_bytes(), identity)

    def state(self) -> dict[str, Any]:
        """Tell what the warehouse holds."""
        return requests.get(f"{self.url}/state", timeout=5).json()

    def plan(self, **values: Any) -> None:
        """Let things happen in the warehouse."""
        requests.post(f"{self.url}/plan", json=values, timeout=5).raise_for_status()

    def send(self, operation: str, document: Any) -> Any:
        """Send a document; gives the verdict on the answer."""
        spec = self.backend.profile.operations[operation]
        answer = self.service.call(self.backend.build(operation, document))
        return language.judge(spec, answer)

    def look_up(self, operation: str, document: Any) -> Any:
        """Ask whether the warehouse has a document."""
        spec = self.backend.profile.operations[operation]
        answer = self.service.call(self.backend.build(operation, document))
        return language.judge_look_up(spec, answer, document, self.backend.ctx)

    def poll(self, message_type: str) -> list[Any]:
        """Ask for a list as the first poll does, and read it."""
        flow = self.backend.profile.flows[message_type]
        operation = self.backend.profile.operations[flow.poll.operation]
        answer = self.service.call(language.first_page(operation, "", self.backend.ctx))
        assert language.page_items(operation, answer)
        if flow.expand:
            return [
                language.map_in(flow, item, self.backend.ctx)
                for item in self._expanded(flow, answer)
            ]
        return self.backend.read(message_type, answer.body, "poll")

    def _expanded(self, flow: Any, answer: Any) -> Iterator[Any]:
        """Ask for what belongs to each document that is not skipped."""
        ctx = self.backend.ctx
        operation = self.backend.profile.operations[flow.expand.operation]
        for item in self.backend.items(flow.message_type, answer.body, "poll"):
            if language.skip_reason(flow, item, ctx):
                continue
            parts = self.service.call(
                language.expand_request(flow, operation, item, ctx)
            )
            told = language.expand_entries(flow, operation, parts)
            yield from language.expanded(flow, item, told)

    def polled(self, message_type: str, **fields: str) -> Any:
        """Give the one document of a list whose fields are these."""
        (found,) = [
            document
            for document in self.poll(message_type)
            if all(getattr(document, name) == told for name, told in fields.items())
        ]
        return found


@contextmanager
def soap_house() -> Iterator[SoapHouse]:
    """Start the warehouse in a process of its own.

    :raises AssertionError: in the end, when any message of either side broke the WSDL
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.partners.soap_3pl", str(WSDL)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        house = SoapHouse(process.stdout.readline().strip())
        with house.service:
            yield house
        assert house.state()["violations"] == 0, "every message keeps to the WSDL"
    finally:
        process.kill()
        process.wait()
