"""Start the profile of another partner from one that works."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.profile.rewrite import with_head


class DistProfileClone(models.TransientModel):
    _name = "dist.profile.clone"
    _description = "Clone a profile for another partner"

    profile_id = fields.Many2one("dist.profile", required=True, ondelete="cascade")
    title = fields.Char("Name of the partner", required=True)
    code = fields.Char(
        "Short name",
        compute="_compute_code",
        store=True,
        readonly=False,
        required=True,
        help="Small letters, digits and underscores.",
    )

    @api.depends("title")
    def _compute_code(self):
        for wizard in self:
            wizard.code = "_".join(
                "".join(c if c.isascii() and c.isalnum() else " " for c in word).strip()
                for word in (wizard.title or "").lower().replace("-", " ").split()
            ).replace(" ", "_")

    def action_clone(self):
        """Make a draft of the other partner's first version, and open it.

        :raises UserError: when the short name is taken
        :raises ValidationError: when it is no name
        """
        self.ensure_one()
        profiles = self.env["dist.profile"]
        profiles.check_access("create")
        self.profile_id.check_access("read")
        if profiles.search_count([("code", "=", self.code)], limit=1):
            raise UserError(
                self.env._(
                    "The short name %s is taken: make a new version of that profile, "
                    "or choose another name.",
                    self.code,
                )
            )
        head = {"profile": self.code, "version": "1", "title": self.title}
        draft = profiles.create({"document": with_head(self.profile_id.document, head)})
        self.env["dist.audit"]._record(
            "profile.clone", draft, self.profile_id.display_name
        )
        return draft._open_form()
