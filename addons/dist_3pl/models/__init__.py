from . import (
    delivery_carrier,
    dist_flow,
    dist_parcel,
    dist_parcel_content,
    dist_partner_stock,
    dist_profile,
    dist_request_line,
    stock_move,
    stock_picking,
    stock_picking_request,
    stock_warehouse,
    uom_uom,
)
