"""Odoo from outside, as its own web client reaches it."""

from typing import Any

import requests


class Refused(Exception):
    """What Odoo refuses, with its words.

    :ivar name: the exception's class on the server
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class Rpc:
    """A signed-in user of one database.

    :raises Refused: when the server refuses the sign-in or a call
    :raises requests.RequestException: when the server is not there
    """

    def __init__(
        self, url: str, database: str, login: str = "admin", password: str = "admin"
    ) -> None:
        self.url = url
        self._session = requests.Session()
        self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        answer = self._session.post(
            f"{self.url}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=600,
        )
        answer.raise_for_status()
        told = answer.json()
        if "error" in told:
            data = told["error"].get("data", {})
            raise Refused(data.get("name", ""), data.get("message", str(told)))
        return told.get("result")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a public method of a model."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post("/web/dataset/call_kw", params)

    def create(self, model: str, values: list[dict[str, Any]], **kwargs: Any) -> list:
        """Create records; give their ids."""
        return self.call(model, "create", values, **kwargs) if values else []

    def search(self, model: str, domain: list, **kwargs: Any) -> list[int]:
        """Give the ids of records."""
        return self.call(model, "search", domain, **kwargs)

    def read(
        self, model: str, domain: list, fields: list[str], **kwargs: Any
    ) -> list[dict[str, Any]]:
        """Give fields of records."""
        return self.call(model, "search_read", domain, fields, **kwargs)

    def one(self, model: str, domain: list) -> int:
        """Give the id of the one record that fits.

        :raises LookupError: when none does
        """
        found = self.search(model, domain, limit=1)
        if not found:
            raise LookupError(f"no {model} for {domain}")
        return found[0]

    def ref(self, xml_id: str) -> int:
        """Give the id behind an XML id."""
        module, name = xml_id.split(".")
        domain = [("module", "=", module), ("name", "=", name)]
        return self.read("ir.model.data", domain, ["res_id"])[0]["res_id"]
