"""What is told of a partner's exchange: no secret, no personal data."""

from dataclasses import replace

from ..core import masking
from ..core.canonical import Document
from ..core.codecs import json_codec
from ..core.errors import DistError
from ..core.profile import FileSearch
from ..core.wire import (
    FileDrop,
    HttpRequest,
    HttpResponse,
    LookUp,
    SoapRequest,
    Verdict,
)


class Privacy:
    """Masks what attempts, exceptions, job results and logs tell of one backend.

    The structure of a body is masked by the names in it, as the backend's rules say. A
    partner's own words are masked by value: it may quote the customer back at us.
    """

    def __init__(self, backend) -> None:
        self._policy = backend.env["dist.masking.rule"]._policy(backend)
        self._secrets = set(backend.env["dist.credential"]._known_secrets(backend))

    def learn(self, transport) -> None:
        """Take in what a transport keeps secret beside the credentials: tokens."""
        self._secrets.update(getattr(transport, "secrets", list)())

    def content(
        self, content: HttpRequest | SoapRequest | FileDrop | FileSearch
    ) -> str:
        """Give what an attempt keeps of what goes out."""
        if isinstance(content, HttpRequest):
            return masking.mask_request(
                content, secrets=self._secrets, policy=self._policy
            )
        if isinstance(content, SoapRequest):
            return self._soap(content)
        if isinstance(content, FileDrop):
            return f"{content.folder}/{content.name}, {len(content.content)} bytes"
        return f"{content.name} in {', '.join(content.folders)}"

    def _soap(self, request: SoapRequest) -> str:
        """Give a call's arguments; who we are is added behind this."""
        body = json_codec.encode(dict(request.arguments))
        text = masking.without(masking.mask_body(body, self._policy), self._secrets)
        return f"{request.operation}\n\n{text}"

    def response(self, response: HttpResponse, document: Document) -> str:
        """Give what an attempt keeps of the answer to a document."""
        text = masking.mask_response(
            response, secrets=self._secrets, policy=self._policy
        )
        return masking.without_personal(text, self._personal(document))

    def verdict(self, verdict: Verdict, document: Document) -> Verdict:
        """Give a verdict whose words can be told."""
        return replace(verdict, message=self._text(verdict.message, document))

    def look_up(self, found: LookUp, document: Document) -> LookUp:
        """Give the result of a look-up whose words can be told."""
        verdict = found.verdict and self.verdict(found.verdict, document)
        message = self._text(found.message, document)
        return replace(found, verdict=verdict, message=message)

    def error(self, error: DistError, document: Document) -> None:
        """Make the words of an error such that they can be told."""
        error.message = self._text(error.message, document)
        error.args = (error.message,)

    def _text(self, text: str, document: Document) -> str:
        if not text:
            return text
        return masking.mask_text(
            text,
            secrets=self._secrets,
            personal=self._personal(document),
            policy=self._policy,
        )

    def _personal(self, document: Document) -> list[str]:
        return list(
            masking.personal_values(document.model_dump(mode="json"), self._policy)
        )
