"""The attacks of docs/security.md, “Attacks played”, on the deployed stack, and the command that finds each.

One contest, whose tests run in this order: on copies of the honest site, as one visitor may be shown them; then
desk and site are edited; at last, when the three minutes are over that a paper may take to the log, somebody
with the table and the key of its MACs writes what they like.
"""

from __future__ import annotations

import copy
import hmac
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from re import sub
from threading import Thread
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.documents.log import CHECKPOINT, FACTS, LOG, decode_entries, decode_note
from chalicelib.domain.attempt import MAC_BYTES, Finished
from chalicelib.domain.macs import EntryMacs, mac_key
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.receipt import SIGNED_PREFIX
from chalicelib.services.exam.receipts import SigningKey
from tests.csv_rows import csv_rows
from tests.e2e.people import PASSWORD, enter, form, sit
from tests.e2e.test_altered_objects import get, put, settled, told
from tests.e2e.test_close_by_shares import closed
from tests.outsiders import PATIENT, STRICT, verify, watch
from tests.stack import Stack, contest_folder, right_answers, running, wait_for
from tests.verify.test_played_contest import Outsider, replaced
from tests.verify.written_log import WrittenLog, canonical, path_of

AN, BINH, CONG, GIANG, HA, DUNG, EM = (f"04008500000{number}" for number in range(1, 8))
# Citizen id → unit, and how many answers are right; Dung and Em only save one.
SAT = {AN: ("SO-A", 5), BINH: ("SO-B", 4), CONG: ("SO-A", 1), GIANG: ("SO-B", 2), HA: ("SO-A", 3)}
FORGED = "Kẻ Gian"
Files = dict[str, bytes]


