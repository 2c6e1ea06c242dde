"""Cuộc Thi on AWS: the entry points and their schedules. Each calls one use case.

The API's parts are imported here, when an environment starts; the other functions import their own.
"""

# ruff: noqa: E402  the collector is off before anything large is imported
from __future__ import annotations

import gc

gc.disable()  # what is imported stays, and looking through it again and again is a tenth of a cold start

from typing import Any
from urllib.parse import unquote_plus

from chalice.app import DynamoDBEvent, Rate, Response

from chalicelib.domain.errors import NotLoaded
from chalicelib.web.chalice_app import ContestApp, guarded, log, reply
from chalicelib.web.client_address import client_address
from chalicelib.wiring import api

app = ContestApp("cuoc-thi")
gc.freeze()
gc.enable()


def _token() -> str | None:
    header: str | None = app.current_request.headers.get("authorization")
    return header


def _body() -> bytes:
    raw: bytes = app.current_request.raw_body
    return raw


def _address() -> str:
    return client_address(app.current_request.context, app.current_request.headers)


@app.route("/health", methods=["GET"])
def health() -> Response:
    return guarded(lambda: reply(200, api.health()))


@app.route("/contest", methods=["GET"])
def contest() -> Response:
    return guarded(lambda: reply(200, api.exam().contest()))


@app.route("/challenge", methods=["GET"])
def challenge() -> Response:
    return guarded(lambda: reply(200, api.account().challenge(_address())))


@app.route("/participants", methods=["POST"])
def register() -> Response:
    return guarded(lambda: reply(201, api.account().register(_body(), _address())))


@app.route("/sessions", methods=["POST"])
def sign_in() -> Response:
    return guarded(lambda: reply(200, api.account().sign_in(_body(), _address())))


@app.route("/sign-in", methods=["GET"])
def begin_sign_in() -> Response:
    return guarded(lambda: reply(200, api.provider().begin()))


@app.route("/sign-in", methods=["POST"])
def finish_sign_in() -> Response:
    return guarded(lambda: reply(*api.provider().finish(_body())))


@app.route("/password", methods=["POST"])
def reset_password() -> Response:
    return guarded(lambda: reply(204, api.account().reset_password(_body(), _address())))


@app.route("/me", methods=["GET"])
def me() -> Response:
    return guarded(lambda: reply(200, api.account().me(_token())))


@app.route("/attempts", methods=["POST"])
def start() -> Response:
    return guarded(lambda: reply(*api.exam().start(_token(), _body())))


@app.route("/attempts/{attempt_id}", methods=["GET"])
def read(attempt_id: str) -> Response:
    return guarded(lambda: reply(200, api.exam().read(_token(), attempt_id)))


@app.route("/attempts/{attempt_id}/answers", methods=["PUT"])
def save(attempt_id: str) -> Response:
    return guarded(lambda: reply(200, api.exam().save(_token(), attempt_id, _body())))


@app.route("/attempts/{attempt_id}/submission", methods=["POST"])
def submit(attempt_id: str) -> Response:
    return guarded(lambda: reply(200, api.exam().submit(_token(), attempt_id, _body())))


@app.schedule(Rate(5, unit=Rate.MINUTES), name="close_weeks")
def close_weeks(event: Any) -> list[dict[str, Any]]:
    """Closes every week that is over. An error raises the alarm, and the next run tries again."""
    from chalicelib.services.publishing.watch import must_be_loaded
    from chalicelib.wiring.close_weeks import closing

    parts = closing()
    try:
        made = parts.run()
    except NotLoaded:
        must_be_loaded(parts.site)
        made = []
    log.info({"closed": made})
    return made


@app.lambda_function(name="close_by_shares")
def close_by_shares(event: dict[str, Any], context: Any) -> Any:
    """The steps of the state machine for contests that are too large for one function to read."""
    from chalicelib.wiring.close_weeks import closing

    made = closing().step(event)
    log.info({event["step"]: made})
    return made


# The stream's ARN is known only when the stack is made: infra/template.yaml replaces this one with it.
@app.on_dynamodb_record(
    "arn:aws:dynamodb:region:account:table/entries/stream/label",
    name="tally",
    batch_size=1000,
    starting_position="TRIM_HORIZON",
    maximum_batching_window_in_seconds=20,
)
def tally(event: DynamoDBEvent) -> None:
    """Counts finished attempts for ``data/live.json``. After an error the batch is delivered again."""
    from chalicelib.wiring.tally import count

    records = event.to_dict()["Records"]
    weeks, unauthentic = count(records)
    log.info({"tally": len(records), "weeks": weeks})
    if unauthentic:
        log.warning({"unauthentic": unauthentic})


@app.schedule(Rate(1, unit=Rate.MINUTES), name="publish_live")
def publish_live(event: Any) -> None:
    """Writes ``data/live.json``, the figures that may be shown in an open week, and the log's next leaf."""
    from chalicelib.wiring.publish_live import append_to_log, not_loaded, publish

    try:
        put, size = publish(), append_to_log()
    except NotLoaded:
        not_loaded()
        put, size = False, 0
    log.info({"live": put, "log": size})


@app.schedule(Rate(1, unit=Rate.MINUTES), name="visit")
def visit(event: Any) -> None:
    """Looks at the public address as people do. An error raises the alarm."""
    from chalicelib.wiring.visit import visit_site

    visit_site()


@app.lambda_function(name="read_file")
def read_file(event: dict[str, Any], context: Any) -> str:
    """Reads a file of the desk's ``inbox/`` for ``intake``, which asks for it and checks what it says."""
    from chalicelib.wiring.read_file import read_one

    return read_one(event["key"], event["version"], event["delivery"])


@app.lambda_function(name="intake")
def intake(event: dict[str, Any], context: Any) -> None:
    """Takes over the files that were put into the desk's ``inbox/``."""
    from chalicelib.services.intake.inbox import Delivery
    from chalicelib.wiring.intake import inbox

    for record in event["Records"]:
        put = record["s3"]["object"]
        delivery = Delivery(
            key=unquote_plus(put["key"]),
            version=put.get("versionId", ""),
            sequencer=put.get("sequencer", ""),
            request=context.aws_request_id,
        )
        answer = inbox().take_over(delivery)
        if answer:
            log.info({"intake": answer.file, "accepted": answer.accepted})
