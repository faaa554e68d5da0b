"""Metrics for Prometheus: few labels, no ids, nothing about persons or documents."""

from odoo import api, models
from odoo.tools import SQL
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from .dist_flow_stat import LATENCY_CLASSES

#: Values of the gauge of a circuit.
CIRCUIT_VALUES = {"closed": 0, "half_open": 1, "open": 2}


class _FlowTotals:
    """Counters and latency of the flows since the first hour on record."""

    def __init__(self, rows):
        self.rows = rows

    def collect(self):
        """Yield the metric families (the interface of a Prometheus collector)."""
        names = ["partner", "flow", "direction"]
        total = CounterMetricFamily(
            "dist_messages", "Documents finished.", labels=[*names, "result"]
        )
        latency = HistogramMetricFamily(
            "dist_latency_seconds", "From stored to done.", labels=names
        )
        for partner, flow, direction, results, seconds, within in self.rows:
            labels = [partner, flow, direction]
            for result, number in results.items():
                total.add_metric([*labels, result], number)
            classes = [*zip(map(str, LATENCY_CLASSES), within, strict=True)]
            latency.add_metric(
                labels, [*classes, ("+Inf", results["done"])], sum_value=seconds
            )
        yield total
        yield latency


class DistMetrics(models.AbstractModel):
    _name = "dist.metrics"
    _description = "Metrics"

    @api.model
    def _render(self):
        """Give all metrics in Prometheus' text format.

        :rtype: bytes
        """
        registry = CollectorRegistry()
        registry.register(_FlowTotals(self._flow_totals()))
        for name, (text, labels, rows) in self._gauges().items():
            self._gauge(registry, name, text, labels, rows)
        return generate_latest(registry)

    def _gauges(self):
        """Give the gauges; an addon adds its own by extending this.

        :return: ``{name: (what it says, its labels, [(label values, number)])}``
        """
        flow = ["partner", "flow"]
        runner = self.env["dist.self.check"]._runner_is_alive()
        return {
            "dist_oldest_unprocessed_seconds": (
                "Age of the oldest message in line.",
                flow,
                self._oldest(),
            ),
            "dist_last_success_timestamp_seconds": (
                "When the flow last finished a document.",
                flow,
                self._last_success(),
            ),
            "dist_exceptions_open": (
                "Open exceptions.",
                ["partner", "severity", "kind"],
                self._exceptions(),
            ),
            "dist_exception_age_seconds": (
                "Age of the oldest open exception.",
                ["severity"],
                self._exception_age(),
            ),
            "dist_sla_breached": (
                "Open exceptions past their deadline.",
                ["severity"],
                self._breached(),
            ),
            "dist_queue_jobs": (
                "Jobs of the suite by queue and state.",
                ["channel", "state"],
                self._jobs(),
            ),
            "dist_breaker_state": (
                "Line to a partner: 0 working, 1 being tried, 2 stopped.",
                ["partner", "operation"],
                self._circuits(),
            ),
            "dist_recon_differences": (
                "Open differences between a partner and Odoo.",
                ["partner", "kind"],
                self._differences(),
            ),
            "dist_runner_up": ("A job runner is at work.", [], [((), runner)]),
        }

    @staticmethod
    def _gauge(registry, name, text, labels, rows):
        """Register a gauge with one value per label set.

        :param rows: list of ``(label values, number)``
        """
        gauge = Gauge(name, text, labels, registry=registry)
        for values, number in rows:
            child = gauge.labels(*map(str, values)) if labels else gauge
            child.set(float(number or 0))

    # -------------------------------------------------------------- numbers

    def _flow_totals(self):
        within = SQL(", ").join(
            SQL("sum(%s)", SQL.identifier("s", f"within_{limit}"))
            for limit in LATENCY_CLASSES
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT b.name, f.message_type, f.direction, sum(s.done),
                          sum(s.duplicate), sum(s.cancelled), sum(s.seconds), %s
                     FROM dist_flow_stat AS s
                     JOIN dist_flow AS f ON f.id = s.flow_id
                     JOIN dist_backend AS b ON b.id = f.backend_id
                 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
                within,
            )
        )
        return [
            (
                partner,
                flow,
                direction,
                {"done": done, "duplicate": duplicate, "cancelled": cancelled},
                seconds,
                within,
            )
            for (
                partner,
                flow,
                direction,
                done,
                duplicate,
                cancelled,
                seconds,
                *within,
            ) in rows
        ]

    def _pairs(self, query):
        """Give the rows of a query as ``(labels, number)``."""
        return [(row[:-1], row[-1]) for row in self.env.execute_query(query)]

    def _oldest(self):
        return self._pairs(
            SQL(
                """SELECT b.name, f.message_type,
                          extract(epoch FROM now() AT TIME ZONE 'UTC' - m.oldest)
                     FROM (SELECT flow_id, min(received_at) AS oldest
                             FROM dist_message WHERE state IN ('received', 'ready')
                         GROUP BY flow_id) AS m
                     JOIN dist_flow AS f ON f.id = m.flow_id
                     JOIN dist_backend AS b ON b.id = f.backend_id ORDER BY 1, 2"""
            )
        )

    def _exceptions(self):
        return self._pairs(
            SQL(
                """SELECT coalesce(b.name, ''), e.severity, e.error_class, count(*)
                     FROM dist_exception AS e
                LEFT JOIN dist_backend AS b ON b.id = e.backend_id
                    WHERE e.state != 'resolved' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
            )
        )

    def _exception_age(self):
        return self._pairs(
            SQL(
                """SELECT severity, extract(
                              epoch FROM now() AT TIME ZONE 'UTC' - min(first_seen))
                     FROM dist_exception WHERE state != 'resolved'
                 GROUP BY severity ORDER BY severity"""
            )
        )

    def _jobs(self):
        return self._pairs(
            SQL(
                """SELECT channel, state, count(*) FROM queue_job
                    WHERE channel LIKE 'root.dist%%'
                      AND state IN ('pending', 'enqueued', 'started', 'failed')
                 GROUP BY channel, state ORDER BY channel, state"""
            )
        )

    def _last_success(self):
        return self._pairs(
            SQL(
                """SELECT b.name, f.message_type,
                          extract(epoch FROM max(s.last_done_at))
                     FROM dist_flow_stat AS s
                     JOIN dist_flow AS f ON f.id = s.flow_id
                     JOIN dist_backend AS b ON b.id = f.backend_id
                    WHERE s.last_done_at IS NOT NULL
                 GROUP BY 1, 2 ORDER BY 1, 2"""
            )
        )

    def _circuits(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT b.name, c.operation,
                          CASE c.override WHEN 'auto' THEN c.state ELSE c.override END
                     FROM dist_circuit AS c
                     JOIN dist_backend AS b ON b.id = c.backend_id ORDER BY 1, 2"""
            )
        )
        return [(row[:2], CIRCUIT_VALUES[row[2]]) for row in rows]

    def _differences(self):
        return self._pairs(
            SQL(
                """SELECT coalesce(b.name, ''), l.kind, count(*)
                     FROM dist_reconciliation_line AS l
                LEFT JOIN dist_backend AS b ON b.id = l.backend_id
                    WHERE l.current AND l.state IN ('open', 'asked', 'approval')
                 GROUP BY 1, 2 ORDER BY 1, 2"""
            )
        )

    def _breached(self):
        return self._pairs(
            SQL(
                """SELECT severity, count(*) FROM dist_exception
                    WHERE state != 'resolved'
                      AND sla_deadline < now() AT TIME ZONE 'UTC'
                 GROUP BY severity ORDER BY severity"""
            )
        )
