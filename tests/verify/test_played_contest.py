"""The verifier on a contest's real publications, and on every lie about them."""

from __future__ import annotations

import ast
import copy
import gzip
import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import pytest

from chalicelib.documents.bundle import Records
from chalicelib.documents.canonical import canonical_json
from chalicelib.documents.compiled_contest import encode_definition
from chalicelib.domain.attempt import Entry
from chalicelib.domain.paper import drawn_questions
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.receipt import salt_key
from chalicelib.services.contest.public_contest import committed_files
from tests.closer import told_log
from tests.fakes import HOUR, START_MS, definition
from tests.verify.played import AFTER_WEEK_1, Played
from tests.web.counter import BINH, PEPPER
from verify.__main__ import main

Files = dict[str, bytes]
HERE = "data/proof/week-1"


@pytest.fixture(scope="module")
def closed() -> Played:
    played = Played()
    played.close()
    return played


class Outsider:
    """Somebody with the verifier, a receipt and the files that a site shows."""

    def __init__(self, files: Files, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.files, self._folder, self._capsys = files, folder, capsys

    def run(self, *arguments: str) -> tuple[int, str]:
        code = main(arguments, lambda address: self.files.get)
        return code, self._capsys.readouterr().out

    def check(self, receipt: Any, *more: str) -> tuple[int, str]:
        path = self._folder / "receipt.json"
        path.write_text(json.dumps(receipt, ensure_ascii=False), encoding="utf-8")
        return self.run("receipt", str(path), "--site", "https://thi.example", *more)

    def rank(self, *more: str) -> tuple[int, str]:
        return self.run("rank", "https://thi.example", *more)

    def json(self, path: str) -> Any:
        return json.loads(self.files[path])

    def index(self) -> Any:
        return self.json(f"{HERE}/index.json")

    def edit(self, path: str, change: Callable[[Any], object]) -> None:
        value = self.json(path)
        change(value)
        self.files[path] = json.dumps(value).encode()

    def edit_in_folder(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Changes the bundle or ``ranking.json`` as a careful liar would: together with its digest."""
        index = self.index()
        path = f"{HERE}/{index['folder']}/{index[name]['file']}"
        self.files[path] = change(self.files[path])
        index[name]["sha256"] = sha256(self.files[path]).hexdigest()
        self.files[f"{HERE}/index.json"] = json.dumps(index).encode()

    def ranking(self) -> Any:
        index = self.index()
        return self.json(f"{HERE}/{index['folder']}/{index['ranking']['file']}")

    def lines(self) -> list[Any]:
        index = self.index()
        packed = self.files[f"{HERE}/{index['folder']}/{index['audit']['file']}"]
        return [json.loads(line) for line in gzip.decompress(packed).splitlines()]

    def edit_ranking(self, change: Callable[[Any], object]) -> None:
        def changed(data: bytes) -> bytes:
            value = json.loads(data)
            change(value)
            return json.dumps(value).encode()

        self.edit_in_folder("ranking", changed)

    def edit_bundle(self, change: Callable[[list[bytes]], object]) -> None:
        def changed(data: bytes) -> bytes:
            lines = gzip.decompress(data).splitlines()
            change(lines)
            return gzip.compress(b"".join(line + b"\n" for line in lines))

        self.edit_in_folder("audit", changed)


@pytest.fixture
def outsider(closed: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Outsider:
    return Outsider(dict(closed.site.objects), tmp_path, capsys)


@pytest.fixture
def receipt(closed: Played) -> dict[str, Any]:
    return copy.deepcopy(closed.receipts[1])


def test_every_receipt_holds(outsider: Outsider, closed: Played) -> None:
    code, said = outsider.check(closed.receipts)
    assert code == 0, said
    assert said.count("✓ Nhật ký có bài thi này ở phút thứ 1 ") == 4
    assert said.count("✓ Bài vào nhật ký đúng hạn") == 4
    assert "ĐÚNG: mọi bước kiểm tra đều khớp." in said


def test_ranking_the_week_again_gives_the_published_result(outsider: Outsider) -> None:
    code, said = outsider.rank("--week", "1", "--root", outsider.index()["root"])
    assert code == 0, said
    assert "5 bài cho ra đúng mã xác thực" in said
    assert "Xếp hạng lại 3 người và 3 đơn vị" in said
    assert outsider.rank() == (0, said)


def test_the_open_paper_is_a_leaf_although_it_counts_for_nothing(outsider: Outsider) -> None:
    assert sorted(line["record"]["status"] for line in outsider.lines()) == ["discarded", *["submitted"] * 4]


def left_open(played: Played, **saved: int) -> Entry:
    """The entry of a fifth person, who saves and does not hand in."""
    em = {**BINH, "citizen_id": "040190000005", "full_name": "Lê Thị Em", "unit_code": "SO-B"}
    token = played.counter.arrive(em)
    played.counter.save(token, played.counter.start(token), **saved)
    return next(one for one in played.counter.entries.read_week(1) if one.open and one.open.saved)


@pytest.mark.parametrize("logged", [True, False])
def test_a_saved_paper_counts_and_wins_nothing_unless_its_start_was_logged_in_time(
    *, logged: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As somebody's who has every key but the log's, and writes it into the table after the close."""
    played = Played()
    inserted = left_open(played, prediction=3)
    told, current = told_log(played.site), played.counter.exam.library.current()
    records = Records(salt_key(PEPPER), current.definition.contest.id)
    bank = current.of_week(1).bank.digest
    entries = [one for one in played.counter.entries.read_week(1) if logged or one != inserted]
    leaves = [leaf for one in entries for leaf in records.leaf_hashes(None, one, bank)]
    rules = encode_definition(current.definition)
    played.site.put(f"data/reference/{current.digests['definition']}.json", rules)
    told.note(current, START_MS)
    told.note(current, START_MS + HOUR, leaves)
    told.note(current, AFTER_WEEK_1 + HOUR)
    played.close(AFTER_WEEK_1 + HOUR)
    outsider = Outsider(dict(played.site.objects), tmp_path, capsys)
    ranking, page = outsider.ranking(), outsider.json("data/results/week-1.json")
    name = Pseudonyms(salt_key(PEPPER), current.definition.contest.id)(1, inserted.participant_id)
    assert ranking["late"] == ranking["no_prize"] == ([] if logged else [name])
    assert (page["counts"]["people"], ranking["result"]["ranked"]) == (4, 4 if logged else 3)
    (record,) = (one["record"] for one in outsider.lines() if one["record"]["status"] == "overdue")
    assert (record["pseudonym"], record["prediction"]) == (name, None), "what was guessed does not count"
    code, said = outsider.rank()
    assert code == 0, said
    assert f"{0 if logged else 1} người có bài vào nhật ký muộn" in said
    outsider.edit_ranking(lambda told: told.update(late=[] if told["late"] else [name], no_prize=[]))
    code, said = outsider.rank()
    assert (code, "vào nhật ký muộn không đúng" in said) == (1, True), said


def test_answers_written_into_an_open_paper_after_the_close_win_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By whoever has every key but the log's, who then sends a file that has the week closed again."""
    played = Played()
    entry = left_open(played, wrong=4)
    assert entry.open
    played.close()
    outsider = Outsider(played.site.objects, tmp_path, capsys)
    assert outsider.ranking()["late"] == []
    current = played.counter.exam.library.current()
    right = drawn_questions(current.bank, current.definition.paper, entry.open.nonce)
    answers = "".join((ascii_uppercase + ascii_lowercase)[question.answer] for question in right)
    filled_in = entry._replace(open=entry.open._replace(saved=answers))
    played.counter.entries.items[1, entry.participant_id] = filled_in
    played.counter.load(current.definition, annulled=["0" * 20])
    played.clock.now += HOUR
    played.close(AFTER_WEEK_1 + HOUR)
    name = Pseudonyms(salt_key(PEPPER), current.definition.contest.id)(1, entry.participant_id)
    assert outsider.ranking()["late"] == outsider.ranking()["no_prize"] == [name]
    (line,) = (one for one in outsider.lines() if one["record"]["status"] == "overdue")
    assert line["counted"]["score"] == 5
    code, said = outsider.rank()
    assert (code, "1 người có bài vào nhật ký muộn" in said) == (0, True), said
    outsider.edit_ranking(lambda told: told.update(late=[], no_prize=[]))
    code, said = outsider.rank()
    assert (code, "vào nhật ký muộn không đúng" in said) == (1, True), said


def test_a_receipt_is_checked_by_the_log_before_the_week_is_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played()
    outsider = Outsider(played.site.objects, tmp_path, capsys)
    code, said = outsider.check(played.receipts[0])
    assert code == 0, said
    assert "✓ Chữ ký của cuộc thi đúng, và khóa đã có trong nhật ký" in said
    assert "✓ Nhật ký có bài thi này ở phút thứ 1 " in said
    assert "Tuần 1 chưa chốt: hãy kiểm tra lại" in said
    assert outsider.check(played.receipts[0], "--root", "0" * 64)[0] == 2, "there is no root yet"
    assert outsider.rank()[0] == 2


def test_a_receipt_that_does_not_tell_the_score_is_found_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played(show_score="after_close")
    outsider = Outsider(played.site.objects, tmp_path, capsys)
    assert [receipt["told"] for receipt in played.receipts] == [{"score": None}] * 4
    assert outsider.check(played.receipts)[0] == 0
    played.close()
    for receipt, score in zip(played.receipts, (5, 4, 5, 3), strict=True):
        code, said = outsider.check(receipt)
        assert (code, f"Bộ dữ liệu tính bài này {score} câu đúng" in said) == (0, True), said
    assert outsider.rank()[0] == 0


def test_an_attempt_that_was_graded_and_then_dropped_is_missed_by_its_receipt_without_a_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played(show_score="after_close")
    played.close()
    outsider = Outsider(dict(played.site.objects), tmp_path, capsys)
    outsider.edit_bundle(list.clear)
    assert "KHÔNG có bài thi này trong kết quả" in outsider.check(played.receipts[0])[1]


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (lambda r: r["record"].update(prediction=5), "một thông tin trong đó đã bị thay đổi"),
        (lambda r: r["record"].update(score="0" * 64), "Phần “score” của biên nhận không khớp"),
        (lambda r: r["record"].update(prediction=True), "giá trị sai ở trường “prediction”"),
        (lambda r: r["record"].update(status="lost"), "giá trị sai ở trường “status”"),
        (lambda r: r["record"].update(extra=1), "không có đúng các trường"),
        (lambda r: r["openings"]["grading"].update(answers="AAAAA"), "Phần “grading” của biên nhận không khớp"),
        (lambda r: r["openings"]["identity"].update(participant_id="0" * 20), "Phần “identity” của biên nhận"),
        (lambda r: r["openings"]["identity"].update(unit="SO-A"), "Phần “identity” của biên nhận không khớp"),
        (lambda r: r["openings"]["time"].update(duration_ms=1), "Phần “time” của biên nhận không khớp"),
        (lambda r: r["openings"]["score"].update(score=5), "Điểm đã cho biết khác với điểm trong cam kết"),
        (lambda r: r["told"].update(score=5), "Điểm đã cho biết khác với điểm trong cam kết"),
        (lambda r: r["openings"]["grading"].update(answers=1), "Phần riêng tư của biên nhận không đúng dạng"),
        (lambda r: r["openings"].pop("time"), "Phần riêng tư của biên nhận không đúng dạng"),
        (lambda r: r.update(openings=[]), "Phần riêng tư của biên nhận không đúng dạng"),
        (lambda r: r["salts"].update(grading="0" * 32), "Phần “grading” của biên nhận không khớp"),
        (lambda r: r["salts"].update(grading="muối"), "“salts.grading” không phải 32 chữ số hệ 16"),
        (lambda r: r["salts"].update(pseudonym="0" * 32), "không phải của người dự thi này"),
        (lambda r: r["salts"].pop("time"), "không có đúng các muối"),
        (lambda r: r.update(leaf_hash="0" * 64), "Bản ghi không khớp với mã băm"),
        (lambda r: r.update(signature="0" * 128), "Chữ ký không đúng"),
        (lambda r: r.update(signature=r["signature"][:-1] + "f"), "Chữ ký không đúng"),
        (lambda r: r.update(key_id="0" * 16), "Nhật ký chưa nêu khóa ký biên nhận này"),
    ],
)  # fmt: skip
def test_a_changed_receipt_fails(
    outsider: Outsider, receipt: dict[str, Any], lie: Callable[[Any], object], message: str
) -> None:
    lie(receipt)
    code, said = outsider.check(receipt)
    assert (code, message in said) == (1, True), said
    assert "WRONG: " in said


