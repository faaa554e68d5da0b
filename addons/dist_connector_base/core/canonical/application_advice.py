"""Application advice: a business answer to a document (X12 824, EDIFACT APERAK)."""

from typing import ClassVar, Literal

from pydantic import Field

from .base import Document, Part
from .fields import Code, Key, Moment, Text


class AdviceError(Part):
    """One reason why a document could not be used as it is."""

    code: Code
    text: Text = ""
    reference: Text = ""


class ApplicationAdvice(Document):
    """What the receiver's application says about one document.

    :ivar about: the number of the document that is answered
    :ivar about_message: its message type: ``810``, ``INVOIC``
    """

    doc_type: ClassVar[str] = "application_advice"
    key_field: ClassVar[str] = "advice_key"

    advice_key: Key
    about: Key
    about_message: Code | None = None
    group_control: Text = ""
    message_control: Text = ""
    status: Literal["accepted", "accepted_with_errors", "rejected"]
    issued_at: Moment
    errors: list[AdviceError] = Field(default_factory=list)
