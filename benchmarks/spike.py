"""``make spike``: Monday, eight o'clock, simulated: people who use the page against the platform's limits.

    python -m benchmarks.spike    # some minutes; writes the tables and the chart of docs/capacity.md

`benchmarks/spike.mjs` simulates with the page's own functions. This module hands it the platform's limits
(`infra/platform.toml`), the measured figures (docs/figures.md and the code that states them) and the settings
of the templates; it makes the scenarios, prices what they use and searches the knee. What nobody has measured
is in `infra/platform.toml` as "assumed", or in `HABITS`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import leather
import yaml  # type: ignore[import-untyped]

from benchmarks.figures import RECORD
from benchmarks.figures import number as figure
from chalicelib.domain.errors import Busy
from chalicelib.services.exam.pace import _CALM, LONGEST
from chalicelib.services.people import brakes
from chalicelib.web.proof_of_work import NUMBERS_A_STEP
from infra.expected import SIZES, expected, of_an_address, quotas
from infra.progress import say_aside

ROOT = Path(__file__).resolve().parent.parent
SEEDS = (1, 2)
MINUTE = 60_000
GRACE = 10_000
# What people do, as far as no page decides it. Times in ms.
HABITS: dict[str, float] = {
    "sitsMs": 8 * MINUTE,  # median of a paper of twenty questions and twenty minutes
    "sitsSigma": 0.4,
    "answerMs": 24_000,  # between two answers
    "limit": 20 * MINUTE,
    "grace": GRACE,
    "looksMs": 2_000,  # at the own page before the start, half as long to one and a half
    "waitsMs": 5 * MINUTE,  # with the page open before the start
    "pressesAgainMs": 10_000,  # after an error on the screen
    "patience": 5,  # so many errors until somebody gives up
    "networkSigma": 0.5,
    "formMs": 90_000,  # to fill in the form
    "formSigma": 0.4,
    "hashesASecond": 300_000,  # an old phone's, as in docs/brakes.md, though not all are old
    "visitFiles": 30,
    "paperFiles": 4,
}
SIGNED_IN = 0.5  # of those who come for the opening
# A tenth of the phones has a broken line: of its requests a fifth is never answered (half never
# arrive), and a fifth is answered late, by up to so many ms.
BROKEN = {"share": 0.1, "lost": 0.2, "late": 0.2, "lateMs": 8_000}
BYTES = {"visit": 90_000, "answer": 1_500, "poll": 400, "log": 500}

# CPU in ms of a whole CPU, requests to DynamoDB, its units, and the table that takes the writes.
Route = dict[str, Any]


def measured() -> dict[str, float]:
    """Our own figures, from where they are written."""
    figures = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    passwords = (ROOT / "chalicelib" / "services" / "people" / "passwords.py").read_text(encoding="utf-8")

    def number(pattern: str, text: str = figures) -> float:
        found = re.search(pattern, text)
        if found is None:
            raise SystemExit(f"nothing written agrees with {pattern!r}")
        return float(found[1])

    return {
        "cold": figure("cold start, CPU"),
        "submission": figure("submission with receipt, warm CPU"),
        "registration": figure("registration, warm CPU"),
        "unproved": figure("registration that is asked for a proof of work"),
        "record": figure(RECORD) + figure(RECORD, "floor"),
        "pushed_back": number(r"says 503 with `Retry-After` after ([\d.]+) ms"),
        "password": number(r"\(([\d.]+) ms on one core\)", passwords),
    }


def routes(figures: Mapping[str, float]) -> dict[str, Route]:
    """Each with a millisecond and a half for Lambda's runtime and the line of the log."""
    runtime = 1.5
    light, unproved = figures["submission"] + runtime, figures["unproved"] + runtime
    entry = {"cpu": light, "calls": 1, "writes": 1, "reads": 0, "table": "entries"}
    return {
        # From a place where the person has not been before: counted before it is tried, and noted afterwards.
        "signIn": {
            "cpu": figures["password"] + 4,
            "calls": 4,
            "writes": 2,
            "reads": 2.5,
            "table": "participants",
        },
        "challenge": {"cpu": unproved, "calls": 1, "writes": 0, "reads": 1, "table": "participants"},
        # The proof is spent, the registration counted, and the person put.
        "register": {
            "cpu": figures["registration"] + runtime,
            "calls": 4,
            "writes": 3,
            "reads": 1,
            "table": "participants",
        },
        "unproved": {"cpu": unproved, "calls": 1, "writes": 0, "reads": 1, "table": "participants"},
        "me": {"cpu": 4, "calls": 2, "writes": 0, "reads": 2, "table": "entries"},
        "start": entry,
        "save": entry,
        "handIn": entry,
    }


