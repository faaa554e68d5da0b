from . import (
    test_audit,
    test_credential,
    test_expectation,
    test_inbound,
    test_neutralize,
    test_outbound,
    test_profile,
    test_roles,
    test_sweep,
    test_tour,
    test_wake,
    test_webhook,
)
