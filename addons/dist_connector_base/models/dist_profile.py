"""Partner profiles: what we know of a partner, as data."""

import functools
import hashlib

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import file_open

from ..core.profile import Profile, ProfileError, load_profile

#: What nobody writes but the approval itself, see :meth:`DistProfile._govern`.
GOVERNED = {
    "state",
    "author_id",
    "editor_ids",
    "approver_id",
    "approved_at",
    "current",
    "current_since",
    "replaces_id",
    "sample_state",
    "sample_report",
    "sample_ran_at",
    "contract_sunset",
    "contract_sunset_told",
}


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
    editor_ids = fields.Many2many(
        "res.users",
        "dist_profile_editor_rel",
        string="Edited by",
        readonly=True,
        copy=False,
        help="Whoever changed the draft does not approve it either.",
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

    # ----------------------------------------------------------------- CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_governed(vals)
            # given, so that no default_... of a caller's context counts
            vals.update(state="draft", author_id=self.env.uid)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_governed(vals)
        if "document" in vals:
            changed = self.filtered(lambda p: p.document != vals["document"])
            if any(profile.state != "draft" for profile in changed):
                raise UserError(
                    self.env._(
                        "An approved profile does not change. Make a new version, and "
                        "have that one approved."
                    )
                )
            changed._govern({"editor_ids": [Command.link(self.env.uid)]})
        result = super().write(vals)
        if "document" in vals:
            # the webhook's door holds what the profile says of the webhook
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(profile.state != "draft" for profile in self):
            raise UserError(
                self.env._("An approved profile stays on record: retire it instead.")
            )

    def _refuse_governed(self, vals):
        """Refuse what only the approval may set, whoever asks and as whomever.

        :raises UserError: for the state, the people and the dates of an approval
        """
        wrong = GOVERNED & set(vals)
        if vals.get("state") == "draft" and all(p.state == "draft" for p in self):
            wrong -= {"state"}
        if wrong:
            names = [self._fields[name].string for name in sorted(wrong)]
            raise UserError(
                self.env._(
                    "%s is set by the approval alone: use its buttons.",
                    ", ".join(names),
                )
            )

    def _govern(self, vals):
        """Write what only the approval, and what follows from it, may write.

        A method and no key of the context: a caller from outside can set any context,
        and can call no method with an underscore.
        """
        return super().write(vals)

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

        The exception to the rule of two people: a shipped profile was reviewed with
        the code it comes with, and whoever installs the addon approves both. Author
        and approver are the system user, which is how it can be told apart.

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
                known._govern({"document": text})
                known._run_samples()
                self.env.registry.clear_cache()
            if known.state == "approved" and not known.current_since:
                # loaded before there was a version in force
                known._take_over()
            return known
        profile = self.create({"document": text})
        profile._run_samples()
        profile._approve()
        return profile