@pytest.mark.parametrize(
    ("path", "lie", "code", "message"),
    [
        (f"{HERE}/index.json", lambda index: index.update(root="0" * 64), 1, "không phải mã mà trang kết quả"),
        (f"{HERE}/index.json", lambda index: index.update(size=6), 1, "không phải mã mà trang kết quả"),
        (f"{HERE}/index.json", lambda index: index.update(revision=2), 2, "đang cập nhật"),
        (f"{HERE}/index.json", lambda index: index.update(week=2), 1, "tuần khác"),
        (f"{HERE}/index.json", lambda index: index.pop("batches"), 0, "đúng hạn"),
        (f"{HERE}/index.json", lambda index: index.pop("ranking"), 1, "không đúng dạng"),
        ("data/results/week-1.json", lambda page: page["proof"].update(root="0" * 64), 1, "không phải mã"),
    ],
)
def test_a_site_that_lies_about_the_week_fails(
    outsider: Outsider,
    receipt: dict[str, Any],
    path: str,
    lie: Callable[[Any], object],
    code: int,
    message: str,
) -> None:
    outsider.edit(path, lie)
    found, said = outsider.check(receipt)
    assert (found, message in said) == (code, True), said


def test_the_printed_root_decides(outsider: Outsider, receipt: dict[str, Any]) -> None:
    assert outsider.check(receipt, "--root", outsider.index()["root"])[0] == 0
    code, said = outsider.check(receipt, "--root", "0" * 64)
    assert (code, "khác với mã đã cho" in said) == (1, True)


