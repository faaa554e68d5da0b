from . import (
    fulfilment_cancel,
    fulfilment_request,
    fulfilment_response,
    inventory_snapshot,
    shipment_confirmation,
    shipment_lots,
    shipment_parcels,
)
