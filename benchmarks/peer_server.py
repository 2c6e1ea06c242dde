"""The peer of ``make bench PEER=1``: a start and a submission by FastAPI, asyncpg and PostgreSQL.

It runs in ``.venv-peer`` on its own, as a team would write it that has a server: one process, a pool of
connections, one statement a request, each committed to disk before it is answered. The bank is in memory. It
checks the same tokens, keeps one attempt open, grades what is handed in, and signs no receipt.

    python peer_server.py <port> <bank.json> <PostgreSQL's socket folder>
"""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Header, HTTPException
from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel

QUESTIONS, LIMIT, MINUTES = 20, 10, 20
LETTERS = "ABCDEF"
BANK: list[dict[str, Any]] = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
SIGNING = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
TOKENS = URLSafeSerializer(b"bench-secret", salt="session", signer_kwargs=SIGNING)
TABLE = """
CREATE TABLE attempts (
    person text, week int, number int, nonce text NOT NULL, started bigint NOT NULL,
    finished bigint, score int, answers text, prediction int,
    PRIMARY KEY (person, week, number)
);
CREATE UNIQUE INDEX one_open ON attempts (person, week) WHERE finished IS NULL
"""
START = """
INSERT INTO attempts (person, week, number, nonce, started)
SELECT $1, $2, count(*) + 1, $3, $4 FROM attempts WHERE person = $1 AND week = $2 HAVING count(*) < $5
RETURNING number
"""
SUBMIT = """
UPDATE attempts SET finished = $4, score = $5, answers = $6, prediction = $7
WHERE person = $1 AND week = $2 AND number = $3 AND finished IS NULL
RETURNING started
"""


class Answers(BaseModel):
    answers: dict[str, list[str]]
    prediction: int | None = None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(host=sys.argv[3], user="peer", database="postgres", min_size=2) as pool:
        await pool.execute(TABLE)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


def person_of(authorization: str) -> str:
    try:
        person, _, _, expires = TOKENS.loads(authorization.removeprefix("Bearer "))
    except BadData:
        raise HTTPException(401) from None
    if time.time() * 1000 >= expires:
        raise HTTPException(401)
    return str(person)


def paper(nonce: str) -> list[tuple[dict[str, Any], list[int]]]:
    dice = random.Random(nonce)
    drawn = dice.sample(BANK, QUESTIONS)
    return [
        (question, dice.sample(range(len(question["options"])), len(question["options"]))) for question in drawn
    ]


@app.post("/attempts", status_code=201)
async def start(authorization: Annotated[str, Header()]) -> dict[str, Any]:
    person, nonce, now = person_of(authorization), secrets.token_hex(8), int(time.time() * 1000)
    try:
        number = await app.state.pool.fetchval(START, person, 1, nonce, now, LIMIT)
    except asyncpg.UniqueViolationError:
        raise HTTPException(409) from None
    if number is None:
        raise HTTPException(409)
    questions = [
        {
            "number": place,
            "id": question["id"],
            "text": question["text"],
            "options": [{"key": LETTERS[i], "text": question["options"][at]} for i, at in enumerate(order)],
        }
        for place, (question, order) in enumerate(paper(nonce), 1)
    ]
    return {"attempt_id": f"1-{number}-{nonce}", "started_at": now, "questions": questions}


@app.post("/attempts/{attempt_id}/submission")
async def submit(attempt_id: str, body: Answers, authorization: Annotated[str, Header()]) -> dict[str, Any]:
    person, now = person_of(authorization), int(time.time() * 1000)
    week, number, nonce = attempt_id.split("-")
    right = 0
    for place, (question, order) in enumerate(paper(nonce), 1):
        chosen = body.answers.get(str(place), [])
        right += {order[LETTERS.index(letter)] for letter in chosen} == set(question["right"])
    given = json.dumps(body.answers)
    key = (person, int(week), int(number))
    started = await app.state.pool.fetchval(SUBMIT, *key, now, right, given, body.prediction)
    if started is None:
        raise HTTPException(409)
    return {"score": right, "total": QUESTIONS, "duration_ms": now - started, "submitted_at": now}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False, timeout_keep_alive=600)