def replaced(old: bytes, new: bytes) -> Callable[[list[bytes]], object]:
    """Changes the first line that contains ``old``."""

    def change(lines: list[bytes]) -> None:
        at = next(number for number, line in enumerate(lines) if old in line)
        lines[at] = lines[at].replace(old, new)

    return change


def of_chi(old: bytes, new: bytes) -> Callable[[list[bytes]], object]:
    """Changes what counted of Chi, who has one attempt in SO-B."""

    def change(lines: list[bytes]) -> None:
        at = next(number for number, line in enumerate(lines) if b'"unit":"SO-B"' in line)
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new)

    return change


def start_of_dung(change: Callable[[Any], Any]) -> Callable[[list[bytes]], object]:
    """Changes the start of the paper that nobody handed in; None takes it away."""

    def changed(lines: list[bytes]) -> None:
        at = next(number for number, line in enumerate(lines) if b'"start"' in line)
        value = json.loads(lines[at])
        value["counted"]["start"] = change(value["counted"]["start"])
        if value["counted"]["start"] is None:
            del value["counted"]["start"]
        lines[at] = canonical_json(value)

    return changed


def passed_over(ranking: Any) -> Any:
    """The first winner, as if of the same week."""
    name = ranking["result"]["prizes"][0]["pseudonym"]
    return {"pseudonym": name, "week": 1, "won_as": name}


