"""Our side of ``benchmarks/peer.py``: the function's process, on the API's package alone.

Each line on standard input has it answer ``PAIRS`` starts and submissions; it prints the CPU of one pair in
microseconds, with what Lambda's runtime does for it: the event from JSON, the answer to JSON.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from typing import Any

import stubs
from stubs import gateway_event

from chalicelib.storage import http_lines


def main() -> None:
    real = http_lines.KeptLines.send
    here = http_lines.Address(False, "127.0.0.1", int(sys.argv[1]))

    def send(self: Any, to: Any, method: str, path: str, headers: Any, body: bytes) -> Any:
        """Updates leave over a real connection; what a cold start reads is answered in the process."""
        if headers.get("X-Amz-Target", "").endswith(".UpdateItem"):
            return real(self, here, method, path, headers, body)
        return answer(self, to, method, path, headers, body)

    answer = stubs.answer_signed
    http_lines.KeptLines.send = send  # type: ignore[method-assign]
    import app as deployed  # noqa: PLC0415  after the stub is in place
    from chalicelib.wiring import api as wired  # noqa: PLC0415

    questions = wired.exam().library.current().definition.paper.questions
    given = {"answers": {str(place): ["A"] for place in range(1, questions + 1)}, "prediction": 1234}
    sent, token = json.dumps({**given, "revision": 0}), os.environ["TOKEN"]
    logging.getLogger("cuoc-thi").handlers[0].setStream(open(os.devnull, "w"))  # type: ignore[attr-defined]  # noqa: PTH123, SIM115
    start = json.dumps(gateway_event("POST", "/attempts", None, token, "{}"))
    pairs = int(os.environ["PAIRS"])

    def asked(event: str) -> dict[str, Any]:
        made: dict[str, Any] = deployed.app(json.loads(event), None)
        if made["statusCode"] not in (200, 201):
            raise SystemExit(str(made))
        json.dumps(made)
        return made

    named = {"attempt_id": json.loads(asked(start)["body"])["attempt"]["attempt_id"]}
    submission = json.dumps(gateway_event("POST", "/attempts/{attempt_id}/submission", named, token, sent))
    for _ in sys.stdin:
        began = time.process_time()
        for _ in range(pairs):
            asked(start)
            asked(submission)
        print((time.process_time() - began) / pairs * 1e6, flush=True)


if __name__ == "__main__":
    main()
