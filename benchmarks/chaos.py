"""``make chaos``: submissions while the database, the store and the close fail all the time.

The use cases and adapters of the exam and of the close run against the local AWS through a proxy that refuses,
cuts, delays and doubles their requests; the close is also killed again and again. In the end the results must
hold every receipt once, and nothing else.

    python -m benchmarks.chaos --submissions 100000
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from benchmarks import chaos_stack
from benchmarks.chaos_crowd import Played, counted, play
from benchmarks.faults import RATES, FaultProxy
from chalicelib.readers.contest_files import archive
from infra.local.ministack import ACCESS_KEY, REGION, SECRET_KEY, MiniStack
from infra.progress import Progress, follow, say_aside, waiting
from tests.stack import contest_folder, running
from tests.tables import make_table

ROOT = Path(__file__).resolve().parent.parent
TABLES = {"entries": ("pk", "sk"), "participants": ("id",), "tallies": ("id",)}
BUCKETS = ("desk", "site")
# A close makes a thousand requests, a submission two.
CLOSE_RATES = {fault: rate / 2 for fault, rate in RATES.items()}


class Outcome(NamedTuple):
    """``lost``: acknowledged, not in the results; ``foreign``: in the results, acknowledged to nobody."""

    submissions: int
    faults: Counter[str]
    kills: int
    busy: int
    slowest_refusal_s: float
    lost: int
    double: int
    foreign: int
    wrong: list[str]
    seconds: float

    @property
    def clean(self) -> bool:
        return not (self.lost or self.double or self.foreign or self.wrong)


def run(submissions: int, processes: int, kills: int, seed: int) -> Outcome:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        with MiniStack(scratch / "state", scratch / "ministack.log") as aws, FaultProxy(aws.url, seed) as proxy:
            environment = {**_prepare(aws), "AWS_ENDPOINT_URL": proxy.url}
            _load(scratch / "contest", {**environment, "AWS_ENDPOINT_URL": aws.url}, aws.client("s3"))
            say_aside(f"{submissions:,} submissions by {processes} processes, while everything fails.")
            played = _play(submissions, processes, environment, seed)
            proxy.rates = dict(CLOSE_RATES)
            killed = _close(environment, proxy, kills, scratch / "close.log")
            leaves = _leaves(aws.client("s3"))
            faults = Counter(proxy.counts)
    receipts = Counter(receipt for each in played for receipt in each.receipts)
    there = Counter(leaves)
    refusals = [seconds for each in played for seconds in each.refused_after]
    return Outcome(
        submissions=receipts.total(),
        faults=faults,
        kills=killed,
        busy=len(refusals),
        slowest_refusal_s=max(refusals, default=0),
        lost=sum(there[receipt] == 0 for receipt in receipts),
        double=sum(number > 1 for number in there.values()) + sum(number > 1 for number in receipts.values()),
        foreign=sum(leaf not in receipts for leaf in there),
        wrong=[line for each in played for line in each.wrong],
        seconds=time.monotonic() - began,
    )


def _prepare(aws: MiniStack) -> dict[str, str]:
    """Makes tables, buckets, secrets and key; returns the environment of a function that has them."""
    dynamodb, s3, secrets = aws.client("dynamodb"), aws.client("s3"), aws.client("secretsmanager")
    for name, keys in TABLES.items():
        make_table(dynamodb, name, *keys)
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    named = {
        f"{name}_SECRET": secrets.create_secret(Name=name.lower(), SecretString=f"{name} of chaos")["ARN"]
        for name in ("PEPPER", "ENTRY", "TOKEN", "RECEIPT", "PROVIDER", "LOG", "RESULT")
    }
    return {
        **{f"{name.upper()}_TABLE": name for name in TABLES},
        **{f"{name.upper()}_BUCKET": name for name in BUCKETS},
        **named,
        "LOCK_DAYS": "0",
        "DATA_KEY_KMS": aws.client("kms").create_key()["KeyMetadata"]["Arn"],
        "READ_FILE_FUNCTION": "read-file",
        "CODE_VERSION": "chaos",
        "WITNESSES": "none",
        "LOG_MINUTE_S": "60",
        "SAVE_AFTER_S": "30",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }


def _load(folder: Path, environment: dict[str, str], s3: Any) -> None:
    """Loads the contest of Nghệ An, open from now on, before anything fails."""
    shutil.copytree(ROOT / "contests" / "nghe-an-2022", folder)
    definition = folder / "contest.toml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("start = 2022-08-22T08:00:00+07:00", 'start = "now"'), encoding="utf-8")
    code = (
        "import sys; from dataclasses import replace; from chalicelib.readers.plain import read_file; "
        "from chalicelib.services.intake.inbox import Delivery; from chalicelib.wiring.intake import inbox; "
        "read = read_file('contest.zip', sys.stdin.buffer.read()); "
        "box = replace(inbox(), read=lambda *_: read); "
        "assert box.take_over(Delivery('inbox/kept/account/contest.zip', '', '', '')).accepted; "
        "from chalicelib.wiring.publish_live import append_to_log; append_to_log()"
    )
    command, variables = [sys.executable, "-c", code], {**os.environ, **environment}
    subprocess.run(command, cwd=ROOT, env=variables, input=archive(folder), check=True)


def _play(submissions: int, processes: int, environment: dict[str, str], seed: int) -> list[Played]:
    each = -(-submissions // processes)
    context = get_context("spawn")
    counter = context.Value("q", 0)
    with ProcessPoolExecutor(processes, context, counted, (counter,)) as pool:
        crowds = [
            pool.submit(
                play,
                range(number * each, (number + 1) * each),
                min(each, submissions - number * each),
                environment,
                seed + number,
            )
            for number in range(processes)
        ]
        follow(Progress("Submissions under faults", submissions), crowds, lambda: int(counter.value))
        return [crowd.result() for crowd in crowds]


def _close(environment: dict[str, str], proxy: FaultProxy, kills: int, log: Path) -> int:
    """Closes in separate processes, each killed after more requests than the last; then lets one finish."""
    killed = 0
    say_aside(f"Closing the week, and killing the close {kills} times on its way.")
    progress = Progress("Kills of the close", kills)
    with log.open("w") as out, waiting("Closing the week under faults"):
        for _ in range(kills + 40):
            command = [sys.executable, "-m", "benchmarks.chaos_close"]
            before = proxy.requests
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdout=out, stderr=out
            )
            while process.poll() is None:
                # A run that the faults end by themselves is no kill, and the next one is still to be killed.
                if killed < kills and proxy.requests - before >= 40 * (killed + 1):
                    process.send_signal(signal.SIGKILL)
                    killed += 1
                    progress.step()
                    break
                time.sleep(0.002)
            if process.wait() == 0:
                return killed
    raise SystemExit(f"the week was never closed:\n{log.read_text()[-3000:]}")


def _leaves(s3: Any) -> list[str]:
    """Leaf hashes of the published attempts, computed from the site's bundle as an outsider would."""
    listed = s3.list_objects_v2(Bucket="site", Prefix="data/proof/week-1/")["Contents"]
    (bundle,) = [item["Key"] for item in listed if item["Key"].endswith(".jsonl.gz")]
    return chaos_stack.leaf_hashes(gzip.decompress(s3.get_object(Bucket="site", Key=bundle)["Body"].read()))


