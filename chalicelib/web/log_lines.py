"""Lines of the functions' logs: one JSON object each, with the id of the request or run that it is about.

Lambda passes JSON on as it is and finds the level in it, provided that ``timestamp`` is RFC 3339.
"""

from __future__ import annotations

import json
import logging
import os
import time
from contextvars import ContextVar
from typing import Any

# Chalice gives the logger with the app's name a handler that writes to standard output.
_log = logging.getLogger("cuoc-thi")
# As Lambda calls them; INFO is what it takes a line for that says none.
_LEVELS = {"DEBUG": "DEBUG", "WARNING": "WARN", "ERROR": "ERROR", "CRITICAL": "FATAL"}
# Made once: json.dumps would make an encoder for each line.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


def begin(request_id: str) -> None:
    """All lines from here on are about this request, or run of a function."""
    _about.set({"request_id": request_id})


def add(**fields: Any) -> None:
    """All lines of this request from here on say this too."""
    about = _about.get()
    if about is not None:
        about.update(fields)


def request_id() -> str:
    """The id of the request that is being answered."""
    about = _about.get() or {}
    return str(about.get("request_id", ""))


class JsonLines(logging.Formatter):
    """``timestamp``, ``level`` unless INFO, what the line is about, and the message: its members, if a dict."""

    def format(self, record: logging.LogRecord) -> str:
        second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {"timestamp": f"{second}.{int(record.msecs):03}Z"}
        if level := _LEVELS.get(record.levelname):
            line["level"] = level
        line |= _about.get() or {}
        line |= record.msg if isinstance(record.msg, dict) else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


def set_up() -> None:
    """From which level on there are lines says Lambda, as the template's parameter ``LogLevel`` told it."""
    # No line names them, and each record would ask for them (Python's logging HOWTO, “Optimization”).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    _log.setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))
    for handler in _log.handlers:
        handler.setFormatter(JsonLines())
