"""The vendor's contract file, held against every request and every answer.

The file is not part of the product. Where it (or the schema validator, a test
requirement) is absent, nothing is checked and :attr:`Contract.state` says so.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    from openapi_schema_validator import OAS30Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4
except ImportError:  # a plain demo needs no schema validator
    OAS30Validator = None

FILE = "shipbob/openapi-2026-01.json"
URI = "urn:partner-contract"

#: Parameters that the contract's paging links carry without listing them.
LINK_PARAMETERS = {"cursor"}

#: Schemas that stand beside the schema that they extend, as if they were another one.
EXTENSIONS = ("Orders.InternalShipmentViewModel", "Products.VariantInternalViewModelV5")

METHODS = ("get", "post", "put", "patch", "delete")


def find_contract() -> Path | None:
    """Return the contract file: below DIST_CONTRACTS, or beside the repository."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "contracts"
    folder = Path(os.environ.get("DIST_CONTRACTS") or beside)
    path = folder / FILE
    return path if path.is_file() else None


def loosened_contract(path: Path) -> dict[str, Any]:
    """Return the contract file without its contradictions, for other readers too."""
    return _loosened(json.loads(path.read_text("utf-8")))


class Contract:
    """Finds the operation of a request and tells what is wrong with it."""

    def __init__(self, path: Path | None) -> None:
        self._operations: list[tuple[str, re.Pattern[str], dict[str, Any]]] = []
        self._validators: dict[str, Any] = {}
        if path is None:
            self.state = "not checked: no contract file"
        elif OAS30Validator is None:
            self.state = "not checked: openapi-schema-validator is not installed"
        else:
            self.state = "checked"
            self._load(loosened_contract(path))

    def _load(self, document: dict[str, Any]) -> None:
        schemas = Resource.from_contents(document, default_specification=DRAFT4)
        self._registry = Registry().with_resource(URI, schemas)
        # a path that is written out comes before one that it would fit into
        paths = sorted(document["paths"].items(), key=lambda held: "{" in held[0])
        for path, operations in paths:
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/:]+", re.escape(path)))
            for method in METHODS:
                if method in operations:
                    entry = (method.upper(), pattern, operations[method])
                    self._operations.append(entry)

    def request_faults(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: Any,
    ) -> list[str]:
        """Return what in a request breaks the contract."""
        if self.state != "checked":
            return []
        operation = self._operation(method, path)
        if operation is None:
            return ["the contract has no such operation"]
        known = {
            parameter["name"]: parameter
            for parameter in operation.get("parameters", [])
        }
        faults = [
            f"query parameter {name} is not in the contract"
            for name in query
            if name not in known and name not in LINK_PARAMETERS
        ]
        for name, parameter in known.items():
            given = query if parameter["in"] == "query" else headers
            if parameter["in"] == "path":
                continue
            if name not in given:
                if parameter.get("required"):
                    faults.append(f"{parameter['in']} {name} is required")
            elif not _fits(given[name], parameter["schema"]):
                faults.append(f"{parameter['in']} {name}: {given[name]!r}")
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            faults += self._check(content["application/json"]["schema"], body)
        return faults

    def answer_faults(
        self, method: str, path: str, status: int, body: Any
    ) -> list[str]:
        """Return what in an answer breaks the contract; body None = empty."""
        if self.state != "checked":
            return []
        operation = self._operation(method, path)
        if operation is None:
            return ["the contract has no such operation"]
        answer = operation["responses"].get(str(status))
        if answer is None and 400 <= status < 500 and not _lists_refusals(operation):
            return []
        if answer is None:
            return [f"the contract has no answer {status} here"]
        content = answer.get("content", {}).get("application/json")
        if content is None:
            return [] if body is None else ["the contract has no body here"]
        return self._check(content["schema"], body)

    def schema_faults(self, name: str, value: Any) -> list[str]:
        """Return what in a value breaks the schema of this name."""
        if self.state != "checked":
            return []
        return self._check({"$ref": f"#/components/schemas/{name}"}, value)

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        for verb, pattern, operation in self._operations:
            if verb == method and pattern.fullmatch(path):
                return operation
        return None

    def _check(self, schema: dict[str, Any], value: Any) -> list[str]:
        reference = URI + schema["$ref"]
        if reference not in self._validators:
            self._validators[reference] = OAS30Validator(
                {"$ref": reference},
                registry=self._registry,
                format_checker=OAS30Validator.FORMAT_CHECKER,
            )
        faults = self._validators[reference].iter_errors(value)
        return [f"{fault.json_path}: {fault.message[:300]}" for fault in faults]


def _loosened(node: Any) -> Any:
    """Return the contract without its contradictions.

    The published file forbids additional properties beside ``oneOf`` and ``allOf``,
    so that nothing fits; and it says ``oneOf`` of a shipment (of a variant) and of its
    own extension, of which every shipment is both.
    """
    if isinstance(node, list):
        return [_loosened(item) for item in node]
    if not isinstance(node, dict):
        return node
    result = {
        key: _loosened(value)
        for key, value in node.items()
        if not (key == "additionalProperties" and value is False)
    }
    references = [
        branch.get("$ref", "") if isinstance(branch, dict) else ""
        for branch in result.get("oneOf", [])
    ]
    if any(name.endswith(EXTENSIONS) for name in references):
        result["anyOf"] = result.pop("oneOf")
    if "$ref" in result:
        return {"$ref": result["$ref"]}
    return result


def _lists_refusals(operation: Mapping[str, Any]) -> bool:
    """Say whether an operation lists any refusal: some list their successes alone."""
    return any(status.startswith("4") for status in operation["responses"])


def _fits(value: str, schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    if kind == "boolean":
        return value in ("true", "false")
    if kind in ("number", "integer"):
        if not re.fullmatch(r"-?\d+", value):
            return False
        number = int(value)
        return schema.get("minimum", number) <= number <= schema.get("maximum", number)
    if schema.get("format") == "date-time":
        return re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", value) is not None
    if schema.get("format") == "int32":
        return re.fullmatch(r"\d+", value) is not None
    return True
