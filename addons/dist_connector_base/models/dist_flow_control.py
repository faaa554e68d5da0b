"""Control of a flow: shadow, pause, drain, back-fill."""

from datetime import timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ..core.errors import ConfigurationError
from ..core.profile.dates import iso_text
from ..pipeline import shadow, wake


class DistFlow(models.Model):
    _inherit = "dist.flow"

    mode = fields.Selection(
        [("live", "Live"), ("shadow", "Shadow")],
        default="live",
        required=True,
        readonly=True,
        help="A flow in shadow does everything and takes it back: nothing changes in "
        "Odoo and nothing is sent. What would have happened is kept for comparison.",
    )
    run_state = fields.Selection(
        [("running", "Running"), ("draining", "Finishing"), ("paused", "Paused")],
        "Work",
        default="running",
        required=True,
        readonly=True,
        help="Paused: what comes in is kept and waits. Finishing: what is in line now "
        "is still done, what comes later waits; then the flow is paused.",
    )
    drain_mark = fields.Integer(
        readonly=True, help="The last message that is still done while finishing."
    )
    compare_flow_id = fields.Many2one(
        "dist.flow",
        "Compare with",
        domain="[('message_type', '=', message_type), ('id', '!=', id),"
        " ('company_id', '=', company_id)]",
        help="The live flow whose results those of the shadow are compared with.",
    )
    mirror = fields.Boolean(
        "Copy its messages",
        help="The shadow gets a copy of each message of that flow, so the partner "
        "need not send twice.",
    )
    mirror_since = fields.Datetime(readonly=True)
    mirror_cursor = fields.Integer(readonly=True)
    shadow_count = fields.Integer(compute="_compute_shadow_count")

    def _compute_shadow_count(self):
        groups = self.env["dist.shadow.result"]._read_group(
            [("flow_id", "in", self.ids)], ["flow_id"], ["__count"]
        )
        counts = {flow.id: count for flow, count in groups}
        for flow in self:
            flow.shadow_count = counts.get(flow.id, 0)

    @api.constrains("compare_flow_id")
    def _check_compare(self):
        for flow in self.filtered("compare_flow_id"):
            other = flow.compare_flow_id
            if (other.message_type, other.company_id) != (
                flow.message_type,
                flow.company_id,
            ) or other == flow:
                raise ValidationError(
                    self.env._(
                        "A flow is compared with another one of the same document and "
                        "company."
                    )
                )

    # ----------------------------------------------------------------- CRUD

    def write(self, vals):
        if vals.get("mirror"):
            # copies begin now; a back-fill takes what was before
            fresh = self.filtered(lambda flow: not flow.mirror_since)
            now = self.env.cr.now().replace(microsecond=0)
            super(DistFlow, fresh).write({"mirror_since": now})
        return super().write(vals)

    # -------------------------------------------------------------- buttons

    def action_pause(self):
        """Do nothing more; what comes in is kept and waits."""
        self._control("pause", run_state="paused", drain_mark=0)

    def action_drain(self):
        """Finish what is in line now, then pause."""
        self._check_manager()
        for flow in self:
            ((mark,),) = self.env.execute_query(
                SQL(
                    "SELECT coalesce(max(id), 0) FROM dist_message WHERE flow_id = %s",
                    flow.id,
                )
            )
            flow._control("drain", run_state="draining", drain_mark=mark)
        self.sudo()._end_drain()

    def action_resume(self):
        """Go on with what waited."""
        self._control("resume", run_state="running", drain_mark=0)
        for flow in self.sudo():
            ((due,),) = self.env.execute_query(
                SQL(
                    """SELECT count(*) FROM dist_message
                        WHERE flow_id = %s AND state IN ('received', 'ready')""",
                    flow.id,
                )
            )
            if due:
                wake.wake(flow, count=due)

    def action_shadow(self):
        """Do everything from now on, and take it back."""
        self._control("shadow", mode="shadow")

    def action_live(self):
        """Do everything for real from now on.

        What was done in shadow stays so; a back-fill puts it in line again.
        """
        self._control("live", mode="live")

    def action_open_shadow_results(self):
        """Open what the flow would have done."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_shadow_result_action"
        )
        action["domain"] = [("flow_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_back_fill(self):
        """Ask from which date on to take everything again."""
        self.ensure_one()
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Back-fill from a date"),
            "res_model": "dist.flow.back.fill",
            "view_mode": "form",
            "target": "new",
            "context": {"default_flow_id": self.id},
        }

    def _check_manager(self):
        """Refuse anybody but an integration manager of the company."""
        if not self.env.su and not self.env.user.has_group(
            "dist_connector_base.group_manager"
        ):
            raise AccessError(self.env._("Only an integration manager controls flows."))
        self.check_access("write")

    def _control(self, action, **values):
        self._check_manager()
        self.write(values)
        self.env["dist.audit"]._record(f"flow.{action}", self)

    # ------------------------------------------------------------- services

    def _run_class(self):
        if self.mode == "shadow":
            outgoing = self.direction == "out"
            return shadow.OutboundShadow if outgoing else shadow.InboundShadow
        return super()._run_class()

    def _end_drain(self):
        """Pause the flows whose line is finished."""
        for flow in self.filtered(lambda flow: flow.run_state == "draining"):
            left = self.env.execute_query(
                SQL(
                    """SELECT 1 FROM dist_message
                        WHERE flow_id = %s AND state IN ('received', 'ready')
                          AND coalesce(parent_id, id) <= %s LIMIT 1""",
                    flow.id,
                    flow.drain_mark,
                )
            )
            if not left:
                flow.write({"run_state": "paused", "drain_mark": 0})

    @api.model
    def _sweep_control(self):
        """End drains that no job ended, and copy for the shadows that ask for it."""
        flows = self.sudo().search(
            ["|", ("run_state", "=", "draining"), ("mirror", "=", True)]
        )
        flows._end_drain()
        for flow in flows:
            if flow.mirror and flow.mode == "shadow" and flow.compare_flow_id:
                shadow.mirror(flow)

    def _back_fill(self, since):
        """Take everything since a moment again; nothing gets a second effect.

        :param since: naive datetime in UTC
        :return: dict of what was done: ``cursor``, ``mirror``, ``again`` (number)
        :raises UserError: when there is nothing that could be taken again
        """
        self.ensure_one()
        self._check_manager()
        flow = self.sudo()
        done = {}
        if flow._has_moment_cursor():
            moment = fields.Datetime.to_datetime(since)
            flow.cursor = iso_text(moment.replace(tzinfo=timezone.utc))
            flow._enqueue_fetch()
            done["cursor"] = flow.cursor
        if flow.mirror and flow.mode == "shadow":
            flow.write({"mirror_since": since, "mirror_cursor": 0})
            done["mirror"] = shadow.mirror(flow)
        if flow.mode == "live":
            done["again"] = flow._shadowed_again(since)
        if not done:
            raise UserError(
                self.env._(
                    "This flow keeps no date of its own: ask the partner to send the "
                    "documents again."
                )
            )
        self.env["dist.audit"]._record("flow.back_fill", self, str(since), **done)
        return done

    def _has_moment_cursor(self):
        """Say whether the partner's list can be read from a date on."""
        self.ensure_one()
        spec = self.backend_id.profile_id._parsed().flows.get(self.message_type)
        if not spec or not spec.poll:
            return False
        operation = self.backend_id.profile_id._parsed().operations.get(
            spec.poll.operation
        )
        if operation is None:
            raise ConfigurationError(
                f"the profile has no operation {spec.poll.operation}",
                path=f"flows.{self.message_type}.poll",
            )
        return bool(operation.cursor and operation.cursor.kind == "moment")

    def _shadowed_again(self, since):
        """Put back in line what was only done in shadow since then.

        :return: how many messages
        """
        rows = self.env.execute_query(
            SQL(
                """UPDATE dist_message AS m
                      SET state = CASE WHEN direction = 'in' THEN 'received'
                                       ELSE 'ready' END,
                          note = NULL, done_at = NULL, tries = 0,
                          next_try_at = now() AT TIME ZONE 'UTC'
                     FROM dist_shadow_result r
                    WHERE r.message_id = m.id AND m.flow_id = %s
                      AND m.state = 'done' AND m.received_at >= %s
                RETURNING m.id""",
                self.id,
                since,
            )
        )
        ids = [row_id for (row_id,) in rows]
        self.env["dist.message"].invalidate_model()
        self.env["dist.shadow.result"].search([("message_id", "in", ids)]).unlink()
        if ids:
            wake.wake(self, count=len(ids))
        return len(ids)
