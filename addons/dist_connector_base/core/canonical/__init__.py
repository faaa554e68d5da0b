"""Canonical documents of the suite: one file per document, one meaning per field."""

from .acknowledgement import (
    BookedLine,
    ReceiptAcknowledgement,
    ShipmentAcknowledgement,
)
from .application_advice import AdviceError, ApplicationAdvice
from .article import Article, ArticlePack
from .base import DOCUMENTS, Document, Part, Problem, data_error, problems
from .common import Address, LotQuantity, Money, Parcel, ParcelContent, Party, Quantity
from .fulfilment_cancel import FulfilmentCancel
from .fulfilment_change import FulfilmentChange, FulfilmentChangeLine
from .fulfilment_hold import FulfilmentHold
from .fulfilment_release import FulfilmentRelease
from .fulfilment_request import (
    FulfilmentRequest,
    FulfilmentRequestLine,
    RequestedLot,
)
from .fulfilment_response import FulfilmentResponse
from .inventory_adjustment import AdjustmentLine, InventoryAdjustment
from .inventory_snapshot import InventoryRow, InventorySnapshot
from .invoice import Invoice, InvoiceLine
from .item_list import ItemList, ItemRow
from .order import Order, OrderLine
from .order_change import OrderChange, OrderChangeLine
from .order_response import OrderResponse, OrderResponseLine
from .price_list import ListPrice, PriceList, PriceListItem
from .receipt_cancel import ReceiptCancel
from .receipt_confirmation import ReceiptCharge, ReceiptConfirmation, ReceivedLine
from .receipt_notice import PackCount, ReceiptNotice, ReceiptNoticeLine
from .receipt_response import ReceiptResponse
from .remittance import PaidItem, Remittance
from .return_authorisation import AuthorisedLine, ReturnAuthorisation
from .return_notice import ReturnLine, ReturnNotice
from .sales_report import SalesActivity, SalesReport, SalesRow
from .service_charge import ServiceCharge
from .service_invoice import ServiceInvoice
from .shipment_confirmation import ShipmentConfirmation, ShipmentConfirmationLine
from .shipment_notice import Package, ShipmentNotice, ShippedLine
from .trade import Charge, PaymentTerms, ProductPart, Reference, Tax

__all__ = [
    "DOCUMENTS",
    "Address",
    "AdjustmentLine",
    "AdviceError",
    "ApplicationAdvice",
    "Article",
    "ArticlePack",
    "AuthorisedLine",
    "BookedLine",
    "Charge",
    "Document",
    "FulfilmentCancel",
    "FulfilmentChange",
    "FulfilmentChangeLine",
    "FulfilmentHold",
    "FulfilmentRelease",
    "FulfilmentRequest",
    "FulfilmentRequestLine",
    "FulfilmentResponse",
    "InventoryAdjustment",
    "InventoryRow",
    "InventorySnapshot",
    "Invoice",
    "InvoiceLine",
    "ItemList",
    "ItemRow",
    "ListPrice",
    "LotQuantity",
    "Money",
    "Order",
    "OrderChange",
    "OrderChangeLine",
    "OrderLine",
    "OrderResponse",
    "OrderResponseLine",
    "PackCount",
    "Package",
    "PaidItem",
    "Parcel",
    "ParcelContent",
    "Part",
    "Party",
    "PaymentTerms",
    "PriceList",
    "PriceListItem",
    "Problem",
    "ProductPart",
    "Quantity",
    "ReceiptAcknowledgement",
    "ReceiptCancel",
    "ReceiptCharge",
    "ReceiptConfirmation",
    "ReceiptNotice",
    "ReceiptNoticeLine",
    "ReceiptResponse",
    "ReceivedLine",
    "Reference",
    "Remittance",
    "RequestedLot",
    "ReturnAuthorisation",
    "ReturnLine",
    "ReturnNotice",
    "SalesActivity",
    "SalesReport",
    "SalesRow",
    "ServiceCharge",
    "ServiceInvoice",
    "ShipmentAcknowledgement",
    "ShipmentConfirmation",
    "ShipmentConfirmationLine",
    "ShipmentNotice",
    "ShippedLine",
    "Tax",
    "data_error",
    "problems",
]
