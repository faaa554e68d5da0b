"""A backend of the SOAP partner, and its warehouse behind a real socket.

The warehouse is ``tests/partners/soap_3pl.py`` in a process of its own, the WSDL is the
partner's. Where one of them is not at hand the tests are skipped, and say so.
"""

import base64
import json
import os
import subprocess
import sys
import unittest
import urllib.request
from pathlib import Path

from .common_socket import SocketCase

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = Path(os.environ.get("DIST_CONTRACTS") or ROOT.parent / "shared/contracts")
WSDL = CONTRACTS / "ongoing-soap/service.wsdl"
PARTNER = ROOT / "tests/partners/soap_3pl.py"


class SoapPartner:
    """The warehouse, started for one class of tests."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.partners.soap_3pl", str(WSDL)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = self._process.stdout.readline().strip()

    def close(self):
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def state(self):
        """Tell what the warehouse holds."""
        with urllib.request.urlopen(f"{self.url}/state", timeout=10) as answer:
            return json.load(answer)

    def plan(self, **values):
        """Let things happen in the warehouse."""
        body = json.dumps(values).encode()
        urllib.request.urlopen(f"{self.url}/plan", body, timeout=10).close()


def needs_partner(case):
    """Skip a class of tests where the warehouse or its WSDL is not at hand."""
    missing = next((str(path) for path in (WSDL, PARTNER) if not path.exists()), "")
    return unittest.skipIf(missing, f"no {missing} (DIST_CONTRACTS)")(case)


class OngoingCase(SocketCase):
    """The warehouse BOB, run by the SOAP partner."""

    @classmethod
    def setUpClass(cls):
        cls.partner = SoapPartner()
        cls.addClassCleanup(cls.partner.close)
        super().setUpClass()

    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        profile = cls.env["dist.profile"].search(
            [("code", "=", "ongoing_soap"), ("state", "=", "approved")],
            order="id desc",
            limit=1,
        )
        backend = cls.env["dist.backend"].create(
            {
                "name": name,
                "profile_id": profile.id,
                "allow_private_network": True,
                "wsdl": base64.b64encode(WSDL.read_bytes()),
                "wsdl_name": "service.wsdl",
            }
        )
        for setting in backend.setting_ids:
            setting.value = {
                "base_url": cls.partner.url,
                "user": "odoo",
                "goods_owner": "ACME",
                "goods_owner_id": "1",
                "warehouse": "BOB",
            }.get(setting.name, setting.value)
        cls.env["dist.credential"].create(
            {"backend_id": backend.id, "name": "password", "secret": "let me in"}
        )
        return backend

    def setUp(self):
        super().setUp()
        # what Odoo did is taken back after each test, and so is what it did there
        self.partner.plan(reset=True)