@contextmanager
def served(files: Files) -> Iterator[str]:
    """The address of a site that shows these files."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = files.get(self.path[1:])
            self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class Visitor(Outsider):
    """Somebody whose browser and verifier are shown these files."""

    def run(self, *arguments: str) -> tuple[int, str]:
        with served(self.files) as address:
            return verify(*(address if one.startswith("https:") else one for one in arguments))


@dataclass
class Scene:
    """The contest when its week is closed: ``shown`` is the honest site, which ``watched`` has seen."""

    stack: Stack
    folder: Path
    people: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, Any] = field(default_factory=dict)
    shown: Files = field(default_factory=dict)

    @property
    def watched(self) -> Path:
        return self.folder / "watched"

    def copied(self) -> Files:
        """The site as it is. The log may grow meanwhile, so what names its size comes first."""
        newest = {LOG + name: get(self.stack, "site", LOG + name) for name in (CHECKPOINT, FACTS)}
        pages = self.stack.client("s3").get_paginator("list_objects_v2")
        listed = pages.paginate(Bucket=self.stack.stack["site_bucket"], Prefix="data/")
        keys = [one["Key"] for page in listed for one in page.get("Contents", ())]
        return {key: newest.get(key) or get(self.stack, "site", key) for key in keys}

    def honest(self) -> bool:
        """Whether a copy holds, all of it: a minute of the log may be on its way."""
        self.shown = self.copied()
        shutil.rmtree(self.watched, ignore_errors=True)
        with served(self.shown) as address:
            return (verify("rank", address)[0], watch(self.watched, address)[0]) == (0, 0)

    def watcher(self, name: str) -> Path:
        """The folder of somebody who has seen the honest site."""
        return Path(shutil.copytree(self.watched, self.folder / name))

    def secret(self, about: str) -> bytes:
        vault = self.stack.client("secretsmanager")
        (name,) = [one["ARN"] for one in vault.list_secrets()["SecretList"] if about in one["Description"]]
        value: str = vault.get_secret_value(SecretId=name)["SecretString"]
        return value.encode()

    def forger(self) -> WrittenLog:
        """Whoever has the log's key, with the log as it is."""
        seed = hmac.digest(self.secret("signs the log"), b"ed25519 seed", "sha256")
        written = WrittenLog("cuoc-thi/insider", seed)
        assert f"{written.vkey}\n".encode() == self.shown[f"{LOG}vkey"]
        written.files = dict(self.shown)
        size = decode_note(self.shown[LOG + CHECKPOINT])[0].size
        for at in range(0, size, 256):
            bundle = self.shown[LOG + path_of("entries", at // 256, min(256, size - at))]
            written.entries += decode_entries(bundle)
        return written

    def item(self, citizen_id: str) -> dict[str, Any]:
        person = self.people[citizen_id]
        key = {"pk": {"S": f"w1#{person[:2]}"}, "sk": {"S": person}}
        table = self.stack.stack["tables"]["entries"]
        found: dict[str, Any] = self.stack.client("dynamodb").get_item(TableName=table, Key=key)["Item"]
        return found

    def write(self, item: dict[str, Any]) -> None:
        table = self.stack.stack["tables"]["entries"]
        self.stack.client("dynamodb").put_item(TableName=table, Item=item)

    def delete(self, item: dict[str, Any]) -> None:
        table = self.stack.stack["tables"]["entries"]
        self.stack.client("dynamodb").delete_item(TableName=table, Key={"pk": item["pk"], "sk": item["sk"]})

    def check(self, citizen_id: str) -> tuple[int, str]:
        """The person's receipt against the site as it is now."""
        path = self.folder / f"{citizen_id}.json"
        path.write_text(json.dumps(self.receipts[citizen_id], ensure_ascii=False), encoding="utf-8")
        return verify("receipt", str(path), "--site", self.stack.site_url)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("insider")
    contest = contest_folder(folder / "contest", id="insider", weeks=1, seconds=50, proof="off")
    with running(contest, folder / "state") as stack:
        scene = Scene(stack, folder)
        for citizen_id, (unit, right) in SAT.items():
            token, scene.people[citizen_id] = enter(stack, form(citizen_id, unit))
            scene.receipts[citizen_id] = sit(stack, token, right)
        for citizen_id in (DUNG, EM):
            token, scene.people[citizen_id] = enter(stack, form(citizen_id, "SO-B"))
            attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]
            half = {"answers": right_answers(stack, attempt, 1), "prediction": 7, "revision": 0}
            saved = stack.call("PUT", f"/attempts/{attempt['attempt_id']}/answers", half, token)
            assert saved.status_code == 200, saved.text
        wait_for(lambda: closed(stack), 120, "the close")
        wait_for(scene.honest, 120, "a copy of the site that holds")
        yield scene


@pytest.fixture
def visitor(scene: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Visitor:
    return Visitor(dict(scene.shown), tmp_path, capsys)


# What is shown to one visitor, on copies of the site


def test_everybody_who_looks_at_the_honest_site_says_so(scene: Scene, visitor: Visitor) -> None:
    assert [winner["score"] for winner in visitor.json("data/results/week-1.json")["winners"]] == [5, 4]
    assert visitor.check(list(scene.receipts.values()))[0] == 0
    assert "còn 0 mục không thuộc bộ dữ liệu này" in visitor.rank()[1]
    with served(visitor.files) as address:
        assert verify("final", address)[0] == 0


def test_a_score_raised_in_the_published_data_is_found_by_rank(visitor: Visitor) -> None:
    visitor.edit_bundle(replaced(b'"score":1,', b'"score":5,'))
    code, said = visitor.rank()
    assert (code, "“score” nêu ra khác với cam kết" in said) == (1, True), said


def test_a_winner_edited_on_the_site_is_found_by_rank(visitor: Visitor) -> None:
    visitor.edit("data/results/week-1.json", lambda page: page["winners"][1].update(duration_ms=1))
    code, said = visitor.rank()
    assert (code, "người đạt giải khác" in said) == (1, True), said


def test_a_unit_moved_in_the_published_data_is_found_by_its_owners_receipt(
    scene: Scene, visitor: Visitor
) -> None:
    named = f'"pseudonym":"{scene.receipts[GIANG]["record"]["pseudonym"]}"'.encode()

    def move(lines: list[bytes]) -> None:
        # So few people share a unit that the line does not name it, but commits to it.
        lines[:] = [
            sub(rb'"unit_commitment":"[0-9a-f]{64}"', b'"unit_commitment":"%b"' % (b"0" * 64), line)
            if named in line
            else line
            for line in lines
        ]

    visitor.edit_bundle(move)
    code, said = visitor.check(scene.receipts[GIANG])
    assert (code, "đơn vị hoặc đối tượng khác với cam kết" in said) == (1, True), said


def test_other_rules_than_those_of_the_opening_are_found_by_rank(visitor: Visitor) -> None:
    visitor.edit_ranking(lambda ranking: ranking["rules"]["prizes"][0].update(count=2))
    code, said = visitor.rank()
    assert (code, "trong nhật ký: prizes" in said) == (1, True), said


def test_another_name_beside_a_winners_line_is_found_by_no_command(visitor: Visitor) -> None:
    """docs/collusion.md says so: the proof is about pseudonyms."""
    visitor.edit("data/results/week-1.json", lambda page: page["winners"][0].update(name=FORGED))
    assert visitor.rank()[0] == 0


def test_a_tampered_edge_tile_is_found_by_watch(scene: Scene) -> None:
    files = dict(scene.shown)
    tile = LOG + path_of(0, 0, decode_note(files[LOG + CHECKPOINT])[0].size)
    files[tile] = bytes(32) + files[tile][32:]
    with served(files) as address:
        code, said = watch(scene.watcher("tile"), address)
    assert (code, "không khớp" in said) == (1, True), said


def forked(scene: Scene) -> Files:
    """Another newest minute under the log's key, without a fault in itself."""
    written = scene.forger()
    leaf = json.loads(written.entries[-1])
    leaf["facts"]["code_version"] = "another"
    written.entries[-1] = canonical(leaf)
    return written.show().files


def test_a_log_that_is_written_anew_is_found_by_watch(scene: Scene) -> None:
    with served(forked(scene)) as address:
        code, said = watch(scene.watcher("rewritten"), address)
    assert (code, "HAI LỊCH SỬ" in said) == (1, True), said


def test_two_visitors_who_are_shown_two_logs_find_it_when_they_compare(scene: Scene) -> None:
    mine, other = scene.watcher("mine"), scene.folder / "other"
    with served(forked(scene)) as address:
        assert watch(other, address)[0] == 0, "alone one cannot know"
    for path in (other / "checkpoints").glob("*.txt"):
        shutil.copy(path, mine / "checkpoints" / f"other-{path.name}")
    with served(scene.shown) as address:
        code, said = watch(mine, address)
    assert (code, "HAI LỊCH SỬ" in said) == (1, True), said


def test_a_frozen_log_is_found_by_watch(scene: Scene) -> None:
    with served(scene.shown) as address:
        code, said = watch(scene.watcher("frozen"), address, later=PATIENT + 20)
    assert (code, "ĐỨNG YÊN" in said) == (1, True), said


def test_a_log_rolled_back_is_found_by_watch(scene: Scene) -> None:
    watcher, before = scene.watcher("rolled-back"), decode_note(scene.shown[LOG + CHECKPOINT])[0].size

    def grown() -> bool:
        return decode_note(get(scene.stack, "site", LOG + CHECKPOINT))[0].size > before + 12

    wait_for(grown, 180, "a log that has grown")
    wait_for(lambda: watch(watcher, scene.stack.site_url)[0] == 0, 60, "a visit")
    with served(scene.shown) as address:
        code, said = watch(watcher, address, late=STRICT)
    assert (code, "lùi lại" in said) == (1, True), said


# Desk and site, edited with the rights of the account


def test_edited_files_of_desk_and_site_are_put_right_and_told(scene: Scene) -> None:
    stack = scene.stack
    edited = {
        "desk": ["results/week-1/rev-1/page.json"],
        "site": ["data/results/week-1.json", "data/keys.json"],
    }
    right = {key: get(stack, bucket, key) for bucket, keys in edited.items() for key in keys}
    wait_for(lambda: settled(stack, ["data/results/week-1.json"]), 120, "the site to be put and noted")
    for bucket, keys in edited.items():
        for key in keys:
            put(stack, bucket, key, right[key].replace("Nguyễn Văn An".encode(), FORGED.encode()) + b" ")

    def healed() -> bool:
        return all(get(stack, bucket, key) == right[key] for bucket, keys in edited.items() for key in keys)

    wait_for(healed, 120, "bringing everything back")
    wait_for(lambda: all(told(stack).get(key) for key in right), 60, "the lines that set off the alarm")
    assert FORGED not in json.dumps(closed(stack), ensure_ascii=False)


def test_a_tampered_edge_tile_is_put_right_and_told(scene: Scene) -> None:
    def noticed() -> bool:
        """A minute may come between reading the size and writing the tile: then that tile is no edge."""
        size = decode_note(get(scene.stack, "site", LOG + CHECKPOINT))[0].size
        put(scene.stack, "site", LOG + path_of(0, size // 256, size % 256), bytes(32 * (size % 256)))
        return bool(told(scene.stack).get(LOG + "edge"))

    wait_for(noticed, 60, "the line that sets off the alarm")
    watcher = scene.folder / "after-the-tile"
    wait_for(lambda: watch(watcher, scene.stack.site_url)[0] == 0, 60, "a log that holds")


def test_who_sits_in_somebodys_place_by_a_new_password_is_told_to_its_owner(scene: Scene) -> None:
    stack = scene.stack
    report = stack.deliver("password-resets.csv", f"citizen_id\n{HA}\n")
    book = stack.desk(f"{report['taken']['answers']}password-resets.xlsx")
    header, row = load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True)
    code = dict(zip(header, row, strict=True))["code"]
    new = {"citizen_id": HA, "code": code, "password": "mật khẩu kẻ gian"}
    assert stack.call("POST", "/password", new).status_code == 204
    assert stack.call("POST", "/sessions", {"citizen_id": HA, "password": PASSWORD}).status_code == 401
    session = stack.call("POST", "/sessions", {"citizen_id": HA, "password": new["password"]}).json()
    assert datetime.fromisoformat(session["password_reset_at"])


# The table, by somebody who may write it


def later_than_the_log_waits(scene: Scene) -> bool:
    now = datetime.fromisoformat(scene.stack.call("GET", "/contest").json()["now"])
    closes = datetime.fromisoformat(json.loads(scene.shown["data/results/week-1.json"])["closes_at"])
    return now > closes + timedelta(minutes=3, seconds=10)


def warnings(scene: Scene) -> int:
    """How often ``tally`` has told that something in an entry is not the API's."""
    pages = scene.stack.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName="/aws/lambda/cuoc-thi-local-tally")
    return sum('"unauthentic"' in event["message"] for page in found for event in page["events"])


def close_again(scene: Scene) -> None:
    """A trivial file, which makes a new revision of the week."""
    more = "citizen_id,role,effect,note\n040085999999,Tổ ra đề thi,,\n040085999998,Tổ ra đề thi,,\n"
    answer = scene.stack.deliver("exclusions.csv", more)
    if not answer["accepted"]:
        assert not answer["faults"], answer["faults"]
        confirmed = scene.stack.deliver(f"confirm-{answer['taken']['code']}.txt", "bổ sung danh sách")
        assert confirmed["accepted"], confirmed["faults"]
    index = "/data/results/index.json"
    wait_for(lambda: scene.stack.site(index).json()["weeks"][0]["revision"] == 2, 120, "the new revision")
    wait_for(lambda: verify("rank", scene.stack.site_url)[0] == 0, 90, "opening the log's batches")


@pytest.fixture(scope="module")
def written(scene: Scene) -> Scene:
    """All that is written into the table after the close, and the week closed again."""
    wait_for(lambda: later_than_the_log_waits(scene), 240, "the end of the time that a paper may take")
    key = mac_key(scene.secret("Authenticates what the API writes"))

    def macs(item: dict[str, Any]) -> EntryMacs:
        return EntryMacs(key, *(item[name]["S"] for name in ("pk", "sk", "unit", "category")))

    # With the key of the MACs: a paper of Công's, dated back into the week, with everything right.
    item = scene.item(CONG)
    (first,) = item["done"]["L"]
    best = Finished.decode(first["B"][:-MAC_BYTES])._replace(number=2, score=5, prediction=2, nonce="f" * 16)
    item["done"]["L"].append({"B": macs(item).record(best)})
    scene.write({**item, "used": {"N": "2"}})
    # Giang and her paper to another unit.
    item = scene.item(GIANG)
    (own,) = [Finished.decode(one["B"][:-MAC_BYTES]) for one in item["done"]["L"]]
    moved = {**item, "unit": {"S": "SO-A"}}
    scene.write({**moved, "done": {"L": [{"B": macs(moved).record(own)}]}})
    # Other answers in Em's open paper.
    item = scene.item(EM)
    opening, number, revision = item["open"]["B"][:-MAC_BYTES], int(item["used"]["N"]), int(item["rev"]["N"])
    mac = macs(item).saved(opening, number, "CCCCC", 2, revision)
    scene.write({**item, "saved": {"S": "CCCCC"}, "guess": {"N": "2"}, "mac": {"B": mac}})
    # Without any key: the rival is gone, a score is raised, an open paper is filled in.
    scene.delete(scene.item(BINH))
    item = copy.deepcopy(scene.item(HA))
    (sealed,) = item["done"]["L"]
    assert sealed["B"][18] == 3
    scene.write({**item, "done": {"L": [{"B": sealed["B"][:18] + b"\x05" + sealed["B"][19:]}]}})
    scene.write({**scene.item(DUNG), "saved": {"S": "BBBBB"}, "guess": {"N": "2"}})
    wait_for(lambda: warnings(scene) >= 1, 90, "the alarm")
    close_again(scene)
    return scene


def anomalies(scene: Scene, reason: str) -> int:
    rows = csv_rows(scene.stack.desk("results/week-1/rev-2/anomalies.csv"))
    return sum(row["reason"] == reason for row in rows)


def test_papers_inserted_dated_back_moved_or_filled_in_after_the_close_win_nothing_and_rank_says_so(
    written: Scene,
) -> None:
    code, said = verify("rank", written.stack.site_url)
    assert (code, "4 người có bài vào nhật ký muộn; Ban Tổ chức xác nhận 0 người" in said) == (0, True), said
    page: Any = closed(written.stack)
    assert [(winner["score"], winner["unit_code"]) for winner in page["winners"]] == [(5, "SO-A")]
    # Dung, whose paper is settled anew since it is no longer authentic, has nothing left to rank.
    assert anomalies(written, "late_in_log") == 3


def test_who_was_deleted_moved_or_altered_finds_it_with_the_receipt(written: Scene) -> None:
    for citizen_id in (BINH, GIANG, HA):
        code, said = written.check(citizen_id)
        assert (code, "SAI" in said) == (1, True), said
    assert written.check(AN)[0] == 0
    assert "còn 0 mục không thuộc bộ dữ liệu này" not in verify("rank", written.stack.site_url)[1]


def test_a_raised_score_and_a_paper_filled_in_without_the_key_count_nowhere_and_are_told(
    written: Scene,
) -> None:
    assert anomalies(written, "unauthentic") == 2
    assert warnings(written) >= 1


def test_whoever_watches_has_the_change_of_the_result_in_the_notes(written: Scene) -> None:
    watcher = written.watcher("notes")
    wait_for(lambda: watch(watcher, written.stack.site_url)[0] == 0, 60, "a visit")
    notes = (watcher / "watch.log").read_text(encoding="utf-8")
    for revision in (1, 2):
        assert f"kết quả tuần 1 (bản, mã xác thực) là {revision} " in notes


@pytest.fixture
def later(written: Scene, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Visitor:
    """The site when the log is old enough to say what it does not have."""
    visitor = Visitor({}, tmp_path, capsys)

    def whole() -> bool:
        visitor.files = written.copied()
        return visitor.check(written.receipts[AN])[0] == 0

    wait_for(whole, 120, "a copy of the site that holds")
    return visitor


def signed(receipt: dict[str, Any], key: SigningKey) -> dict[str, Any]:
    """The receipt, whatever its record says now, as whoever has this key issues it."""
    leaf = leaf_hash(canonical(receipt["record"]))
    told = sha256(canonical(receipt["told"])).digest()
    signature = key.sign(SIGNED_PREFIX + leaf + told).hex()
    return {**receipt, "leaf_hash": leaf.hex(), "signature": signature, "key_id": key.id}


def test_a_swapped_key_set_is_found_by_a_receipt(scene: Scene, later: Visitor) -> None:
    """A receipt under a key of the forger's own, which the site shows in place of the contest's."""
    own, receipt = SigningKey(b"the forger's"), copy.deepcopy(scene.receipts[AN])
    later.edit(
        "data/keys.json", lambda keys: keys["keys"][0].update(key_id=own.id, public_key=own.public.hex())
    )
    code, said = later.check(signed(receipt, own))
    assert (code, "Nhật ký chưa nêu khóa ký biên nhận này" in said) == (1, True), said


def test_whoever_has_the_receipts_key_makes_one_for_a_paper_that_never_was(
    scene: Scene, later: Visitor
) -> None:
    """So that the organisers seem to have lost it: docs/collusion.md."""
    receipt = copy.deepcopy(scene.receipts[AN])
    receipt["record"]["number"] = 3
    code, said = later.check(signed(receipt, SigningKey(scene.secret("signs receipts"))))
    assert (code, "Chữ ký của cuộc thi đúng" in said) == (1, True), said
