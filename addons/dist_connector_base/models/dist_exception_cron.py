"""Reminders: what is too late goes to the leader, what is open into a daily mail."""

from odoo import api, fields, models

#: Causes that a summary lists; the rest is a number.
LISTED = 15
ESCALATE_BATCH = 200


class DistException(models.Model):
    _inherit = "dist.exception"

    # ----------------------------------------------------------- escalation

    @api.model
    def _cron_escalate(self):
        """Hand what is too late over to the leaders, a batch at a time."""
        while done := self._escalate_late():
            if not self.env["ir.cron"]._commit_progress(done, remaining=0):
                break

    @api.model
    def _escalate_late(self):
        """Escalate a batch of those that are too late, each exception once.

        :return: how many
        """
        late = self.search(
            [
                ("state", "!=", "resolved"),
                ("escalated_at", "=", False),
                ("sla_deadline", "<", fields.Datetime.now()),
            ],
            limit=ESCALATE_BATCH,
        ).try_lock_for_update()
        if late:
            late._escalate(self.env._("It was not solved in time."))
            self.env["dist.audit"]._record("exception.escalate", late, "too late")
        return len(late)

    # --------------------------------------------------------------- digest

    @api.model
    def _cron_digest(self):
        """Send everybody what they or their teams have open."""
        for user in self._digest_users():
            self._send_digest(user)

    @api.model
    def _digest_users(self):
        """Give the people who have something to do, and want to be told."""
        by_owner = self._read_group(
            [("state", "!=", "resolved"), ("user_id", "!=", False)], ["user_id"]
        )
        by_team = self._read_group(
            [("state", "!=", "resolved"), ("team_id.digest", "=", True)], ["team_id"]
        )
        users = self.env["res.users"].union(*(user for (user,) in by_owner))
        for (team,) in by_team:
            users |= team.member_ids | team.leader_id
        return users.filtered(lambda user: user.active and user.email)

    @api.model
    def _send_digest(self, user):
        """Queue one mail with the open exceptions of a user and their teams."""
        values = self._digest_values(user)
        if not values["count"]:
            return
        body = (
            self.env["ir.qweb"]
            .with_context(lang=user.lang)
            ._render("dist_connector_base.dist_exception_digest", values)
        )
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._(
                    "%(count)s exceptions are open, %(late)s of them too late",
                    **{name: values[name] for name in ("count", "late")},
                ),
                "body_html": body,
                "email_to": user.email_formatted,
                "auto_delete": True,
            }
        )

    @api.model
    def _digest_values(self, user):
        """Give what a user's summary says: causes, what matters most first."""
        mine = self.with_user(user).sudo(False)
        if not mine.has_access("read"):
            return {"count": 0}
        domain = [
            ("state", "!=", "resolved"),
            "|",
            ("user_id", "=", user.id),
            "&",
            ("team_id.digest", "=", True),
            "|",
            ("team_id.member_ids", "in", user.ids),
            ("team_id.leader_id", "=", user.id),
        ]
        mine = mine.with_context(allowed_company_ids=user.company_ids.ids)
        groups = mine._read_group(
            domain,
            ["fingerprint"],
            [
                "__count",
                "severity_rank:max",
                "impact_value:sum",
                "first_seen:min",
                "cause:array_agg_distinct",
                "backend_id:recordset",
            ],
            order="severity_rank:max DESC, impact_value:sum DESC, first_seen:min",
        )
        labels = [
            label
            for _value, label in mine._fields["severity"]._description_selection(
                mine.env
            )
        ]
        return {
            "user": user,
            "count": sum(group[1] for group in groups),
            "late": mine.search_count([*domain, ("breached", "=", True)]),
            "today": mine.search_count(
                [*domain, ("sla_deadline", "<", "today +1d"), ("breached", "=", False)]
            ),
            "causes": [
                {
                    "cause": (causes or [""])[0],
                    "count": count,
                    "severity": labels[severity],
                    "value": value,
                    "since": since,
                    "partner": ", ".join(backends.mapped("name")),
                }
                for _print, count, severity, value, since, causes, backends in groups[
                    :LISTED
                ]
            ],
            "more": max(len(groups) - LISTED, 0),
            "url": f"{self.get_base_url()}/odoo/distribution-exceptions",
        }
