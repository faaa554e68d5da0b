"""More left the warehouse than was asked: a person decides, in two clicks."""

import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.addons.dist_connector_base.pipeline import ledger
from odoo.addons.dist_connector_base.tests.common import BrowserCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import SHIPPED_AT, ThirdPartyCase

PROFILE = """
profile: test_surplus
version: "1"
title: House that ships too much
transport: folder
operations:
  ask:
    file: {folder: in, name: "ORD_{request_key}.json"}
    body: {key: request_key}
flows:
  fulfilment_request: {direction: out, send: ask}
  shipment_confirmation:
    direction: in
    file: {folder: out, pattern: "SHP_*.json", archive: done}
    map:
      confirmation_key: number
      request_key: request
      shipped_at: at
      lines: {each: lines, map: {line_key: line, quantity: quantity}}
"""


class SurplusCase(ThirdPartyCase):
    @classmethod
    def make_backend(cls, name="Bob", answer="at_once", company=None):
        profile = cls.env["dist.profile"].search([("code", "=", "test_surplus")])
        if not profile:
            profile = cls.env["dist.profile"].create({"document": PROFILE})
            profile._approve()
        return cls.env["dist.backend"].create({"name": name, "profile_id": profile.id})

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))
        self.picking = self.accepted((self.tea, 2), (self.mug, 1))
        tea, mug = self.picking.move_ids
        self.message = self.arrive((tea, 5), (mug, 1))
        self.exception = self.message.exception_ids

    @contextmanager
    def _same_cursor(self):
        # A test's rows are never committed, so a second cursor could not see them.
        yield self.env.cr

    def arrive(self, *lines):
        """Put a confirmation over ``(move, quantity)`` on record, and handle it."""
        self.flow = self.backend._flow("shipment_confirmation").with_context(
            dist_no_wake=True
        )
        body = {
            "number": f"SHP-{lines[0][0].id}",
            "request": self.picking.dist_request_key,
            "at": SHIPPED_AT,
            "lines": [
                {"line": str(move.id), "quantity": quantity} for move, quantity in lines
            ],
        }
        (message_id,) = ledger.insert_arrivals(
            self.env, self.flow, [ledger.Arrival(json.dumps(body).encode(), via="file")]
        )
        self.handle()
        return self.env["dist.message"].browse(message_id)

    def handle(self):
        """Run the flow's job on what is due."""
        self.env.flush_all()
        self.flow._job_run()
        self.env.flush_all()
        self.env.invalidate_all()

    def replayed(self):
        """Let the replay come, as the queue would do."""
        self.message.write({"next_try_at": "2020-01-01 00:00:00"})
        self.handle()


@tagged("post_install", "-at_install")
class TestSurplus(SurplusCase):
    def test_more_than_was_asked_waits_for_a_person(self):
        self.assertEqual(self.message.state, "exception")
        self.assertTrue(self.exception.is_surplus)
        self.assertEqual(self.picking.state, "assigned")

    def test_an_accepted_surplus_is_booked_as_it_left(self):
        self.exception.action_accept_surplus()
        self.replayed()
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.exception.state, "resolved")
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(self.picking.move_ids.mapped("quantity"), [5, 1])
        self.assertEqual(
            self.picking.sale_id.order_line.mapped("qty_delivered"), [5, 1]
        )
        audit = self.env["dist.audit"].search(
            [("action", "=", "exception.accept_surplus")]
        )
        self.assertEqual(audit.summary, "TEA +3")

    def test_only_this_much_is_accepted(self):
        self.exception.action_accept_surplus()
        line = self.picking.dist_request_line_ids[0]
        self.assertEqual(line.surplus_allowed, 3)
        with self.assertRaisesRegex(UserError, "in exception"):
            self.exception.action_accept_surplus()

    def test_an_operator_may_not_accept_it(self):
        operator = new_test_user(
            self.env, "op", groups="dist_connector_base.group_operator"
        )
        with self.assertRaises(AccessError):
            self.exception.with_user(operator).action_accept_surplus()


@tagged("post_install", "-at_install")
class TestSurplusTour(BrowserCase, SurplusCase):
    def test_a_reviewer_accepts_the_surplus_in_the_browser(self):
        self.start_tour(
            "/odoo/distribution-exceptions", "dist_accept_surplus", login="admin"
        )
        self.env.invalidate_all()
        self.replayed()
        self.assertEqual(self.picking.move_ids.mapped("quantity"), [5, 1])
