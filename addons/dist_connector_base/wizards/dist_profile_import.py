"""Import a profile from a YAML file: it is checked, and comes as a draft."""

import base64

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.profile import Problem, ProfileError, load_profile


class DistProfileImport(models.TransientModel):
    _name = "dist.profile.import"
    _description = "Import a profile"

    file = fields.Binary("YAML file", required=True)
    file_name = fields.Char()
    title = fields.Char("Profile", compute="_compute_check")
    problem_count = fields.Integer(compute="_compute_check")
    problem_html = fields.Html("Faults", compute="_compute_check", sanitize=False)

    @api.depends("file")
    def _compute_check(self):
        for wizard in self:
            title, problems = wizard._check()
            wizard.title = title
            wizard.problem_count = len(problems)
            wizard.problem_html = _table(problems) if problems else False

    def _text(self):
        return base64.b64decode(self.file or b"").decode("utf-8-sig")

    def _check(self) -> tuple[str | bool, list[Problem]]:
        """Read the file: the profile's title, or every fault with its place."""
        self.ensure_one()
        if not self.file:
            return False, []
        try:
            profile = load_profile(self._text(), source=self.file_name or "")
        except UnicodeDecodeError as exc:
            return False, [Problem(0, "", f"is not UTF-8 at byte {exc.start}")]
        except ProfileError as exc:
            return False, exc.problems
        known = self.env["dist.profile"].search_count(
            [("code", "=", profile.code), ("version", "=", profile.version)], limit=1
        )
        if known:
            text = self.env._("this version of the profile exists already")
            return False, [Problem(0, "version", text)]
        return f"{profile.title} (v{profile.version})", []

    def action_import(self):
        """Make a draft of the file, and open it.

        :raises UserError: naming line and path of every fault; nothing is imported
        """
        self.ensure_one()
        self.env["dist.profile"].check_access("create")
        _title, problems = self._check()
        if problems:
            raise UserError("\n".join(str(problem) for problem in problems))
        draft = self.env["dist.profile"].create({"document": self._text()})
        self.env["dist.audit"]._record("profile.import", draft, self.file_name or "")
        return draft._open_form()


def _table(problems: list[Problem]) -> Markup:
    row = Markup("<tr><td class='text-nowrap'>{}</td><td><code>{}</code></td>")
    return Markup(
        '<table class="table table-sm mb-0"><tbody>{}</tbody></table>'
    ).format(
        Markup("").join(
            row.format(problem.line_text, problem.path)
            + Markup("<td>{}</td></tr>").format(problem.message)
            for problem in problems
        )
    )
