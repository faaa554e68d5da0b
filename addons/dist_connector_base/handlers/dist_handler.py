"""What a message type means in Odoo: one handler per type."""

from typing import ClassVar

from odoo import models

from ..core.errors import ConfigurationError
from ..pipeline.timeline import Milestone


class DistHandler(models.AbstractModel):
    """Base of all handlers.

    The handler of message type ``T`` is the model ``dist.handler.T``. An incoming
    type implements :meth:`_apply`, an outgoing one :meth:`_settle`.
    """

    _name = "dist.handler"
    _description = "Message Handler"

    #: False: the effect is the same in whatever order the messages come, because the
    #: handler itself sees what is older. Such messages are handled by several jobs at
    #: once. True: one job at a time, and no batch holds two of one partition.
    _dist_needs_order = True

    #: What happened to the business document when something happened to the message:
    #: ``stored``, ``sent`` (the answer comes later), ``accepted``, ``rejected`` for
    #: outgoing ones, ``applied`` for incoming ones. The values are those of
    #: ``dist.milestone.kind``.
    _dist_milestones: ClassVar[dict[str, str]] = {}
    #: Field of the document that says when it happened; else it is now.
    _dist_milestone_time = ""

    def _of(self, message_type):
        """Give the handler of a message type.

        :raises ConfigurationError: when no installed addon handles it
        """
        name = f"dist.handler.{message_type}"
        if name not in self.env:
            raise ConfigurationError(
                f"no installed addon handles {message_type.replace('_', ' ')}",
                next_step="Install the addon for it, or take the flow off the profile.",
            )
        return self.env[name]

    def _dist_milestone(self, event, document):
        """Give the milestone that a message is, for the timeline of its record.

        :param event: a key of ``_dist_milestones``
        :param document: the canonical document
        :rtype: pipeline.timeline.Milestone | None
        """
        kind = self._dist_milestones.get(event)
        if not kind:
            return None
        name = self._dist_milestone_time
        return Milestone(kind, getattr(document, name, None) if name else None)

    def _apply(self, batch):
        """Give incoming documents their effect in Odoo, all or none.

        :param batch: list of ``pipeline.inbound.Inbound``
        :raises DistError: the batch is rolled back, halved and tried again until the
            bad message stands alone
        """
        raise ConfigurationError(
            f"{self._name} does not take incoming messages",
            next_step="Correct the direction of the flow in the profile.",
        )

    def _settle(self, results):
        """Write the partner's answers on the business records.

        :param results: list of ``pipeline.outbound.Sent``
        """

    def _failed(self, message, error):
        """Show on the business record that a message failed for good.

        :param message: the ``dist.message`` record
        :param error: the classified error
        """

    def _dist_impact(self, messages):
        """Say what it means for the business that messages failed.

        Asked for many at once, and only when they failed; should be a few queries
        however many they are.

        :param messages: ``dist.message`` records of this type
        :return: ``{message id: core.impact.Impact}``; nothing is known of the rest
        """
        return {}
