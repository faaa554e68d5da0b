"""The partner's own words for how far it is with a transfer."""

from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    dist_partner_status = fields.Char(
        "Partner's status",
        readonly=True,
        copy=False,
        index="trigram",
        help="The status that the partner last told, in its own words.",
    )
    dist_partner_substatus = fields.Char(
        "Partner's sub-status", readonly=True, copy=False
    )
    dist_partner_status_at = fields.Datetime(
        "Partner's status since", readonly=True, copy=False
    )
    dist_partner_says = fields.Char(
        "Partner says", compute="_compute_dist_partner_says"
    )

    @api.depends("dist_partner_status", "dist_partner_substatus")
    def _compute_dist_partner_says(self):
        for picking in self:
            picking.dist_partner_says = " · ".join(
                filter(
                    None, (picking.dist_partner_status, picking.dist_partner_substatus)
                )
            )

    @api.model
    def _dist_keep_status(self, said):
        """Keep the partners' own words, unless they are older than those known.

        :param said: iterable of ``(transfer, document)``; a document without a moment
            of its own speaks of now
        """
        for picking, document in said:
            status, substatus = document.raw_status, document.raw_substatus
            if not picking or not (status or substatus):
                continue
            at = _moment(document)
            kept = picking.dist_partner_status_at
            if at and kept and at < kept and not _is_movement(document):
                continue
            picking._dist_write(
                {
                    "dist_partner_status": status or picking.dist_partner_status,
                    "dist_partner_substatus": substatus or False,
                    "dist_partner_status_at": at or fields.Datetime.now(),
                }
            )

    def _dist_keep_first_status(self, status):
        """Keep the status that came with the answer to a request."""
        if status and not self.dist_partner_status:
            self._dist_write(
                {
                    "dist_partner_status": status,
                    "dist_partner_status_at": fields.Datetime.now(),
                }
            )


def _moment(document):
    """Give when it was so by the partner's word, in naive UTC; None without one."""
    for name in ("responded_at", "shipped_at", "received_at"):
        if moment := getattr(document, name, None):
            return moment.replace(tzinfo=None)
    return None


def _is_movement(document):
    """Whether goods moved: nothing that was said before is newer than that."""
    return document.doc_type in ("shipment_confirmation", "receipt_confirmation")