def tally(figures: Mapping[str, float], limits: Mapping[str, float]) -> dict[str, float]:
    """The stream's function: its batches as app.py has them, its time as measured, in ms."""
    app = (ROOT / "app.py").read_text(encoding="utf-8").partition('name="tally"')[2]
    memory = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))["stages"]["prod"][
        "lambda_functions"
    ]["tally"]["lambda_memory_size"]
    found = {
        name: re.search(rf"{name}=(\d+)", app) for name in ("batch_size", "maximum_batching_window_in_seconds")
    }
    batch, window = (int(one[1]) for one in found.values() if one)
    turn = 2 * limits["database_ms"]  # the week's item is read and written
    return {
        "batch": batch,
        "windowMs": 1000 * window,
        "recordMs": figures["record"] / 1000 * max(1, limits["lambda_full_cpu"] / memory),
        "runMs": turn + limits["object_ms"],  # the leaves are one object
        "turnMs": turn,
        "memory": memory,
    }


@dataclass(frozen=True)
class Platform:
    """``infra/platform.toml``: values by name, and each with its unit and source."""

    limits: Mapping[str, float]
    prices: Mapping[str, float]
    rows: Mapping[str, Mapping[str, Any]]
    read_on: str


def platform(path: Path = ROOT / "infra" / "platform.toml") -> Platform:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    limits, prices = table["limits"], table["prices"]

    def values(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
        return {name: row["value"] for name, row in rows.items()}

    return Platform(values(limits), values(prices), limits | prices, str(table["read_on"]))


@dataclass(frozen=True)
class Settings:
    """What the templates set: ``rates`` and ``bursts`` by route; ``save_after`` in s, ``memory`` in MB.

    ``gateway_rate`` and ``concurrency`` are the account's quotas.
    """

    rates: Mapping[str, float]
    bursts: Mapping[str, float]
    entry_writes: float
    participant_writes: float
    memory: int
    save_after: int
    registrations_per_address: float
    sign_ins_per_address: float
    requests_per_address: float
    gateway_rate: float
    concurrency: float
    provisioned: int = 0
    waf_retry_after: int = 30


class Tags(yaml.SafeLoader):  # type: ignore[misc]
    """CloudFormation's short forms as plain values: only defaults of parameters are looked at."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


Tags.add_multi_constructor("!", _plain)


def _defaults(name: str) -> dict[str, Any]:
    template = yaml.load((ROOT / "infra" / name).read_text(encoding="utf-8"), Tags)  # noqa: S506  a SafeLoader
    return {key: parameter.get("Default") for key, parameter in template["Parameters"].items()}


def settings(people: int = SIZES[0]) -> Settings:
    """The templates with ExpectedPeople; without it, the defaults are those for the fewest."""
    row, asked = expected(people), quotas(people)
    api, office_limits = _defaults("template.yaml"), of_an_address(people)
    routes_of = {
        "signIn": "SignInRate",
        "me": "ApiRate",
        "start": "StartRate",
        "save": "ApiRate",
        "handIn": "ApiRate",
        "challenge": "ApiRate",
        "register": "RegistrationRate",
    }
    return Settings(
        rates={route: row[name] for route, name in routes_of.items()},
        bursts={route: row["ApiBurst" if name == "ApiRate" else name] for route, name in routes_of.items()},
        entry_writes=row["EntriesWrites"],
        participant_writes=row["ParticipantsWrites"],
        memory=row["Memory"],
        save_after=api["SaveAfterSeconds"],
        registrations_per_address=office_limits["Registrations"],
        sign_ins_per_address=office_limits["SignIns"],
        requests_per_address=office_limits["Requests"],
        gateway_rate=asked["gateway_rate"],
        concurrency=asked["lambda_concurrency"],
    )


@dataclass(frozen=True)
class Group:
    """People who arrive alike, evenly from ``begin`` over ``over`` ms; the week opens at 0.

    ``signed_in``: the share who signed in before. ``registered``: the share who need not register first.
    ``sitting``: they are at a paper already, which ends then.
    """

    count: int
    begin: float
    over: float
    signed_in: float = SIGNED_IN
    registered: float = 1
    one_address: bool = False
    sitting: float = 0


@dataclass(frozen=True)
class Scenario:
    """``weak``: when the database refuses, and the share that it still answers; waits are then no goal.

    ``spread``: whether people come by the page, which spreads the rush. ``minutes`` until everything is over.
    ``lines``: how many phones have a broken one, and how; ``BROKEN`` or none. ``scale``: so many real people
    are one of the simulation.
    """

    name: str
    groups: tuple[Group, ...]
    minutes: int = 32
    concurrency: int | None = None
    weak: Mapping[str, float] | None = None
    lines: Mapping[str, float] | None = None
    spread: bool = True
    scale: int = 1


def in_ten_minutes(people: int) -> Scenario:
    return Scenario(f"{people:,} in ten minutes", (Group(people, 0, 10 * MINUTE),))


def in_three_seconds(people: int) -> Scenario:
    return Scenario(f"{people:,} in three seconds", (Group(people, 0, 3_000),), minutes=25)


def goal(people: int) -> Scenario:
    """A quarter in the first three seconds, everybody in ten minutes."""
    rush = people // 4
    name = f"{rush:,} in three seconds, {people:,} in ten minutes"
    return Scenario(name, (Group(rush, 0, 3_000), Group(people - rush, 3_000, 10 * MINUTE)))


def shared_close(sitting: int, waiting: int, pause: int) -> Scenario:
    """``sitting`` people whose papers the week's end takes away, ``pause`` ms before the next week begins."""
    name = f"{sitting:,} sit at the close, {waiting:,} sign in {pause // MINUTE} min later"
    groups = (
        Group(sitting, -pause - MINUTE, MINUTE / 2, sitting=-pause or -1),
        Group(waiting, 0, 10_000, signed_in=0),
    )
    return Scenario(name, groups, minutes=25)


def new_account(people: int) -> Scenario:
    name = f"{people:,} in ten minutes in a new account"
    return replace(
        in_ten_minutes(people), name=name, concurrency=int(platform().limits["new_account_concurrency"])
    )


def office(people: int) -> Scenario:
    name = f"an office of {people:,} behind one address, in two minutes"
    return Scenario(name, (Group(people, 0, 2 * MINUTE, signed_in=0, one_address=True),), minutes=40)


def office_registers(people: int) -> Scenario:
    (group,) = office(people).groups
    name = f"an office of {people:,} behind one address registers, in two minutes"
    return Scenario(name, (replace(group, registered=0),), minutes=45)


def registering(people: int) -> Scenario:
    name = f"{people:,} open the form in the first ten seconds"
    return Scenario(name, (Group(people, 0, 10_000, registered=0),), minutes=40)


def broken_lines(people: int) -> Scenario:
    usual = goal(people)
    return replace(usual, name=f"{usual.name}, a tenth over broken lines", lines=BROKEN)


def weak_database(people: int) -> Scenario:
    weak = {"from": 7 * MINUTE, "until": 8 * MINUTE, "share": 0.1}
    return replace(
        in_ten_minutes(people),
        name=f"{people:,} in ten minutes, a minute without most of the database",
        weak=weak,
    )


SCENARIOS = (
    in_ten_minutes(200_000),
    in_three_seconds(50_000),
    goal(200_000),
    shared_close(40_000, 50_000, 0),
    replace(shared_close(40_000, 50_000, 0), name="the same without the page's spreading", spread=False),
    shared_close(40_000, 50_000, 15 * MINUTE),
    new_account(5_000),
    office(5_000),
    office_registers(5_000),
    registering(50_000),
    broken_lines(200_000),
    weak_database(100_000),
)


def run(plays: Sequence[tuple[Scenario, Settings, int]]) -> list[dict[str, Any]]:
    """The results of scenarios, each with settings and a seed, as `benchmarks/spike.mjs` gives them."""
    limits, figures = platform().limits, measured()
    server = {
        "routes": routes(figures),
        "coldMs": figures["cold"],
        "pushedBackMs": figures["pushed_back"],
        "retryAfter": Busy.retry_after,
        "longestPace": LONGEST,
        "calmMs": _CALM,
        "secretsAtStart": 5,
        "otherFunctions": 8,
        "tally": tally(figures, limits),
        "proof": {
            "first": brakes.FIRST_REGISTRATION["on"],
            "registration": brakes.STEPS_A_REGISTRATION,
            "rateAStep": brakes.RATE_A_STEP,
            "dearest": brakes.DEAREST,
            "numbersAStep": NUMBERS_A_STEP,
        },
    }
    asked = [
        {
            "people": HABITS,
            "groups": [
                {_camel(name): value for name, value in vars(group).items()} for group in scenario.groups
            ],
            "settings": {_camel(name): value for name, value in vars(settings).items()},
            "limits": {
                **{_camel(name.removeprefix("lambda_")): value for name, value in limits.items()},
                "gatewayRate": settings.gateway_rate,
                "gatewayBurst": settings.gateway_rate / 2,
                "concurrency": scenario.concurrency or settings.concurrency,
            },
            "server": server,
            "opens": 0,
            "closes": 7 * 24 * 60 * MINUTE,
            "weak": scenario.weak,
            "lines": scenario.lines,
            "spread": scenario.spread,
            "scale": scenario.scale,
            "seed": seed,
            "until": scenario.minutes * MINUTE,
        }
        for scenario, settings, seed in plays
    ]
    node = shutil.which("node")
    if node is None:
        raise SystemExit("Node.js is needed; on Debian: apt install nodejs.")
    command = [node, str(ROOT / "benchmarks" / "spike.mjs")]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the simulation failed:\n{done.stderr}")
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), name)


