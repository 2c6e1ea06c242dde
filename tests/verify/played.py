"""Contests that were really played and closed, as their sites show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.domain.receipt import salt_key
from chalicelib.domain.statistics.week_collectors import week_collectors
from chalicelib.services.closing.bundle_people import BundlePeople
from chalicelib.services.closing.shares import Shares, Watching
from chalicelib.services.exam.receipt_keys import announce, listed_keys, publish_keys
from chalicelib.services.log.facts import of_contest
from tests.closer import closer, told_log
from tests.fakes import MINUTE, START_MS, WEEK, MemoryObjects, MemoryRevisions, definition
from tests.web.counter import AN, BINH, PEPPER, SIGNING_KEY, Counter

CHI = {**AN, "citizen_id": "040090000003", "full_name": "Trần Văn Chi", "unit_code": "SO-B"}
DUNG = {**AN, "citizen_id": "040090000004", "full_name": "Hồ Dũng", "unit_code": None, "category": "encouraged"}
AFTER_WEEK_1 = START_MS + WEEK + 70_000


class Played:
    """Four people, one of whom leaves a paper open; ``receipts`` of their submissions.

    The log has those in its second minute, of which there are some hundred in a week; all minutes are opened.
    ``missed``: numbers of receipts that the stream has not brought to the log; ``key``: when it names the key;
    ``begun``: facts that were others when the week opened; ``few``: ``smallest_group``.
    """

    def __init__(
        self,
        missed: Collection[int] = (),
        key: int = 0,
        begun: Mapping[str, str] | None = None,
        few: int = 1,
        **paper: Any,
    ) -> None:
        asked = definition(contest={"weeks": 2}, paper=paper, publication={"smallest_group": few})
        self.counter = Counter(asked)
        self.clock, self.site, self.desk = self.counter.clock, MemoryObjects(), MemoryObjects()
        self.revisions = MemoryRevisions()
        self.receipts: list[dict[str, Any]] = []
        announce(self.desk, SIGNING_KEY)
        publish_keys(listed_keys(self.desk), self.site)
        self.log, current = told_log(self.site), self.counter.exam.library.current()
        keys = {f"key-{SIGNING_KEY.id}": SIGNING_KEY.public.hex()}
        self.log.keys = {} if key else keys
        self.log.await_facts({**of_contest(current, "proof"), **(begun or {})})
        self.log.of_week(current.definition, current.definition.weeks[0])
        self.log.minutes(1)
        for person, wrong, minutes in ((AN, 0, 3), (BINH, 1, 2), (CHI, 0, 4), (AN, 2, 1)):
            self.play(person, wrong, minutes)
        token = self.counter.arrive(DUNG)
        self.counter.start(token)
        brought = [one["leaf_hash"] for number, one in enumerate(self.receipts) if number not in missed]
        self.log.note(current, START_MS, [bytes.fromhex(leaf) for leaf in brought])
        self.log.minutes(key)
        self.log.keys = keys
        self.log.note(current, START_MS)
        self.log.minutes(5)
        self.log.open()

    def play(self, person: dict[str, Any], wrong: int, minutes: int) -> dict[str, Any]:
        known = self.clock.now > START_MS + 5 * MINUTE and person is AN
        token = self.counter.sign_in(person) if known else self.counter.arrive(person)
        attempt = self.counter.start(token)
        self.clock.now += minutes * MINUTE
        receipt: dict[str, Any] = self.counter.submit(token, attempt, wrong, prediction=wrong)["receipt"]
        self.receipts.append(receipt)
        return receipt

    def close(self, now: int = AFTER_WEEK_1) -> None:
        self.clock.now = now
        key = salt_key(PEPPER)
        shares = Shares(
            self.counter.entries.read_week,
            self.desk,
            "test",
            lambda reference, week: Watching(
                BundlePeople(reference.definition, week, key),
                week_collectors(reference.definition, reference.bank),
            ),
        )
        closing = closer(shares, self.counter.people, self.revisions, self.desk, self.site, salts=key)
        closing.run(self.counter.exam.library.current(), now)
        told_log(self.site).tell(self.revisions.pointers)
