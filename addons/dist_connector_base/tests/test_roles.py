"""Who may see and do what: see ``roles.py`` for how to enter a new model."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..core.errors import BusinessError
from .common import DistCase, shipment
from .roles import DECIDERS, EVERYBODY, WORKERS, RolesMixin

#: Letters for user, auditor, operator, reviewer, manager, credential administrator.
RIGHTS = {
    "dist.attempt": ("", "r", "r", "r", "r", "r"),
    "dist.audit": ("", "r", "", "", "", "r"),
    "dist.backend": ("", "r", "r", "r", "rwcu", "r"),
    "dist.backend.go.live": ("", "", "", "", "rwcu", ""),
    "dist.backend.setting": ("", "r", "r", "r", "rwcu", "r"),
    "dist.binding": ("", "r", "r", "r", "rwcu", "r"),
    "dist.bucket": ("", "", "", "", "r", ""),
    "dist.circuit": ("", "r", "r", "r", "r", "r"),
    "dist.circuit.override": ("", "", "", "", "rwc", ""),
    "dist.code.listed": ("", "r", "r", "r", "r", "r"),
    "dist.code.map": ("", "r", "r", "rwc", "rwcu", "r"),
    "dist.code.map.import": ("", "", "", "rwcu", "rwcu", ""),
    "dist.code.unmapped": ("", "r", "r", "r", "r", "r"),
    "dist.correlation": ("", "r", "r", "r", "r", "r"),
    "dist.credential": ("", "", "", "", "", "rwcu"),
    "dist.erase.partner": ("", "", "", "", "rwcu", ""),
    "dist.exception": ("", "r", "rw", "rw", "rw", "r"),
    "dist.exception.correct": ("", "", "", "rwcu", "rwcu", ""),
    "dist.exception.decide": ("", "", "rwcu", "rwcu", "rwcu", ""),
    "dist.exception.map": ("", "", "", "rwcu", "rwcu", ""),
    "dist.exception.rule": ("", "r", "r", "r", "rwcu", "r"),
    "dist.expectation": ("", "r", "r", "r", "r", "r"),
    "dist.expectation.rule": ("", "r", "r", "r", "rw", "r"),
    "dist.flow": ("", "r", "r", "r", "rw", "r"),
    "dist.flow.back.fill": ("", "", "", "", "rwc", ""),
    "dist.flow.stat": ("", "r", "r", "r", "r", "r"),
    "dist.legal.hold": ("", "r", "", "", "rwc", "r"),
    "dist.masking.rule": ("", "r", "", "", "rwcu", "r"),
    "dist.message": ("", "r", "rw", "rw", "rw", "r"),
    "dist.message.version": ("", "r", "r", "r", "r", "r"),
    "dist.milestone": ("r", "r", "r", "r", "r", "r"),
    "dist.profile": ("", "r", "r", "r", "rwcu", "r"),
    "dist.profile.clone": ("", "", "", "", "rwcu", ""),
    "dist.profile.contract": ("", "", "", "", "rwcu", ""),
    "dist.profile.import": ("", "", "", "", "rwcu", ""),
    "dist.profile.preview": ("", "rwcu", "", "rwcu", "rwcu", "rwcu"),
    "dist.proof": ("", "r", "r", "r", "r", "r"),
    "dist.reconciliation": ("", "r", "r", "r", "r", "r"),
    "dist.reconciliation.line": ("", "r", "r", "r", "r", "r"),
    "dist.reconciliation.settle": ("", "", "rwcu", "rwcu", "rwcu", ""),
    "dist.reconciliation.start": ("", "", "rwcu", "rwcu", "rwcu", ""),
    "dist.reconciliation.total": ("", "r", "r", "r", "r", "r"),
    "dist.retention.rule": ("", "r", "", "", "rwcu", "r"),
    "dist.shadow.result": ("", "r", "r", "r", "r", "r"),
    "dist.team": ("", "r", "r", "r", "rwcu", "r"),
    "dist.timeline": ("r", "r", "r", "r", "r", "r"),
}
SHARED = {
    "dist.profile": "what we know of a partner is the same for all companies",
}
#: EVERYBODY stands at buttons that only open a wizard, which checks by itself.
ACTIONS = {
    "dist.audit": {
        "action_check": "auditor credential",
    },
    "dist.backend": {
        "action_fetch_webhook_keys": "manager",
        "action_go_live": "manager",
        "action_read_codes": "manager",
        "action_rotate_webhook_token": "manager",
        "action_test_connection": "manager",
    },
    "dist.backend.go.live": {
        "action_go_live": "manager",
    },
    "dist.circuit": {
        "action_automatic": "manager",
        "action_let_through": "manager",
        "action_stop": "manager",
    },
    "dist.circuit.override": {
        "action_confirm": "manager",
    },
    "dist.code.map.import": {
        "action_import": DECIDERS,
    },
    "dist.code.unmapped": {
        "action_map": EVERYBODY,
    },
    "dist.credential": {
        "action_end_previous": "credential",
        "action_renew": "credential",
    },
    "dist.erase.partner": {
        "action_erase": "manager",
    },
    "dist.exception": {
        "action_accept": EVERYBODY,
        "action_assign": EVERYBODY,
        "action_correct": EVERYBODY,
        "action_escalate": WORKERS,
        "action_follow_suggestion": EVERYBODY,
        "action_map_code": EVERYBODY,
        "action_redrive": EVERYBODY,
        "action_reject": EVERYBODY,
        "action_replay": WORKERS,
        "action_send_again": DECIDERS,
        "action_take": WORKERS,
    },
    "dist.exception.correct": {
        "action_apply": DECIDERS,
    },
    "dist.exception.decide": {
        "action_apply": DECIDERS,
    },
    "dist.exception.map": {
        "action_apply": DECIDERS,
    },
    "dist.flow": {
        "action_back_fill": "manager",
        "action_drain": "manager",
        "action_fetch_now": "manager",
        "action_live": "manager",
        "action_pause": "manager",
        "action_resume": "manager",
        "action_shadow": "manager",
    },
    "dist.flow.back.fill": {
        "action_confirm": "manager",
    },
    "dist.legal.hold": {
        "action_release": "manager",
    },
    "dist.message": {
        "action_accept": DECIDERS,
        "action_put_first": WORKERS,
        "action_replay": WORKERS,
        "action_send_again": DECIDERS,
    },
    "dist.profile": {
        "action_approve": "manager",
        "action_export": "auditor operator reviewer manager credential",
        "action_new_version": "manager",
        "action_retire": "manager",
        "action_roll_back": "manager",
        "action_run_samples": "manager",
    },
    "dist.profile.clone": {
        "action_clone": "manager",
    },
    "dist.profile.contract": {
        "action_pin": "manager",
    },
    "dist.profile.import": {
        "action_import": "manager",
    },
    "dist.proof": {
        "action_accept": "manager",
    },
    "dist.reconciliation": {
        "action_compare_again": WORKERS,
    },
    "dist.reconciliation.line": {
        "action_approve": DECIDERS,
        "action_refuse": DECIDERS,
        "action_settle": WORKERS,
        "action_take": WORKERS,
    },
    "dist.reconciliation.settle": {
        "action_apply": WORKERS,
    },
    "dist.reconciliation.start": {
        "action_start": WORKERS,
    },
}


@tagged("post_install", "-at_install")
class TestRoles(RolesMixin, DistCase):
    addon = "dist_connector_base"
    rights = RIGHTS
    shared = SHARED
    actions = ACTIONS
    extra = {"dist.exception.rule": {"user_id": 2}}

    def failed(self):
        self.handler.faults = {"S1": BusinessError("no")}
        return self.arrive(shipment()).with_context(dist_no_wake=True)

    def test_operator_replays_and_auditor_does_not(self):
        message = self.failed()
        with self.assertRaises(AccessError):
            message.with_user(self.user("auditor")).action_replay()
        message.with_user(self.user("operator")).action_replay()
        self.assertEqual(message.state, "received")

    def test_reviewer_accepts_and_operator_does_not(self):
        message = self.failed()
        with self.assertRaises(AccessError):
            message.with_user(self.user("operator")).action_accept()
        message.with_user(self.user("reviewer")).action_accept()
        self.assertEqual(message.state, "cancelled")
