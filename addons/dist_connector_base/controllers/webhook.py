"""Webhooks: signature first, ledger next, 2xx only after the commit."""

import time

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from ..core.errors import DistError, LimitError, SecurityError
from ..pipeline.door import accept, ask_for_keys, refuse


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

        Answers 2xx when it is committed, 401 when the proof does not hold, 404 for an
        unknown address, 413 above the backend's size limit, 429 above its rate. The
        answer tells a stranger nothing more.
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
        now = time.time()
        try:
            accept(env, door, headers, body, now=now, peer=self._peer())
        except LimitError as exc:
            refuse(env, door, exc)
            wait = {"Retry-After": str(exc.retry_after)}
            return Response(status=429, headers=wait)
        except SecurityError as exc:
            if ask_for_keys(env, door, exc, now=now):
                return Response(status=503, headers={"Retry-After": "30"})
            refuse(env, door, exc)
            return Response(status=401)
        except DistError as exc:
            refuse(env, door, exc)
            return Response(status=503)
        return Response(status=door.answer)

    def _peer(self):
        """Give the address of who connected, whatever a header says of others."""
        environ = request.httprequest.environ
        original = environ.get("werkzeug.proxy_fix.orig") or environ
        return original.get("REMOTE_ADDR") or ""

    def _read_body(self, limit):
        """Give the raw body, or None when it is larger than the limit, in bytes."""
        http_request = request.httprequest
        if (http_request.content_length or 0) > limit:
            return None
        # a body without a length is not read further than this
        http_request.max_content_length = limit
        try:
            # kept by the request: Odoo calls this again after a serialization failure
            body = http_request.get_data()
        except RequestEntityTooLarge:
            return None
        return None if len(body) > limit else body
