"""``python -m benchmarks.simulate --people 300``: that many invented people take part on the running stack."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from benchmarks.people import Person, Server, Tally, seconds_open
from infra.progress import Progress, waiting
from infra.progress import span as in_words

STACK = Path(".local/stack.json")
LONGEST_WAIT = 600
# A paper begun in time is finished.
_LAST_PAPER_S = 15


async def server_at(session: aiohttp.ClientSession, site: str) -> Server:
    async def data(path: str) -> object:
        async with session.get(f"{site}{path}") as got:
            got.raise_for_status()
            return await got.json(content_type=None)

    contest, units, bank = [
        await data(path) for path in ("/api/contest", "/data/units.json", "/data/bank.json")
    ]
    answers = {
        question["id"]: {
            option["text"] for option in question["options"] if option["key"] in question["answer"]
        }
        for question in bank["questions"]  # type: ignore[index]
    }
    codes = [unit["code"] for unit in units]  # type: ignore[attr-defined]
    return Server(session, site, Tally(), contest, codes, answers)


async def play(site: str, people: int, seed: int) -> Tally:
    """Everybody arrives within the first third of the remaining time; at most 30 are connected at once."""
    dice = random.Random(seed)
    timeout = aiohttp.ClientTimeout(total=60)
    connector = aiohttp.TCPConnector(limit=30)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        server = await server_at(session, site)
        opens, closes = seconds_open(server.contest)
        if opens > LONGEST_WAIT:
            raise SystemExit(
                f"No week is open; the next opens in {in_words(opens)}, and people wait "
                f"{in_words(LONGEST_WAIT)} at most. Come back then, or run a contest that begins at once: "
                "make run CONTEST=contests/demo"
            )
        if opens:
            print(f"The next week opens in {in_words(opens)}; people wait.", flush=True)
            with waiting(f"Waiting for the week, which opens in {in_words(opens)}"):
                await asyncio.sleep(opens + 1)
            closes -= opens
        span = min(closes, 120)
        ends = asyncio.get_running_loop().time() + span * 0.8
        print(
            f"{people} people arrive within {span / 3:.0f} s, and all are done within about "
            f"{in_words(span * 0.8 + _LAST_PAPER_S)}; the week closes in {in_words(closes)}.",
            flush=True,
        )
        first = dice.randrange(0, 900_000 - people)
        progress = Progress("People who are done", people, at_most=span * 0.8 + _LAST_PAPER_S)

        async def come(number: int) -> None:
            await asyncio.sleep(dice.uniform(0, span / 3))
            await Person(server, first + number, random.Random(dice.random())).take_part(ends)
            progress.step(so_far(server.tally))

        async def speak() -> None:
            while True:
                await asyncio.sleep(1)
                progress.at(progress.done, so_far(server.tally))

        speaker = asyncio.create_task(speak())
        try:
            await asyncio.gather(*(come(number) for number in range(people)))
        finally:
            speaker.cancel()
        return server.tally


def so_far(tally: Tally) -> str:
    return f"{tally.counts['registered']:,} registered, {tally.counts['papers submitted']:,} papers handed in"


def report(tally: Tally) -> None:
    for name, count in tally.counts.items():
        print(f"{name:18} {count:>7,}")
    if tally.scores:
        print(f"{'mean score':18} {statistics.mean(tally.scores):>7.2f}")
    for refusal, count in sorted(tally.refusals.items()):
        print(f"{'refused':18} {count:>7,}  {refusal}")
    for route, times in tally.times.items():
        ranked = sorted(times)
        middle, late = ranked[len(ranked) // 2], ranked[int(len(ranked) * 0.95)]
        print(f"{route:18} {len(ranked):>7,}  median {middle * 1000:.0f} ms, 95 % below {late * 1000:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same people")
    options = parser.parse_args()
    if not 1 <= options.people <= 20_000:
        raise SystemExit("PEOPLE must be between 1 and 20,000.")
    if not STACK.exists():
        raise SystemExit("No contest is running here. Start one with `make run`, in another shell.")
    site = json.loads(STACK.read_text())["site_url"]
    if urlsplit(site).hostname not in {"127.0.0.1", "localhost"}:
        raise SystemExit("People are only simulated on this machine.")
    seed = random.SystemRandom().randrange(1 << 30) if options.seed is None else options.seed
    try:
        tally = asyncio.run(play(site, options.people, seed))
    except aiohttp.ClientConnectionError as error:
        raise SystemExit(
            f"The stack does not answer ({error}): start `make run` in another shell first."
        ) from None
    report(tally)
    if tally.wrong:
        print(*tally.wrong[:10], sep="\n")
        raise SystemExit(f"{len(tally.wrong)} answers were not as documented.")


if __name__ == "__main__":
    main()
