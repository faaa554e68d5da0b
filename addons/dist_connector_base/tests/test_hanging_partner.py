"""A partner that hangs for minutes slows nobody else: real sockets, two workers."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import _super_send
from odoo.tools import mute_logger

from ..pipeline import lanes
from ..pipeline.outbox import Outbound
from .committed import CommittedCase
from .common import DistCase

PATIENCE = 60


class Hanging:
    """Takes connections and requests, and never answers."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.taken = threading.Semaphore(0)
        self.held = []
        self.released = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            if self.released:
                connection.close()
                continue
            self.held.append(connection)
            self.taken.release()

    def release(self):
        """Hang up on everybody, now and later."""
        self.released = True
        for connection in self.held:
            connection.close()

    def close(self):
        """Stop listening."""
        self.release()
        self._listener.close()


class Healthy(BaseHTTPRequestHandler):
    """Takes every request."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b'{"id":"1"}')

    def log_message(self, *_args):
        """Keep quiet."""


@tagged("post_install", "-at_install")
class TestHangingPartner(CommittedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hanging = Hanging()
        cls.addClassCleanup(cls.hanging.close)
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Healthy)
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        with cls.transaction() as env:
            first = env["dist.backend"].browse(cls.backend_id)
            second = first.copy({"name": "Healthy house"})
            env["dist.credential"].create(
                {"backend_id": second.id, "name": "api_token", "secret": "t0ken"}
            )
            cls.healthy_id = second.id
            healthy_url = f"http://127.0.0.1:{cls.server.server_port}"
            (first | second).allow_private_network = True
            for backend, url in ((first, cls.hanging.url), (second, healthy_url)):
                setting = backend.setting_ids.filtered(lambda s: s.name == "base_url")
                setting.value = url

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own compares a timeout with a number, and ours is a pair
        return _super_send(s, r, **kw)

    def store(self, backend_id, number):
        with self.transaction() as env:
            env["dist.backend"].browse(backend_id)._dist_send(
                "fulfilment_request",
                [Outbound(DistCase.request(f"R{n}")) for n in range(number)],
            )

    def job(self, backend_id):
        """Run one job of a backend, as a worker of the queue does."""
        with self.transaction() as env:
            flow = env["dist.backend"].browse(backend_id)._flow("fulfilment_request")
            return flow._job_run()

    @mute_logger("urllib3.connectionpool")
    def test_partner_that_hangs_takes_one_worker_and_the_other_works_on(self):
        self.startPatcher(
            patch.object(lanes, "_channels", lambda: "root:4,root.dist.realtime:2")
        )
        self.store(self.backend_id, 3)
        self.store(self.healthy_id, 30)
        with ThreadPoolExecutor(2) as workers:
            try:
                stuck = workers.submit(self.job, self.backend_id)
                while not self.hanging.taken.acquire(timeout=1):
                    self.assertFalse(stuck.done(), "it hangs")
                second = workers.submit(self.job, self.backend_id)
                jobs = [workers.submit(self.job, self.healthy_id) for _n in range(2)]
                for job in (second, *jobs):
                    job.result(timeout=PATIENCE)
                self.assertIn("lanes", second.result())
                self.assertFalse(stuck.done(), "it hangs all the while")
                self.assertEqual(len(self.hanging.held), 1)
                self.assertEqual(self.states_of(self.healthy_id), {"done": 30})
            finally:
                self.hanging.release()
            stuck.result(timeout=PATIENCE)
        self.assertNotIn("done", self.states_of(self.backend_id))

    def states_of(self, backend_id):
        with self.transaction() as env:
            return dict(
                env["dist.message"]._read_group(
                    [("backend_id", "=", backend_id)], ["state"], ["__count"]
                )
            )
