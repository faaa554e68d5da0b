"""Odoo in this process: real transactions and real transports, jobs run by hand.

No job waits for its runner and no retry for its time, so that a case of trouble takes
as long as its work. What only shows between processes is tested with servers.
"""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from setup.lib.build import Build

from .stage import ENCRYPTION_KEY

#: Seconds that a partner may be silent, and that a call may take.
SILENCE, WHOLE = 1.0, 2.0


class Inside:
    """Odoo on one database. A context manager.

    :param build: the built suite
    :param database: dropped and made anew
    """

    def __init__(self, build: Build, database: str) -> None:
        self.build, self.database = build, database
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Inside":
        build = self.build
        build.dropdb(self.database)
        build.createdb(self.database, template=build.suite_template())
        self._stack.callback(build.dropdb, self.database)
        extra = {"dist_encryption_key": ENCRYPTION_KEY}
        config_file = build.config(
            self.database,
            http_port=1,
            run_jobs=False,
            log_level="critical",
            extra=extra,
        )
        from odoo.modules import initialize_sys_path
        from odoo.modules.registry import Registry
        from odoo.tools import config

        config.parse_config(["-c", str(config_file)], setup_logging=False)
        initialize_sys_path()
        self.registry = Registry(self.database)
        self._stack.callback(self._close)
        self._stack.enter_context(self._impatience())
        return self

    def __exit__(self, *_exc_info: object) -> None:
        self._stack.close()

    def _close(self) -> None:
        from odoo.modules.registry import Registry
        from odoo.sql_db import close_db

        Registry.delete(self.database)
        close_db(self.database)

    @staticmethod
    def _impatience() -> Any:
        """Shorten the time that a partner's silence may take."""
        from odoo.addons.dist_connector_base.pipeline import context

        inner = context._rest_settings

        def settings(backend, url, **limits):
            waits = {"read_timeout": SILENCE, "total_timeout": WHOLE}
            return inner(backend, url, **{**waits, **limits})

        return patch.object(context, "_rest_settings", settings)

    @contextlib.contextmanager
    def env(self) -> Iterator[Any]:
        """Give the environment of a transaction, committed at the end."""
        from odoo import SUPERUSER_ID, api

        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def rows(self, query: str, *values: Any) -> list[tuple]:
        """Give the rows of a query, committed."""
        with self.registry.cursor() as cr:
            cr.execute(query, values)
            return cr.fetchall() if cr.description else []

    def serve(self) -> str:
        """Answer HTTP from now on; give the address."""
        from odoo.http import root
        from odoo.service.server import load_server_wide_modules
        from werkzeug.serving import WSGIRequestHandler, make_server

        class Quiet(WSGIRequestHandler):
            def log(self, *_args: Any, **_kwargs: Any) -> None:
                """Keep quiet."""

        load_server_wide_modules()
        server = make_server("127.0.0.1", 0, root, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self._stack.callback(server.shutdown)
        return f"http://127.0.0.1:{server.server_port}"

    # ------------------------------------------------------------------ jobs

    def run_jobs(self, backend_id: int) -> list[str]:
        """Run each flow of a backend once, those that send first."""
        with self.env() as env:
            flows = env["dist.flow"].search(
                [("backend_id", "=", backend_id)], order="direction desc, id"
            )
            ids = flows.ids
        return [self._run(flow_id, "_job_run") for flow_id in ids]

    def fetch(self, backend_id: int, *message_types: str) -> list[str]:
        """Look for new documents at a partner."""
        with self.env() as env:
            domain = [
                ("backend_id", "=", backend_id),
                ("direction", "=", "in"),
                ("message_type", "in", message_types),
            ]
            ids = env["dist.flow"].search(domain).ids
        return [self._run(flow_id, "_job_fetch") for flow_id in ids]

    def _run(self, flow_id: int, job: str) -> str:
        from odoo.addons.queue_job.exception import RetryableJobError

        for _try in range(5):
            try:
                with self.env() as env:
                    return getattr(env["dist.flow"].browse(flow_id), job)()
            except RetryableJobError:
                continue  # the runner would run it again
        raise AssertionError(f"the job {job} of flow {flow_id} never comes to an end")

    def let_time_pass(self) -> None:
        """Let what waits be due: retries, look-ups, pauses, stopped lines."""
        for statement in (
            "UPDATE dist_attempt SET started_at = started_at - interval '1 hour',"
            " ended_at = ended_at - interval '1 hour'",
            "UPDATE dist_message SET next_try_at = next_try_at - interval '1 day'"
            " WHERE state IN ('received', 'ready')",
            "UPDATE dist_bucket SET paused_until = NULL",
            "UPDATE dist_circuit SET state = 'closed', until = NULL, memory = NULL",
        ):
            self.rows(statement)

    def open_messages(self, backend_id: int) -> list[tuple]:
        """Give the messages that nobody has finished and nobody owns."""
        return self.rows(
            """SELECT direction, message_type, key, state, note FROM dist_message
                WHERE backend_id = %s AND state IN ('received', 'ready', 'waiting')""",
            backend_id,
        )

    def pause(self, backend_id: int) -> float:
        """Give the seconds for which nothing goes to a partner, as it asked."""
        rows = self.rows(
            """SELECT extract(epoch FROM max(paused_until)
                                        - clock_timestamp() AT TIME ZONE 'UTC')
                 FROM dist_bucket WHERE backend_id = %s""",
            backend_id,
        )
        return float(rows[0][0] or 0)

    def exceptions(self, key: str) -> list[tuple[str, str]]:
        """Give class and words of the open exceptions about a request."""
        return self.rows(
            """SELECT e.error_class, e.name FROM dist_exception e
                 JOIN dist_message m ON m.id = e.message_id
                WHERE e.state != 'resolved' AND coalesce(m.partition, m.key) = %s
             ORDER BY e.id""",
            key,
        )
