"""An OpenID Connect provider that a test runs, as friendly or as hostile as the test wants.

``Provider`` is oidc-provider-mock with what it leaves out: it holds a code to its PKCE challenge, its client's
secret and its redirect address. ``Hostile`` answers whatever a test puts there.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import flask
import oidc_provider_mock
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from infra.cloudformation import outputs
from infra.stage import stack_name
from tests.identity_table import CLIENT
from tests.stack import Stack

SECRET = "bí mật của cuộc thi"
BASIC = "Basic " + base64.b64encode(f"{quote_plus(CLIENT)}:{quote_plus(SECRET)}".encode()).decode()
PERSON = {
    "SoDinhDanh": "040090000001",
    "HoVaTen": "NGUYỄN VĂN AN",
    "NgaySinh": "06/05/1990",
    "GioiTinh": "Nam",
    "phone_number": "+84912345678",
}


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


@dataclass
class Provider:
    """``url`` is the issuer. ``down``: it answers every call with 503. ``exchanged``: how often a code was."""

    url: str
    down: bool = False
    exchanged: list[int] = field(default_factory=list)

    def sign_in(self, address: str, sub: str = "an") -> dict[str, str]:
        """What a person's browser does there; the parameters with which it comes back."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
        assert answer.status_code in (302, 303), answer.text
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}


@contextlib.contextmanager
def provider(people: dict[str, dict[str, Any]] | None = None) -> Iterator[Provider]:
    """oidc-provider-mock on a free port of this machine, with these people by ``sub``."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    users = [
        oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in (people or {"an": PERSON}).items()
    ]
    app = oidc_provider_mock.app(user_claims=users, require_nonce=True)
    app.debug = False
    asked: dict[str, dict[str, str]] = {}
    run = Provider("")

    @app.before_request
    def check() -> Any:
        if run.down:
            return flask.make_response({"error": "temporarily_unavailable"}, 503)
        if flask.request.path != "/oauth2/token":
            return None
        form = flask.request.form
        begun = asked.pop(form.get("code", ""), None)
        hashed = sha256(form.get("code_verifier", "").encode()).digest()
        if begun is None or base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() != begun["code_challenge"]:
            return flask.make_response({"error": "invalid_grant", "error_description": "PKCE"}, 400)
        if form.get("redirect_uri") != begun["redirect_uri"]:
            return flask.make_response({"error": "invalid_grant"}, 400)
        if flask.request.headers.get("Authorization") != BASIC:
            return flask.make_response({"error": "invalid_client"}, 401)
        run.exchanged.append(1)
        return None

    @app.after_request
    def remember(response: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/authorize" and flask.request.method == "POST":
            sent = flask.request.args.to_dict()
            code = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code")
            if code:
                assert sent["code_challenge_method"] == "S256"
                asked[code[0]] = sent
        return response

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    run.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield run
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def keep_secret(stack: Stack) -> None:
    """Puts the secret of the contest at the provider where the handbook says that it is kept."""
    name = outputs(stack.client("cloudformation"), stack_name("local"))["ProviderSecretName"]
    stack.client("secretsmanager").put_secret_value(SecretId=name, SecretString=SECRET)


Answer = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """A request to ``Hostile``; ``form`` is its body."""

    form: dict[str, list[str]]

    def log_message(self, *_: Any) -> None:
        pass

    def say(self, content: Any, status: int = 200, **headers: str) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


@contextlib.contextmanager
def hostile(answers: dict[str, Answer]) -> Iterator[str]:
    """The address of a server that answers as it likes; ``answers`` by path, which may change meanwhile."""

    class Handler(Request):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.form = parse_qs(self.rfile.read(length).decode())
            self._answer()

        def _answer(self) -> None:
            with contextlib.suppress(OSError):  # nobody listens any more
                answers[urlsplit(self.path).path](self)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
