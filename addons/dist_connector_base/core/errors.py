"""Every failure of the suite has one class, and the class carries its policy.

Raise the narrowest class that fits. ``policy`` says what the pipeline does next:

* ``RETRY``: try again later, with backoff and jitter;
* ``WORKBENCH``: a person decides, the message stands in state ``exception``;
* ``LOOK_UP``: the partner may have acted; ask the partner before anything is resent;
* ``STOP``: nothing was or can be done; the message is dead until somebody acts.
"""

import enum


class Policy(enum.Enum):
    """What the pipeline does with a message after an error of a class."""

    RETRY = "retry"
    WORKBENCH = "workbench"
    LOOK_UP = "look_up"
    STOP = "stop"


class DistError(Exception):
    """Base of all classified errors.

    :param message: what is wrong, in plain words, without secrets or personal data
    :param path: where it is wrong: ``lines[2].sku``, ``row 14, column qty``,
        ``line 12: operations.create_order.body``
    :param next_step: what a person can do about it; each class has a default
    """

    code = "fatal"
    policy = Policy.STOP
    default_next_step = "Ask your integration manager to look at the server log."

    def __init__(self, message: str, *, path: str = "", next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.next_step = next_step or self.default_next_step

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    @property
    def advice(self) -> str:
        """What is wrong, where, and what to do, for a person who waits for it."""
        return f"{self}\n\n{self.next_step}"


class TransientError(DistError):
    """The partner or the network could not be reached, and nothing was done.

    :param retry_after: seconds the partner asked us to wait, if it did
    """

    code = "transient"
    policy = Policy.RETRY
    default_next_step = "Nothing to do: it is tried again by itself."

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        next_step: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, path=path, next_step=next_step)
        self.retry_after = retry_after


class LimitError(TransientError):
    """The partner asked us to slow down (429, quota used up)."""

    code = "limit"


class DataError(DistError):
    """A document breaks its schema: wrong type, missing field, unreadable bytes."""

    code = "data"
    policy = Policy.WORKBENCH
    default_next_step = "Correct the document, or ask the sender for a correct one."


class MappingError(DistError):
    """A code has no counterpart on our side (or on the partner's).

    :param vocabulary: the code list, such as ``carrier`` or ``unit``
    :param value: the code that is not mapped
    """

    code = "mapping"
    policy = Policy.WORKBENCH
    default_next_step = "Add the code to the code map and replay the message."

    def __init__(
        self,
        message: str,
        *,
        path: str = "",
        next_step: str = "",
        vocabulary: str = "",
        value: str = "",
    ) -> None:
        super().__init__(message, path=path, next_step=next_step)
        self.vocabulary = vocabulary
        self.value = value


class BusinessError(DistError):
    """The document is correct, but the business cannot take it as it is."""

    code = "business"
    policy = Policy.WORKBENCH
    default_next_step = "Decide with the partner what is right, then replay or accept."


class SequenceError(DistError):
    """Something that must come first has not come yet."""

    code = "sequence"
    policy = Policy.WORKBENCH
    default_next_step = "Wait for or replay the earlier message, then replay this one."


class ConflictError(DistError):
    """The same business key came a second time with different content."""

    code = "conflict"
    policy = Policy.WORKBENCH
    default_next_step = "Compare both documents and ask the sender which one is true."


class ConfigurationError(DistError):
    """Settings, credentials or the profile are wrong; the partner may be right."""

    code = "configuration"
    policy = Policy.WORKBENCH
    default_next_step = "Correct the backend, the credential or the profile."


class SecurityError(DistError):
    """Somebody sent what we cannot trust: a bad signature, a host key that changed."""

    code = "security"
    policy = Policy.WORKBENCH
    default_next_step = "Find out who sent it before anything is accepted from there."


class UnknownOutcomeError(DistError):
    """The request left us, and whether the partner acted on it is not known."""

    code = "unknown_outcome"
    policy = Policy.LOOK_UP
    default_next_step = "Look the document up at the partner before sending it again."


class FatalError(DistError):
    """A fault in the suite itself."""

    code = "fatal"
    policy = Policy.STOP


#: All concrete classes by code, in the order in which screens list them.
ERROR_CLASSES: dict[str, type[DistError]] = {
    cls.code: cls
    for cls in (
        TransientError,
        LimitError,
        DataError,
        MappingError,
        BusinessError,
        SequenceError,
        ConflictError,
        ConfigurationError,
        SecurityError,
        UnknownOutcomeError,
        FatalError,
    )
}