MOVED = b'"registered":{"category":"mandatory","reason":"%b"},"salts"'


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (replaced(b'"score":3', b'"score":5'), "Phần “score” nêu ra khác với cam kết"),
        (replaced(b'"score":3', b'"score":5,"told":{"reason":"ruling","score":3}'), "không cho phép"),
        (replaced(b'"score":3', b'"score":3,"told":{"reason":"ruling","score":3}'), "không khác cam kết"),
        (replaced(b'"score":3', b'"score":5,"told":{"reason":"mood","score":3}'), "giá trị sai"),
        (replaced(b'"prediction":2', b'"prediction":1'), "không cho ra mã xác thực đã công bố"),
        (replaced(b'"duration_minutes":2', b'"duration_minutes":1'), "khác với số phút"),
        (replaced(b'"week":1', b'"week":2'), "không ở dạng chuẩn hoặc thuộc cuộc thi, tuần thi khác"),
        (replaced(b'"score":3', b'"score": 3'), "không ở dạng chuẩn"),
        (replaced(b'"score":3', b'"score":9,"score":3'), "không ở dạng chuẩn"),
        (replaced(b'"score":3', b'"score":"3"'), "counted có giá trị sai"),
        (replaced(b'"score":3', b'"score":null'), "counted có giá trị sai"),
        (replaced(b'"status":"submitted"', b'"status":1'), "giá trị sai ở trường “status”"),
        (replaced(b"{", b"["), "không phải JSON"),
        (replaced(b'{"counted":{', b'{"other":{'), "không có đúng hai phần counted và record"),
        (replaced(b'"counted":{', b'"counted":{"name":1,'), "counted không có đúng các trường"),
        (lambda lines: lines.pop(), "Bộ dữ liệu có 4 bài, còn trang web công bố 5"),
        (lambda lines: lines.append(lines[0]), "hai bài cùng số"),
        (replaced(b'"unit":"SO-A"', b'"unit":"SO-B"'), "hai đơn vị"),
        (of_chi(b'"mandatory",', b'"mandatory","obliged":true,'), "giá trị sai"),
        (of_chi(b'"mandatory",', b'"mandatory","obliged":false,'), "không ra cùng xếp hạng đơn vị"),
        (
            of_chi(b'"mandatory"', b'"encouraged"'),
            "không ra cùng xếp hạng đơn vị",
        ),
        (of_chi(b'"SO-B"', b'"SO-B","verified":"none"'), "giá trị sai"),
        (of_chi(b'"salts"', MOVED % b"mood"), "giá trị sai"),
        (of_chi(b'"unit":"SO-B"', b'"unit":"SO-A"'), "không ra cùng xếp hạng đơn vị"),
        (
            of_chi(b'"score":5', b'"score":5,"start":{"minute":1,"seed":"%b"}' % (b"0" * 64)),
            "phải nêu lúc bắt đầu",
        ),
        (start_of_dung(lambda start: None), "Bài không nộp phải nêu lúc bắt đầu"),
        (start_of_dung(lambda start: {**start, "seed": "0" * 64}), "bài bị thêm hoặc sửa"),
        (start_of_dung(lambda start: {**start, "seed": "muối"}), "không phải 64 chữ số hệ 16"),
        (start_of_dung(lambda start: {**start, "minute": start["minute"] + 1}), "bài bị thêm hoặc sửa"),
        (start_of_dung(lambda start: {**start, "minute": start["minute"] - 2}), "Lúc bắt đầu không khớp"),
        (start_of_dung(lambda start: {**start, "minute": "1"}), "counted có giá trị sai"),
    ],
)
def test_a_changed_bundle_fails(outsider: Outsider, lie: Callable[[list[bytes]], object], message: str) -> None:
    outsider.edit_bundle(lie)
    code, said = outsider.rank()
    assert (code, message in said) == (1, True), said


