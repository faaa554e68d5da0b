from . import (
    dist_attempt,
    dist_backend,
    dist_backend_setting,
    dist_binding,
    dist_code_map,
    dist_credential,
    dist_exception,
    dist_expectation,
    dist_expectation_rule,
    dist_flow,
    dist_message,
    dist_profile,
)
