"""A picture of one backend page of a running Odoo, taken by Chromium.

    python setup/lib/screenshot.py CHROMIUM URL FILE [CSS_SELECTOR]

Logs in as admin/admin, opens the page, waits until it stands still (or until the
selector is there), writes a PNG of 1400 x 900 pixels. Needs `websocket-client` and
`requests`, so it runs in the build's venv.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests
import websocket

WIDTH, HEIGHT = 1400, 900
SECONDS = 60
# Odoo's web client has loaded when its action is there and nothing is being fetched.
LOADED = (
    "document.readyState === 'complete'"
    " && !!document.querySelector('.o_action_manager > *, .oe_login_form, main')"
    " && !document.querySelector('.o_loading_indicator, .o_blockUI')"
)


class Chromium:
    """One headless browser, spoken to over its DevTools protocol."""

    def __init__(self, program: str) -> None:
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += ["--disable-dev-shm-usage", "--remote-debugging-port=0"]
        options += [f"--window-size={WIDTH},{HEIGHT}", "--no-first-run"]
        options += [f"--user-data-dir={self.profile.name}", "about:blank"]
        self.process = subprocess.Popen(
            [program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.count = 0
        port = self._port()
        pages = requests.get(f"http://127.0.0.1:{port}/json", timeout=10).json()
        address = next(p["webSocketDebuggerUrl"] for p in pages if p["type"] == "page")
        self.socket = websocket.create_connection(
            address, timeout=SECONDS, suppress_origin=True
        )

    def _port(self) -> int:
        written = Path(self.profile.name, "DevToolsActivePort")
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if written.exists() and written.read_text().strip():
                return int(written.read_text().splitlines()[0])
            time.sleep(0.1)
        raise TimeoutError("Chromium did not start")

    def call(self, method: str, **params: object) -> dict:
        """Call one DevTools method; gives its result, RuntimeError if it refuses."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript expression is true; TimeoutError otherwise."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            answer = self.call("Runtime.evaluate", expression=condition)
            if answer["result"].get("value") is True:
                return
            time.sleep(0.2)
        raise TimeoutError(f"the page never fulfilled: {condition}")

    def close(self) -> None:
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        self.process.wait(10)
        self.profile.cleanup()


def log_in(url: str, user: str = "admin", password: str = "admin") -> str:
    """The session id of a new session; the server serves one database."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    session = requests.Session()
    page = session.get(f"{base}/web/login", timeout=60).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"login": user, "password": password, "csrf_token": token}
    answer = session.post(f"{base}/web/login", data=form, timeout=60)
    if "/web/login" in answer.url:
        raise RuntimeError(f"{base} refused the login of {user}")
    return session.cookies["session_id"]


def take(chromium: str, url: str, file: Path, selector: str = "") -> None:
    """Write the picture; TimeoutError when the page does not come."""
    session_id = log_in(url)
    browser = Chromium(chromium)
    try:
        browser.call("Network.enable")
        browser.call("Network.setCookie", name="session_id", value=session_id, url=url)
        browser.call("Page.enable")
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=WIDTH,
            height=HEIGHT,
            deviceScaleFactor=1,
            mobile=False,
        )
        browser.call("Page.navigate", url=url)
        browser.wait_for(LOADED)
        if selector:
            browser.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        time.sleep(1.5)  # Animations of dialogs and charts end within a second.
        picture = browser.call("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(picture["data"]))
    finally:
        browser.close()


if __name__ == "__main__":
    program, page_url, target, *rest = sys.argv[1:]
    take(program, page_url, Path(target), rest[0] if rest else "")
    print(f"wrote {target}")
