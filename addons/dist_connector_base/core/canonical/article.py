"""Article: what a warehouse has to know of a product before the first order for it."""

from typing import ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .common import DEFAULT_UNIT
from .fields import Code, Key, Qty, Text


class ArticlePack(Part):
    """A packaging with its own barcode.

    :ivar quantity: so many of the article's unit are in it
    :ivar gtin: its barcode; None: it has none
    """

    unit: Code
    quantity: Qty
    gtin: Key | None = None


class ArticleComponent(Part):
    """What a kit takes of one product.

    :ivar quantity: in one kit, to six digits
    """

    sku: Key
    quantity: Qty
    unit: Code = DEFAULT_UNIT


class Article(Document):
    """A product, as the warehouse is to keep it.

    :ivar article_key: the SKU and a fingerprint of the rest: a change is sent anew
    :ivar remote_id: the warehouse's own number of it, where it told one
    :ivar components: of a kit: what it is made of; empty for any other product
    :ivar tracking: what the warehouse has to tell of each that it moves
    :ivar expiry: lots have a day of expiry
    """

    doc_type: ClassVar[str] = "article"
    key_field: ClassVar[str] = "article_key"
    volatile: ClassVar[frozenset[str]] = frozenset({"remote_id"})

    article_key: Key
    remote_id: Key | None = None
    sku: Key
    name: Text
    unit: Code = DEFAULT_UNIT
    gtin: Key | None = None
    packs: list[ArticlePack] = Field(default_factory=list)
    components: list[ArticleComponent] = Field(default_factory=list)
    tracking: Literal["none", "lot", "serial"] = "none"
    expiry: bool = False
    weight_kg: Qty | None = None
    volume_m3: Qty | None = None