# ---- what comes of it


@dataclass(frozen=True)
class Goal:
    """Waits in s; those over broken lines are no goal. ``missed`` says which goals a result does not reach."""

    rush: float = 20
    after: float = 2
    saved: float = 60
    hand_in: float = 0.5
    register: float = 120  # the longest proof of work on an old phone takes 53 s
    behind: float = 60

    def missed(self, scenario: Scenario, result: Mapping[str, Any]) -> list[str]:
        """Each in words; empty if all are reached."""
        found = [f"{result[key]:,.0f} {words}" for key, words in LOSSES.items() if result[key]]
        for name, most in vars(self).items():
            p95 = result["waits"][_camel(name)]["p95"] / 1000
            if p95 > most and not scenario.weak:
                found.append(f"{WAITS[name]} {p95:.{2 if most < 1 else 1}f} s")
        return found


LOSSES = {"lost": "hand-ins lost", "turnedAway": "people turned away"}
WAITS = {
    "rush": "paper in the rush",
    "after": "paper after it",
    "saved": "answer saved",
    "hand_in": "hand-in",
    "register": "registered",
    "behind": "live figures",
}


def usd(result: Mapping[str, Any], settings: Settings) -> dict[str, float]:
    """What the morning costs, by service. Refused requests count like others."""
    prices, limits = platform().prices, platform().limits
    calls = sum(result["answered"]) + sum(map(sum, result["refused"].values()))
    files = result["files"]
    traffic = result["people"] * BYTES["visit"] + calls * BYTES["answer"] + files * BYTES["poll"]
    warmed = max(settings.entry_writes - limits["new_table_writes"], 0)
    warmed += max(settings.participant_writes - limits["new_table_writes"], 0)
    return {
        "API Gateway": calls / 1e6 * prices["rest_million"],
        "Lambda": calls / 1e6 * prices["lambda_million"] + result["gbMs"] / 1000 * prices["lambda_gb_second"],
        "DynamoDB": result["writes"] / 1e6 * prices["write_million"]
        + result["reads"] / 1e6 * prices["read_million"],
        "warm tables, once": warmed * prices["warm_write_unit"],
        "CloudFront": (calls + files) / 1e6 * prices["cloudfront_million"]
        + traffic / 1e9 * prices["cloudfront_gb"],
        "WAF": (calls + files) / 1e6 * prices["waf_million"],
        "logs": calls * BYTES["log"] / 1e9 * prices["log_gb"],
    }


