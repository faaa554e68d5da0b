"""What a failed message means for an order, its customer and what sells best."""

import json
from typing import NamedTuple

from odoo import fields, models, tools
from odoo.addons.dist_connector_base.core.impact import Impact
from odoo.tools import SQL

#: How far back sales count.
SALES_DAYS = 90


class _Subject(NamedTuple):
    """What a message is about."""

    picking: models.BaseModel
    skus: frozenset


class DistHandler(models.AbstractModel):
    _inherit = "dist.handler"

    def _dist_impact(self, messages):
        """Give order value, customer, promised date and whether a top seller is in it.

        The transfer is the one that the message is linked with, or the one of the
        request or advice that the document names. A message about stock has no
        transfer; its products count all the same.
        """
        impacts = super()._dist_impact(messages)
        subjects = self._dist_subjects(messages)
        products = self._dist_products(messages, subjects)
        top = {
            company.id: self._dist_top_sellers(
                company.id,
                fields.Date.today(),
                company.dist_top_seller_share,
            )
            for company in messages.company_id
        }
        for message in messages:
            subject = subjects[message.id]
            sells = not products[message.id].isdisjoint(
                top.get(message.company_id.id, ())
            )
            if subject.picking:
                impacts[message.id] = self._dist_picking_impact(subject.picking, sells)
            elif sells:
                impacts[message.id] = Impact(top_seller=True)
        return impacts

    def _dist_subjects(self, messages):
        """Give transfer and SKUs of each message.

        :rtype: dict[int, _Subject]
        """
        said = {message.id: _read(message.canonical) for message in messages}
        by_key = {
            **self._dist_pickings_of(
                "dist.request.line", "request_key", messages, said
            ),
            **self._dist_pickings_of(
                "dist.receipt.line", "receipt_key", messages, said
            ),
        }
        pickings = self.env["stock.picking"].sudo()
        linked = pickings.browse(
            messages.filtered(lambda m: m.res_model == "stock.picking").mapped("res_id")
        ).exists()
        subjects = {}
        for message in messages:
            document = said[message.id]
            picking = pickings
            if message.res_model == "stock.picking":
                picking = pickings.browse(message.res_id) & linked
            for name in ("request_key", "receipt_key"):
                key = (name, message.backend_id.id, document.get(name))
                picking = picking or by_key.get(key, pickings)
            subjects[message.id] = _Subject(
                picking.with_prefetch(linked._prefetch_ids), _skus(document)
            )
        return subjects

    def _dist_pickings_of(self, model, name, messages, said):
        """Give the transfer of each request or advice; the latest of several.

        :return: ``{(name, backend id, key): stock.picking}``
        """
        keys = {document.get(name) for document in said.values()} - {None}
        if not keys:
            return {}
        lines = (
            self.env[model]
            .sudo()
            .search(
                [
                    ("backend_id", "in", messages.backend_id.ids),
                    (name, "in", list(keys)),
                ],
                order="id",
            )
        )
        return {
            (name, line.backend_id.id, line[name]): line.move_id.picking_id
            for line in lines
        }

    def _dist_products(self, messages, subjects):
        """Give the ids of the products of each message.

        :rtype: dict[int, set[int]]
        """
        skus = frozenset().union(*(subject.skus for subject in subjects.values()))
        found = {}
        if skus:
            # archived ones too: what a warehouse still holds still matters
            products = (
                self.env["product.product"].sudo().with_context(active_test=False)
            )
            for product in products.search([("default_code", "in", list(skus))]):
                found.setdefault(product.default_code, set()).add(product.id)
        return {
            message.id: set(subjects[message.id].picking.move_ids.product_id.ids).union(
                *(found.get(sku, ()) for sku in subjects[message.id].skus)
            )
            for message in messages
        }

    def _dist_picking_impact(self, picking, top_seller):
        sale, purchase = picking.sale_id, picking.purchase_id
        order = sale or purchase
        return Impact(
            value=order.amount_total if order else 0.0,
            currency_id=order.currency_id.id if order else None,
            customer_id=(sale.partner_id or picking.partner_id).id or None
            if not purchase
            else None,
            promised_at=(sale.commitment_date if sale else False)
            or picking.date_deadline
            or picking.scheduled_date
            or None,
            top_seller=top_seller,
            res_model="stock.picking",
            res_id=picking.id,
        )

    @tools.ormcache("company_id", "day", "share")
    def _dist_top_sellers(self, company_id, day, share):
        """Give the products that sold best in the last 90 days.

        Of all products that left to customers, so many percent are top sellers as
        the company says, those with the largest quantities, in the product's unit.
        It is worked out once a day.

        :param day: today
        :param share: in percent; 0: none
        :rtype: frozenset[int]
        """
        rows = self.env.execute_query(
            SQL(
                """WITH sold AS (
                       SELECT m.product_id, sum(m.product_qty) AS quantity
                         FROM stock_move m
                         JOIN stock_location l ON l.id = m.location_dest_id
                        WHERE m.company_id = %s AND m.state = 'done'
                          AND l.usage = 'customer' AND m.date >= %s::date - %s
                     GROUP BY m.product_id),
                   ranked AS (
                       SELECT product_id, rank() OVER (ORDER BY quantity DESC) AS place,
                              count(*) OVER () AS total
                         FROM sold)
                   SELECT product_id FROM ranked
                    WHERE place <= ceil(total * %s / 100.0)""",
                company_id,
                day,
                SALES_DAYS,
                share,
            )
        )
        return frozenset(product_id for (product_id,) in rows)


def _read(canonical):
    """Give a canonical document as plain values; one that was not read has none."""
    document = json.loads(canonical) if canonical else {}
    return document if isinstance(document, dict) else {}


def _skus(document):
    """Give the SKUs of a document's lines or rows."""
    lines = [*(document.get("lines") or []), *(document.get("rows") or [])]
    return frozenset(line["sku"] for line in lines if line.get("sku"))