def test_a_moved_person_who_has_a_receipt_finds_it(outsider: Outsider, closed: Played) -> None:
    """The ranking may be made to fit; a receipt says in which unit its owner was."""
    whole = dict(outsider.files)
    for lie in (of_chi(b'"unit":"SO-B"', b'"unit":"SO-A"'), of_chi(b'"salts"', MOVED % b"roster")):
        outsider.files = dict(whole)
        outsider.edit_bundle(lie)
        code, said = outsider.check(closed.receipts[2])
        assert (code, "đơn vị hoặc đối tượng khác với cam kết" in said) == (1, True), said


def test_a_bundle_with_another_digest_fails(outsider: Outsider) -> None:
    index = outsider.index()
    outsider.files[f"{HERE}/{index['folder']}/{index['audit']['file']}"] += b" "
    assert "không khớp với mã băm đã công bố" in outsider.rank()[1]


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (lambda r: r["result"].update(people=4), "số người dự thi"),
        (lambda r: r["result"].update(attempts=5), "số lượt thi"),
        (lambda r: r["result"].update(perfect_people=1), "số người đúng hết"),
        (lambda r: r["result"].update(prediction_actual=1), "đáp số câu dự đoán"),
        (lambda r: r["result"].update(ranked=2), "số người được xếp hạng"),
        (lambda r: r["result"].update(order_sha256="0" * 64), "thứ tự xếp hạng"),
        (lambda r: r["result"]["prizes"].reverse(), "người đạt giải"),
        (lambda r: r["result"]["prizes"].pop(), "người đạt giải"),
        (lambda r: r["result"]["units"][0].update(score="100"), "xếp hạng đơn vị"),
        (lambda r: r["result"]["units"][0].update(prize=""), "xếp hạng đơn vị"),
        (lambda r: r["result"].update(more=1), "mục lạ"),
        (lambda r: r["rules"].update(order=["duration"]), "trong nhật ký: order"),
        (lambda r: r["rules"].update(min_duration_ms=200_000), "trong nhật ký: min_duration_ms"),
        (lambda r: r.update(draw_root="0" * 64), "không theo mã xác thực của nhật ký"),
        (lambda r: r["no_prize"].append(r["result"]["prizes"][0]["pseudonym"]), "số người được xếp hạng"),
        (lambda r: r["earlier_winners"].append(passed_over(r)), "mà tuần đó không có người ấy"),
        (lambda r: r.update(unit_prizes_elsewhere={"weekly": ["SO-A", "SO-B"]}), "xếp hạng đơn vị"),
        (lambda r: r["rules"]["unit_prizes"][0].update(min_rate=[[None, "1"]]), "trong nhật ký: unit_prizes"),
        (lambda r: r["result"]["units"][0].update(note="below_min_rate"), "xếp hạng đơn vị"),
        (lambda r: r["units"][0].update(headcount=1), "xếp hạng đơn vị"),
        (lambda r: r.update(week=2), "tuần khác"),
        (lambda r: r.pop("rules"), "không đúng dạng"),
    ],
)  # fmt: skip
def test_a_ranking_that_does_not_follow_from_the_bundle_fails(
    outsider: Outsider, lie: Callable[[Any], object], message: str
) -> None:
    outsider.edit_ranking(lie)
    code, said = outsider.rank()
    assert (code, message in said) == (1, True), said


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (lambda page: page["winners"].reverse(), "người đạt giải khác"),
        (lambda page: page["winners"][0].update(unit_code="SO-B"), "người đạt giải khác"),
        (lambda page: page["winners"][0].update(duration_ms=1), "người đạt giải khác"),
        (lambda page: page["winners"][0].update(submitted_at="2022-08-22T08:00:00Z"), "người đạt giải khác"),
        (lambda page: page["units"][0].update(unit_score=99.5), "xếp hạng đơn vị khác"),
        (lambda page: page["units"][1].update(prize="weekly"), "xếp hạng đơn vị khác"),
        (lambda page: page["rulings"].append({}), "kết luận về câu hỏi khác"),
    ],
)  # fmt: skip
def test_a_results_page_that_shows_something_else_fails(
    outsider: Outsider, lie: Callable[[Any], object], message: str
) -> None:
    outsider.edit("data/results/week-1.json", lie)
    code, said = outsider.rank()
    assert (code, message in said) == (1, True), said