def apart(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """In what runs with other seeds disagree.

    They agree if waits differ by a tenth, 50 ms and what chance does to so few people (two standard errors of
    the rank, on both sides), and counts by a tenth and 2 of a thousand people. Beyond the knee they need not:
    what comes again feeds on itself.
    """
    one, other = results
    found = []
    for name, wait in one["waits"].items():
        both = (wait, other["waits"][name])
        for share in ("p50", "p95") if all(one["count"] for one in both) else ():
            low, high = sorted(both, key=lambda one: one[share])
            if high["near"][share][0] > low["near"][share][1] * 1.1 + 50:
                found.append(f"{name} {share} {low[share] / 1000:.1f} and {high[share] / 1000:.1f} s")
    for name in ("lost", "turnedAway", "handedIn", "writes"):
        pair = sorted((one[name], other[name]))
        if pair[1] > pair[0] * 1.1 + 0.002 * one["people"]:
            found.append(f"{name} {pair[0]:,.0f} and {pair[1]:,.0f}")
    return found


def knee(kind: Callable[[int], Scenario], settings: Settings, *, step: int, most: int, scale: int) -> int:
    """The most people, in steps, with whom ``kind`` reaches every goal; ``most`` may stand for more."""
    low, high = 0, most // step + 1
    while high - low > 1:
        middle = (low + high) // 2
        scenario = replace(kind(middle * step), scale=scale)
        (result,) = run([(scenario, settings, 1)])
        if Goal().missed(scenario, result):
            high = middle
        else:
            low = middle
    return low * step


HEAD = (
    "scenario",
    "paper in the rush",
    "paper after it",
    "sign-in",
    "answer saved",
    "hand-in",
    "lost",
    "away",
    "refused",
    "USD",
    "goal",
)


def waits(result: Mapping[str, Any], name: str) -> str:
    """p50 / p95 / worst in s."""
    wait = result["waits"][name]
    digits = 2 if name == "handIn" else 1
    parts = [f"{wait[part] / 1000:.{digits}f}" for part in ("p50", "p95", "worst")]
    return " / ".join(parts) if wait["count"] else "–"


def more(scenario: Scenario, settings: Settings, result: Mapping[str, Any]) -> tuple[str, ...]:
    """What else the scenario tells: registering, broken lines, the stream's function, the account's pool."""
    pool = scenario.concurrency or settings.concurrency
    return (
        scenario.name,
        waits(result, "register"),
        waits(result, "shaky"),
        f"{result['unheard']:,.0f}",
        waits(result, "behind"),
        f"{result['tallies']:,}",
        f"{result['warmest']:,.0f} of {pool:,.0f}",
    )


MORE = (
    "scenario",
    "registered, from sending the form",
    "paper over a broken line",
    "requests without an answer",
    "live figures behind",
    "stream's functions at once",
    "all functions at once",
)


def row(scenario: Scenario, settings: Settings, results: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Waits are p50 / p95 / worst in s, of the first seed; counts are of both."""
    result = results[0]

    def both(counts: Iterable[float]) -> str:
        return " · ".join(sorted({f"{count:,.0f}" for count in counts}))

    stages = {stage: sum(counts) for stage, counts in result["refused"].items() if sum(counts)}
    refused = ", ".join(f"{stage} {count:,}" for stage, count in stages.items()) or "0"
    missed = Goal().missed(scenario, result)
    return (
        scenario.name,
        *(waits(result, name) for name in ("rush", "after", "signIn", "saved", "handIn")),
        both(result["lost"] for result in results),
        both(result["turnedAway"] for result in results),
        refused,
        f"{sum(usd(result, settings).values()):,.0f}",
        "**missed**: " + ", ".join(missed) if missed else "reached",
    )


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def chart(result: Mapping[str, Any], seconds: int = 180) -> str:
    """Answered and refused requests a second, from half a minute before the opening, as SVG."""
    begin = max(int(-30 - result["first"]), 0)
    drawn = leather.Chart("Requests a second: answered, and refused (red)")
    for name, color in (("perSecond", "#1f5c99"), ("refusedPerSecond", "#b3261e")):
        values = result[name][begin : begin + seconds]
        drawn.add_line(
            [(at + begin + result["first"], value) for at, value in enumerate(values)], stroke_color=color
        )
    return str(drawn.to_svg(width=760, height=320))


# ---- the report

LARGE = 200_000
KNEES: tuple[tuple[str, Callable[[int], Scenario], int, int], ...] = (
    ("come in ten minutes", in_ten_minutes, 10_000, 800_000),
    ("come in three seconds", in_three_seconds, 5_000, 200_000),
    ("come in ten minutes, a quarter of them in three seconds", goal, 20_000, 800_000),
    ("sit when the week ends", lambda people: shared_close(people, 0, 15 * MINUTE), 2_500, 150_000),
    ("open the form in ten seconds", registering, 10_000, 400_000),
    ("come in ten minutes in a new account", new_account, 5_000, 200_000),
)
PAGE = ROOT / "docs" / "capacity.md"
BEGIN, END = "<!-- figures: make spike -->", "<!-- end of figures -->"


def scenarios_table(settings: Settings) -> str:
    """Every scenario with both seeds, and where the seeds disagree."""
    rows, others, disagree = [], [], []
    for scenario in SCENARIOS:
        results = run([(scenario, settings, seed) for seed in SEEDS])
        rows.append(row(scenario, settings, results))
        others.append(more(scenario, settings, results[0]))
        disagree += [f"{scenario.name}: {one}" for one in apart(results)]
        say_aside("; ".join(rows[-1]))
    told = "The two seeds agree." if not disagree else "The two seeds disagree in: " + "; ".join(disagree) + "."
    return f"{markdown(HEAD, rows)}\n\n{markdown(MORE, others)}\n\n{told}"


def knees_table() -> str:
    """The knees without the parameter and with it."""
    rows = []
    sizes = (SIZES[0], LARGE, SIZES[-1])
    for name, kind, step, most in KNEES:
        found = [knee(kind, settings(people), step=step, most=most, scale=8) for people in sizes]
        rows.append((name, *(f"{'≥ ' if people == most else ''}{people:,}" for people in found)))
        say_aside("; ".join(rows[-1]))
    head = ("people who", "without the parameter", *(f"ExpectedPeople={people}" for people in sizes[1:]))
    return markdown(head, rows)


def variants_table() -> str:
    """What else could be set, on the goal's scenario."""
    scenario, usual = goal(LARGE), settings(LARGE)
    variants = (
        ("as ExpectedPeople sets it", usual),
        ("1,769 MB instead of 1,024", replace(usual, memory=1769)),
        ("300 environments provisioned", replace(usual, provisioned=300)),
        ("a save a minute", replace(usual, save_after=60)),
        ("starts and sign-ins without limits of their own", replace(usual, **_unlimited(usual))),
    )
    rows = []
    for (name, changed), result in zip(variants, run([(scenario, one, 1) for _, one in variants]), strict=True):
        cost = usd(result, changed)
        kept = (
            changed.provisioned
            * changed.memory
            / 1024
            * 3600
            * platform().prices["lambda_provisioned_gb_second"]
        )
        p95 = [
            f"{result['waits'][wait]['p95'] / 1000:.2f} s"
            for wait in ("rush", "after", "signIn", "saved", "handIn")
        ]
        rows.append((name, *p95, f"{result['colds']:,.0f}", f"{sum(cost.values()) + kept:,.0f}"))
    head = (
        "variant",
        "paper in the rush",
        "paper after it",
        "sign-in",
        "answer saved",
        "hand-in",
        "cold starts",
        "USD",
    )
    return markdown(head, rows)


def _unlimited(usual: Settings) -> dict[str, Any]:
    return {
        "rates": dict.fromkeys(usual.rates, usual.gateway_rate),
        "bursts": dict.fromkeys(usual.bursts, usual.gateway_rate / 2),
    }


def cost_table() -> str:
    """The goal's morning by service."""
    (result,) = run([(goal(LARGE), settings(LARGE), 1)])
    (PAGE.parent / "capacity.svg").write_text(chart(result), encoding="utf-8")
    cost = usd(result, settings(LARGE))
    return markdown(("service", "USD"), [(name, f"{value:,.1f}") for name, value in cost.items()])


def sizes_table() -> str:
    """What the parameter sets and what to ask for."""
    names = [*expected(SIZES[0])]
    names += [f"of an address in five minutes: {name}" for name in of_an_address(SIZES[0])]
    names += [f"quota: {name}" for name in quotas(SIZES[0])]
    columns = [
        [value for row in (expected, of_an_address, quotas) for value in row(people).values()]
        for people in SIZES
    ]
    rows = [(name, *(f"{column[at]:,}" for column in columns)) for at, name in enumerate(names)]
    return markdown(("", *(f"{people:,}" for people in SIZES)), rows)


def limits_table() -> str:
    """The platform's figures with their sources."""
    rows = [(name, f"{row['value']:g}", row["unit"], row["source"]) for name, row in platform().rows.items()]
    return markdown(("figure", "value", "unit", "source"), rows)


def figures() -> str:
    """The generated part of docs/capacity.md."""
    parts = (
        ("The knee", knees_table()),
        ("What ExpectedPeople sets, and what the account has to allow", sizes_table()),
        (f"With ExpectedPeople={LARGE}", scenarios_table(settings(LARGE))),
        ("Without it", scenarios_table(settings())),
        ("What else was tried", variants_table()),
        ("The cost of the goal's morning", cost_table()),
        (f"The platform's figures, read on {platform().read_on}", limits_table()),
    )
    return "\n\n".join(f"### {title}\n\n{table}" for title, table in parts)


def main() -> None:
    """Simulates everything, prints it and writes it."""
    argparse.ArgumentParser(prog="python -m benchmarks.spike", description=__doc__.split("\n")[0]).parse_args()
    found = figures()
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{found}\n\n{END}{after}", encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
