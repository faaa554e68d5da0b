"""Kits: told as such, asked for as such where the partner builds them, and complete.

What is reckoned needs no Odoo, see tests/core/dist_3pl/test_kits.py. These tests need
Manufacturing, which the addon does not depend on.
"""

import unittest
from unittest.mock import patch

from odoo.addons.dist_connector_base.core.canonical import FulfilmentRequest
from odoo.addons.dist_connector_base.core.errors import BusinessError
from odoo.addons.dist_connector_base.core.wire import Outcome, Verdict
from odoo.addons.dist_connector_base.models.dist_attempt import DistAttempt
from odoo.tests import tagged

from .common import Answered, ThirdPartyCase
from .test_article import WITH_ARTICLES
from .test_surplus import SurplusCase


class KitMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "mrp.bom" not in cls.env:
            raise unittest.SkipTest("kits need Manufacturing (mrp), not installed here")
        cls.set = cls.make_product("TEASET")
        cls.bom = cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": cls.set.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    (0, 0, {"product_id": cls.tea.id, "product_qty": 1}),
                    (0, 0, {"product_id": cls.mug.id, "product_qty": 2}),
                ],
            }
        )

    def request_of(self, picking):
        return FulfilmentRequest.from_json(self.messages(picking)[-1].canonical)


@tagged("post_install", "-at_install")
class TestKits(KitMixin, ThirdPartyCase):
    # ------------------------------------------------------------ requested

    def test_components_say_which_kit_they_belong_to(self):
        order = self.order((self.set, 3), (self.tea, 1))
        kit_line = order.order_line[0]
        tea, mug, single = self.request_of(order.picking_ids).lines
        self.assertEqual(
            (tea.sku, tea.quantity, tea.kit.sku, tea.kit.kits, tea.kit.per_kit),
            ("TEA", 3, "TEASET", 3, 1),
        )
        self.assertEqual((mug.sku, mug.quantity, mug.kit.per_kit), ("MUG", 6, 2))
        self.assertEqual(tea.kit.line_key, f"K{kit_line.id}")
        self.assertEqual(mug.kit.line_key, tea.kit.line_key)
        self.assertEqual((single.sku, single.kit), ("TEA", None))

    def test_a_partner_that_builds_kits_is_asked_for_the_kit(self):
        self.backend.builds_kits = True
        picking = self.delivery((self.set, 3), (self.tea, 1))
        kit, single = self.request_of(picking).lines
        self.assertEqual((kit.sku, kit.quantity, kit.unit), ("TEASET", 3, "EA"))
        self.assertEqual(
            [(part.sku, part.per_kit, part.quantity) for part in kit.components],
            [("TEA", 1, 3), ("MUG", 2, 6)],
        )
        self.assertEqual((single.sku, single.quantity), ("TEA", 1))
        lines = picking.dist_request_line_ids
        self.assertEqual(sorted(lines.mapped("quantity")), [1, 3, 6])

    def test_only_complete_kits_are_asked_for(self):
        self.backend.builds_kits = True
        self.put_in_stock(self.mug, -95)
        picking = self.delivery((self.set, 3), (self.tea, 1))
        kit, _single = self.request_of(picking).lines
        self.assertEqual(kit.quantity, 2)

    def test_without_a_complete_kit_the_delivery_waits(self):
        self.backend.builds_kits = True
        self.put_in_stock(self.mug, -99)
        picking = self.delivery((self.set, 3))
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("No complete kit is reserved", picking.dist_reason)

    def test_kits_of_kits_are_the_kit_that_was_ordered(self):
        gift = self.make_product("GIFT")
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": gift.product_tmpl_id.id,
                "type": "phantom",
                "product_qty": 2,
                "bom_line_ids": [(0, 0, {"product_id": self.set.id, "product_qty": 4})],
            }
        )
        tea, mug = self.request_of(self.delivery((gift, 3))).lines
        self.assertEqual((tea.kit.sku, tea.quantity, tea.kit.per_kit), ("GIFT", 6, 2))
        self.assertEqual((mug.quantity, mug.kit.per_kit), (12, 4))

    def test_an_address_that_changes_is_refused_for_kits_that_are_built(self):
        self.backend.builds_kits = True
        picking = self.accepted((self.set, 3))
        picking.scheduled_date = "2030-01-01 12:00:00"
        self.commit()
        self.assertEqual(picking.dist_change_state, "impossible")
        self.assertIn("was asked for kits", picking.dist_change_reason)

    def test_nothing_is_changed_by_asking_for_kits(self):
        self.backend.builds_kits = True
        picking = self.accepted((self.set, 3))
        picking._dist_change()
        self.assertEqual(picking.dist_change_state, "none")

    # ------------------------------------------------------------ confirmed

    def test_confirmed_kits_are_booked_on_their_components(self):
        self.backend.builds_kits = True
        picking = self.accepted((self.set, 3))
        self.ship(picking, {"sku": "TEASET", "quantity": 3})
        self.assertEqual(picking.state, "done")
        self.assertEqual(sorted(picking.move_ids.mapped("quantity")), [3, 6])
        self.assertEqual(picking.sale_id.order_line.qty_delivered, 3)

    def test_kits_that_are_missing_become_a_backorder(self):
        self.backend.builds_kits = True
        picking = self.accepted((self.set, 3))
        self.ship(picking, {"sku": "TEASET", "quantity": 2})
        self.assertEqual(sorted(picking.move_ids.mapped("quantity")), [2, 4])
        backorder = picking.backorder_ids
        (kit,) = self.request_of(backorder).lines
        self.assertEqual((kit.sku, kit.quantity), ("TEASET", 1))

    def test_components_that_make_no_complete_kit_are_an_exception(self):
        picking = self.accepted((self.set, 3))
        with self.assertRaisesRegex(BusinessError, "3 TEASET lack 2 MUG"):
            self.ship(
                picking, {"sku": "TEA", "quantity": 3}, {"sku": "MUG", "quantity": 4}
            )
        self.assertEqual(picking.state, "assigned")


