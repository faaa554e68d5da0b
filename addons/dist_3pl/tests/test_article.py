"""A warehouse is told of a product before the first order that needs it."""

from odoo.addons.dist_connector_base.core.canonical import Article
from odoo.addons.dist_connector_base.core.wire import Outcome, Verdict
from odoo.tests import tagged

from .common import PROFILE, Answered, ThirdPartyCase

WITH_ARTICLES = PROFILE.replace(
    "flows:\n",
    "  teach:\n"
    '    file: {{folder: in, name: "ART_{{sku}}.json"}}\n'
    "    body: {{key: article_key}}\n"
    "flows:\n"
    "  article: {{direction: out, send: teach}}\n",
)


@tagged("post_install", "-at_install")
class TestArticle(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profile = cls.env["dist.profile"].create(
            {
                "document": WITH_ARTICLES.format(answer="at_once").replace(
                    "test_at_once", "test_articles"
                )
            }
        )
        profile._approve()
        cls.taught = cls.env["dist.backend"].create(
            {"name": "Taught", "profile_id": profile.id}
        )
        cls.house = cls.make_warehouse("TGT", cls.taught)
        for product in (cls.tea, cls.mug):
            cls.put_in_stock(product, 50, warehouse=cls.house)

    def articles(self, product=None):
        domain = [("message_type", "=", "article")]
        if product:
            domain.append(("res_id", "=", product.id))
        return self.env["dist.message"].search(domain, order="id")

    def answer_article(self, message, outcome=Outcome.ACCEPTED, **verdict):
        message.state = "done" if outcome is not Outcome.REJECTED else "exception"
        self.env["dist.handler.article"]._settle(
            [Answered(message, Verdict(outcome, **verdict))]
        )
        self.commit()

    def known(self, *products):
        """Have the warehouse know products."""
        self.env["product.product"].concat(*products).action_dist_send_article()
        for product in products:
            self.answer_article(self.articles(product)[-1])

    def test_the_first_order_waits_until_the_warehouse_knows_the_product(self):
        picking = self.delivery((self.tea, 2), warehouse=self.house)
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("does not know TEA", picking.dist_reason)
        self.assertFalse(self.messages(picking))
        self.answer_article(self.articles(self.tea))
        self.assertEqual(picking.dist_state, "queued")
        self.assertEqual(len(self.messages(picking)), 1)

    def test_an_order_of_two_new_products_waits_for_both(self):
        picking = self.delivery((self.tea, 1), (self.mug, 1), warehouse=self.house)
        self.answer_article(self.articles(self.tea))
        self.assertEqual(picking.dist_state, "blocked")
        self.answer_article(self.articles(self.mug))
        self.assertEqual(picking.dist_state, "queued")

    def test_a_product_is_told_once_for_all_orders(self):
        first = self.delivery((self.tea, 1), warehouse=self.house)
        second = self.delivery((self.tea, 1), warehouse=self.house)
        self.assertEqual(len(self.articles(self.tea)), 1)
        self.answer_article(self.articles(self.tea))
        self.assertEqual((first + second).mapped("dist_state"), ["queued"] * 2)
        self.assertEqual(
            self.delivery((self.tea, 1), warehouse=self.house).dist_state, "queued"
        )

    def test_a_partner_that_takes_no_articles_is_not_asked_to(self):
        self.assertEqual(self.delivery((self.tea, 1)).dist_state, "queued")
        self.assertFalse(self.articles())

    def test_packagings_lots_and_barcodes_are_told(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        dozen.dist_unit_code = "DZN"
        self.tea.uom_ids = dozen
        self.env["product.uom"].create(
            {"uom_id": dozen.id, "product_id": self.tea.id, "barcode": "4006381333931"}
        )
        self.tea.write({"barcode": "4006381333948", "weight": 0.25})
        self.tea.tracking = "lot"
        article = self.env["dist.handler.article"]._map(self.tea)
        self.assertEqual((article.tracking, article.gtin), ("lot", "4006381333948"))
        (pack,) = article.packs
        self.assertEqual(
            (pack.unit, pack.quantity, pack.gtin), ("DZN", 12, "4006381333931")
        )

    def test_a_change_is_sent_to_who_knows_the_product_and_holds_nothing_back(self):
        self.known(self.tea)
        self.tea.name = "Green tea"
        self.commit()
        first, second = self.articles(self.tea)
        self.assertNotEqual(first.key, second.key)
        self.assertEqual(Article.from_json(second.canonical).name, "Green tea")
        self.assertEqual(
            self.delivery((self.tea, 1), warehouse=self.house).dist_state, "queued"
        )

    def test_a_change_that_is_taken_back_is_sent_again(self):
        self.tea.name = "Tea"
        self.known(self.tea)
        for name in ("Green tea", "Tea", "Green tea"):
            self.tea.name = name
            self.commit()
            self.answer_article(self.articles(self.tea)[-1])
        told = [Article.from_json(m.canonical).name for m in self.articles(self.tea)]
        self.assertEqual(told, ["Tea", "Green tea", "Tea", "Green tea"])

    def test_a_change_bears_the_number_that_the_partner_told(self):
        self.tea.action_dist_send_article()
        first = self.articles(self.tea)
        self.assertFalse(Article.from_json(first.canonical).remote_id)
        self.answer_article(first, remote_id="61-62")
        for name in ("Green tea", "Black tea"):
            self.tea.name = name
            self.commit()
            change = self.articles(self.tea)[-1]
            self.assertEqual(Article.from_json(change.canonical).remote_id, "61-62")
            # an answer that tells none leaves it as it is
            self.answer_article(change)

    def test_a_change_that_concerns_no_warehouse_sends_nothing(self):
        self.known(self.tea)
        self.tea.list_price = 7
        self.mug.name = "Big mug"
        self.commit()
        self.assertEqual(len(self.articles()), 1)

    def test_a_renamed_sku_is_noticed_before_stock_is_left_behind(self):
        self.known(self.tea)
        self.tea.default_code = "TEA-NEW"
        self.commit()
        self.assertEqual(len(self.articles(self.tea)), 1)
        exception = self.env["dist.exception"].search(
            [("backend_id", "=", self.taught.id), ("path", "=", "sku")]
        )
        self.assertIn("renamed from TEA to TEA-NEW", exception.name)
        picking = self.delivery((self.tea, 1), warehouse=self.house)
        self.assertEqual(picking.dist_state, "blocked")
        self.assertIn("TEA-NEW", picking.dist_reason)

    def test_a_product_the_warehouse_refuses_says_so_on_the_delivery(self):
        picking = self.delivery((self.tea, 1), warehouse=self.house)
        message = self.articles(self.tea)
        self.answer_article(message, Outcome.REJECTED)
        self.env["dist.handler.article"]._failed(message, ValueError("bad barcode"))
        self.assertEqual(picking.dist_state, "blocked")
        self.assertEqual(picking.dist_reason, "bad barcode")
