"""The reference of webhook_intake: take a body, insert a row, answer."""

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request


class Insert(http.Controller):
    """A controller that does nothing but keep what it gets."""

    @http.route(
        "/dist_bench/insert",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def insert(self):
        """Insert the raw body as one row, committed before the answer."""
        request.update_env(user=SUPERUSER_ID)
        request.env.cr.execute(
            "INSERT INTO dist_bench_row (body) VALUES (%s)",
            (request.httprequest.get_data(),),
        )
        return Response(status=202)
