"""The go-live checklist: a backend goes to production when everything needed holds."""

import re
from typing import NamedTuple

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: What nobody types: it would make a checklist green.
OWN = {
    "connection_at",
    "connection_basis",
    "connection_report",
    "connection_state",
    "go_live_at",
    "go_live_reason",
}
_CODE = re.compile(r"\bcode\('(\w+)'")


class Check(NamedTuple):
    """One line of the checklist.

    :ivar ok: True when it holds
    :ivar required: production waits for it
    :ivar advice: what to do while it does not hold
    """

    name: str
    ok: bool
    label: str
    detail: str = ""
    advice: str = ""
    required: bool = True


class DistBackend(models.Model):
    _inherit = "dist.backend"

    go_live_open = fields.Integer("Open for go-live", compute="_compute_go_live")
    go_live_html = fields.Html(compute="_compute_go_live", sanitize=False)
    go_live_reason = fields.Char(
        "Went live in spite of open points", readonly=True, copy=False
    )
    go_live_at = fields.Datetime("In production since", readonly=True, copy=False)

    def _compute_go_live(self):
        for backend in self:
            if not backend.id or not backend.profile_id:
                backend.go_live_open, backend.go_live_html = 0, False
                continue
            checks = backend._go_live_checks()
            backend.go_live_open = len([c for c in checks if c.required and not c.ok])
            backend.go_live_html = backend._go_live_table(checks)

    # ----------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        live = any(vals.get("environment") == "production" for vals in vals_list)
        if live and not self.env.su:
            raise UserError(
                self.env._("A backend begins in test, and goes live by its checklist.")
            )
        return super().create(vals_list)

    def write(self, vals):
        # the server's own code (su) is not held up; no call from outside runs as it
        if not self.env.su and OWN & set(vals):
            raise UserError(self.env._("Test and checklist write this by themselves."))
        if vals.get("environment") == "production":
            going = self.filtered(lambda b: b.environment != "production")
            if not self.env.su:
                going._check_go_live()
            result = super().write(vals)
            going._note_go_live("")
            return result
        return super().write(vals)

    # -------------------------------------------------------------- buttons

    def action_go_live(self):
        """Switch to production; with open points a reason is asked for."""
        self.ensure_one()
        self.check_access("write")
        if self.go_live_open:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Go live in spite of open points"),
                "res_model": "dist.backend.go.live",
                "view_mode": "form",
                "target": "new",
                "context": {"default_backend_id": self.id},
            }
        self.environment = "production"
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # ------------------------------------------------------------- services

    def _go_live_in_spite(self, reason):  # pylint: disable=missing-return
        """Switch to production although required points are open.

        :param reason: why; goes on the audit trail with the points
        :raises AccessError: for anybody but an integration manager
        """
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group("dist_connector_base.group_manager"):
            raise AccessError(self.env._("Integration managers decide this."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it goes live in spite of that."))
        still_open = [c.name for c in self._go_live_checks() if c.required and not c.ok]
        # sudo: past the checklist, after the check above
        super(DistBackend, self.sudo()).write({"environment": "production"})
        self._note_go_live(reason.strip(), still_open)

    # pylint: disable-next=missing-return
    def _note_go_live(self, reason, still_open=()):
        now = fields.Datetime.now()
        for backend in self:
            super(DistBackend, backend.sudo()).write(
                {"go_live_at": now, "go_live_reason": reason}
            )
            self.env["dist.audit"]._record(
                "backend.go_live", backend, reason, open_points=list(still_open)
            )

    def _check_go_live(self):
        """Refuse production while required points are open.

        :raises UserError: naming them
        """
        for backend in self:
            wrong = [c for c in backend._go_live_checks() if c.required and not c.ok]
            if wrong:
                raise UserError(
                    "\n".join(
                        [
                            self.env._("%s is not ready to go live:", backend.name),
                            *(f"– {check.label}: {check.advice}" for check in wrong),
                        ]
                    )
                )

    def _go_live_checks(self) -> list[Check]:
        """Give the checklist; an addon adds its own lines."""
        self.ensure_one()
        profile = self.profile_id._parsed()
        checks = [
            self._check_profile(),
            self._check_owner(),
            self._check_connection(),
            self._check_credentials(profile),
            self._check_codes(profile),
        ]
        if profile.webhook:
            checks.append(self._check_webhook())
        checks.append(self._check_exceptions())
        return checks

    def _check_profile(self):
        profile = self.profile_id
        return Check(
            "profile",
            profile.state == "approved",
            self.env._("The profile is approved"),
            profile.display_name,
            self.env._("Choose a version that is approved and in force."),
        )

    def _check_owner(self):
        owner = self.user_id
        return Check(
            "owner",
            bool(owner.active),
            self.env._("Somebody is responsible"),
            owner.name or "",
            self.env._("Choose a person who is told of problems."),
        )

    def _check_connection(self):
        detail = ""
        if self.connection_stale:
            detail = self.env._("Settings or secrets were changed after the last test.")
        elif self.connection_at:
            detail = self.env._(
                "Tested on %s", fields.Date.to_string(self.connection_at)
            )
        return Check(
            "connection",
            self.connection_state == "ok" and not self.connection_stale,
            self.env._("The connection works"),
            detail,
            self.env._("Press Test the connection and follow what it says."),
        )

    def _check_credentials(self, profile):
        """Every secret that the profile names is stored, and holds a while yet."""
        wanted = set()
        if profile.auth.scheme != "none" and profile.auth.credential:
            wanted.add(profile.auth.credential)
        if profile.webhook and getattr(profile.webhook, "credential", ""):
            wanted.add(profile.webhook.credential)
        # sudo: whether there is a secret, and until when, is no secret
        rows = self.sudo().credential_ids
        usable = rows.filtered(lambda r: r.is_set and not r.problem)
        missing = sorted(wanted - set(usable.mapped("name")))
        ending = usable.filtered(lambda r: r.name in wanted and r._is_due())
        if missing:
            detail = self.env._("Missing: %s", ", ".join(missing))
        elif ending:
            detail = self.env._("Ends soon: %s", ", ".join(ending.mapped("name")))
        else:
            detail = ", ".join(sorted(wanted)) or self.env._("none needed")
        return Check(
            "credentials",
            not missing and not ending,
            self.env._("Secrets are stored and do not expire soon"),
            detail,
            self.env._("Have the credential administrator store them anew."),
        )

    def _check_codes(self, profile):
        """Every code list that the profile uses has codes, and none is unmapped."""
        used = set(_CODE.findall(self.profile_id.document))
        empty = sorted(used - set(self.code_map_ids.mapped("vocabulary")))
        unmapped = self.env["dist.code.unmapped"].search(
            [("backend_id", "=", self.id), ("open_count", ">", 0)]
        )
        if empty:
            detail = self.env._("Without a single code: %s", ", ".join(empty))
        elif unmapped:
            detail = self.env._(
                "Not mapped: %s", ", ".join(unmapped[:5].mapped("display_name"))
            )
        else:
            detail = self.env._("%s codes", len(self.code_map_ids))
        return Check(
            "codes",
            not empty and not unmapped,
            self.env._("Code maps are complete"),
            detail,
            self.env._("Map the codes under Configuration, Unmapped codes."),
        )

    def _check_webhook(self):
        got = self.env["dist.message"].search(
            [("backend_id", "=", self.id), ("via", "=", "webhook")], limit=1
        )
        return Check(
            "webhook",
            bool(got),
            self.env._("A webhook of the partner arrived"),
            fields.Datetime.to_string(got.received_at) if got else "",
            self.env._(
                "Give the partner the address on the tab Webhook, and ask for "
                "a test event."
            ),
        )

    def _check_exceptions(self):
        count = self.exception_open_count
        return Check(
            "exceptions",
            not count,
            self.env._("No exception is open"),
            self.env._("%s open", count) if count else "",
            self.env._("Settle them, so that nobody inherits old ones."),
            required=False,
        )

    def _go_live_table(self, checks: list[Check]) -> Markup:
        row = Markup(
            '<tr><td class="{}">{}</td><td>{}{}</td>'
            '<td class="text-break">{}{}</td></tr>'
        )
        small = Markup(' <span class="text-muted">({})</span>')
        advice = Markup('<div class="fw-bold">{}</div>')
        rows = [
            row.format(
                "text-success"
                if check.ok
                else "text-danger"
                if check.required
                else "text-warning",
                "✓" if check.ok else "✗",
                check.label,
                "" if check.required else small.format(self.env._("not required")),
                check.detail,
                "" if check.ok else advice.format(check.advice),
            )
            for check in checks
        ]
        return Markup(
            '<table class="table table-sm mb-0"><tbody>{}</tbody></table>'
        ).format(Markup("").join(rows))
