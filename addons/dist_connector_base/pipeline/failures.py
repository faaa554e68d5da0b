"""Give every error a class, and put it on record."""

import logging

import psycopg2
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from ..core.errors import BusinessError, DistError, FatalError

_logger = logging.getLogger(__name__)


def classify(exc: BaseException, what: str) -> DistError:
    """Give the classified error of an exception.

    :param what: what was being done, for the server log: ``apply message 12``
    :raises psycopg2.OperationalError: a serialization failure goes through, so that
        the whole job is tried again
    """
    if isinstance(exc, DistError):
        return exc
    if is_serialization(exc):
        raise exc
    if isinstance(exc, UserError):
        # Odoo's own rules speak to people: their text is the message
        return BusinessError(
            str(exc.args[0] if exc.args else exc),
            next_step="Mend what Odoo asks for, then replay the message.",
        )
    _logger.error("%s failed", what, exc_info=exc)
    if isinstance(exc, psycopg2.Error):
        name = exc.diag.constraint_name or exc.pgcode or ""
        return FatalError(f"the database refused it ({type(exc).__name__} {name})")
    return FatalError(
        f"unexpected {type(exc).__name__}; the server log holds the trace"
    )


def is_serialization(exc: BaseException) -> bool:
    """Say whether an error only means that two transactions met."""
    return (
        isinstance(exc, psycopg2.OperationalError)
        and exc.pgcode in PG_CONCURRENCY_ERRORS_TO_RETRY
    )


def item_fault(exc: Exception) -> bool:
    """Say whether halving a batch can help: not when two transactions met."""
    return not is_serialization(exc)
