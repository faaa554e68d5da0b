"""Import code maps from a CSV file: looked at first, then all of it or nothing."""

import base64

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.code_file import CodeFault, CodeFile, read_code_file

#: Rows and faults that the preview shows.
SHOWN = 50


class DistCodeMapImport(models.TransientModel):
    _name = "dist.code.map.import"
    _description = "Import code maps"

    backend_id = fields.Many2one(
        "dist.backend", "Partner", required=True, ondelete="cascade"
    )
    vocabulary = fields.Char(
        "Code list", help="For rows that name none, such as carrier or unit."
    )
    file = fields.Binary("CSV file", required=True, attachment=False)
    file_name = fields.Char()
    line_count = fields.Integer("Codes", compute="_compute_check")
    fault_count = fields.Integer("Faults", compute="_compute_check")
    preview_html = fields.Html(compute="_compute_check", sanitize=False)
    fault_html = fields.Html(compute="_compute_check", sanitize=False)

    @api.depends("file", "vocabulary", "backend_id")
    def _compute_check(self):
        for wizard in self:
            found = wizard._read()
            wizard.line_count = len(found.lines)
            wizard.fault_count = len(found.faults)
            wizard.preview_html = wizard._show_lines(found)
            wizard.fault_html = wizard._show_faults(found.faults)

    def _read(self) -> CodeFile:
        """Read the file, and hold it against the codes that are mapped already."""
        self.ensure_one()
        if not self.file or not self.backend_id:
            return CodeFile([], [])
        content = base64.b64decode(self.file)
        found = read_code_file(content, (self.vocabulary or "").strip())
        known = {
            (row.vocabulary, row.partner_code, row.valid_from or None): row
            for row in self.backend_id.code_map_ids
        }
        faults = list(found.faults)
        for line, row in found.lines:
            there = known.get((row.vocabulary, row.theirs, row.start))
            if there:
                text = self.env._(
                    "%(list)s %(code)s is mapped already, to %(ours)s",
                    list=row.vocabulary,
                    code=repr(row.theirs),
                    ours=there.canonical_code,
                )
                faults.append(CodeFault(line, text))
        return CodeFile(found.lines, sorted(faults))

    def action_import(self):
        """Create all codes of the file.

        :raises UserError: with the line of every fault; then nothing is created
        """
        self.ensure_one()
        self.env["dist.code.map"].check_access("create")
        found = self._read()
        if found.faults:
            shown = [
                self.env._("line %(line)s: %(fault)s", line=line, fault=message)
                for line, message in found.faults[:SHOWN]
            ]
            raise UserError("\n".join(shown))
        if not found.lines:
            raise UserError(self.env._("The file has no codes."))
        # one entry of the audit for the file, not one for each of its lines
        self.env["dist.code.map"].with_context(dist_no_audit=True).create(
            [
                {
                    "backend_id": self.backend_id.id,
                    "vocabulary": row.vocabulary,
                    "partner_code": row.theirs,
                    "canonical_code": row.ours,
                    "preferred": row.preferred,
                    "valid_from": row.start,
                    "valid_to": row.end,
                }
                for _line, row in found.lines
            ]
        )
        self.env["dist.audit"]._record(
            "code_map.import",
            self.backend_id,
            self.file_name or "",
            codes=len(found.lines),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%s codes are mapped.", len(found.lines)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # ---------------------------------------------------------------- output

    def _show_lines(self, found: CodeFile):
        if not found.lines:
            return False
        cell = Markup("<td>{}</td>")
        faulty = {fault.line for fault in found.faults}
        rows = []
        for line, row in found.lines[:SHOWN]:
            cells = (line, row.vocabulary, row.theirs, row.ours, row.start, row.end)
            rows.append(
                Markup('<tr class="{}">{}</tr>').format(
                    "table-danger" if line in faulty else "",
                    Markup("").join(cell.format(held or "") for held in cells),
                )
            )
        heads = (
            self.env._("Line"),
            self.env._("Code list"),
            self.env._("Partner's code"),
            self.env._("Our Code"),
            self.env._("From"),
            self.env._("To"),
        )
        head = Markup("").join(Markup("<th>{}</th>").format(text) for text in heads)
        table = Markup(
            '<table class="table table-sm mb-0"><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table>"
        ).format(head, Markup("").join(rows))
        more = len(found.lines) - SHOWN
        if more > 0:
            table += Markup('<p class="text-muted">{}</p>').format(
                self.env._("… and %s more.", more)
            )
        return table

    def _show_faults(self, faults: list[CodeFault]):
        if not faults:
            return False
        item = Markup("<li>{}</li>")
        return Markup("<ul class='mb-0'>{}</ul>").format(
            Markup("").join(
                item.format(
                    self.env._("line %(line)s: %(fault)s", line=line, fault=message)
                )
                for line, message in faults[:SHOWN]
            )
        )
