"""What a partner's stock levels mean is proved over all its rows."""

from odoo.tests import tagged

from .common import ThirdPartyCase


@tagged("post_install", "-at_install")
class TestStockProof(ThirdPartyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = [cls.make_product(f"G{n}", stock=50) for n in range(8)]

    def tell(self, quantity, allocated=None):
        """Have the partner tell its stock: ``quantity`` of the product's number."""
        rows = []
        for number, product in enumerate(self.goods):
            row = {"sku": product.default_code, "quantity": quantity(number)}
            if allocated:
                row["allocated"] = allocated(number)
            rows.append(row)
        self.store(self.snapshot(*rows))

    def reserve(self, count=6):
        """Promise some of the stock to orders."""
        for number, product in enumerate(self.goods[:count]):
            self.delivery((product, number + 1))

    def prove(self):
        action = self.backend.action_prove_stock()
        return self.env["dist.proof"].browse(action["res_id"])

    def free(self, number):
        return 50 - (number + 1 if number < 6 else 0)

    def test_all_that_is_on_hand(self):
        self.reserve()
        self.tell(lambda _n: 50, lambda n: 50 - self.free(n))
        proof = self.prove()
        self.assertEqual((proof.decision, proof.winner), ("decided", "gross"))
        self.assertEqual((proof.row_count, proof.telling_count), (8, 6))

    def test_what_is_free_with_the_promised_part_beside_it(self):
        self.reserve()
        self.tell(self.free, lambda n: 50 - self.free(n))
        proof = self.prove()
        self.assertEqual((proof.decision, proof.winner), ("decided", "net_told"))

    def test_what_is_free_and_no_word_of_the_rest(self):
        self.reserve()
        self.tell(self.free)
        proof = self.prove()
        self.assertEqual((proof.decision, proof.winner), ("decided", "net"))
        proof.action_accept()
        self.assertEqual(self.backend.stock_basis, "net")

    def test_without_open_orders_the_declared_meaning_stays(self):
        self.tell(lambda _n: 50)
        self.backend.stock_basis = "net"
        proof = self.prove()
        self.assertEqual((proof.decision, proof.winner), ("same", "net"))

    def test_a_stock_that_is_wrong_proves_nothing(self):
        self.reserve()
        self.tell(lambda n: 7 * n)
        self.assertEqual(self.prove().winner, "")

    def test_nothing_told_nothing_proved(self):
        self.assertEqual(self.prove().decision, "empty")

    def test_stock_of_other_companies_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.make_warehouse(
            "OTH", self.make_backend("Eve", company=other), other
        )
        for product in self.goods:
            self.put_in_stock(product, 9, warehouse=elsewhere)
        self.reserve()
        self.tell(self.free)
        self.assertEqual(self.prove().winner, "net")

    def test_go_live_waits_for_the_proof_where_stock_is_told(self):
        names = [check.name for check in self.backend._go_live_checks()]
        self.assertNotIn("stock", names)
        profile = self.env["dist.profile"].search(
            [("code", "=", "csv_sftp"), ("current", "=", True)]
        )
        self.backend.profile_id = profile
        self.reserve()
        self.tell(self.free)
        self.assertFalse(self.stock_check())
        self.prove().action_accept()
        self.assertTrue(self.stock_check())
        self.backend.stock_basis = "gross"
        self.assertFalse(self.stock_check())

    def stock_check(self):
        (check,) = [c for c in self.backend._go_live_checks() if c.name == "stock"]
        return check.ok
