"""Prism between us and the HTTP partner: a second pair of eyes on every call.

It reads the vendor's contract file with code that nobody here wrote, passes every call
on, and says in a header of the answer and in its log what breaks the contract.
"""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from typing_extensions import Self

from setup.lib.build import build_folder
from setup.lib.prism import ensure_prism

from .contract import loosened_contract

START_SECONDS = 60.0
#: The header in which Prism tells what it found.
HEADER = "sl-violations"


class ContractProxy:
    """Prism as a process. A context manager.

    :param contract: the vendor's file
    :param upstream: address of the partner
    :param state: folder for the file as Prism reads it, and for its log
    """

    def __init__(self, contract: Path, upstream: str, state: Path) -> None:
        self._program = ensure_prism(build_folder())
        self._contract, self._upstream, self._state = contract, upstream, state
        self._log = state / "prism.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.base_url = ""

    def __enter__(self) -> Self:
        document = self._state / "contract.json"
        content = loosened_contract(self._contract)
        for path in content["paths"].values():
            for operation in path.values():
                _drop_answer_headers(operation)
        document.write_text(json.dumps(content))
        with socket.socket() as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        # never --errors: it makes failures of mistakes in the vendor's own examples
        command = [self._program, "proxy", "-h", "127.0.0.1", "-p", str(port)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*map(str, command), str(document), self._upstream],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.base_url = f"http://127.0.0.1:{port}"
        try:
            self._wait("Prism is listening", START_SECONDS)
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exc_info: object) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)

    def logged(self) -> list[str]:
        """Give the lines of the log that tell of a violation so far."""
        return [line for line in self._text().splitlines() if "Violation:" in line]

    def wait_logged(self, words: str) -> None:
        """Wait until the log has these words: it is written a little later."""
        self._wait(words, 10)

    def _text(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def _wait(self, words: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while words not in self._text():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > end:
                raise TimeoutError(f"Prism never said {words!r}: {self._text()[-800:]}")
            time.sleep(0.05)


def _drop_answer_headers(operation: Any) -> None:
    """Take the descriptions of answer headers out of an operation.

    Prism 5.14 ends with a TypeError where one is an object and the answer lacks it.
    """
    if isinstance(operation, dict):
        for answer in operation.get("responses", {}).values():
            answer.pop("headers", None)


def violations(headers: Any) -> list[str]:
    """Give what Prism found in a call, from the headers of its answer."""
    told = {name.lower(): value for name, value in headers.items()}.get(HEADER)
    found = json.loads(told) if told else []
    return [f"{'.'.join(entry['location'])}: {entry['message']}" for entry in found]
