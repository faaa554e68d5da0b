"""What helped before: a suggestion for causes that were solved already."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dist_exception import ACTION_LABELS

#: Ways that a person can repeat with one click; a correction has to be made anew.
REPEATABLE = ("replay", "map", "accept")


class DistException(models.Model):
    _inherit = "dist.exception"

    same_cause_count = fields.Integer(compute="_compute_same_cause")
    suggestion = fields.Text("It helped before", compute="_compute_suggestion")
    suggested_action = fields.Selection(ACTION_LABELS, compute="_compute_suggestion")
    suggested_value = fields.Char(compute="_compute_suggestion")

    @api.depends("fingerprint", "state")
    def _compute_same_cause(self):
        rows = self._read_group(
            [
                ("fingerprint", "in", self.mapped("fingerprint")),
                ("state", "!=", "resolved"),
            ],
            ["fingerprint"],
            ["__count"],
        )
        counts = dict(rows)
        for exception in self:
            exception.same_cause_count = counts.get(exception.fingerprint, 0)

    @api.depends("fingerprint", "state")
    def _compute_suggestion(self):
        past = self._past()
        for exception in self:
            ways = past.get(exception.fingerprint, [])
            if exception.state == "resolved":
                ways = []
            exception.suggestion = "\n".join(map(self._told, ways)) or False
            best = ways[0] if ways else {}
            exception.suggested_action = best.get("action", False)
            exception.suggested_value = best.get("value", False)

    def _past(self):
        """Give how each cause was solved before, the most frequent way first.

        :rtype: dict[str, list[dict]]
        """
        rows = self._read_group(
            [
                ("fingerprint", "in", self.mapped("fingerprint")),
                ("state", "=", "resolved"),
                ("last_action", "!=", False),
                ("resolution", "not in", ["later", "superseded"]),
            ],
            ["fingerprint", "last_action", "resolved_by_id"],
            ["__count", "resolved_at:max", "id:max"],
        )
        ways = {}
        for fingerprint, action, user, count, at, last_id in rows:
            way = ways.setdefault((fingerprint, action), {"action": action})
            way["count"] = way.get("count", 0) + count
            way.setdefault("users", []).append((count, user.sudo().name or ""))
            if last_id > way.get("last_id", 0):
                way.update(last_id=last_id, at=at)
        last = self.browse([way["last_id"] for way in ways.values()])
        values = {exception.id: exception.last_action_value for exception in last}
        found = {}
        for (fingerprint, _action), way in ways.items():
            way["value"] = values.get(way["last_id"])
            found.setdefault(fingerprint, []).append(way)
        for known in found.values():
            known.sort(key=lambda way: (-way["count"], -way["last_id"]))
        return found

    def _told(self, way):
        """Say one way in a line: what, how often, by whom, when last."""
        who = ", ".join(name for _count, name in sorted(way["users"], reverse=True))
        what = dict(self._fields["suggested_action"]._description_selection(self.env))
        value = f" ({way['value']})" if way["value"] else ""
        return self.env._(
            "%(what)s%(value)s: %(count)s×, by %(who)s, last on %(date)s",
            what=what[way["action"]],
            value=value,
            count=way["count"],
            who=who,
            date=fields.Date.to_string(way["at"]),
        )

    def action_follow_suggestion(self):
        """Do once more what helped most often; the same checks apply as by hand."""
        self.ensure_one()
        action, value = self.suggested_action, self.suggested_value
        if action not in REPEATABLE:
            raise UserError(self.env._("This has to be done by hand."))
        if action == "map":
            return self._open_map(value)._apply()
        if action == "accept":
            self._accept(value)
            return True
        return self.action_replay()

    def _open_map(self, value):
        """Give the wizard for the unknown code, filled in."""
        return (
            self.env["dist.exception.map"]
            .with_context(active_id=self.id)
            .create({"exception_id": self.id, "chosen_code": value})
        )
