"""A profile's text: new version, clone, difference, YAML file."""

import base64

from markupsafe import Markup
from odoo import api, fields, models

from ..core.difference import DiffLine, difference
from ..core.profile.rewrite import next_version, with_head

_COLOURS = {"added": "table-success", "removed": "table-danger", "gap": "table-light"}
_SIGNS = {"added": "+", "removed": "−", "gap": "⋯"}


class DistProfile(models.Model):
    _inherit = "dist.profile"

    compare_id = fields.Many2one(
        "dist.profile",
        "Compared with",
        compute="_compute_compare",
        readonly=False,
        store=False,
        domain="[('code', '=', code), ('id', '!=', id)]",
    )
    difference_html = fields.Html(
        "Difference", compute="_compute_difference", sanitize=False
    )
    document_file = fields.Binary(compute="_compute_document_file")
    document_name = fields.Char(compute="_compute_document_name")

    @api.depends("code", "replaces_id")
    def _compute_compare(self):
        """Compare with what it took over from, else with the version in force."""
        for profile in self:
            others = self.search(
                [("code", "=", profile.code), ("id", "!=", profile._origin.id)],
                order="current desc, approved_at desc, id desc",
            )
            profile.compare_id = profile.replaces_id or others[:1]

    @api.depends("compare_id", "document")
    def _compute_difference(self):
        for profile in self:
            if not profile.compare_id:
                profile.difference_html = False
                continue
            profile.difference_html = _table(
                difference(profile.compare_id.document or "", profile.document or "")
            ) or self.env._("The texts are the same.")

    def _compute_document_file(self):
        for profile in self:
            profile.document_file = base64.b64encode((profile.document or "").encode())

    @api.depends("code", "version")
    def _compute_document_name(self):
        for profile in self:
            profile.document_name = f"{profile.code}-{profile.version}.yaml"

    # ----------------------------------------------------------------- CRUD

    def copy_data(self, default=None):
        """A copy is the next version: code and version together are unique."""
        vals_list = super().copy_data(default=default)
        for profile, vals in zip(self, vals_list, strict=True):
            if not (default and "document" in default):
                vals["document"] = profile._next_text()
        return vals_list

    # -------------------------------------------------------------- buttons

    def action_new_version(self):
        """Make a draft with the same text and the next version, and open it."""
        self.ensure_one()
        self._check_may_govern()
        draft = self.create({"document": self._next_text()})
        if self.contract_sunset and not draft.contract_sunset:
            draft._govern({"contract_sunset": self.contract_sunset})
        self.env["dist.audit"]._record("profile.new_version", draft, self.version)
        return draft._open_form()

    def action_export(self):
        """Download the profile as a YAML file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "target": "download",
            "url": f"/web/content?model=dist.profile&id={self.id}"
            "&field=document_file&filename_field=document_name&download=true",
        }

    # ------------------------------------------------------------- services

    def _next_text(self):
        self.ensure_one()
        taken = set(self.search([("code", "=", self.code)]).mapped("version"))
        return with_head(self.document, {"version": next_version(self.version, taken)})

    def _open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }


def _table(lines: list[DiffLine]) -> Markup:
    """Show a difference as a table: sign, line numbers of both sides, text."""
    rows = [
        Markup(
            '<tr class="{}"><td class="text-end text-muted py-0">{}</td>'
            '<td class="text-end text-muted py-0">{}</td><td class="py-0">{}</td>'
            '<td class="text-break py-0" style="white-space: pre-wrap">{}</td></tr>'
        ).format(
            _COLOURS.get(line.kind, ""),
            line.old or "",
            line.new or "",
            _SIGNS.get(line.kind, ""),
            line.text,
        )
        for line in lines
    ]
    if not rows:
        return Markup("")
    return Markup(
        '<div class="table-responsive"><table class="table table-sm table-borderless '
        'font-monospace small mb-0"><tbody>{}</tbody></table></div>'
    ).format(Markup("").join(rows))
