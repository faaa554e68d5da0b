"""What a person, or the drift policy, may do about differences."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import split_every

from ..core.errors import BusinessError

#: The least role for each action.
GROUPS = {
    "adopt": "dist_connector_base.group_operator",
    "republish": "dist_connector_base.group_operator",
    "recount": "dist_connector_base.group_operator",
    "assign": "dist_connector_base.group_operator",
    "exception": "dist_connector_base.group_operator",
    "accept": "dist_connector_base.group_reviewer",
    "approve": "dist_connector_base.group_reviewer",
    "refuse": "dist_connector_base.group_reviewer",
}
#: In which states an action makes sense.
STATES = {
    "approve": ("approval",),
    "refuse": ("approval",),
    "assign": ("open", "asked", "approval", "accepted"),
}
#: So many lines are changed in one transaction; more become jobs.
BATCH = 200
#: Lines that are named one by one; more are only counted.
TOLD = 20


class DistReconciliationLine(models.Model):
    # fields are in dist_reconciliation_line.py
    _inherit = "dist.reconciliation.line"

    # -------------------------------------------------------------- buttons

    def action_settle(self):
        """Ask what to do about the chosen differences."""
        self._check_group(GROUPS["adopt"])
        chosen = self.filtered(lambda line: line.current)
        if not chosen:
            raise UserError(
                self.env._("A later run knows more of these; choose the latest ones.")
            )
        wizard = self.env["dist.reconciliation.settle"].create(
            {
                "line_ids": chosen.ids,
                "action": self.env.context.get("dist_action") or "adopt",
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settle differences"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_take(self):
        """Make the user the owner."""
        self._settle("assign", user=self.env.user)

    def action_approve(self):
        """Approve adoptions that somebody else asked for."""
        self._settle("approve")

    def action_refuse(self):
        """Refuse adoptions that somebody else asked for; the lines are open again."""
        self._settle("refuse")

    # ------------------------------------------------------- business verbs

    def _settle(self, action, reason="", user=None):
        """Do what a person decided about these lines, after checking that they may.

        :param action: one of ``GROUPS``
        :param reason: required to accept and to adopt
        :param user: the owner to be, for ``assign``
        :raises AccessError: without the role
        :raises UserError: when one of the lines does not allow it
        """
        self._check_group(GROUPS[action])
        self.check_access("read")
        if action in ("accept", "adopt") and not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is kept with the line."))
        # sudo: lines are written by these verbs alone; role and access are checked
        lines = self.sudo()
        lines._lock()
        lines._check_allowed(action)
        result = getattr(lines, f"_do_{action}")(reason=reason, user=user)
        self.env["dist.audit"]._record(
            f"reconciliation.{action}", self, reason or "", lines=len(self)
        )
        return result

    def _enqueue(self, action, reason="", user=None):
        """Let jobs do it, some lines at a time.

        By the policy (no user of its own) unless the context names the person.
        """
        for ids in split_every(BATCH, self.ids):
            self.browse(ids).with_delay(
                description=f"{action} {len(ids)} differences"
            )._job_settle(action, reason, user and user.id)

    def _job_settle(self, action, reason="", user_id=None):
        """Job: do what the policy says; a line that cannot be changed says why.

        :return: a line for the job's result
        """
        lines = self.exists().filtered(
            lambda line: line.current and line.state == "open"
        )
        reason = reason or self.env._("Drift policy of the flow")
        failed = 0
        for line in lines._lock():
            try:
                with self.env.cr.savepoint():
                    line._check_allowed(action)
                    getattr(line, f"_do_{action}")(reason=reason, automatic=True)
            except UserError as exc:
                line.note = str(exc)[:250]
                failed += 1
        self.env["dist.audit"]._record(
            f"reconciliation.{action}", lines, reason, automatic=True
        )
        return f"{len(lines)} lines, {failed} refused"

    # ------------------------------------------------------------- effects

    def _do_adopt(self, reason="", user=None, automatic=False):
        """Change our side, or ask a reviewer where it is worth too much."""
        small = self._within_limit()
        (self - small).write(
            {
                "state": "approval",
                "action": "adopt",
                "reason": reason,
                "asked_by_id": self.env.uid,
                "note": self.env._("Above the limit: a reviewer decides."),
            }
        )
        small._do_adopt_now(reason, automatic)

    def _do_adopt_now(self, reason, automatic=False):
        for source, lines in self.grouped("source").items():
            model = self.env["dist.reconciliation"]._source_of(source)
            note = model._adopt(lines, reason)
            lines._acted("adopt", "done", reason, automatic, note)

    def _do_approve(self, reason="", user=None):
        own = self.filtered(lambda line: line.asked_by_id == self.env.user)
        if own:
            raise UserError(
                self.env._(
                    "You asked for this yourself: another reviewer approves %s.",
                    own[0].display_name,
                )
            )
        for why, lines in self.grouped("reason").items():
            lines._do_adopt_now(why or "")

    def _do_refuse(self, reason="", user=None):
        self.write(
            {
                "state": "open",
                "action": False,
                "note": self.env._("Refused by %s", self.env.user.name),
            }
        )

    def _do_republish(self, reason="", user=None, automatic=False):
        for source, lines in self.grouped("source").items():
            note = self.env["dist.reconciliation"]._source_of(source)._republish(lines)
            lines._acted("republish", "asked", reason, automatic, note)

    def _do_recount(self, reason="", user=None):
        for source, lines in self.grouped("source").items():
            note = self.env["dist.reconciliation"]._source_of(source)._recount(lines)
            lines._acted("recount", "asked", reason, note=note)

    def _do_accept(self, reason="", user=None):
        self._acted("accept", "accepted", reason)

    def _do_assign(self, reason="", user=None):
        if not user:
            raise UserError(self.env._("Choose who is to settle it."))
        self.user_id = user

    def _do_exception(self, reason="", user=None):
        """Open one exception for all of these lines at a partner."""
        for backend, lines in self.grouped("backend_id").items():
            names = "\n".join(line.display_name for line in lines[:TOLD])
            error = BusinessError(
                self.env._(
                    "%(count)s differences need a decision:\n%(names)s",
                    count=len(lines),
                    names=names,
                ),
                path=f"reconciliation {lines[0].source}, chosen",
                next_step=reason or "",
            )
            lines.exception_id = self.env["dist.exception"]._open_for_cause(
                backend, lines[0].flow_id, error
            )

    def _acted(self, action, state, reason, automatic=False, note=""):
        self.write(
            {
                "action": action,
                "state": state,
                "reason": reason,
                "note": note or False,
                "automatic": automatic,
                "acted_by_id": self.env.uid,
                "acted_at": fields.Datetime.now(),
            }
        )

    # --------------------------------------------------------------- checks

    @api.model
    def _check_group(self, group):
        """Refuse people without a role; the software itself may do everything.

        :raises AccessError: without the role
        """
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Your role does not include this. Ask for: %s",
                    self.env.ref(group).sudo().name,
                )
            )

    def _check_allowed(self, action):
        """Refuse what makes no sense for one of the lines.

        :raises UserError: naming the first such line
        """
        states = STATES.get(action, ("open", "asked"))
        for source, lines in self.grouped("source").items():
            model = self.env["dist.reconciliation"]._source_of(source)
            allowed_as = "adopt" if action in ("approve", "refuse") else action
            for line in lines:
                if (
                    not line.current
                    or line.state not in states
                    or allowed_as not in model._allowed(line)
                ):
                    raise UserError(
                        self.env._(
                            "%(line)s (%(state)s, %(kind)s) does not allow this.",
                            line=line.display_name,
                            state=line._label("state"),
                            kind=line._label("kind"),
                        )
                    )

    def _label(self, name):
        field = self._fields[name]
        return dict(field._description_selection(self.env)).get(self[name], "")

    def _within_limit(self):
        """Give the lines that are worth so little that they need no reviewer.

        A value of zero is a value that is not known.
        """
        return self.filtered(
            lambda line: 0 < line.value <= line.reconciliation_id.value_limit
        )

    def _lock(self):
        """Lock the lines: nobody else settles them meanwhile.

        :raises LockError: when somebody does just now
        """
        self.lock_for_update()
        return self
