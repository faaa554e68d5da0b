"""Base of all parts of a profile."""

from pydantic import BaseModel, ConfigDict


class Spec(BaseModel):
    """Base of all parts: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )
