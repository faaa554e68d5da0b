"""Who may see and do what: see ``roles.py`` of the base for how to enter a model."""

from odoo.addons.dist_connector_base.tests.common import DistCase
from odoo.addons.dist_connector_base.tests.roles import (
    DECIDERS,
    EVERYBODY,
    WORKERS,
    RolesMixin,
)
from odoo.tests import tagged

#: Letters for user, auditor, operator, reviewer, manager, credential administrator.
RIGHTS = {
    "dist.adjustment": ("", "r", "r", "rw", "rw", "r"),
    "dist.adjustment.line": ("", "r", "r", "r", "r", "r"),
    "dist.hold.ask": ("", "", "rwcu", "rwcu", "rwcu", ""),
    "dist.parcel": ("", "r", "r", "r", "r", "r"),
    "dist.parcel.content": ("", "r", "r", "r", "r", "r"),
    "dist.partner.item": ("", "r", "r", "r", "rwcu", "r"),
    "dist.partner.snapshot": ("", "r", "r", "r", "r", "r"),
    "dist.partner.stock": ("", "r", "r", "r", "r", "r"),
    "dist.place": ("", "r", "r", "r", "rwcu", "r"),
    "dist.rate.card": ("", "r", "r", "rwc", "rwcu", "r"),
    "dist.rate.line": ("", "r", "r", "rwc", "rwcu", "r"),
    "dist.receipt.cost": ("", "r", "r", "r", "r", "r"),
    "dist.receipt.line": ("", "r", "r", "r", "r", "r"),
    "dist.request.line": ("", "r", "r", "r", "r", "r"),
    "dist.return": ("", "r", "rwc", "rwc", "rwc", "r"),
    "dist.return.line": ("", "r", "rwcu", "rwcu", "rwcu", "r"),
    "dist.routing.rule": ("", "r", "r", "rwc", "rwcu", "r"),
    "dist.routing.simulation": ("", "rwcu", "rwcu", "rwcu", "rwcu", "rwcu"),
    "dist.routing.simulation.line": ("", "rwcu", "rwcu", "rwcu", "rwcu", "rwcu"),
    "dist.routing.simulation.verdict": ("", "rwcu", "rwcu", "rwcu", "rwcu", "rwcu"),
    "dist.service.charge": ("", "r", "rw", "rw", "rw", "r"),
    "dist.shipping.cost": ("", "r", "r", "r", "r", "r"),
    "dist.substitution": ("", "r", "r", "rwc", "rwcu", "r"),
    "dist.substitution.decide": ("", "", "", "rwcu", "rwcu", ""),
    "dist.service.invoice": ("", "r", "r", "r", "r", "r"),
}
ACTIONS = {
    "dist.backend": {
        "action_prove_stock": "manager",
    },
    "dist.exception": {
        "action_accept_as_said": DECIDERS,
        "action_accept_surplus": DECIDERS,
        "action_approve_substitution": DECIDERS,
        "action_reject_substitution": DECIDERS,
        "action_read_as_packs": DECIDERS,
    },
    "dist.hold.ask": {
        "action_confirm": WORKERS,
    },
    "dist.substitution.decide": {
        "action_confirm": DECIDERS,
    },
    "dist.adjustment": {
        "action_approve": DECIDERS,
        "action_refuse": DECIDERS,
    },
    "dist.return": {
        "action_assign": WORKERS,
        "action_authorise": WORKERS,
        "action_cancel": WORKERS,
        "action_messages": EVERYBODY,
        "action_propose_credit": WORKERS,
        "action_replace": WORKERS,
    },
    "dist.routing.simulation": {
        "action_simulate": "auditor operator reviewer manager credential",
    },
    "dist.service.charge": {
        "action_accept": DECIDERS,
        "action_check_again": WORKERS,
        "action_credited": DECIDERS,
    },
}


@tagged("post_install", "-at_install")
class TestRoles(RolesMixin, DistCase):
    addon = "dist_3pl"
    rights = RIGHTS
    actions = ACTIONS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a product cannot take the place of itself
        other = cls.env["product.product"].create({"name": "Substitute"})
        cls.extra = {"dist.substitution": {"substitute_id": other.id}}