@tagged("post_install", "-at_install")
class TestKitQuestion(KitMixin, SurplusCase):
    def setUp(self):
        super(SurplusCase, self).setUp()
        self.startPatcher(patch.object(DistAttempt, "_own_cursor", self._same_cursor))

    def test_a_reviewer_accepts_what_is_not_complete(self):
        self.picking = self.accepted((self.set, 3))
        self.message = self.arrive(*zip(self.picking.move_ids, (3, 4), strict=True))
        exception = self.message.exception_ids
        self.assertTrue(exception.is_kit_question)
        self.assertFalse(exception.is_pack_question)
        exception.action_accept_as_said()
        self.replayed()
        self.assertEqual(self.message.state, "done")
        self.assertEqual(self.picking.move_ids.mapped("quantity"), [3, 4])


@tagged("post_install", "-at_install")
class TestKitArticles(KitMixin, ThirdPartyCase):
    profile_code = "test_kit_{answer}"
    profile_text = WITH_ARTICLES.replace("test_{answer}", "test_kit_{answer}")

    def take_articles(self):
        """Have the partner take every article that it was told of."""
        messages = self.env["dist.message"].search(
            [("message_type", "=", "article"), ("state", "=", "ready")]
        )
        messages.state = "done"
        self.env["dist.handler.article"]._settle(
            [Answered(message, Verdict(Outcome.ACCEPTED)) for message in messages]
        )
        self.commit()
        return sorted(message.key.split("#")[0] for message in messages)

    def test_an_article_says_what_a_kit_is_made_of(self):
        article = self.env["dist.handler.article"]._map(self.set)
        self.assertEqual(
            [(part.sku, part.quantity, part.unit) for part in article.components],
            [("TEA", 1, "EA"), ("MUG", 2, "EA")],
        )
        self.assertFalse(self.env["dist.handler.article"]._map(self.tea).components)

    def test_a_kit_that_the_partner_builds_is_told_before_the_first_order(self):
        self.backend.builds_kits = True
        picking = self.delivery((self.set, 1))
        self.assertEqual(picking.dist_state, "blocked")
        self.assertEqual(self.take_articles(), ["MUG", "TEA", "TEASET"])
        self.assertEqual(picking.dist_state, "queued")

    def test_a_kit_that_is_only_picked_need_not_be_known(self):
        self.delivery((self.set, 1))
        self.assertEqual(self.take_articles(), ["MUG", "TEA"])

    def test_a_kit_that_is_made_otherwise_is_told_anew(self):
        self.backend.builds_kits = True
        self.delivery((self.set, 1))
        self.take_articles()
        self.bom.bom_line_ids[1].product_qty = 3
        self.assertEqual(self.delivery((self.set, 1)).dist_state, "queued")
        self.assertEqual(self.take_articles(), ["TEASET"])
