"""The control tower's tables and charts."""

from odoo import fields, models
from odoo.tools import SQL

#: Upper ends of the age classes of open exceptions, in hours; the last has none.
AGE_CLASSES = (4, 24, 72)
#: From well to stopped.
CIRCUIT_STATES = ("closed", "half_open", "open")
SEVERITIES = ("critical", "high", "medium", "low")


class DistControlTower(models.AbstractModel):
    _inherit = "dist.control.tower"

    # --------------------------------------------------------------- tables

    def _flows(self):
        """Give the flows with something in line, the oldest first."""
        rows = self.env.execute_query(
            SQL(
                """SELECT o.flow_id, sum(o.n) FILTER (WHERE o.due),
                          sum(o.n) FILTER (WHERE NOT o.due),
                          extract(epoch FROM now() AT TIME ZONE 'UTC' - min(o.oldest))
                          / 60
                     FROM (SELECT flow_id, true AS due, count(*) AS n,
                                  min(received_at) AS oldest
                             FROM dist_message
                            WHERE state IN ('received', 'ready')
                              AND company_id = ANY(%(companies)s) GROUP BY flow_id
                        UNION ALL
                           SELECT flow_id, false, count(*), min(received_at)
                             FROM dist_message
                            WHERE state IN ('waiting', 'exception', 'dead')
                              AND company_id = ANY(%(companies)s) GROUP BY flow_id
                          ) AS o
                    WHERE o.flow_id IS NOT NULL
                 GROUP BY o.flow_id ORDER BY min(o.oldest) LIMIT 20""",
                companies=self.env.companies.ids,
            )
        )
        flows = self.env["dist.flow"].sudo().browse([row[0] for row in rows])
        return [
            {
                "id": flow.id,
                "partner": flow.backend_id.name,
                "message_type": flow.message_type,
                "due": int(due or 0),
                "stuck": int(stuck or 0),
                "minutes": float(minutes or 0),
                "action": self._messages(
                    ("flow_id", "=", flow.id),
                    (
                        "state",
                        "in",
                        ("received", "ready", "waiting", "exception", "dead"),
                    ),
                ),
            }
            for flow, (_flow_id, due, stuck, minutes) in zip(flows, rows, strict=True)
        ]

    def _partners(self):
        """Give the partners with their circuit and their last success."""
        rows = self.env.execute_query(
            SQL(
                """SELECT b.id, b.name, b.environment, s.last_done_at, e.open
                     FROM dist_backend AS b
                LEFT JOIN LATERAL (
                          SELECT max(last_done_at) AS last_done_at
                            FROM dist_flow_stat WHERE backend_id = b.id) AS s ON true
                LEFT JOIN (SELECT backend_id, count(*) AS open FROM dist_exception
                            WHERE state != 'resolved' GROUP BY backend_id) AS e
                       ON e.backend_id = b.id
                    WHERE b.active AND b.company_id = ANY(%s) ORDER BY b.name""",
                self.env.companies.ids,
            )
        )
        circuits = self._circuits([row[0] for row in rows])
        return [
            {
                "id": backend_id,
                "name": name,
                "environment": environment,
                "circuit": circuits.get(backend_id, "closed"),
                "last_success": fields.Datetime.to_string(last) if last else False,
                "exceptions": open_ or 0,
                "action": {
                    "type": "ir.actions.act_window",
                    "res_model": "dist.backend",
                    "res_id": backend_id,
                    "views": [[False, "form"]],
                },
                "exception_action": self._exceptions(("backend_id", "=", backend_id)),
            }
            for backend_id, name, environment, last, open_ in rows
        ]

    def _circuits(self, backend_ids):
        """Give the worst state of the lines to each backend; a person's word counts.

        :return: ``{backend id: closed, half_open or open}``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT backend_id,
                          CASE override WHEN 'auto' THEN state ELSE override END
                     FROM dist_circuit WHERE backend_id = ANY(%s)""",
                backend_ids,
            )
        )
        worst = {}
        for backend_id, state in rows:
            known = worst.get(backend_id, "closed")
            worst[backend_id] = max(known, state, key=CIRCUIT_STATES.index)
        return worst

    def _queue(self):
        """Give depth and age of the queues of the suite."""
        rows = self.env.execute_query(
            SQL(
                """SELECT channel,
                          count(*) FILTER (WHERE state IN ('pending', 'enqueued')),
                          count(*) FILTER (WHERE state = 'started'),
                          count(*) FILTER (WHERE state = 'failed'),
                          extract(epoch FROM now() AT TIME ZONE 'UTC'
                                  - min(greatest(date_created, eta)) FILTER (
                                      WHERE state IN ('pending', 'enqueued'))) / 60
                     FROM queue_job
                    WHERE state IN ('pending', 'enqueued', 'started', 'failed')
                      AND channel LIKE 'root.dist%%'
                 GROUP BY channel ORDER BY channel"""
            )
        )
        return [
            {
                "channel": channel.removeprefix("root.dist").strip(".") or "dist",
                "pending": pending,
                "started": started,
                "failed": failed,
                "minutes": max(float(minutes or 0), 0),
                "action": self._open_list(
                    "queue.job",
                    self.env._("Jobs"),
                    [("channel", "=", channel), ("state", "!=", "done")],
                )
                if self.env["queue.job"].has_access("read")
                else None,
            }
            for channel, pending, started, failed, minutes in rows
        ]

    # --------------------------------------------------------------- charts

    def _ageing(self):
        """Give the open exceptions by severity and age."""
        first, second, third = AGE_CLASSES
        rows = self.env.execute_query(
            SQL(
                """SELECT severity, width_bucket(
                              extract(epoch FROM now() AT TIME ZONE 'UTC' - first_seen)
                              / 3600, ARRAY[%s, %s, %s]::numeric[]), count(*)
                     FROM dist_exception
                    WHERE state != 'resolved' AND company_id = ANY(%s)
                 GROUP BY 1, 2""",
                first,
                second,
                third,
                self.env.companies.ids,
            )
        )
        counts = {(severity, bucket): number for severity, bucket, number in rows}
        return {
            "labels": [
                self.env._("under %s h", first),
                self.env._("%(low)s to %(high)s h", low=first, high=second),
                self.env._("1 to 3 days"),
                self.env._("older"),
            ],
            "series": [
                {
                    "key": severity,
                    "values": [counts.get((severity, age), 0) for age in range(4)],
                }
                for severity in SEVERITIES
            ],
            "actions": [self._aged(age) for age in range(4)],
        }

    def _aged(self, age):
        """Give the action that opens the exceptions of one age class."""
        now = fields.Datetime.now()
        bounds = (0, *AGE_CLASSES)
        conditions = [
            ("first_seen", "<=", fields.Datetime.subtract(now, hours=bounds[age]))
        ]
        if age < len(AGE_CLASSES):
            conditions.append(
                (
                    "first_seen",
                    ">",
                    fields.Datetime.subtract(now, hours=AGE_CLASSES[age]),
                )
            )
        return self._exceptions(
            *(
                (field, operator, fields.Datetime.to_string(moment))
                for field, operator, moment in conditions
            )
        )

    def _rate(self, days):
        """Give what was done over the period: by hour for a day, else by day."""
        unit = "hour" if days == 1 else "day"
        rows = self.env.execute_query(
            SQL(
                """SELECT t.slot, coalesce(s.done, 0), coalesce(s.duplicate, 0)
                     FROM generate_series(
                              date_trunc(%(unit)s, now() AT TIME ZONE 'UTC'
                                         - make_interval(days => %(days)s)),
                              now() AT TIME ZONE 'UTC', %(step)s::interval) AS t (slot)
                LEFT JOIN (SELECT date_trunc(%(unit)s, hour) AS slot,
                                  sum(done) AS done, sum(duplicate) AS duplicate
                             FROM dist_flow_stat
                            WHERE company_id = ANY(%(companies)s)
                              AND hour >= now() AT TIME ZONE 'UTC'
                                          - make_interval(days => %(days)s + 1)
                         GROUP BY 1) AS s USING (slot)
                 ORDER BY t.slot""",
                unit=unit,
                days=days,
                step=f"1 {unit}",
                companies=self.env.companies.ids,
            )
        )
        return {
            "unit": unit,
            "slots": [fields.Datetime.to_string(slot) for slot, *_rest in rows],
            "done": [int(done) for _slot, done, _duplicate in rows],
            "duplicate": [int(duplicate) for _slot, _done, duplicate in rows],
            "action": self._messages(("state", "=", "done")),
        }
