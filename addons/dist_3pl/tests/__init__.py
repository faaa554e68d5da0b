from . import (
    test_cancel,
    test_companies,
    test_deadlines,
    test_inventory_snapshot,
    test_lots,
    test_parcels,
    test_profiles,
    test_request,
    test_response,
    test_shipment,
    test_views,
)
