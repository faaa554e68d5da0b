"""What ties the messages of one business case together, here and at partners.

Messages carry the correlation id of their case. HTTP partners get it in a header, and
as a W3C trace id; where there are only files, the file's name is kept beside it.
"""

import dataclasses
from collections.abc import Iterable, Mapping

from odoo.tools import SQL

from ..core import trace
from ..core.wire import FileDrop, HttpRequest


def correlation_of(record) -> str:
    """Give the correlation id of a record's business case; empty where it has none."""
    if not record or not hasattr(record, "_dist_correlation"):
        return ""
    return record.sudo()._dist_correlation()


class Traces:
    """The cases of the messages of one run, known by their keys.

    :param rows: the claimed rows (``ledger.Row``)
    """

    def __init__(self, env, backend, rows):
        self.env = env
        self.backend = backend
        self._rows = {row.key: row for row in rows}
        self._files: dict[str, str] = {}
        cases = {row.correlation for row in rows if row.correlation}
        self._adopted = _adopted(env, backend.company_id.id, cases)
        self._database = env["ir.config_parameter"].get_param("database.uuid")

    def stamp(self, content, key: str, spec):
        """Write the case into a call; remember the name of a file.

        A header that the profile fills itself stays as it is.

        :param content: ``HttpRequest``, ``FileDrop`` or a file search
        :param key: key of the message
        :param spec: the profile's ``trace``
        """
        row = self._rows.get(key)
        if row is None or not row.correlation:
            return content
        if isinstance(content, FileDrop):
            self._files[key] = content.name
        if not isinstance(content, HttpRequest):
            return content
        ours = {}
        if spec.header:
            ours[spec.header] = trace.header_text(row.correlation)
        if spec.traceparent:
            ours[trace.TRACEPARENT] = str(self.parent(row))
        taken = {name.lower() for name in content.headers}
        headers = {n: v for n, v in ours.items() if n.lower() not in taken}
        return dataclasses.replace(content, headers={**content.headers, **headers})

    def parent(self, row) -> trace.TraceParent:
        """Give the trace context of a message: the partner's trace, if one began it."""
        company = self.backend.company_id.id
        return trace.TraceParent(
            self._adopted.get(row.correlation)
            or trace.trace_id_of(self._database, company, row.correlation),
            trace.span_id_of(self._database, row.id, row.round),
        )

    def keep_names(self) -> None:
        """Keep the names of files against the cases that they belong to."""
        rows = self._rows
        keep(
            self.env, "file", {rows[key].id: name for key, name in self._files.items()}
        )


def keep(env, kind: str, values: Mapping[int, str]) -> None:
    """Keep numbers and names under which partners know messages.

    :param kind: ``file``, ``control`` (an interchange's number) or ``reference``
    :param values: message id and number or name
    """
    if not values:
        return
    env["dist.message"].flush_model()
    env.cr.execute(
        SQL(
            """INSERT INTO dist_correlation
                   (kind, value, correlation, message_id, backend_id, company_id,
                    create_date)
               SELECT %s, v.value, m.correlation, m.id, m.backend_id, m.company_id,
                      now() AT TIME ZONE 'UTC'
                 FROM unnest(%s::int[], %s::varchar[]) AS v (id, value)
                 JOIN dist_message m ON m.id = v.id
               ON CONFLICT (message_id, kind, value) DO NOTHING""",
            kind,
            list(values),
            list(values.values()),
        )
    )
    env["dist.correlation"].invalidate_model()


def keep_parent(env, message_id: int, headers: Mapping[str, str]) -> None:
    """Put the trace context on record with which a webhook came."""
    if parent := trace.find_traceparent(headers):
        env.cr.execute(
            SQL(
                "UPDATE dist_message SET traceparent = %s WHERE id = %s",
                str(parent),
                message_id,
            )
        )


def adopt(env, applied: Iterable) -> None:
    """Go on with the traces that incoming messages began, for all of their cases.

    :param applied: list of ``pipeline.arrived.Inbound``
    """
    ids = [item.row.id for item in applied if item.row.via == "webhook"]
    if not ids:
        return
    env.cr.execute(
        SQL(
            """INSERT INTO dist_correlation
                   (kind, value, correlation, message_id, backend_id, company_id,
                    create_date)
               SELECT 'trace', substr(coalesce(m.traceparent, p.traceparent), 4, 32),
                      m.correlation, m.id, m.backend_id, m.company_id,
                      now() AT TIME ZONE 'UTC'
                 FROM dist_message m
            LEFT JOIN dist_message p ON p.id = m.parent_id
                WHERE m.id = ANY(%s) AND m.correlation IS NOT NULL
                  AND coalesce(m.traceparent, p.traceparent) IS NOT NULL
               ON CONFLICT (message_id, kind, value) DO NOTHING""",
            ids,
        )
    )


def _adopted(env, company_id: int, cases: set[str]) -> dict[str, str]:
    """Give the trace ids of cases that a partner's message began."""
    if not cases:
        return {}
    return dict(
        env.execute_query(
            SQL(
                """SELECT DISTINCT ON (correlation) correlation, value
                     FROM dist_correlation
                    WHERE kind = 'trace' AND correlation = ANY(%s) AND company_id = %s
                 ORDER BY correlation, id""",
                list(cases),
                company_id,
            )
        )
    )
