"""What a kind of reconciliation compares, and what can be done about a difference."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..reconcile import ACTIONS

PREFIX = "dist.reconciliation.source."


class DistReconciliationSource(models.AbstractModel):
    """Base of all sources.

    The source of kind ``T`` is the model ``dist.reconciliation.source.T``. It gives
    each side as a query and the effects of the actions; the rest is the framework's.

    Both queries give the key columns (NOT NULL), the compared columns (numeric) and
    ``changed_at`` (timestamp or NULL), one row for each key. They name their company
    themselves: record rules do not apply to SQL.
    """

    _name = "dist.reconciliation.source"
    _description = "Reconciliation Source"

    #: What people call this comparison.
    _dist_title = ""
    #: Columns that tell rows apart, as ``reconcile.Key``.
    _dist_keys = ()
    #: Compared numbers, as ``reconcile.Compared``.
    _dist_fields = ()
    #: The key columns by which documents on their way explain differences.
    _dist_way_keys = ()

    #: The message type whose flow holds tolerances, policy and schedule.
    _dist_message_type = ""

    # ------------------------------------------------------------- schedule

    @api.model
    def _flow(self, backend):
        """Give the flow that holds the settings of this comparison; may be empty."""
        return backend._flow(self._dist_message_type)

    @api.model
    def _due(self):
        """Give the backends that are to be compared now: those of daily flows."""
        flows = self.env["dist.flow"].search(
            [
                ("message_type", "=", self._dist_message_type),
                ("recon_when", "=", "daily"),
                ("backend_id.active", "=", True),
            ]
        )
        day = fields.Date.today()
        return flows.filtered(
            lambda f: not f.recon_last_at or f.recon_last_at.date() < day
        ).backend_id

    # ------------------------------------------------------------ two sides

    @api.model
    def _ours(self, run):
        """Give the query of our side: keys, compared columns, ``changed_at``."""
        raise NotImplementedError(self._name)

    @api.model
    def _theirs(self, run):
        """Give the query of the partner's side; see :meth:`_ours`."""
        raise NotImplementedError(self._name)

    @api.model
    def _ours_changed(self, run, diff):
        """Give a query of keys and ``changed_at`` for the differences only, or None.

        For a source that would pay too much to tell it of every row.

        :param diff: the table of the differences, as SQL
        """
        return None

    @api.model
    def _on_the_way(self, run, diff):
        """Give a query of ``_dist_way_keys``, ``down`` and ``up``, or None.

        ``down`` is how much less than ours the partner may tell because a document is
        on its way, ``up`` how much more.

        :param diff: the table of the differences, as SQL
        """
        return None

    @api.model
    def _unit_value(self, run):
        """Give the value of one unit of a difference ``d``, in the company's currency.

        NULL or zero says that the value is not known: such a line is never changed by
        itself.
        """
        return SQL("0")

    @api.model
    def _told(self, run):
        """Give the condition that the partner spoke of a line ``p``, or None: always.

        What the partner did not speak of is neither confirmed nor settled.
        """
        return None

    @api.model
    def _compared(self, run):
        """Note what only the source knows of a comparison that was just made.

        Such as how many rows of ours were not compared, and why; both sides are still
        there as tables.
        """

    @api.model
    def _newest(self, backend):
        """Give the moment of the partner's newest complete side, or raise.

        :raises UserError: when there is nothing to compare with yet
        """
        return self.env.cr.now().replace(tzinfo=None)

    # -------------------------------------------------------------- actions

    @api.model
    def _allowed(self, line):
        """Give the actions that make sense for a line.

        :rtype: tuple[str, ...]
        """
        return ACTIONS

    @api.model
    def _adopt(self, lines, reason):
        """Make our side say what theirs says, in this transaction.

        :param reason: why, for the documents that are made
        :return: what was made, in words
        :raises UserError: when one of the lines cannot be adopted
        """
        raise UserError(self.env._("Nothing can be adopted here."))

    @api.model
    def _republish(self, lines):
        """Make their side say what ours says, or ask them to tell theirs again.

        :return: what was asked, in words
        """
        raise UserError(self.env._("Nothing can be sent again here."))

    @api.model
    def _recount(self, lines):
        """Ask the partner to count.

        :return: what was asked, in words
        """
        return self.env._("Ask the partner to count, by mail or telephone.")
