"""SOAP through zeep, over the same HTTP as everything else.

zeep writes requests and reads answers, strictly by the partner's WSDL; the bytes go
through :class:`.rest.RestTransport`, so that time-outs, TLS, size limits, the guard of
addresses and "did anything leave" hold here too. What the partner answers becomes JSON,
and the rules of the profile judge it like any other answer.
"""

import functools
import io
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import zeep
import zeep.exceptions
import zeep.helpers
from lxml import etree

from ..core.codecs import decode_text, json_codec, xml_codec
from ..core.errors import ConfigurationError, DataError, DistError
from ..core.wire import HttpRequest, HttpResponse, SoapRequest
from .rest import RestTransport

#: Bytes of a WSDL; the largest we know has 300,000.
MAX_WSDL = 10 * 1024 * 1024

_XSD = "http://www.w3.org/2001/XMLSchema"

_SETTINGS = zeep.Settings(
    strict=True,
    xml_huge_tree=False,
    forbid_dtd=True,
    forbid_entities=True,
    forbid_external=True,
)
_READ_FAULTS = (
    zeep.exceptions.Error,
    etree.XMLSyntaxError,
    DistError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)


class _NoNetwork:
    """What zeep would load files with: nothing is ever loaded."""

    def load(self, url: str) -> bytes:
        raise ConfigurationError(
            f"the WSDL refers to another file ({str(url)[:120]})",
            next_step="Ask the partner for a WSDL that holds its schemas itself.",
        )


@dataclass(frozen=True)
class Service:
    """A service as its WSDL describes it.

    :ivar names: its operations
    :ivar schema: checks the values, which zeep does not; None where the WSDL has
        several schemas that lean on each other
    """

    client: zeep.Client
    binding: Any
    names: frozenset[str]
    schema: etree.XMLSchema | None = None


@functools.lru_cache(maxsize=16)
def read_wsdl(content: bytes) -> Service:
    """Read a WSDL; once per process, it does not change.

    :raises ConfigurationError: when it is none, or refers to other files
    """
    if len(content) > MAX_WSDL:
        raise ConfigurationError(f"the WSDL has more than {MAX_WSDL:,} bytes")
    try:
        client = zeep.Client(
            io.BytesIO(content), transport=_NoNetwork(), settings=_SETTINGS
        )
        binding = client.service._binding
        schema = _schema(content)
    except DistError:
        raise
    except Exception as exc:  # zeep and lxml raise anything for a broken file
        raise ConfigurationError(
            f"the WSDL cannot be read ({type(exc).__name__})",
            next_step="Ask the partner for its WSDL, and upload it as it is.",
        ) from exc
    return Service(client, binding, frozenset(binding._operations), schema)


def _schema(content: bytes) -> etree.XMLSchema | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    found = etree.fromstring(content, parser).findall(f".//{{{_XSD}}}schema")
    if len(found) != 1 or found[0].find(f"{{{_XSD}}}import") is not None:
        return None
    # read anew, so that it stands alone with the prefixes of the document around it
    return etree.XMLSchema(etree.fromstring(etree.tostring(found[0]), parser))


