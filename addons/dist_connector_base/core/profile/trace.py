"""How a partner is told which case a call belongs to."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

_Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{0,64}$")]


class TraceSpec(BaseModel):
    """Headers of a call that name the business case.

    :ivar header: carries the order's correlation id; empty sends none
    :ivar traceparent: whether the W3C trace context goes along
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: _Token = "X-Correlation-ID"
    traceparent: bool = True
