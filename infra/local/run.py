"""Starts everything in order, and stops it in the opposite order, whenever and however it ends."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from botocore.exceptions import BotoCoreError, ClientError

from infra import package, site
from infra.cloudformation import DeploymentFailed, deploy
from infra.local import contest as contests
from infra.local import layout
from infra.local.checks import CannotRun, only_one, take_port
from infra.local.gateway import set_gateway_responses
from infra.local.ministack import ACCOUNT, REGION, MiniStack
from infra.local.narrate import Narrator
from infra.local.proxy import Proxy
from infra.local.stackfile import stack_file
from infra.local.stop import Stop, Stopped
from infra.progress import say
from infra.stage import stack_name

_LOOK_EVERY = 2.0


@dataclass(frozen=True)
class Options:
    """``folder`` holds everything written: data, log, stack.json; ``empty``: no contest is loaded."""

    contest: Path
    port: int
    folder: Path
    schedule_seconds: int | None = None
    close_by: str = "function"
    empty: bool = False
    region: str = REGION
    account: str = ACCOUNT


def run(options: Options) -> None:
    """Runs until SIGINT or SIGTERM. Raises ``CannotRun``."""
    stop = Stop(say)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"  # no proxy for local services
    try:
        with ExitStack() as undo:
            _up(options, undo, stop)
    except Stopped:
        pass
    except (ClientError, BotoCoreError, DeploymentFailed) as error:
        log = options.folder / "ministack.log"
        raise CannotRun(f"The local AWS refused something: {error}\nMore in {log}.") from error
    say(stop.farewell())


def _up(options: Options, undo: ExitStack, stop: Stop) -> None:
    contest = contests.read(options.contest)
    listener = undo.enter_context(take_port(options.port))
    undo.enter_context(only_one(options.folder))
    (options.folder / "stack.json").unlink(missing_ok=True)  # left by a run that was killed

    began = time.monotonic()
    say(f"Contest: {contest.title}")
    built = package.build("local")
    say(f"Package of the API: {built.api.stat().st_size / 1e6:.1f} MB, code {built.code_version[:12]}")
    state = options.folder / "state" / contest.key
    layout.check(state)
    aws = MiniStack(
        state,
        options.folder / "ministack.log",
        options.schedule_seconds,
        say,
        options.region,
        options.account,
    )
    stop.ends(aws)
    undo.enter_context(aws)
    s3 = aws.client("s3")
    parameters = {
        "LocalPort": str(aws.port),
        "CloseWeeksSchedule": "rate(1 minute)",
        "LogMinuteSeconds": "5" if options.schedule_seconds else "60",
        "CloseBy": options.close_by,
    }
    outputs = deploy(aws.client, stack_name("local"), built, parameters, pause=0.2)
    set_gateway_responses(aws.client("apigateway"), outputs["RestAPIId"], built.template)
    site.upload(s3, outputs["SiteBucket"])
    aws.save()  # above all the pepper: without it the contest loaded next is worthless
    say("Deployed.")

    undo.enter_context(Proxy(listener, aws.url, outputs["SiteHost"], site.root_names()))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    _first_answer(f"{address}/api/health")
    functions = {
        "API": "api",
        "close_weeks": "close-weeks",
        "close_by_shares": "close-by-shares",
        "intake": "intake",
        "read_file": "read-file",
        "tally": "tally",
        "publish_live": "publish-live",
    }
    groups = {name: f"/aws/lambda/{stack_name('local')}-{part}" for name, part in functions.items()}
    narrator = Narrator(s3, aws.client("logs"), outputs["DeskBucket"], outputs["SiteBucket"], groups)
    if options.empty:
        say("No contest is loaded: it will be recovered.")
    else:
        fresh = contests.load(s3, outputs["DeskBucket"], contest)
        # The first one that finds the contest announces the key of receipts; no visitor comes by itself here.
        _first_answer(f"{address}/api/health")
        narrator.news()
        say("Contest loaded." if fresh else "Contest unchanged since it was loaded; its data is kept.")
        for line in contests.timetable(s3, outputs["SiteBucket"], fresh=fresh, moves=contest.moves):
            say(line)
    undo.enter_context(stack_file(options.folder / "stack.json", address, aws, outputs))
    say(f"Ready after {time.monotonic() - began:.1f} s:  {address}   (Ctrl-C stops it)")
    while True:
        if not aws.running:
            raise CannotRun(
                f"The local AWS stopped by itself; its last words are in {options.folder}/ministack.log."
            )
        with suppress(ClientError, BotoCoreError):  # if it is gone, the next round says so
            for line in narrator.news():
                say(line)
        time.sleep(_LOOK_EVERY)


def _first_answer(url: str) -> None:
    """The first request starts the API's function; before a contest is loaded it answers 503."""
    try:
        with urlopen(url, timeout=30):  # noqa: S310  http, on this machine
            return
    except HTTPError as error:
        if error.code != 503:
            raise CannotRun(
                f"The API answers {error.code}: {error.read()[:500].decode(errors='replace')}"
            ) from None
    except (URLError, OSError) as error:
        raise CannotRun(f"The API does not answer: {error}.") from None
