"""A partner that takes one call at a time is never called by two workers at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from odoo.tests import tagged
from odoo.tests.common import _super_send

from ..pipeline.outbox import Outbound
from .committed import CODE, CommittedCase
from .common import PROFILE, DistCase

PATIENCE = 60


class Counting(BaseHTTPRequestHandler):
    """Takes every request once it may, and counts how many are there at once."""

    lock = threading.Lock()
    here = most = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        with Counting.lock:
            Counting.here += 1
            Counting.most = max(Counting.most, Counting.here)
        self.server.reached.set()
        self.server.go_on.wait(PATIENCE)
        with Counting.lock:
            Counting.here -= 1
        self.send_response(201)
        self.send_header("Content-Length", "10")
        self.end_headers()
        self.wfile.write(b'{"id":"1"}')

    def log_message(self, *_args):
        """Keep quiet."""


@tagged("post_install", "-at_install")
class TestOneLane(CommittedCase):
    # whatever a person allows, the partner bears one
    backend_values = {"allow_private_network": True, "lanes": 8}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
        cls.server.reached, cls.server.go_on = threading.Event(), threading.Event()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.addClassCleanup(cls.server.go_on.set)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        text = PROFILE.replace("test_house", CODE).replace('"1"', '"2"', 1)
        with cls.transaction() as env:
            profile = env["dist.profile"].create({"document": text + "parallel: 1\n"})
            profile._approve()
            backend = env["dist.backend"].browse(cls.backend_id)
            backend.profile_id = profile
            setting = backend.setting_ids.filtered(lambda s: s.name == "base_url")
            setting.value = f"http://127.0.0.1:{cls.server.server_port}"

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own compares a timeout with a number, and ours is a pair
        return _super_send(s, r, **kw)

    def job(self):
        """Run one job, as a worker of the queue does."""
        with self.transaction() as env:
            return self.flow(env, "fulfilment_request")._job_run()

    def test_second_worker_leaves_the_partner_to_the_first(self):
        with self.transaction() as env:
            flow = self.flow(env, "fulfilment_request")
            flow.batch_size = 1
            env["dist.backend"].browse(self.backend_id)._dist_send(
                "fulfilment_request",
                [Outbound(DistCase.request(f"R{number}")) for number in range(2)],
            )
        with ThreadPoolExecutor(2) as workers:
            try:
                first = workers.submit(self.job)
                self.assertTrue(self.server.reached.wait(PATIENCE))
                second = workers.submit(self.job).result(PATIENCE)
                self.assertIn("lanes", second)
            finally:
                self.server.go_on.set()
            first.result(PATIENCE)
        self.job()
        self.assertEqual(self.states(), ["done", "done"])
        self.assertEqual(Counting.most, 1)
