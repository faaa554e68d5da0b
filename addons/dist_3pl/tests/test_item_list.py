"""A partner's own numbers of our products."""

from odoo.addons.dist_connector_base.core.canonical import ItemList
from odoo.tests import tagged

from .common import Arrived, ThirdPartyCase


@tagged("post_install", "-at_install")
class TestItemList(ThirdPartyCase):
    def take(self, **numbers):
        rows = [
            {"sku": sku, "remote_item": number}
            for sku, told in numbers.items()
            for number in (told if isinstance(told, list) else [told])
        ]
        arrived = Arrived(
            self.backend, ItemList.parse({"list_key": "L1", "rows": rows})
        )
        self.env["dist.handler.item_list"]._apply([arrived])
        return arrived

    def numbers(self):
        return self.env["dist.partner.item"]._of(self.backend, self.tea | self.mug)

    def test_numbers_are_kept_and_follow_the_partner(self):
        self.take(TEA="31", MUG="32", STRANGE="33")
        self.assertEqual(self.numbers(), {self.tea.id: "31", self.mug.id: "32"})
        # they were swapped, and one is new
        self.take(TEA="32", MUG="40")
        self.assertEqual(self.numbers(), {self.tea.id: "32", self.mug.id: "40"})

    def test_what_did_not_change_is_not_written(self):
        self.take(TEA="31")
        item = self.env["dist.partner.item"].search([("product_id", "=", self.tea.id)])
        self.take(TEA="31")
        self.assertTrue(item.exists())

    def test_two_items_of_one_sku_are_for_a_person(self):
        arrived = self.take(TEA=["31", "35"])
        self.assertEqual(self.numbers(), {self.tea.id: "31"})
        self.assertIn("TEA", arrived.warnings[0].message)

    def test_another_company_sees_none_of_it(self):
        self.take(TEA="31")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "stranger_items",
                "company_ids": [(6, 0, other.ids)],
                "company_id": other.id,
                "group_ids": [
                    (4, self.env.ref("dist_connector_base.group_manager").id)
                ],
            }
        )
        items = self.env["dist.partner.item"].with_user(stranger)
        self.assertFalse(items.search([("backend_id", "=", self.backend.id)]))
