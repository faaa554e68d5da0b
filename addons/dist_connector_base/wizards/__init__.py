from . import (
    dist_reconciliation_settle,
    dist_reconciliation_start,
)
