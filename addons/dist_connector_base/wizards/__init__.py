from . import (
    dist_circuit_override,
    dist_code_map_import,
    dist_exception_correct,
    dist_exception_decide,
    dist_exception_map,
    dist_flow_back_fill,
    dist_profile_clone,
    dist_profile_contract,
    dist_profile_import,
    dist_profile_preview,
    dist_reconciliation_settle,
    dist_reconciliation_start,
)
