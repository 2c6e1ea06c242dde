"""One run of the close after the week of ``benchmarks.chaos`` is over, in the environment that it sets.

The log goes on beside it, a minute each second, and fails as everything does.
"""

from __future__ import annotations

import logging
import os
import time
from threading import Thread

from chalicelib.domain.definition import Week
from chalicelib.services.contest.reference import Library
from chalicelib.wiring import close_weeks, publish_live
from chalicelib.wiring.aws import now_ms
from chalicelib.wiring.buckets import desk_bucket

# What the stream has not brought by then is too late in any case; here it brings nothing at all.
AFTER_MS = 10 * 60_000


def main() -> None:
    desk = desk_bucket(os.environ["AWS_REGION"], os.environ["DESK_BUCKET"], os.environ["TALLIES_TABLE"])
    week = Library(desk, now_ms).current().definition.weeks[0]
    close_weeks.now_ms = lambda: week.closes + AFTER_MS  # type: ignore[attr-defined]
    close_weeks.WAIT_S = 1
    Thread(target=keep_the_log, args=(week,), daemon=True).start()
    close_weeks.closing().run()


def keep_the_log(week: Week) -> None:
    """Runs on the same clock as those of earlier closes did."""
    publish_live.now_ms = lambda: week.closes + AFTER_MS + 60 * (now_ms() - week.opens)  # type: ignore[attr-defined]
    while True:
        try:
            publish_live.append_to_log()
        except Exception:
            logging.getLogger("cuoc-thi").exception("the log")
        time.sleep(1)


if __name__ == "__main__":
    main()
