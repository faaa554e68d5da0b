"""The partner's terms: the contract a profile was made from, and its call limits."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

_CONFIG = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PaceSpec(BaseModel):
    """Headers in which the partner tells how much may still be asked (token bucket).

    :ivar remaining: header with what is left
    :ivar keep: pause when so many are left, or fewer
    :ivar reset: header that says when the bucket is full again
    :ivar reset_as: how ``reset`` counts: ``seconds`` to wait, ``milliseconds`` to wait,
        or Unix time (``epoch``)
    :ivar restore_per_second: what flows back each second, where no header says when
    :ivar rate: header with the calls a second that are granted, of partners that do not
        say what is left; we then keep that distance from call to call
    """

    model_config = _CONFIG

    remaining: str = ""
    keep: Annotated[int, Field(ge=0)] = 0
    reset: str = ""
    reset_as: Literal["seconds", "milliseconds", "epoch"] = "seconds"
    restore_per_second: Annotated[Decimal, Field(gt=0)] | None = None
    rate: str = ""


class ContractSpec(BaseModel):
    """The partner's own description of its interface that the profile was made from."""

    model_config = _CONFIG

    name: str = ""
    version: str = ""
    sha256: str = ""
    sunset: dt.date | None = None
