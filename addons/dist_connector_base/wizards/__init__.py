from . import (
    dist_reconciliation_settle,
    dist_reconciliation_start,
    dist_profile_clone,
    dist_profile_contract,
    dist_profile_import,
    dist_profile_preview,
)
