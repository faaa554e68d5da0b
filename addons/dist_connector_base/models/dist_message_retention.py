"""What is left of a message when its content is gone."""

from odoo import api, fields, models
from odoo.tools import SQL


class DistMessage(models.Model):
    # the ledger itself is in dist_message.py
    _inherit = "dist.message"  # pylint: disable=consider-merging-classes-inherited

    content_removed_at = fields.Datetime(
        readonly=True, help="Payload and document were removed; the fingerprints stay."
    )
    erased_at = fields.Datetime(
        "Personal data erased", readonly=True, help="At the request of the person."
    )

    _content_kept = models.Index(
        "(flow_id, state, done_at) WHERE content_removed_at IS NULL "
        "AND done_at IS NOT NULL"
    )
    _content_gone = models.Index(
        "(flow_id, state, done_at) WHERE content_removed_at IS NOT NULL"
    )

    @api.model
    def _about_partner(self, partners):
        """Give the messages about people or companies, and all of the same cases.

        A message is about a partner when its record is, or has it as its partner.

        :param partners: ``res.partner`` records; their contacts count as well
        """
        people = partners.sudo().with_context(active_test=False)
        people = people.search([("id", "child_of", partners.ids)])
        found = set()
        models_of = self.env.execute_query(
            SQL("SELECT DISTINCT res_model FROM dist_message WHERE res_id IS NOT NULL")
        )
        for (name,) in models_of:
            model = self.env.get(name)
            if model is None or not model._auto:
                continue
            if name == "res.partner":
                column = SQL("id")
            elif "partner_id" in model._fields and model._fields["partner_id"].store:
                column = SQL("partner_id")
            else:
                continue
            rows = self.env.execute_query(
                SQL(
                    """SELECT m.id FROM dist_message m JOIN %s r ON r.id = m.res_id
                        WHERE m.res_model = %s AND r.%s = ANY(%s)""",
                    SQL.identifier(model._table),
                    name,
                    column,
                    list(people.ids),
                )
            )
            found.update(row_id for (row_id,) in rows)
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM dist_message WHERE correlation IN (
                       SELECT correlation FROM dist_message
                        WHERE id = ANY(%s) AND correlation IS NOT NULL)""",
                list(found),
            )
        )
        return self.browse(sorted(found | {row_id for (row_id,) in rows}))


class DistException(models.Model):
    _inherit = "dist.exception"  # pylint: disable=consider-merging-classes-inherited

    _resolved = models.Index(
        "(resolved_at) WHERE state = 'resolved' AND message_id IS NULL"
    )
