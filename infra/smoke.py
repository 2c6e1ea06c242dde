"""Plays one attempt of a marked test person through the public address, and takes it out again.

    python -m infra.smoke --stage prod

Registers, signs in, sits one paper with a save, looks at it in `GET /me`; then an annulment takes the attempt
out of every count and ranking, with its reason in public, and the person's data are erased. The citizen ID is
of somebody of 119 years, so that nobody's own number is used up. The log keeps the attempt, as it keeps all.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.people import solve
from infra.cloudformation import outputs
from infra.intake import send
from infra.local.stackfile import read_stack, stack_client
from infra.package import PROJECT
from infra.stage import stack_name

Answer = dict[str, Any]
# What the inbox answers to a file, None if it does not answer; see ``infra.intake.send``.
Inbox = Callable[[str, bytes], Answer | None]

NAME = "Kiểm Tra Hệ Thống"
REASON = "Lượt thi kiểm tra hệ thống sau khi triển khai"
AGE = 119  # registration takes 120 at most, and nobody is as old
TRIES = 6
# The organisers' own choices, which leave nothing to play from here on.
CLOSED = {"stopped"}


class Failed(Exception):
    """The deployment does not do what people need; the message says what was asked and answered."""


@dataclass
class Smoke:
    """``site``: where people come, without a slash at the end. ``told``: what was played, in words."""

    site: str
    inbox: Inbox
    pause: Callable[[float], None] = time.sleep
    told: list[str] = field(default_factory=list)

    def play(self) -> list[str]:
        """Returns what was played. Raises ``Failed``."""
        page = self._get("/")
        if b"<!doctype html" not in page[:200].lower():
            raise Failed(f"{self.site}/ is no page.")
        health = self._api("GET", "/health", taken={503})
        if health.get("code") == "not_loaded":
            return [*self.told, "The page is there; no contest is loaded, so nobody could take part."]
        contest = self._api("GET", "/contest")
        self.told.append(f"Page, health and contest {health.get('contest')} answer.")
        self._take_part(contest)
        return self.told

    def _take_part(self, contest: Answer) -> None:
        if (contest["identity"] or {}).get("require"):
            self.told.append("Not played: registering, which takes an account at the identity provider.")
            return
        person = self._application(contest)
        registered = self._api("POST", "/participants", person, proves=True, taken={503})
        if "participant" not in registered:
            self._closed(registered, "registration")
            return
        participant = registered["participant"]["participant_id"]
        with self._taken_out(participant, person["citizen_id"], contest):
            credentials = {"citizen_id": person["citizen_id"], "password": person["password"]}
            session = self._api("POST", "/sessions", credentials, proves=True, taken={503})
            if "token" not in session:
                self._closed(session, "signing in")
                return
            self._sit(contest, session["token"])

    def _sit(self, contest: Answer, token: str) -> None:
        if contest["week"] is None:
            self.told.append("A test person registered and signed in; no week is open, so there was no paper.")
            return
        started = self._api("POST", "/attempts", {}, token, taken={503})
        if "attempt" not in started:
            self._closed(started, "beginning")
            return
        attempt = started["attempt"]
        path = f"/attempts/{attempt['attempt_id']}"
        body: Answer = {
            "answers": {str(one["number"]): [one["options"][0]["key"]] for one in attempt["questions"]},
            "revision": attempt["revision"],
        }
        if attempt.get("prediction_question"):
            body["prediction"] = 0
        body["revision"] = self._api("PUT", f"{path}/answers", body, token)["revision"]
        handed_in = self._api("POST", f"{path}/submission", body, token)
        if "receipt" not in handed_in:
            raise Failed("A paper was handed in and no receipt came.")
        me = self._api("GET", "/me", token=token)
        if attempt["attempt_id"] not in json.dumps(me):
            raise Failed("A paper was handed in, and GET /me does not know it.")
        self.told.append(
            f"A test person sat a paper: {handed_in['total']} questions, receipt and /me are right."
        )

    def _closed(self, answer: Answer, what: str) -> None:
        if answer.get("code") not in CLOSED:
            raise Failed(f"{what} was refused: {answer.get('detail', answer)}")
        self.told.append(f"Not played: {what} is closed ({answer['code']}).")

    @contextmanager
    def _taken_out(self, participant: str, citizen_id: str, contest: Answer) -> Iterator[None]:
        """Whatever happens meanwhile: the attempt counts nowhere, and the person is erased."""
        week = contest["week"]
        try:
            yield
        finally:
            if week is not None:
                today = datetime.now(UTC).date().isoformat()
                rows = (
                    f"citizen_id,participant_id,weeks,effect,decided_on,reason\n,{participant},{week['number']}"
                )
                self._decide("annulments.csv", f"{rows},not_counted,{today},{REASON}\n", participant)
            self._decide("data-requests.csv", f"citizen_id,request\n{citizen_id},erase\n", participant)
            self.told.append("The test person's attempt counts nowhere, and their data are erased.")

    def _decide(self, file: str, text: str, participant: str) -> None:
        report = self.inbox(file, text.encode())
        if not report or not report["accepted"]:
            why = json.dumps(report["faults"], ensure_ascii=False) if report else "there was no answer"
            raise Failed(
                f"The test person {participant} could not be taken out: {file}: {why}. "
                "Send the file again by `make intake`."
            )

    def _application(self, contest: Answer) -> Answer:
        born = datetime.now(UTC).year - AGE
        century = born // 100 - 19
        categories = contest["categories"]
        # Who is not obliged moves no unit's rate, not even for a moment.
        chosen = next((one for one in categories if not one["obliged"]), categories[0])
        unit = None
        if chosen["unit"] == "required":
            unit = json.loads(self._get("/data/units.json"))[0]["code"]
        return {
            "citizen_id": f"001{2 * century}{born % 100:02}{secrets.randbelow(10**6):06}",
            "full_name": NAME,
            "date_of_birth": f"{born}-01-01",
            "gender": "male",
            "phone": "0900000000",
            "category": chosen["name"],
            "unit_code": unit,
            "password": secrets.token_urlsafe(18),
            "consent": True,
        }

    def _get(self, path: str) -> bytes:
        status, data, _ = self._ask(Request(self.site + path))  # noqa: S310  the stack's own address
        if status != 200:
            raise Failed(f"GET {path}: {status}")
        return data

    def _api(
        self,
        method: str,
        path: str,
        body: Answer | None = None,
        token: str = "",
        *,
        proves: bool = False,
        taken: set[int] | None = None,
    ) -> Answer:
        """The answer; a status of ``taken`` is one too. Waits where the API is busy and pays where it asks.

        Raises ``Failed``.
        """
        for trial in range(TRIES):
            headers = {"Content-Type": "application/json"} | (
                {"Authorization": f"Bearer {token}"} if token else {}
            )
            data = None if body is None else json.dumps(body).encode()
            request = Request(f"{self.site}/api{path}", data, headers, method=method)  # noqa: S310  as above
            status, got, retry = self._ask(request)
            try:
                answer: Answer = json.loads(got)
            except ValueError:
                raise Failed(f"{method} {path}: {status}, and no JSON") from None
            if status == 429 and proves and body is not None and "challenge" in answer:
                body = {**body, "proof": solve(answer["challenge"])}
            elif status == 503 and answer.get("code") == "busy" and trial < TRIES - 1:
                self.pause(retry)
            elif status < 300 or status in (taken or set()):
                return answer
            else:
                break
        raise Failed(f"{method} {path}: {status} {answer.get('code', '')} {answer.get('detail', '')}".strip())

    def _ask(self, request: Request) -> tuple[int, bytes, float]:
        try:
            with urlopen(request, timeout=30) as got:  # noqa: S310  as above
                return got.status, got.read(), 0.0
        except HTTPError as error:
            return error.code, error.read(), float(error.headers.get("Retry-After") or 1)
        except (URLError, OSError) as error:
            raise Failed(f"{request.full_url} does not answer: {error}.") from None


def main() -> None:
    """Exits with 1 if something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description=__doc__.split("\n")[0])
    parser.add_argument("--stage", choices=("local", "dev", "prod"), default="local")
    options = parser.parse_args()
    try:
        if options.stage == "local":
            stack = read_stack(PROJECT / ".local" / "stack.json")
            site, desk, s3 = stack["site_url"], stack["desk_bucket"], stack_client(stack, "s3")
        else:
            found = outputs(boto3.client("cloudformation"), stack_name(options.stage))
            site, desk, s3 = found["SiteUrl"], found["DeskBucket"], boto3.client("s3")
        print("\n".join(Smoke(site, lambda file, data: send(s3, desk, file, data)).play()))
    except Failed as failed:
        sys.exit(f"It does not work. {failed}")
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"Not played. {error}")


if __name__ == "__main__":
    main()