@pytest.fixture
def published(closed: Played, outsider: Outsider) -> Outsider:
    """The site with what the contest's intake has put there: the bank and the rules."""
    current = closed.counter.exam.library.current()
    outsider.files.update(committed_files(current))
    return outsider


def test_where_the_bank_is_published_every_paper_is_graded_again(published: Outsider, closed: Played) -> None:
    code, said = published.check(closed.receipts)
    assert code == 0, said
    for right in (5, 4, 5, 3):
        assert f"Chấm lại theo bộ câu hỏi đã công bố: {right} câu đúng" in said
    assert said.count("Chấm lại") == len(closed.receipts)


def test_a_paper_under_a_ruling_is_graded_both_ways(published: Outsider, closed: Played) -> None:
    receipt = closed.receipts[3]  # the first two questions were left out
    bank = closed.counter.exam.library.current().bank
    nonce = receipt["openings"]["grading"]["attempt_id"].rpartition("-")[2]
    asked = [question.id for question in drawn_questions(bank, definition().paper, nonce)]
    given = {"question": asked[0], "ruling": "all_right", "keys": [], "reason": "", "at": ""}
    taken = {"question": asked[4], "ruling": "key", "keys": ["ABCDEF"], "reason": "", "at": ""}
    for rulings, counted in (([given], 4), ([given, taken], 3)):
        published.edit_ranking(lambda ranking, rulings=rulings: ranking.update(rulings=rulings))
        code, said = published.check(receipt)
        assert code == 0, said
        named = ", ".join(ruling["question"] for ruling in rulings)
        assert f"3 câu đúng; theo kết luận về câu {named} tính {counted} câu" in said


