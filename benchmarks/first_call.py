"""One cold start, as a separate process: ``python first_call.py bare|app``; prints CPU and wall-clock seconds.

``bare`` is the floor: a botocore client and one stubbed ``update_item``. ``app`` imports the deployed
``app.py``, reads secrets and contest, checks a token and starts an attempt; DynamoDB is stubbed likewise.
"""

from __future__ import annotations

import time

_began = (time.process_time(), time.perf_counter())

import os
import sys


def bare() -> None:
    from botocore.session import get_session
    from stubs import answer_update

    client = get_session().create_client("dynamodb", region_name=os.environ["AWS_REGION"])
    client.meta.events.register_first("before-send.dynamodb.UpdateItem", answer_update)
    client.update_item(
        TableName="entries",
        Key={"pk": {"S": "w1#a3"}, "sk": {"S": "a3" + "0" * 18}},
        UpdateExpression="SET #used = :one",
        ExpressionAttributeNames={"#used": "used"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def app() -> None:
    import urllib3
    from stubs import answer_signed, gateway_event, stub

    urllib3.PoolManager.request = answer_signed  # type: ignore[method-assign,assignment]
    import app as deployed
    from chalicelib.wiring import api

    create = api.dynamodb_client

    def stubbed(session: object, region: str) -> object:
        client = create(session, region)  # type: ignore[arg-type]
        stub(client)
        return client

    api.dynamodb_client = stubbed  # type: ignore[assignment]
    answer = deployed.app(gateway_event("POST", "/attempts", None, os.environ["TOKEN"], "{}"), None)
    if answer["statusCode"] != 201:
        raise SystemExit(str(answer))


if __name__ == "__main__":
    {"bare": bare, "app": app}[sys.argv[1]]()
    print(time.process_time() - _began[0], time.perf_counter() - _began[1])
