"""The sample tests that a profile carries, run before an approval and at will."""

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.profile import SampleResult, run_samples


class DistProfile(models.Model):
    _inherit = "dist.profile"

    sample_rule = fields.Selection(
        [
            ("pass", "All samples pass"),
            ("cover", "Every flow has a sample, and all pass"),
            ("none", "Samples do not matter"),
        ],
        "For the approval",
        default="pass",
        required=True,
        tracking=True,
        help="What has to hold of the profile's own samples before it is approved.",
    )
    sample_state = fields.Selection(
        [("passed", "Passed"), ("failed", "Failed"), ("missing", "No samples")],
        "Samples",
        readonly=True,
        copy=False,
    )
    sample_ran_at = fields.Datetime("Samples ran", readonly=True, copy=False)
    sample_report = fields.Html(readonly=True, copy=False, sanitize=False)

    def write(self, vals):
        if "sample_rule" in vals and any(p.state != "draft" for p in self):
            raise UserError(
                self.env._("An approved profile was judged by its rule: it stays.")
            )
        changed = self.browse()
        if "document" in vals:
            changed = self.filtered(lambda p: p.document != vals["document"])
        result = super().write(vals)
        if changed:
            changed._govern(
                {"sample_state": False, "sample_ran_at": False, "sample_report": False}
            )
        return result

    def action_run_samples(self):
        """Run the samples and show how each ended. Nothing is stored or sent."""
        self.check_access("write")
        for profile in self:
            profile._run_samples()
        failed = self.filtered(lambda p: p.sample_state == "failed")
        missing = self.filtered(lambda p: p.sample_state == "missing")
        message = self.env._("All samples pass.")
        if failed:
            message = self.env._("Some samples fail: see the tab Samples.")
        elif missing:
            message = self.env._("The profile has no samples yet.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if failed else "warning" if missing else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _run_samples(self) -> list[SampleResult]:
        """Run the samples of one profile, and keep the report."""
        self.ensure_one()
        results = run_samples(self._parsed())
        state = "passed" if all(result.passed for result in results) else "failed"
        self._govern(
            {
                "sample_state": state if results else "missing",
                "sample_ran_at": fields.Datetime.now(),
                "sample_report": self._sample_table(results),
            }
        )
        return results

    def _check_before_approval(self):
        """Refuse an approval that the profile's rule for samples speaks against.

        :raises UserError: naming the samples that fail, or the flows without one
        """
        super()._check_before_approval()
        results = self._run_samples()
        if self.sample_rule == "none":
            return
        faults = [
            f"{result.name}: {'; '.join(result.faults)}"
            for result in results
            if not result.passed
        ]
        if self.sample_rule == "cover":
            tested = {result.flow for result in results}
            faults += [
                self.env._("The flow %s has no sample.", name.replace("_", " "))
                for name in self._parsed().flows
                if name not in tested
            ]
        if faults:
            raise UserError(
                "\n".join([self.env._("The samples do not pass."), *faults])
            )

    @api.model
    def _sample_table(self, results: list[SampleResult]) -> Markup:
        row = Markup(
            '<tr class="{}"><td class="text-nowrap">{} {}</td><td>{}</td>'
            "<td>{}</td><td>{}</td></tr>"
        )
        rows = [
            row.format(
                "" if result.passed else "table-danger",
                "✓" if result.passed else "✗",
                self.env._("passed") if result.passed else self.env._("failed"),
                result.name,
                result.flow.replace("_", " "),
                Markup("<br/>").join(result.faults),
            )
            for result in results
        ]
        if not rows:
            return Markup("")
        return Markup(
            '<table class="table table-sm mb-0"><tbody>{}</tbody></table>'
        ).format(Markup("").join(rows))
