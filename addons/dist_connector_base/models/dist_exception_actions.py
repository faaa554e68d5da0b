"""What a person can do about an exception. Each step is checked and audited."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..core.canonical import DOCUMENTS
from ..core.errors import DistError
from ..core.impact import raised
from ..pipeline.outbox import Outbound

#: Exceptions handled at once that still get a line in their chatter.
CHATTER_UP_TO = 20


class DistException(models.Model):
    _inherit = "dist.exception"

    can_tell_partner = fields.Boolean(compute="_compute_can_tell_partner")

    @api.depends("message_id.direction", "backend_id.flow_ids.active")
    def _compute_can_tell_partner(self):
        for exception in self:
            exception.can_tell_partner = (
                exception.message_id.direction == "in"
                and exception.backend_id._flow("application_advice").direction == "out"
            )

    # -------------------------------------------------------------- buttons

    def action_take(self):
        """Make the user the owner."""
        self._need("group_operator")
        self.sudo().write({"user_id": self.env.uid, "state": "working"})
        self.env["dist.audit"]._record("exception.take", self)

    def action_replay(self):
        """Handle the messages once more. The exception closes when it succeeds."""
        self._need("group_operator")
        count = self._replay()
        return self._notify(self.env._("%s messages are in line again.", count))

    def action_send_again(self):
        """Send again after the partner said that nothing arrived."""
        self._need("group_reviewer")
        self.message_id.action_send_again()
        self._did("send_again")
        self.env["dist.audit"]._record("exception.send_again", self)

    def action_escalate(self):
        """Ask the team's leader for help now."""
        self._need("group_operator")
        waiting = self.filtered(lambda e: e.state != "resolved")
        waiting._escalate(self.env._("Escalated by %s.", self.env.user.name))
        self.env["dist.audit"]._record("exception.escalate", waiting)
        return self._notify(self.env._("%s exceptions are escalated.", len(waiting)))

    def action_accept(self):
        """Ask for the reason, then close without an effect."""
        return self._ask("accept", self.env._("Accept and close"))

    def action_reject(self):
        """Ask for the reason, then refuse the document and tell the partner."""
        return self._ask("reject", self.env._("Reject and tell the partner"))

    def action_assign(self):
        """Ask whose it is to be."""
        return self._ask("assign", self.env._("Assign"))

    def action_redrive(self):
        """Ask how fast, then replay many."""
        return self._ask("redrive", self.env._("Replay at a measured pace"))

    def action_map_code(self):
        """Ask what the unknown code means, then replay all it has stopped."""
        self.ensure_one()
        return self._open_wizard("dist.exception.map", self.env._("Map the code"))

    def action_correct(self):
        """Open the document for correction."""
        self.ensure_one()
        return self._open_wizard(
            "dist.exception.correct", self.env._("Correct the document")
        )

    def action_open_message(self):
        """Open the message behind the exception."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "dist.message",
            "res_id": self.message_id.id,
            "view_mode": "form",
        }

    def action_open_record(self):
        """Open the record behind the exception."""
        self.ensure_one()
        if not self.res_model or not self.res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }

    def action_open_same_cause(self):
        """Open everything that waits for the same cause."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dist_connector_base.dist_exception_action"
        )
        action["domain"] = [("fingerprint", "=", self.fingerprint)]
        return action

    # ----------------------------------------------------- what buttons do

    def _replay(self, per_minute=0, action="replay", value=""):
        """Put the failed messages back in line.

        :param per_minute: so many each minute; 0: all at once
        :param action: what made the replay worth a try, of ``last_action``
        :return: how many messages
        :raises UserError: none of them stands still
        """
        failed = self.message_id.filtered(lambda m: m.state in ("exception", "dead"))
        if not failed:
            raise UserError(
                self.env._(
                    "Nothing to replay: only messages in exception can be replayed, "
                    "and they are handled already."
                )
            )
        failed.action_replay()
        if per_minute > 0:
            failed.sudo()._spread(per_minute)
        done = self.filtered(lambda e: e.message_id in failed)
        done._did(action, value)
        self.env["dist.audit"]._record(
            f"exception.{action}", done, value, per_minute=per_minute
        )
        return len(failed)

    def _accept(self, reason):
        """Close without an effect: a person settled the matter elsewhere.

        :param reason: why; a person has to give one
        """
        self._need("group_reviewer")
        self._need_reason(reason)
        waiting = self.filtered(lambda e: e.state != "resolved")
        waiting.message_id.filtered(
            lambda m: m.state in ("exception", "dead")
        ).action_accept()
        waiting._did("accept", reason)
        for exception in waiting:
            exception._resolve("accepted" if exception.message_id else "closed", reason)
        self.env["dist.audit"]._record("exception.accept", waiting, reason)

    def _reject(self, reason, told=""):
        """Refuse incoming documents, and tell the partner where the profile can.

        :param told: how a person told the partner, for those that the suite cannot
        :raises UserError: nobody has told the partner
        """
        self._need("group_reviewer")
        self._need_reason(reason)
        for exception in self.filtered(lambda e: e.state != "resolved"):
            message = exception.message_id
            if message.direction != "in" or message.state not in ("exception", "dead"):
                raise UserError(
                    self.env._("Only a document that came in can be rejected.")
                )
            by_itself = exception.can_tell_partner
            if by_itself:
                exception._send_rejection(reason)
                how = self.env._("The partner is told by an application advice.")
            elif told:
                how = self.env._("The partner was told: %s", told)
            else:
                raise UserError(
                    self.env._(
                        "The profile of %s has no way to reject a document. Tell the "
                        "partner, and write down how.",
                        exception.backend_id.name,
                    )
                )
            message.action_accept()
            exception._did("reject", reason)
            exception._resolve("rejected", f"{reason}\n{how}")
            exception.sudo().message_post(
                body=" ".join((reason, how)), author_id=self.env.user.partner_id.id
            )
            self.env["dist.audit"]._record(
                "exception.reject", exception, reason, told=told, sent=by_itself
            )

    def _send_rejection(self, reason):
        """Store the intent to tell the partner, in this transaction."""
        message = self.message_id
        advice = DOCUMENTS["application_advice"].parse(
            {
                "advice_key": f"REJ-{message.id}",
                "about": message.key or message.source or str(message.id),
                "about_message": message.message_type,
                "status": "rejected",
                "issued_at": f"{fields.Datetime.now().isoformat()}+00:00",
                "errors": [{"code": self.error_class, "text": reason}],
            }
        )
        try:
            self.backend_id._dist_send(
                "application_advice",
                [Outbound(advice, message, correlation=message.correlation or "")],
            )
        except DistError as exc:
            raise UserError(exc.advice) from exc

    def _assign(self, team, user):
        """Give the exceptions to a team, a person, or both."""
        self._need("group_operator")
        self.write({"team_id": team.id, "user_id": user.id})
        if user and user != self.env.user:
            for exception in self.sudo():
                exception.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.env._("Exception for you: %s", exception.name),
                )

    def _escalate(self, note):
        """Hand over to the leader: an activity, a higher severity, once."""
        for exception in self.sudo():
            leader = exception.team_id.leader_id or exception.backend_id.user_id
            exception.write(
                {
                    "escalated_at": fields.Datetime.now(),
                    "severity": raised(exception.severity),
                }
            )
            exception.message_post(body=note)
            if leader:
                exception.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=leader.id,
                    summary=self.env._("Escalated: %s", exception.name),
                    note=note,
                )

    # ------------------------------------------------------- private steps

    def _need(self, group):
        """Check that the user may do this.

        :raises AccessError: when not, whatever the screen showed
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            f"dist_connector_base.{group}"
        ):
            raise AccessError(
                self.env._(
                    "Your role does not allow this. Ask somebody with the role %s.",
                    self.env.ref(f"dist_connector_base.{group}").sudo().name,
                )
            )

    def _need_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Please give a reason."))

    def _did(self, action, value=""):
        """Note what a person did last; whoever closes it later gets the credit."""
        # a line in the chatter of each is for a few; the audit has all
        quiet = len(self) > CHATTER_UP_TO
        self.sudo().with_context(tracking_disable=quiet).write(
            {
                "last_action": action,
                "last_action_value": value or False,
                "last_action_by_id": self.env.uid,
                "state": "working",
            }
        )

    def _notify(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": text,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask(self, kind, title):
        self.check_access("read")
        return self._open_wizard("dist.exception.decide", title, default_kind=kind)

    def _open_wizard(self, model, title, **context):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {
                **context,
                "active_model": self._name,
                "active_ids": self.ids,
                "active_id": self.ids[:1] and self.ids[0],
            },
        }
