"""The control tower: the numbers of the app's first screen, each with its records."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Periods that a person may choose, in days.
PERIODS = (1, 7, 30, 90)
#: A queue that is older than this, in minutes, is shown as late.
LATE_MINUTES = 15
BASE = "dist_connector_base"


class DistControlTower(models.AbstractModel):
    """Reads few rows, however many messages there are: what is open has an index of
    its own, and what is done is counted by the hour (``dist.flow.stat``).

    An addon adds numbers of its own by extending :meth:`_tiles`.
    """

    _name = "dist.control.tower"
    _description = "Control Tower"

    @api.model
    def get_data(self, days=7):
        """Give all that the first screen shows, for the user's active companies.

        :param days: length of the period, one of ``PERIODS``
        :return: dict of ``as_of``, ``periods``, ``days``, ``tiles``, ``flows``,
            ``partners``, ``queue``, ``ageing`` and ``rate``
        :raises AccessError: for a user without a role in the suite
        """
        if not self.env.user.has_groups(f"{BASE}.group_operator,{BASE}.group_auditor"):
            raise AccessError(
                self.env._("The control tower is for people with a role in it.")
            )
        days = days if days in PERIODS else 7
        flows = self._flows()
        return {
            "as_of": fields.Datetime.to_string(self.env.cr.now()),
            "periods": list(PERIODS),
            "days": days,
            "tiles": [tile for tile in self._tiles(days) if tile],
            "flows": flows,
            "partners": self._partners(),
            "queue": self._queue(),
            "ageing": self._ageing(),
            "rate": self._rate(days),
        }

    # ---------------------------------------------------------------- tiles

    @api.model
    def _tiles(self, days):
        """Give the numbers at the top, in their order; an addon may add to them.

        :return: list of :meth:`_tile` dicts; None entries are left out
        """
        return [
            *self._exception_tiles(),
            self._sla_tile(days),
            self._overdue_tile(),
            self._waiting_tile(),
            self._difference_tile(),
        ]

    @api.model
    def _tile(self, key, label, value, *, tone="", hint="", action=None, **more):
        """Describe one number.

        :param tone: ``good``, ``warn``, ``bad`` or nothing, for its colour
        :param hint: one sentence on what it counts
        :param action: the action that opens the records behind it
        """
        return {
            "key": key,
            "label": label,
            "value": value,
            "tone": tone,
            "hint": hint,
            "action": action,
            **more,
        }

    def _exception_tiles(self):
        companies = self.env.companies.ids
        ((orders, value, unowned, critical),) = self.env.execute_query(
            SQL(
                """SELECT count(DISTINCT (res_model, res_id))
                              FILTER (WHERE res_id IS NOT NULL),
                          coalesce(sum(impact_value), 0),
                          count(*) FILTER (WHERE user_id IS NULL),
                          count(*) FILTER (WHERE severity IN ('critical', 'high'))
                     FROM dist_exception
                    WHERE state != 'resolved' AND company_id = ANY(%s)""",
                companies,
            )
        )
        return [
            self._tile(
                "orders",
                self.env._("Orders in trouble"),
                orders,
                tone="bad" if orders else "good",
                hint=self.env._("Business documents with an open exception."),
                action=self._exceptions(("res_id", "!=", False)),
            ),
            self._tile(
                "value",
                self.env._("Value at risk"),
                float(value),
                tone="bad" if value else "good",
                hint=self.env._("Order value behind the open exceptions."),
                money=self.env.company.currency_id.id,
                action=self._exceptions(("impact_value", ">", 0)),
            ),
            self._tile(
                "urgent",
                self.env._("High and critical"),
                critical,
                tone="bad" if critical else "good",
                hint=self.env._("Open exceptions that hurt most."),
                action=self._exceptions(("severity", "in", ("critical", "high"))),
            ),
            self._tile(
                "unowned",
                self.env._("Without an owner"),
                unowned,
                tone="warn" if unowned else "good",
                hint=self.env._("Open exceptions that nobody has taken."),
                action=self._exceptions(("user_id", "=", False)),
            ),
        ]

    def _sla_tile(self, days):
        """Share of the exceptions whose deadline fell into the period and was kept."""
        ((kept, all_),) = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE resolved_at <= sla_deadline), count(*)
                     FROM dist_exception
                    WHERE company_id = ANY(%s)
                      AND sla_deadline <= now() AT TIME ZONE 'UTC'
                      AND sla_deadline > now() AT TIME ZONE 'UTC'
                                         - make_interval(days => %s)""",
                self.env.companies.ids,
                days,
            )
        )
        share = 100 * kept / all_ if all_ else None
        tone = ""
        if share is not None:
            tone = "good" if share >= 95 else "warn" if share >= 80 else "bad"
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return self._tile(
            "sla",
            self.env._("Deadlines kept"),
            None if share is None else round(share, 1),
            unit="%",
            tone=tone,
            hint=self.env._("Exceptions due in the period that were settled in time."),
            action=self._open_list(
                "dist.exception",
                self.env._("Due in the period"),
                [
                    ("sla_deadline", ">", fields.Datetime.to_string(since)),
                    (
                        "sla_deadline",
                        "<=",
                        fields.Datetime.to_string(fields.Datetime.now()),
                    ),
                ],
            ),
        )

    def _overdue_tile(self):
        domain = [
            ("state", "=", "overdue"),
            ("company_id", "in", self.env.companies.ids),
        ]
        count = self.env["dist.expectation"].sudo().search_count(domain)
        return self._tile(
            "overdue",
            self.env._("Answers overdue"),
            count,
            tone="bad" if count else "good",
            hint=self.env._("Partners owe an acknowledgement, a shipment, a file."),
            action=self._open_list(
                "dist.expectation", self.env._("Answers overdue"), domain
            ),
        )

    def _waiting_tile(self):
        ((count, minutes),) = self.env.execute_query(
            SQL(
                """SELECT count(*), extract(
                              epoch FROM now() AT TIME ZONE 'UTC' - min(received_at)
                          ) / 60
                     FROM dist_message
                    WHERE state IN ('received', 'ready') AND flow_id IS NOT NULL
                      AND company_id = ANY(%s)""",
                self.env.companies.ids,
            )
        )
        minutes = float(minutes or 0)
        return self._tile(
            "waiting",
            self.env._("Messages in line"),
            count,
            tone="warn" if minutes > LATE_MINUTES else "good",
            hint=self.env._("Stored and not handled yet."),
            minutes=minutes if count else None,
            action=self._messages(("state", "in", ("received", "ready"))),
        )

    def _difference_tile(self):
        domain = [
            ("state", "in", ("open", "asked", "approval")),
            ("current", "=", True),
            ("kind", "!=", "late"),
            ("company_id", "in", self.env.companies.ids),
        ]
        count = self.env["dist.reconciliation.line"].sudo().search_count(domain)
        return self._tile(
            "differences",
            self.env._("Differences open"),
            count,
            tone="warn" if count else "good",
            hint=self.env._("Partner and Odoo disagree, and nobody settled it yet."),
            action=self._open_list(
                "dist.reconciliation.line", self.env._("Differences open"), domain
            ),
        )

    # -------------------------------------------------------------- actions

    def _exceptions(self, *conditions):
        return self._open_list(
            "dist.exception",
            self.env._("Open exceptions"),
            [("state", "!=", "resolved"), *conditions],
            views=("list", "kanban", "form", "pivot", "graph"),
        )

    def _messages(self, *conditions):
        return self._open_list("dist.message", self.env._("Messages"), list(conditions))

    def _open_list(self, model, name, domain, views=("list", "form")):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [[False, view] for view in views],
            "domain": domain,
        }
