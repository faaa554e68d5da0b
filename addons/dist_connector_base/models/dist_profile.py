"""Partner profiles: what we know of a partner, as data."""

import functools
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import file_open

from ..core.profile import Profile, ProfileError, load_profile


@functools.lru_cache(maxsize=64)
def _parse(text: str) -> Profile:
    """Parse a profile once per process; the text is the key, so it cannot be stale."""
    return load_profile(text)


class DistProfile(models.Model):
    _name = "dist.profile"
    _description = "Partner Profile"
    _inherit = ["mail.thread"]
    _order = "code, version desc"

    name = fields.Char(compute="_compute_from_document", store=True)
    code = fields.Char(compute="_compute_from_document", store=True, index=True)
    version = fields.Char(compute="_compute_from_document", store=True)
    transport = fields.Char(compute="_compute_from_document", store=True)
    document = fields.Text(
        required=True, help="The profile in YAML, as the profile guide describes it."
    )
    sha256 = fields.Char(
        "Fingerprint", compute="_compute_from_document", store=True, index=True
    )
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("retired", "Retired")],
        default="draft",
        required=True,
        tracking=True,
        copy=False,
    )
    author_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True, copy=False
    )
    approver_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    backend_ids = fields.One2many("dist.backend", "profile_id")

    _code_version_unique = models.UniqueIndex(
        "(code, version)", "This version of the profile exists already."
    )

    @api.depends("document")
    def _compute_from_document(self):
        for profile in self:
            parsed = profile._parsed()
            profile.name = parsed.title
            profile.code = parsed.code
            profile.version = parsed.version
            profile.transport = parsed.transport
            profile.sha256 = hashlib.sha256(profile.document.encode()).hexdigest()

    @api.depends("name", "version")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = f"{profile.name} (v{profile.version})"

    @api.constrains("document")
    def _check_document(self):
        for profile in self:
            profile._parsed()

    def write(self, vals):
        if "document" in vals and any(
            profile.state != "draft" and profile.document != vals["document"]
            for profile in self
        ):
            raise UserError(
                self.env._(
                    "An approved profile does not change. Duplicate it, raise its "
                    "version, and approve the new one."
                )
            )
        result = super().write(vals)
        if "document" in vals:
            # the webhook's door holds what the profile says of the webhook; a module
            # update mends a shipped profile under it
            self.env.registry.clear_cache()
        return result

    def action_approve(self):
        """Approve drafts. Author and approver are different people.

        :raises UserError: when the author approves their own profile
        """
        self.env["dist.profile"].check_access("write")
        for profile in self.filtered(lambda p: p.state == "draft"):
            if profile.author_id == self.env.user:
                raise UserError(
                    self.env._(
                        "%(profile)s was written by you: somebody else has to "
                        "approve it.",
                        profile=profile.display_name,
                    )
                )
            profile._approve()

    def action_retire(self):
        """Retire profiles that no backend uses."""
        for profile in self:
            if profile.backend_ids:
                raise UserError(
                    self.env._(
                        "%(profile)s is in use by %(backends)s.",
                        profile=profile.display_name,
                        backends=", ".join(profile.backend_ids.mapped("name")),
                    )
                )
        self.write({"state": "retired"})

    def _approve(self):
        self.write(
            {
                "state": "approved",
                "approver_id": self.env.user.id,
                "approved_at": fields.Datetime.now(),
            }
        )

    def _parsed(self) -> Profile:
        """Give the parsed profile.

        :raises ValidationError: naming line and path of every fault
        """
        self.ensure_one()
        try:
            return _parse(self.document or "")
        except ProfileError as exc:
            raise ValidationError(str(exc)) from exc

    @api.model
    def _load_shipped(self, path):
        """Load or update a profile that an addon ships; it comes approved.

        :param path: path below the addons folder, such as
            ``dist_3pl/profiles/shipbob.yaml``
        """
        with file_open(path, "r") as stream:
            text = stream.read()
        parsed = _parse(text)
        known = self.search(
            [("code", "=", parsed.code), ("version", "=", parsed.version)]
        )
        if known:
            if known.document != text:
                # A module update mends a shipped version in place: the old text
                # stands in the module's history.
                known.write({"state": "draft"})
                known.write({"document": text, "state": "approved"})
            return known
        profile = self.create({"document": text})
        profile._approve()
        return profile
