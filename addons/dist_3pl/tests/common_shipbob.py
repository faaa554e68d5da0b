"""A backend at ShipBob, and its house behind a real socket.

The house is ``tests/partners/http_3pl.py`` in a process of its own. Where it is not at
hand the tests are skipped, and say so.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from .common_socket import SocketCase

ROOT = Path(__file__).resolve().parents[3]
PARTNER = ROOT / "tests/partners/http_3pl.py"
TOKEN, CHANNEL, LOCATION = "t0ken", "1", "7"
START_SECONDS = 30


class ShipbobPartner:
    """The house, started for one test: what Odoo did is taken back after it."""

    def __init__(self):
        self._state = Path(tempfile.mkdtemp(prefix="shipbob-"))
        command = ["--state", str(self._state), "--token", TOKEN, "--channel", CHANNEL]
        for setting in ("delay=0.02", "rest_delay=0.02"):
            command += ["--setting", setting]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.partners.http_3pl", *command], cwd=ROOT
        )
        note, end = self._state / "ready.json", time.monotonic() + START_SECONDS
        while not note.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the partner did not start")
            time.sleep(0.02)
        ports = json.loads(note.read_text())
        self.url = f"http://127.0.0.1:{ports['port']}"
        self._control = f"http://127.0.0.1:{ports['control_port']}/_control"

    def close(self):
        """End the process."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._state, ignore_errors=True)

    def control(self, action, **body):
        """Let something happen in the house, or ask what it knows."""
        raw = json.dumps(body).encode()
        with urllib.request.urlopen(f"{self._control}/{action}", raw, 10) as answer:
            return json.load(answer)

    def call(self, path, body):
        """Do what somebody does in ShipBob itself."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        raw = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/2026-01{path}", raw, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def settle(self):
        """Wait until the house has nothing left to do by itself."""
        end = time.monotonic() + START_SECONDS
        while self.control("idle")["open"]:
            if time.monotonic() > end:
                raise RuntimeError("the partner is still at work")
            time.sleep(0.03)


def needs_partner(case):
    """Skip a class of tests where the house is not at hand."""
    return unittest.skipIf(not PARTNER.exists(), f"no {PARTNER}")(case)


class ShipbobCase(SocketCase):
    """The warehouse BOB, run by ShipBob."""

    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        profile = cls.env["dist.profile"].search(
            [("code", "=", "shipbob"), ("state", "=", "approved")],
            order="id desc",
            limit=1,
        )
        backend = cls.env["dist.backend"].create(
            {"name": name, "profile_id": profile.id, "allow_private_network": True}
        )
        cls.env["dist.credential"].create(
            {"backend_id": backend.id, "name": "api_token", "secret": TOKEN}
        )
        return backend

    def setUp(self):
        super().setUp()
        self.partner = ShipbobPartner()
        self.addCleanup(self.partner.close)
        for setting in self.backend.setting_ids:
            setting.value = {
                "base_url": self.partner.url,
                "channel_id": CHANNEL,
                "location_id": LOCATION,
                "warehouse": "BOB",
            }.get(setting.name, setting.value)

    def tearDown(self):
        super().tearDown()
        self.assertEqual(self.partner.control("ledger")["violations"], [])

    def stock_there(self, *entries):
        """Set what is on the house's shelves."""
        self.partner.control("stock", entries=list(entries))
