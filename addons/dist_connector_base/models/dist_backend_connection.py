"""The connection test of a backend, with a result that a newcomer can read."""

import hashlib

from markupsafe import Markup
from odoo import api, fields, models

from ..pipeline import connection
from ..transports.probe import Step

_SIGNS = {True: ("✓", "text-success"), False: ("✗", "text-danger"), None: ("–", "")}


class DistBackend(models.Model):
    _inherit = "dist.backend"

    connection_state = fields.Selection(
        [("ok", "Works"), ("failed", "Does not work")],
        "Connection",
        readonly=True,
        copy=False,
    )
    connection_at = fields.Datetime("Tested", readonly=True, copy=False)
    connection_report = fields.Html(readonly=True, copy=False, sanitize=False)
    connection_basis = fields.Char(readonly=True, copy=False)
    connection_stale = fields.Boolean(
        "Changed since", compute="_compute_connection_stale"
    )

    @api.depends("connection_basis", "profile_id", "setting_ids.value")
    def _compute_connection_stale(self):
        for backend in self:
            backend.connection_stale = bool(
                backend.connection_basis
                and backend.connection_basis != backend._connection_basis()
            )

    def _connection_basis(self):
        """Give a fingerprint of what a connection depends on."""
        self.ensure_one()
        parts = [str(self.profile_id.id), self.environment]
        parts += [f"{k}={v}" for k, v in sorted(self._settings().items())]
        # sudo: when a secret was changed is no secret
        parts += [
            f"{row.name}:{row.active}:{row.changed_at}"
            for row in self.sudo().credential_ids.sorted("id")
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    def action_test_connection(self):
        """Reach the partner step by step, without any effect there, and show how."""
        self.ensure_one()
        self.check_access("write")
        steps = self._test_connection()
        good = all(step.ok is not False for step in steps)
        # sudo: the result may be kept by whoever may test
        self.sudo().write(
            {
                "connection_state": "ok" if good else "failed",
                "connection_at": fields.Datetime.now(),
                "connection_report": self._connection_table(steps),
                "connection_basis": self._connection_basis(),
            }
        )
        last = steps[-1]
        message = self.env._("The connection works.")
        if not good:
            message = "\n".join(filter(None, (last.text, last.advice)))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if good else "danger",
                "title": self.name,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _test_connection(self) -> list[Step]:
        """Give the steps of a test, up to the first that fails."""
        self.ensure_one()
        return connection.test_connection(self.sudo(), self.profile_id._parsed())

    @api.model
    def _connection_table(self, steps: list[Step]) -> Markup:
        names = {
            "settings": self.env._("Settings"),
            "credentials": self.env._("Credentials"),
            "name": self.env._("Name of the server"),
            "reach": self.env._("Server answers"),
            "encryption": self.env._("Encryption"),
            "sign_in": self.env._("Signing in"),
            "permission": self.env._("Permission"),
        }
        row = Markup(
            '<tr><td class="{}">{}</td><td class="text-nowrap">{}</td>'
            '<td class="text-break">{}{}</td></tr>'
        )
        advice = Markup('<div class="fw-bold">{}</div>')
        rows = []
        for step in steps:
            sign, colour = _SIGNS[step.ok]
            rows.append(
                row.format(
                    colour,
                    sign,
                    names.get(step.name, step.name),
                    step.text,
                    advice.format(step.advice) if step.advice else "",
                )
            )
        return Markup(
            '<table class="table table-sm mb-0"><tbody>{}</tbody></table>'
        ).format(Markup("").join(rows))
