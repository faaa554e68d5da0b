"""What the operators' monitoring reads: health and metrics."""

import hmac
import json
import os

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request
from odoo.tools import config
from prometheus_client import CONTENT_TYPE_LATEST

#: The token stands with the other secrets of the server, never in the database.
TOKEN_OPTION = "dist_metrics_token"
TOKEN_VARIABLE = "DIST_METRICS_TOKEN"


def metrics_token() -> str:
    """Give the token that the monitoring must show; empty: metrics are switched off."""
    return os.environ.get(TOKEN_VARIABLE) or config.get(TOKEN_OPTION) or ""


class DistMonitor(http.Controller):
    @http.route(
        "/dist/health", type="http", auth="none", methods=["GET"], save_session=False
    )
    def health(self):
        """Say whether messages are handled: 200, or 503 when they stand still.

        Tells a stranger nothing but yes or no for each part.
        """
        request.update_env(user=SUPERUSER_ID)
        check = request.env["dist.self.check"]
        parts = {
            "database": True,
            "runner": bool(check._runner_is_alive()),
            "jobs": check._check_jobs().state == "ok",
        }
        healthy = parts["database"] and parts["runner"]
        return Response(
            json.dumps({"status": "ok" if healthy else "failing", "parts": parts}),
            status=200 if healthy else 503,
            content_type="application/json",
        )

    @http.route(
        "/dist/metrics", type="http", auth="none", methods=["GET"], save_session=False
    )
    def metrics(self):
        """Give the metrics to whoever shows the token (``Authorization: Bearer``).

        404 while no token is configured, 401 for a wrong one.
        """
        token = metrics_token()
        if not token:
            return Response(status=404)
        given = request.httprequest.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return Response(status=401)
        request.update_env(user=SUPERUSER_ID)
        return Response(
            request.env["dist.metrics"]._render(), content_type=CONTENT_TYPE_LATEST
        )
