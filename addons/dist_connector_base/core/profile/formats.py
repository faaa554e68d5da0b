"""Forms of a body or a file: CSV, JSON, XML."""

from typing import Annotated, Literal

from pydantic import Field

from .spec import Spec
from .types import Words


class Csv(Spec):
    """A CSV form.

    :ivar columns: columns that must be there
    :ivar optional: columns that may be there
    :ivar others: what a column that is neither of them is
    """

    codec: Literal["csv"]
    charset: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    columns: list[str] = Field(min_length=1)
    optional: list[str] = Field(default_factory=list)
    others: Literal["refuse", "ignore"] = "refuse"
    bom: bool = False
    line_end: Literal["crlf", "lf"] = "crlf"


class Json(Spec):
    """A JSON form."""

    codec: Literal["json"] = "json"
    charset: str = "utf-8"


class Xml(Spec):
    """An XML form.

    :ivar root: name of the root element
    :ivar namespaces: prefix used in this profile → namespace; the prefix ``""`` is for
        names without one. Without any, namespaces are not looked at
    :ivar lists: elements that may stand more than once
    :ivar charset: as agreed; without it, as each document says
    """

    codec: Literal["xml"]
    root: str = ""
    namespaces: dict[str, str] = Field(default_factory=dict)
    lists: Words = Field(default_factory=list)
    charset: str = ""
    declaration: bool = True


Format = Annotated[Csv | Json | Xml, Field(discriminator="codec")]
