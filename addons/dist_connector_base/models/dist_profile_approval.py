"""The life of a profile version: approved by a second person, in force, rolled back."""

from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CRON_TAKE_OVER = "dist_connector_base.cron_profile_take_over"


class DistProfile(models.Model):
    _inherit = "dist.profile"

    effective_at = fields.Datetime(
        "In force from",
        copy=False,
        tracking=True,
        help="An approved version takes over from the one before at this moment; "
        "empty: as soon as it is approved.",
    )
    current = fields.Boolean(
        "In force",
        readonly=True,
        copy=False,
        index=True,
        help="The version that the backends of this profile work with.",
    )
    current_since = fields.Datetime("In force since", readonly=True, copy=False)
    replaces_id = fields.Many2one(
        "dist.profile",
        "Took over from",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The version that a roll back returns to.",
    )
    message_count = fields.Integer(compute="_compute_message_count")
    backend_count = fields.Integer(compute="_compute_backend_count")

    _current_unique = models.UniqueIndex(
        "(code) WHERE current", "One version of a profile is in force at a time."
    )

    def _compute_message_count(self):
        groups = self.env["dist.message"]._read_group(
            [("profile_id", "in", self.ids)], ["profile_id"], ["__count"]
        )
        counts = {profile.id: count for profile, count in groups}
        for profile in self:
            profile.message_count = counts.get(profile.id, 0)

    @api.depends("backend_ids")
    def _compute_backend_count(self):
        for profile in self:
            profile.backend_count = len(profile.backend_ids)

    def write(self, vals):
        if "effective_at" in vals and any(p.state != "draft" for p in self):
            raise UserError(
                self.env._("The date is part of what was approved: it stays.")
            )
        return super().write(vals)

    # -------------------------------------------------------------- buttons

    def action_approve(self):
        """Approve drafts. Author, editors and approver are different people.

        :raises UserError: when the user wrote any of it, or its samples do not pass
        """
        self._check_may_govern()
        for profile in self.filtered(lambda p: p.state == "draft"):
            if self.env.user in profile.author_id | profile.editor_ids:
                raise UserError(
                    self.env._(
                        "%(profile)s was written by you: somebody else has to "
                        "approve it.",
                        profile=profile.display_name,
                    )
                )
            profile._check_before_approval()
            profile._approve()
            self.env["dist.audit"]._record(
                "profile.approve", profile, sha256=profile.sha256
            )

    def action_retire(self):
        """Retire profiles that no backend uses."""
        self._check_may_govern()
        for profile in self:
            backends = profile.sudo().with_context(active_test=False).backend_ids
            if backends:
                raise UserError(
                    self.env._(
                        "%(profile)s is in use by %(backends)s.",
                        profile=profile.display_name,
                        backends=", ".join(backends.mapped("name")),
                    )
                )
        self._govern({"state": "retired", "current": False})
        self.env["dist.audit"]._record("profile.retire", self)

    def action_roll_back(self):
        """Return to the version before, at once, for every backend of this one.

        The version is retired with it: it would take over again at the next look.

        :raises UserError: when it is not in force, or nothing came before it
        """
        self._check_may_govern()
        for profile in self:
            before = profile.replaces_id
            if not profile.current or before.state != "approved":
                raise UserError(
                    self.env._(
                        "%s took over from no version that could be returned to.",
                        profile.display_name,
                    )
                )
            profile._govern({"state": "retired", "current": False})
            before._put_in_force(profile)
            profile.message_post(
                body=self.env._("Rolled back to %s.", before.display_name)
            )
            self.env["dist.audit"]._record(
                "profile.roll_back", profile, returns_to=before.version
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_messages(self):
        """Open the messages that this version handled."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_message_action"
        )
        action["domain"] = [("profile_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------- services

    def _check_may_govern(self):
        self.check_access("write")
        if not self.env.user.has_group("dist_connector_base.group_manager"):
            raise AccessError(
                self.env._("Integration managers approve and retire profiles.")
            )

    def _check_before_approval(self):
        """Hook: raise UserError for what speaks against an approval."""

    def _approve(self):
        """Approve, and let it take over now or at its date."""
        now = fields.Datetime.now()
        for profile in self:
            profile._govern(
                {
                    "state": "approved",
                    "approver_id": self.env.user.id,
                    "approved_at": now,
                    "effective_at": profile.effective_at or now,
                }
            )
        later = self.filtered(lambda p: p.effective_at > now)
        for profile in self - later:
            profile._take_over()
        cron = self.env.ref(CRON_TAKE_OVER, raise_if_not_found=False)
        if later and cron:
            cron.sudo()._trigger(later.mapped("effective_at"))

    def _take_over(self):
        """Put this version in force, unless a later one is in force already."""
        self.ensure_one()
        former = self.search([("code", "=", self.code), ("current", "=", True)])
        began = self.effective_at or datetime.min
        if former and (former.effective_at or datetime.min) > began:
            # it would take over out of the blue once the later one is rolled back
            self._govern({"state": "retired"})
            self.message_post(
                body=self.env._("%s was in force already.", former.display_name)
            )
            return
        if former:
            former._govern({"current": False})
            former.flush_recordset()
        self._govern({"replaces_id": former.id})
        self._put_in_force(former)

    def _put_in_force(self, former):
        """Make this the version in force, and move the backends of the former."""
        self.ensure_one()
        self.env.flush_all()
        self._govern({"current": True, "current_since": fields.Datetime.now()})
        # sudo: a version is in force for the backends of every company
        backends = former.sudo().with_context(active_test=False).backend_ids
        backends.write({"profile_id": self.id})

    @api.model
    def _cron_take_over(self):
        """Put the approved versions in force whose date has come, oldest first."""
        due = self.search(
            [
                ("state", "=", "approved"),
                ("current", "=", False),
                ("current_since", "=", False),
                "|",
                ("effective_at", "=", False),
                ("effective_at", "<=", fields.Datetime.now()),
            ],
            order="effective_at, id",
        )
        for profile in due:
            profile._take_over()
