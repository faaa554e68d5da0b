"""Ask from which date on a flow takes everything again."""

from odoo import fields, models


class DistFlowBackFill(models.TransientModel):
    _name = "dist.flow.back.fill"
    _description = "Back-fill of a Flow"

    flow_id = fields.Many2one("dist.flow", required=True, readonly=True)
    direction = fields.Selection(related="flow_id.direction")
    mode = fields.Selection(related="flow_id.mode")
    since = fields.Datetime("From", required=True)

    def action_confirm(self):
        """Do it, and say what was done."""
        self.ensure_one()
        done = self.flow_id._back_fill(self.since)
        texts = []
        if "cursor" in done:
            texts.append(
                self.env._("The partner's list is read again from %s.", self.since)
            )
        if "mirror" in done:
            texts.append(self.env._("%s messages were copied.", done["mirror"]))
        if "again" in done:
            texts.append(
                self.env._(
                    "%s messages that were done in shadow are in line for real.",
                    done["again"],
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": " ".join(texts),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