class SoapTransport:
    """One partner's SOAP service. A context manager, for one thread.

    :param rest: the HTTP below; its base URL is the service's address
    :param wsdl: the partner's WSDL
    :param arguments: what every operation gets beside its own arguments: who we are
    """

    def __init__(
        self, rest: RestTransport, wsdl: bytes, arguments: Mapping[str, str]
    ) -> None:
        self.settings = rest.settings
        self._rest = rest
        self._service = read_wsdl(wsdl)
        self._arguments = dict(arguments)

    def __enter__(self) -> "SoapTransport":
        return self

    def __exit__(self, *_exc_info) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._rest.close()

    def secrets(self) -> list[str]:
        """Give what must not stand in any text."""
        return self._rest.secrets()

    def test(self) -> HttpResponse:
        """Reach the partner without any effect there; any answer will do.

        :raises DistError: the partner cannot be reached
        """
        return self._rest.test()

    def call(self, request: SoapRequest) -> HttpResponse:
        """Do one call.

        :return: the result as JSON. A fault is ``{"fault": {code, message, detail}}``
            with status 400 where the partner blames the request (nothing was done),
            else 500. What is no SOAP comes back as it is
        :raises DataError: the arguments are not those of the WSDL
        :raises ConfigurationError: the WSDL has no such operation
        :raises DistError: as ``RestTransport.call``
        """
        sent = HttpRequest(
            "POST",
            self.settings.base_url,
            *self._envelope(request),
            safe=request.safe,
        )
        return self._read(request.operation, self._rest.call(sent))

    def _envelope(self, request: SoapRequest) -> tuple[dict[str, str], dict, bytes]:
        """Give headers, parameters and body of a call."""
        service = self._service
        if request.operation not in service.names:
            raise ConfigurationError(
                f"the WSDL has no operation {request.operation}",
                next_step="Upload the partner's present WSDL, or correct the profile.",
            )
        arguments = _plain(request.arguments)
        try:
            envelope, headers = service.binding._create(
                request.operation, (), {**self._arguments, **arguments}, service.client
            )
        except zeep.exceptions.ValidationError as exc:
            path = ".".join(str(part) for part in exc.path or ())
            raise DataError(f"the WSDL refuses it: {exc.message}", path=path) from exc
        except (TypeError, ValueError, LookupError, AttributeError) as exc:
            # zeep names the argument; values do not stand in its texts
            raise DataError(
                f"is not what the WSDL asks for: {exc}", path=request.operation
            ) from exc
        self._check_values(request.operation, envelope)
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return dict(headers), {}, body

    def _check_values(self, operation: str, envelope: Any) -> None:
        """Hold the values against the WSDL's schema.

        :raises DataError: naming the first element; its value may be personal
        """
        schema = self._service.schema
        if schema is None:
            return
        (payload,) = envelope.find("{*}Body")
        if schema.validate(payload):
            return
        path = str(schema.error_log[0].path or "")
        names = [part.rpartition(":")[2] for part in path.split("/") if part]
        raise DataError(
            f"{names[-1] if names else operation} has a value that the WSDL does not "
            f"allow ({schema.error_log[0].type_name})",
            path=".".join(names) or operation,
        )

    def _read(self, name: str, response: HttpResponse) -> HttpResponse:
        """Turn a SOAP answer into JSON; leave anything else as it is."""
        operation = self._service.binding.get(name)
        try:
            xml_codec.refuse_document_type(decode_text(response.body))
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            envelope = etree.fromstring(response.body, parser)
            (payload,) = envelope.find("{*}Body")
            if etree.QName(payload).localname == "Fault":
                # raises what it reads
                self._service.binding.process_error(envelope, operation)
            body = json_codec.encode(self._result(operation, payload))
        except zeep.exceptions.Fault as exc:
            return _fault(response, exc)
        except _READ_FAULTS:
            return response
        return _with(response, response.status, body)

    def _result(self, operation: Any, payload: Any) -> Any:
        """Give what stands inside the result, as the WSDL has it.

        :raises LookupError: the payload is not this operation's answer
        """
        expected = operation.output.body
        if etree.QName(payload) != expected.qname:
            raise LookupError(payload.tag)
        value = expected.parse(payload, self._service.client.wsdl.types)
        plain = zeep.helpers.serialize_object(value, dict)
        if isinstance(plain, dict) and len(plain) == 1:
            (plain,) = plain.values()
        return plain if isinstance(plain, (dict, list)) else {"result": plain}


def _fault(response: HttpResponse, fault: zeep.exceptions.Fault) -> HttpResponse:
    code = str(fault.code or "").rpartition(":")[2]
    detail = ""
    if etree.iselement(fault.detail):
        detail = " ".join("".join(fault.detail.itertext()).split())[:2000]
    told = {"code": code, "message": str(fault.message or ""), "detail": detail}
    status = 400 if code.split(".")[0] in ("Client", "Sender") else 500
    return _with(response, status, json_codec.encode({"fault": told}))


def _with(response: HttpResponse, status: int, body: bytes) -> HttpResponse:
    return HttpResponse(status, response.headers, body, response.seconds)


def _plain(value: Any) -> Any:
    """Write numbers as XML Schema has them: 1E+2 is no decimal there."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {name: _plain(held) for name, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(held) for held in value]
    return value