def run_deployed(people: int, seed: int) -> tuple[chaos_stack.Outcome, Counter[str]]:
    """Does the same on the deployed package, over HTTP, and also kills functions and doubles events."""
    with tempfile.TemporaryDirectory() as folder:
        contest = contest_folder(
            Path(folder) / "contest", id="chaos", weeks=1, seconds=30 + people, proof="off"
        )
        state = Path(folder) / "state"
        with running(contest, state) as stack, FaultProxy(stack.stack["aws_endpoint_url"], seed) as proxy:
            outcome = chaos_stack.run(stack, proxy, int((state / "lock").read_text()), people, seed)
            return outcome, Counter(proxy.counts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--kills", type=int, default=10, help="how often the close is killed")
    parser.add_argument("--seed", type=int, default=2022)
    parser.add_argument(
        "--people", type=int, default=200, help="who take three papers each on the deployed stack"
    )
    options = parser.parse_args()
    outcome = run(options.submissions, options.processes, options.kills, options.seed)
    print(f"{outcome.submissions:,} submissions acknowledged in {outcome.seconds:.0f} s under faults:")
    for fault, number in sorted(outcome.faults.items()):
        print(f"  {fault:28} {number:8,}")
    print(f"  {'close killed':28} {outcome.kills:8,}")
    print(f"“busy” was said {outcome.busy:,} times, after at most {outcome.slowest_refusal_s:.1f} s")
    print(
        f"lost {outcome.lost}, double {outcome.double}, foreign {outcome.foreign}, wrong {len(outcome.wrong)}"
    )
    for line in outcome.wrong[:20]:
        print(f"  {line}")
    say_aside(f"The same on the deployed package, with {options.people} people; about {60 + options.people} s.")
    deployed, faults = run_deployed(options.people, options.seed)
    print(f"{deployed.submissions:,} submissions acknowledged by the deployed stack under faults:")
    for fault, number in sorted(faults.items()):
        print(f"  {fault:28} {number:8,}")
    print(f"  {'functions killed':28} {deployed.kills:8,}")
    said = ", ".join(f"{status} {number:,} times" for status, number in sorted(deployed.answers.items()))
    print(f"the API said {said}")
    counts = f"lost {deployed.lost}, double {deployed.double}, foreign {deployed.foreign}"
    print(f"{counts}, wrong {len(deployed.wrong)}")
    for line in deployed.wrong[:20]:
        print(f"  {line}")
    sys.exit(0 if outcome.clean and deployed.clean else 1)


if __name__ == "__main__":
    with patch.dict(os.environ, {"no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}):
        main()
