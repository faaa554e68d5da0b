"""Webhooks: signature first, ledger next, 2xx only after the commit."""

import time

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request

from ..core.errors import DistError, SecurityError
from ..pipeline.door import accept, refuse


class DistWebhook(http.Controller):
    """One address per backend; who may post there is decided by the signature."""

    @http.route(
        "/dist/webhook/<string:token>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def webhook(self, token, **_query):
        """Put a signed body on record.

        Answers 202 when it is committed, 401 when the signature does not hold, 404
        for an unknown address, 413 above the backend's limit. The answer tells a
        stranger nothing more.
        """
        request.update_env(user=SUPERUSER_ID)
        env = request.env
        door = env["dist.backend"]._webhook_door(token)
        if door is None:
            return Response(status=404)
        body = self._read_body(door.max_bytes)
        if body is None:
            refuse(env, door, SecurityError("a webhook body is over the limit"))
            return Response(status=413)
        headers = dict(request.httprequest.headers.items())
        try:
            accept(env, door, headers, body, now=time.time())
        except SecurityError as exc:
            refuse(env, door, exc)
            return Response(status=401)
        except DistError as exc:
            refuse(env, door, exc)
            return Response(status=503)
        return Response(status=202)

    def _read_body(self, limit):
        """Give the raw body, or None when it is larger than the limit, in bytes."""
        http_request = request.httprequest
        if (http_request.content_length or 0) > limit:
            return None
        # kept by the request: Odoo calls this again after a serialization failure
        body = http_request.get_data()
        return None if len(body) > limit else body