def test_the_papers_of_winners_and_of_the_sample_are_graded_by_anybody(published: Outsider) -> None:
    code, said = published.rank()
    assert (
        code,
        "3 bài của người đạt giải, dự phòng và mẫu rút theo mã xác thực chấm lại đúng; 0" in said,
    ) == (0, True), said


def first_opening(**changed: Any) -> Callable[[Any], object]:
    return lambda ranking: ranking["openings"][0].update(changed)


@pytest.mark.parametrize(
    ("lie", "code", "message"),
    [
        (first_opening(answers="BBBBB"), 1, "không khớp với cam kết"),
        (first_opening(salt="0" * 32), 1, "không khớp với cam kết"),
        (first_opening(number=9), 1, "không khớp với cam kết"),
        (first_opening(pseudonym="0" * 64), 1, "không khớp với cam kết"),
        (lambda ranking: ranking["openings"].pop(), 0, "2 bài của người đạt giải"),
        (
            lambda ranking: ranking["openings"].clear(),
            0,
            "0 bài của người đạt giải, dự phòng và mẫu rút theo mã xác thực chấm lại đúng; 3 bài không mở ra",
        ),
    ],
)
def test_openings_that_do_not_fit_fail_and_missing_ones_are_counted(
    published: Outsider, lie: Callable[[Any], object], code: int, message: str
) -> None:
    published.edit_ranking(lie)
    found, said = published.rank()
    assert (found, message in said) == (code, True), said


def test_a_bank_with_another_digest_fails(published: Outsider, closed: Played) -> None:
    bank = f"data/reference/{closed.counter.exam.library.current().digests['bank']}.json"
    published.files[bank] += b" "
    code, said = published.check(closed.receipts[1])
    assert (code, "không khớp với mã băm" in said) == (1, True)


def test_a_score_that_the_published_bank_does_not_give_fails(published: Outsider, closed: Played) -> None:
    bank = closed.counter.exam.library.current().digests["bank"]
    questions = [{**one, "answer": 63} for one in published.json(f"data/reference/{bank}.json")]
    lied = json.dumps(questions).encode()
    published.files[f"data/reference/{sha256(lied).hexdigest()}.json"] = lied
    published.edit(
        "data/log/facts.json", lambda told: told["facts"]["bank"].update(value=sha256(lied).hexdigest())
    )
    code, said = published.check(closed.receipts[1])
    assert (code, "graded by another bank" in said) == (1, True), said
    code, said = published.rank()
    assert (code, "something else of “bank” than the log" in said) == (1, True), said


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"record": {}}', '"biên nhận"'])
def test_a_file_that_is_not_a_receipt_cannot_be_checked(
    outsider: Outsider, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    code, said = outsider.run("receipt", str(path), "--site", "https://thi.example")
    assert (code, "CHƯA KIỂM TRA ĐƯỢC" in said) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["receipt.json", "--site", "https://a"],
        ["receipt", "receipt.json"],
        ["receipt", "--site", "https://a"],
        ["rank"],
        ["rank", "https://a", "--root", "0"],
        ["final", "https://a", "--week", "1"],
    ],
)
def test_wrong_arguments_are_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "verify" in capsys.readouterr().err


def test_an_address_that_is_invalid_or_does_not_answer_cannot_be_checked(
    outsider: Outsider, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("thi.example", "file:///etc/passwd", "http://127.0.0.1:1"):
        assert main(["rank", address]) == 2
        assert "NOT CHECKED" in capsys.readouterr().out


def test_the_verifier_needs_nothing_but_python() -> None:
    for path in Path("verify").glob("*.py"):
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [name.name for name in part.names] if isinstance(part, ast.Import) else []
            if isinstance(part, ast.ImportFrom):
                names = [str(part.module)]
            for name in names:
                top = name.partition(".")[0]
                assert top == "verify" or top in sys.stdlib_module_names, f"{path}: {name}"
