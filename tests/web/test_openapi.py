"""docs/openapi.json agrees with the code: its routes, its answers, and every refusal of each route."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app import app
from chalicelib.domain import attempt as attempts
from chalicelib.domain.decisions import SWITCHES, Decisions, Notice, SwitchChange
from chalicelib.domain.errors import ContestError
from chalicelib.domain.identity import participant_id
from chalicelib.readers.plain import read_folder
from chalicelib.services.contest.public_contest import contest_now
from chalicelib.services.contest.reference import assemble, compile_parts
from chalicelib.web import problems, shapes
from infra.openapi import ANYWHERE, DOCUMENT, OPERATIONS, text
from infra.template import GATEWAY_RESPONSES
from tests.fakes import MINUTE, START, START_MS, WEEK, definition, reference
from tests.identity_table import identity
from tests.provider import PERSON, Provider, provider
from tests.web.counter import AN, BINH, HOME, PEPPER, Counter, body
from tests.web.test_problems import refusals as all_refusals

ROOT = Path(__file__).parent.parent.parent
COMMITTED = json.loads(DOCUMENT.read_text(encoding="utf-8"))
WHERE = {operation.id: where for where, operation in OPERATIONS.items()}
SAVED: Any = {"answers": {"1": ["A"]}, "revision": 0}
SUBMITTED: Any = {"answers": {"1": ["B"]}, "revision": 0}
NO_FLOW: Any = {"flow": "1.x.y", "code": "x", "state": "x"}
ENDING = ExitStack()
AN_ID = participant_id(PEPPER, AN["citizen_id"])
NOBODYS = f"1-1-{START_MS}-{'0' * 16}"


@cache
def schema(where: str) -> Draft202012Validator:
    parts = {name: COMMITTED[name] for name in ("paths", "components")}
    return Draft202012Validator({"$ref": where, **parts}, format_checker=Draft202012Validator.FORMAT_CHECKER)


def documented(operation: str, status: int) -> Draft202012Validator | None:
    """The shape of an answer of this status; None for no content. KeyError if it is undocumented."""
    method, path = WHERE[operation]
    where = f"#/paths/{path.replace('/', '~1')}/{method.lower()}/responses/{status}"
    answer = COMMITTED["paths"][path][method.lower()]["responses"][str(status)]
    if "$ref" in answer:
        where = answer["$ref"]
        answer = COMMITTED["components"]["responses"][where.rpartition("/")[2]]
    if "content" not in answer:
        return None
    (kind,) = answer["content"]
    return schema(f"{where}/content/{kind.replace('/', '~1')}/schema")


def test_the_committed_document_is_the_one_generated_from_the_code() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == text(), "run `make openapi` and look at what has changed"


def test_the_document_has_the_routes_of_the_app_and_no_others() -> None:
    assert set(OPERATIONS) == {(method, path) for path, methods in app.routes.items() for method in methods}


def test_every_problem_is_documented_somewhere() -> None:
    codes = {code for operation in OPERATIONS.values() for code in operation.codes}
    # API Gateway, in front of the app, answers an unknown method itself: "not_found".
    assert codes | set(ANYWHERE) == set(problems.PROBLEMS) - {"method_not_allowed"}
    assert set(GATEWAY_RESPONSES.values()) <= {*ANYWHERE, "not_found"}


def test_the_pattern_of_attempt_ids_is_the_one_in_the_code() -> None:
    own = attempts._ID.pattern.replace(r"\d", "[0-9]").replace("(", "").replace(")", "")
    assert f"^{own}$" == shapes.ATTEMPT_ID


@dataclass
class Situation:
    """Somebody with a ``token`` about to send ``raw`` (None: a good body) about ``attempt`` as ``person``."""

    counter: Counter
    token: str | None = None
    attempt: str = NOBODYS
    person: Any = None
    raw: bytes | None = None
    returned: Any = field(default_factory=lambda: dict(NO_FLOW))

    def ask(self, operation: str) -> tuple[int, Any]:
        """Status and answer, or raises the refusal of the route."""
        exam, account, person = self.counter.exam, self.counter.account, self.person or AN
        credentials = {"citizen_id": person["citizen_id"], "password": person["password"]}

        def send(good: Any) -> bytes:
            return body(good) if self.raw is None else self.raw

        routes: dict[str, Callable[[], Any]] = {
            "getHealth": exam.health,
            "getContest": exam.contest,
            "getChallenge": lambda: account.challenge(HOME),
            "registerParticipant": lambda: account.register(send(person), HOME),
            "signIn": lambda: account.sign_in(send(credentials), HOME),
            "beginProviderSignIn": self.counter.provider.begin,
            "finishProviderSignIn": lambda: self.counter.provider.finish(send(self.returned)),
            "resetPassword": lambda: account.reset_password(
                send({"citizen_id": person["citizen_id"], "code": "ABCD-2345", "password": "hoa ban trắng"}),
                HOME,
            ),
            "getMe": lambda: account.me(self.token),
            "startAttempt": lambda: exam.start(self.token, send({})),
            "readAttempt": lambda: exam.read(self.token, self.attempt),
            "saveAnswers": lambda: exam.save(self.token, self.attempt, send(SAVED)),
            "submitAttempt": lambda: exam.submit(self.token, self.attempt, send(SUBMITTED)),
        }
        answer = routes[operation]()
        if isinstance(answer, tuple):
            return answer
        return next(iter(OPERATIONS[WHERE[operation]].answers)), answer


def nobody_there() -> Situation:
    return Situation(Counter())


def one_with_an_open_attempt(**tables: Any) -> Situation:
    counter = Counter(definition(**tables))
    token = counter.arrive()
    return Situation(counter, token, counter.start(token)["attempt_id"])


def no_contest_yet() -> Situation:
    return Situation(Counter(loaded=False), Counter().arrive())


def one_who_registers_another() -> Situation:
    return Situation(Counter(), person=BINH)


def one_whose_number_is_taken() -> Situation:
    counter = Counter()
    counter.register(password="mật khẩu của kẻ khác")
    return Situation(counter)


def without_a_token() -> Situation:
    situation = one_with_an_open_attempt()
    situation.token = None
    return situation


def about_what_is_no_attempt() -> Situation:
    situation = one_with_an_open_attempt()
    situation.attempt = "1-1"
    return situation


def about_an_attempt_that_was_never_started() -> Situation:
    situation = one_with_an_open_attempt()
    situation.attempt = NOBODYS
    return situation


def with_a_field_too_many() -> Situation:
    situation = one_with_an_open_attempt()
    situation.raw = b'{"admin": true}'
    return situation


def with_a_wrong_password() -> Situation:
    situation = one_with_an_open_attempt()
    situation.person = {**AN, "password": "another one"}
    return situation


def with_too_many_wrong_passwords() -> Situation:
    situation = with_a_wrong_password()
    for _ in range(5):
        with pytest.raises(ContestError):
            situation.ask("signIn")
    return situation


def where_registering_costs_a_proof() -> Situation:
    return Situation(Counter(definition(eligibility={"proof_of_work": "on"})))


def once_decided(situation: Situation, **changed: Any) -> Situation:
    """The organisers have changed the contest, and the API has noticed it."""
    contest = situation.counter.exam.library.current().definition
    situation.counter.load(contest, **changed)
    situation.counter.clock.now += MINUTE
    return situation


def of_the_excluded() -> Situation:
    return once_decided(one_with_an_open_attempt(), excluded=[AN_ID])


def of_the_disqualified() -> Situation:
    return once_decided(one_with_an_open_attempt(), annulled=[AN_ID])


def after_the_last_week() -> Situation:
    counter = Counter()
    counter.clock.now += 5 * WEEK
    return Situation(counter, counter.arrive())


def with_no_attempts_left() -> Situation:
    situation = one_with_an_open_attempt(paper={"attempts_per_week": 1})
    situation.ask("submitAttempt")
    return situation


def after_another_device_has_saved() -> Situation:
    situation = one_with_an_open_attempt()
    situation.raw = body({"answers": {}, "prediction": 7, "revision": 0})
    situation.ask("saveAnswers")
    situation.raw = None
    return situation


def after_another_device_has_submitted() -> Situation:
    situation = one_with_an_open_attempt()
    situation.raw = body({"answers": {}, "prediction": 7, "revision": 0})
    situation.ask("submitAttempt")
    situation.raw = None
    return situation


def after_the_deadline() -> Situation:
    situation = one_with_an_open_attempt()
    situation.counter.clock.now += 11 * MINUTE
    return situation


def after_the_deadline_with_saved_answers() -> Situation:
    situation = one_with_an_open_attempt()
    situation.ask("saveAnswers")
    situation.counter.clock.now += 11 * MINUTE
    return situation


@cache
def some_provider() -> Provider:
    """One for all situations, until the tests end."""
    people = {"an": PERSON, "weak": {}}
    return ENDING.enter_context(provider(people))


def with_a_provider(sub: str = "an") -> Situation:
    """Somebody who comes back from there."""
    run = some_provider()
    counter = Counter(definition(identity=identity(run.url, "https://thi.example.vn/")))
    counter.clock.now = time.time_ns() // 1_000_000
    begun = counter.provider.begin()
    return Situation(counter, returned={"flow": begun["flow"], **run.sign_in(begun["url"], sub)})


def registered_with_a_provider() -> Situation:
    situation = with_a_provider()
    _, ticket = situation.ask("finishProviderSignIn")
    form = {name: AN[name] for name in ("unit_code", "category", "password", "consent")}
    situation.counter.account.register(body({**form, "ticket": ticket["ticket"]}), HOME)
    return situation


def registered_with_a_provider_and_excluded() -> Situation:
    return once_decided(registered_with_a_provider(), excluded=[AN_ID])


def registered_with_a_provider_and_disqualified() -> Situation:
    return once_decided(registered_with_a_provider(), annulled=[AN_ID])


def registered_with_a_provider_while_sign_in_is_stopped() -> Situation:
    stop = (SwitchChange("sign_in", False, "sửa", ""),)
    return once_decided(registered_with_a_provider(), decisions=Decisions(switches=stop))


def with_an_account_that_proves_nothing() -> Situation:
    return with_a_provider("weak")


def with_a_provider_too_late() -> Situation:
    situation = with_a_provider()
    situation.counter.clock.now += 15 * MINUTE
    return situation


def with_a_provider_in_another_browser() -> Situation:
    situation = with_a_provider()
    situation.returned["state"] = "another"
    return situation


def with_a_code_that_was_never_issued() -> Situation:
    situation = with_a_provider()
    situation.returned["code"] = "invented"
    return situation


def while_the_provider_is_down() -> Situation:
    situation = with_a_provider()
    for _ in range(5):
        situation.counter.exchanges.failed(situation.counter.clock.now, MINUTE, 5)
    return situation


def with_a_strange_answer_of_the_provider() -> Situation:
    situation = with_a_provider()
    situation.returned["more"] = 1
    return situation


def while_everything_is_stopped() -> Situation:
    situation = one_with_an_open_attempt()
    situation.ask("submitAttempt")
    stops = tuple(SwitchChange(switch, False, "sửa câu 12", "") for switch in SWITCHES)
    return once_decided(situation, decisions=Decisions(switches=stops, notices=(Notice("Chờ.", ""),)))


SITUATIONS = [
    nobody_there,
    one_with_an_open_attempt,
    no_contest_yet,
    one_who_registers_another,
    one_whose_number_is_taken,
    without_a_token,
    about_what_is_no_attempt,
    about_an_attempt_that_was_never_started,
    with_a_field_too_many,
    with_a_wrong_password,
    with_too_many_wrong_passwords,
    where_registering_costs_a_proof,
    of_the_excluded,
    of_the_disqualified,
    after_the_last_week,
    with_no_attempts_left,
    after_another_device_has_saved,
    after_another_device_has_submitted,
    after_the_deadline,
    after_the_deadline_with_saved_answers,
    while_everything_is_stopped,
    with_a_provider,
    registered_with_a_provider,
    registered_with_a_provider_and_excluded,
    registered_with_a_provider_and_disqualified,
    registered_with_a_provider_while_sign_in_is_stopped,
    with_an_account_that_proves_nothing,
    with_a_provider_too_late,
    with_a_provider_in_another_browser,
    with_a_code_that_was_never_issued,
    while_the_provider_is_down,
    with_a_strange_answer_of_the_provider,
]


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    with ENDING:
        yield
    some_provider.cache_clear()


def test_each_route_makes_exactly_its_documented_refusals_and_all_answers_have_their_shape() -> None:
    refused = set()
    for situation in SITUATIONS:
        for operation in WHERE:
            try:
                status, answer = situation().ask(operation)
            except ContestError as refusal:
                refused.add((operation, refusal.code))
                answer = problems.of(refusal, "id")
                status = answer["status"]
            shape = documented(operation, status)
            if shape is None:
                assert answer is None
            else:
                shape.validate(answer)
    # "not_found" on these routes is the gateway's, for an attempt id with a slash in it.
    assert refused == {
        (operation.id, code)
        for operation in OPERATIONS.values()
        for code in operation.codes
        if code != "not_found"
    }


def test_a_refusal_says_when_to_retry_where_the_document_says_so() -> None:
    telling = {kind.code for kind in all_refusals() if kind.retry_after}
    answers = COMMITTED["components"]["responses"].items()
    described = {
        code for name, answer in answers if "Retry-After" in answer["headers"] for code in name.split("-")
    }
    assert described == telling


def test_refusals_common_to_every_route_are_documented_for_each() -> None:
    for operation in WHERE:
        for code in ANYWHERE:
            shape = documented(operation, problems.PROBLEMS[code].status)
            assert shape is not None
            shape.validate(problems.document(code, "id"))


@pytest.mark.parametrize("where", COMMITTED["components"]["responses"])
def test_each_example_of_a_refusal_has_the_shape_of_its_code(where: str) -> None:
    ((kind, told),) = COMMITTED["components"]["responses"][where]["content"].items()
    shape = schema(f"#/components/responses/{where}/content/{kind.replace('/', '~1')}/schema")
    for code in told["examples"]:
        shape.validate(COMMITTED["components"]["examples"][code]["value"])


def test_a_code_with_members_of_its_own_is_documented_only_with_them() -> None:
    shape = documented("submitAttempt", 409)
    assert shape is not None
    for code in ("stale", "finished"):
        assert not shape.is_valid(problems.document(code, "id"))
        assert not shape.is_valid({**COMMITTED["components"]["examples"][code]["value"], "code": "overdue"})


SHIPPED = sorted(path.parent for path in (ROOT / "contests").rglob("contest.toml"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_shipped_contests_are_shown_as_documented(folder: Path) -> None:
    source = read_folder(folder)
    parts = compile_parts(source.definition.resolved(START), source.questions, source.units, {}, {})
    shape = documented("getContest", 200)
    assert shape is not None
    for now in (START_MS - WEEK, START_MS, START_MS + 60 * WEEK):
        shape.validate(contest_now(assemble(parts), now))


def test_rules_that_change_with_the_next_week_are_shown_as_documented() -> None:
    after = reference(definition(paper={"questions": 4}, ranking={"order": ["score"]}))
    shown = contest_now(replace(after, earlier={1: reference}), START_MS)
    assert shown["next_rules"]["paper"]["questions"] == 4
    shape = documented("getContest", 200)
    assert shape is not None
    shape.validate(shown)


@pytest.mark.parametrize(
    "changed",
    [
        {"citizen_id": "04008500001"},
        {"citizen_id": "0400850000012"},
        {"citizen_id": "04008500000a"},
        {"full_name": "A"},
        {"date_of_birth": "1985-2-3"},
        {"phone": "091234567"},
        {"phone": "0912345678x"},
        {"password": "1234567"},
        {"password": "1" * 129},
        {"consent": False},
        {"gender": "other"},
        {"admin": True},
    ],
    ids=str,
)
def test_a_registration_that_the_document_forbids_is_refused(changed: dict[str, Any]) -> None:
    registration = schema("#/components/schemas/Registration")
    registration.validate(AN)
    assert not registration.is_valid({**AN, **changed})
    with pytest.raises(ContestError, match=next(iter(changed))):
        Counter().register(AN, **changed)


@pytest.mark.parametrize(
    "sent",
    [
        {"answers": {"0": ["A"]}, "revision": 0},
        {"answers": {"01": ["A"]}, "revision": 0},
        {"answers": {"101": ["A"]}, "revision": 0},
        {"answers": {"1": ["G"]}, "revision": 0},
        {"answers": {"1": ["a"]}, "revision": 0},
        {"answers": {"1": "A"}, "revision": 0},
        {"answers": {"1": list("ABCDEFA")}, "revision": 0},
        {"answers": {}, "prediction": -1, "revision": 0},
        {"answers": {}, "prediction": 1_000_000_001, "revision": 0},
        {"answers": {}, "prediction": "1", "revision": 0},
        {"answers": {}},
        {"answers": {}, "revision": -1},
        {"answers": {}, "revision": 1_000_000_001},
        {"answers": {}, "revision": None},
        {"revision": 0},
        {},
    ],
    ids=str,
)
def test_answers_that_the_document_forbids_are_refused(sent: dict[str, Any]) -> None:
    answers = schema("#/components/schemas/PaperAnswers")
    answers.validate({"answers": {"1": ["B"], "2": []}, "prediction": 7, "revision": 0})
    answers.validate(SAVED)
    assert not answers.is_valid(sent)
    situation = one_with_an_open_attempt()
    situation.raw = body(sent)
    with pytest.raises(ContestError) as refused:
        situation.ask("saveAnswers")
    assert refused.value.code == "invalid"
