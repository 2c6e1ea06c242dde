"""A week closes automatically, and everybody sees who has won."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.sync_api import Page, Route, expect

from tests.browser.hands import choose, press
from tests.browser.people import Person
from tests.browser.published import canonical
from tests.stack import Stack, contest_folder, right_answers, running, wait_for

WEEK_SECONDS = 30
PRIZE_OF_THE_END = """
[ranking]
final = true

[[prizes]]
name = "best"
title = "Giải Xuất sắc"
count = 1
when = "final"
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Person, Any]]:
    """A contest of one short week in which one person has handed in a paper, and the receipt."""
    folder = tmp_path_factory.mktemp("winners")
    contest = contest_folder(folder / "contest", id="winners", weeks=1, seconds=WEEK_SECONDS, proof="off")
    definition = contest / "contest.toml"
    definition.write_text(definition.read_text(encoding="utf-8") + PRIZE_OF_THE_END, encoding="utf-8")
    with running(contest, folder / "state") as started:
        person = Person.register(started, 1, proof=False)
        attempt = person.call(started, "POST", "/attempts", {})["attempt"]
        body = {"answers": right_answers(started, attempt, 1), "prediction": 1, "revision": 0}
        answer = person.call(started, "POST", f"/attempts/{attempt['attempt_id']}/submission", body)
        yield started, person, answer["receipt"]


def wait_until_closed(stack: Stack) -> None:
    def closed() -> bool:
        answer = stack.site("/data/results/index.json")
        return answer.status_code == 200 and answer.json()["final"] is not None

    wait_for(closed, WEEK_SECONDS + 60, "closing the week by its schedule")


@pytest.fixture
def closed(played: tuple[Stack, Person, Any]) -> tuple[Stack, Person, Any]:
    """The same, with the week over and its results on the site."""
    wait_until_closed(played[0])
    return played


@pytest.mark.no_hands
def test_the_results_appear_automatically_when_the_week_is_over(
    played: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, *_ = played
    page.goto(f"{stack.site_url}/#/results")
    expect(page.get_by_text("Chưa có kết quả.")).to_be_visible()
    wait_until_closed(stack)
    page.reload()
    expect(page.get_by_role("link", name="Tuần 1")).to_be_visible()


def test_everybody_sees_the_winners(closed: tuple[Stack, Person, Any], page: Page) -> None:
    stack, _, receipt = closed
    page.goto(f"{stack.site_url}/#/results")
    press(page.get_by_role("link", name="Tuần 1"))
    winner = page.get_by_role("listitem").filter(has_text="Giải Nhất")
    expect(winner).to_contain_text("Nguyễn Thị Ánh Đào")
    expect(winner).to_contain_text("Sở B")
    expect(page.get_by_role("row", name=re.compile("Sở B"))).to_contain_text("1/4")
    press(page.get_by_role("link", name="Chung cuộc"))
    expect(page.get_by_role("heading", name="Giải đơn vị")).to_be_visible()

    # and everybody can check that their own paper was counted
    press(page.get_by_role("link", name="Kiểm tra biên nhận"))
    page.get_by_label("Hoặc dán nội dung biên nhận").fill(json.dumps(receipt))
    press(page.get_by_role("button", name="Kiểm tra", exact=True))
    expect(page.get_by_text("Biên nhận hợp lệ.")).to_be_visible()
    expect(page.get_by_text("bài đã vào nhật ký đúng hạn để được tính")).to_be_visible()
    press(page.locator("summary", has_text="Chi tiết kiểm tra"))
    expect(page.get_by_role("listitem").filter(has_text="vào nhật ký đúng hạn")).to_contain_text("khớp")

    press(page.get_by_role("link", name="Trang chủ"))
    expect(page.get_by_text("Cuộc thi đã kết thúc")).to_be_visible()


def with_more(page: Page, path: str, **more: Any) -> None:
    """The answers below ``path`` get more members, or others."""

    def answer(route: Route) -> None:
        told = route.fetch().json()
        within = told.get("result", told)
        within.update(more)
        route.fulfill(json=told)

    page.route(path, answer)


RULING = {"ruling": "key", "keys": ["A", "BC"], "reason": "hai cách hiểu", "at": "2026-08-30T09:00:00+07:00"}


@pytest.mark.no_hands
def test_a_ruling_stands_at_its_question_in_the_own_paper(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, person, receipt = closed
    own = {**RULING, "number": 3, "id": "x", "text": "", "chosen": []}
    with_more(page, "**/api/attempts/*", rulings=[own])
    person.opens(page, stack.site_url, f"#/paper/{receipt['openings']['grading']['attempt_id']}")
    cards = page.locator(".own-paper > li")
    expect(cards).to_have_count(4)
    choose(page.get_by_label("Hiện cả những câu đúng"))
    expect(cards).to_have_count(5)
    expect(cards.nth(2)).to_contain_text("Câu 3")
    expect(cards.nth(2)).to_contain_text("Đáp án được chấp nhận: A hoặc B và C.")
    expect(page.get_by_text("Lý do: hai cách hiểu")).to_have_count(1)


@pytest.mark.no_hands
def test_a_ruling_stands_above_a_paper_whose_keys_are_secret_and_beside_its_question_in_the_bank(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, person, receipt = closed
    question, ruling = stack.site("/data/bank.json").json()["questions"][0], RULING
    own = {**ruling, "number": 3, "id": question["id"], "text": question["text"], "chosen": []}
    with_more(page, "**/api/attempts/*", ruled_score=5, rulings=[own], questions=[])
    with_more(page, "**/data/bank.json", rulings=[{**ruling, "question": question["id"], "weeks": [1]}])

    person.opens(page, stack.site_url, f"#/paper/{receipt['openings']['grading']['attempt_id']}")
    expect(page.locator("#score")).to_have_text("5/5")
    expect(page.get_by_text("Trước khi chấm lại: 1/5.")).to_be_visible()
    section = page.get_by_role("region", name="Kết luận của Ban Tổ chức về câu hỏi")
    expect(section).to_contain_text(f"Câu 3. {question['text']}")
    expect(section).to_contain_text("Đáp án được chấp nhận: A hoặc B và C.")
    expect(section).to_contain_text("Lý do: hai cách hiểu")
    expect(section).to_contain_text("Bạn đã bỏ trống câu này.")

    page.goto(f"{stack.site_url}/#/bank")
    card = page.get_by_role("listitem").filter(has_text=question["text"]).first
    expect(card).to_contain_text("Kết luận của Ban Tổ chức cho tuần 1")
    expect(card).to_contain_text("Đáp án được chấp nhận: A hoặc B và C.")


def test_the_winner_finds_rank_and_prize_on_the_own_page_and_at_home(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, person, receipt = closed
    page.goto(f"{stack.site_url}/icon.svg")
    page.evaluate("text => localStorage.setItem('cuoc-thi:session', text)", json.dumps(person.session))
    page.goto(f"{stack.site_url}/#/me")
    code = receipt["record"]["pseudonym"][:8]
    for what, prize in (("Tuần 1", "Giải Nhất"), ("Chung cuộc", "Giải Xuất sắc")):
        own = page.get_by_role("region", name=f"Kết quả của bạn – {what}")
        expect(own).to_contain_text(
            f"Chúc mừng {person.session['participant']['full_name']}! Bạn được {prize}."
        )
        expect(own.get_by_text("Hạng 1", exact=True)).to_be_visible()
        expect(own.get_by_text(code)).to_be_visible()
    page.goto(f"{stack.site_url}/#/")
    expect(page.get_by_text("Chung cuộc: hạng 1/1, 1/5 câu đúng · Giải Xuất sắc (tạm thời).")).to_be_visible()
    with_more(page, "**/data/results/index.json", final=None)  # as before the last week's close
    page.reload()
    expect(page.get_by_text("Tuần 1: hạng 1/1, 1/5 câu đúng · Giải Nhất (tạm thời).")).to_be_visible()
    press(page.get_by_role("link", name="Xem kết quả của bạn"))
    expect(page.get_by_role("region", name="Kết quả của bạn – Tuần 1")).to_be_visible()
    expect(page.locator(".own-place + .status")).to_be_visible()  # what one came for comes first
    page.unroute("**/data/results/index.json")
    for what, prize in (("1", "Giải Nhất"), ("final", "Giải Xuất sắc")):
        page.goto(f"{stack.site_url}/#/results/{what}")
        expect(page.get_by_role("listitem").filter(has_text=code)).to_contain_text(f"{prize} Bạn")


@pytest.mark.no_hands
def test_a_unit_that_cannot_win_is_told_why_beside_its_place(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, person, _ = closed
    units = stack.site("/data/results/week-1.json").json()["units"]
    with_more(page, "**/data/results/week-1.json", units=[{**unit, "note": "below_min_rate"} for unit in units])
    person.opens(page, stack.site_url, "#/me")
    unit = page.get_by_role("region", name="Đơn vị của bạn")
    expect(unit).to_contain_text("Đơn vị bạn chưa được xét giải: chưa đạt tỷ lệ tối thiểu (0,0%).")
    expect(unit).not_to_contain_text("dẫn đầu")
    press(unit.get_by_role("link", name="Đơn vị được xếp hạng thế nào?"))
    expect(page.locator("details[open] > summary")).to_have_text(re.compile("xếp hạng đơn vị"))


@pytest.mark.no_hands
def test_who_chose_a_part_of_the_key_is_told_that_all_of_it_is_asked_for(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, person, receipt = closed
    options = [{"key": key, "text": f"Phương án {key}"} for key in "ABC"]
    one = {"number": 1, "id": "x", "topic": "t", "text": "Hỏi?", "reference": "", "options": options}
    one |= {"chosen": ["B"], "keys": [["A", "B"]], "right": False}
    with_more(page, "**/api/attempts/*", questions=[one], rulings=[])
    person.opens(page, stack.site_url, f"#/paper/{receipt['openings']['grading']['attempt_id']}")
    card = page.locator(".own-paper > li")
    expect(card).to_contain_text("Chưa đúng")
    expect(card).to_contain_text("Phải chọn đủ: A và B.")


@pytest.mark.no_hands
def test_a_week_whose_result_is_being_worked_out_is_said_to_be(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, *_ = closed
    page.route("**/data/results/index.json", lambda route: route.fulfill(status=404))
    page.goto(f"{stack.site_url}/#/results")
    expect(page.get_by_text("Tuần 1 đã kết thúc, kết quả đang được tổng hợp")).to_be_visible()


def test_a_result_is_signed_with_a_key_that_the_log_has_named(closed: tuple[Stack, Person, Any]) -> None:
    stack, _, receipt = closed
    name = receipt["record"]["pseudonym"]
    index = stack.site("/data/results/week-1/places/index.json").json()
    file = stack.site(f"/data/results/week-1/places/{name[: index['digits']] or 'all'}.json").json()
    rank, score, prize, signature = file["places"][name]
    head = ("contest", "week", "revision", "ranked", "total", "decision", "decided_on")
    told = {key: file[key] for key in head} | {"pseudonym": name, "rank": rank, "score": score, "prize": prize}

    def keys() -> list[dict[str, str]]:
        answer = stack.site("/data/result-keys.json")
        return answer.json()["keys"] if answer.status_code == 200 else []

    wait_for(lambda: bool(keys()), 120, "the log naming the key")
    (key,) = keys()
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public_key"]))
    public.verify(bytes.fromhex(signature), b"cuoc-thi-place-v1:" + canonical(told))


def test_a_certificate_is_checked_by_whoever_has_its_link_without_signing_in_or_the_api(
    closed: tuple[Stack, Person, Any], page: Page
) -> None:
    stack, person, receipt = closed
    wait_for(lambda: stack.site("/data/result-keys.json").status_code == 200, 120, "the log naming the key")
    page.goto(f"{stack.site_url}/icon.svg")
    page.evaluate("text => localStorage.setItem('cuoc-thi:session', text)", json.dumps(person.session))
    page.goto(f"{stack.site_url}/#/chung-nhan/1")
    link = page.get_by_role("link", name="Mở trang kiểm tra").get_attribute("href")
    assert link
    sheets = re.findall(rb"/MediaBox \[0 0 (\d+)\.\d+ (\d+)\.\d+\]", page.pdf(prefer_css_page_size=True))
    assert sheets == [(b"841", b"594")], "one sheet of A4, across"
    enlarge = page.get_by_role("button", name="Phóng to")
    if enlarge.is_visible():  # on phones
        small = page.locator("canvas").first.bounding_box()
        press(enlarge)
        large = page.locator("canvas").first.bounding_box()
        assert small
        assert large
        assert large["width"] > 2 * small["width"]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("localStorage.clear()")
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.goto(f"{stack.site_url}/icon.svg")
    page.goto(f"{stack.site_url}/{link}")
    expect(page.get_by_text("Giấy chứng nhận hợp lệ.")).to_be_visible()
    expect(page.get_by_text(person.session["participant"]["full_name"], exact=True)).to_be_visible()
    page.goto(f"{stack.site_url}/#/xac-thuc")
    page.get_by_label("Mã ngắn hoặc liên kết").fill(receipt["record"]["pseudonym"][:8])  # without its week
    press(page.get_by_role("button", name="Kiểm tra", exact=True))
    expect(page.get_by_text("Mã ngắn không xác nhận họ tên")).to_be_visible()
    expect(page.locator("dl.card")).to_have_count(2)  # of the week and of the end
    listed = stack.site("/data/results/week-1.json").json()["winners"][0]["name"]
    expect(page.locator("dl.card").first).to_contain_text(listed)
    expect(page.locator("dl.card").last).to_contain_text(listed)
    code = link.rpartition("/")[2]
    assert not [url for url in calls if "/api/" in url or code in url.partition("#")[0]]
    at = 60  # within the first signature
    edited = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
    page.goto(f"{stack.site_url}/#/xac-thuc/{edited}")
    expect(page.get_by_text("Giấy chứng nhận không hợp lệ")).to_be_visible()


def test_a_prize_of_the_end_has_a_certificate_of_its_own(closed: tuple[Stack, Person, Any], page: Page) -> None:
    stack, person, _ = closed
    wait_for(lambda: stack.site("/data/result-keys.json").status_code == 200, 120, "the log naming the key")
    person.opens(page, stack.site_url, "#/me")
    own = page.get_by_role("region", name="Kết quả của bạn – Chung cuộc")
    press(own.get_by_role("link", name="Giấy chứng nhận"))
    sheet = page.get_by_role("img", name="GIẤY CHỨNG NHẬN DỰ THI")  # until the result is recognised
    expect(sheet).to_have_accessible_name(re.compile("trả lời đúng 1/5.câu trong toàn cuộc thi"))
    link = page.get_by_role("link", name="Mở trang kiểm tra").get_attribute("href")
    assert link
    page.goto(f"{stack.site_url}/icon.svg")
    page.goto(f"{stack.site_url}/{link}")
    expect(page.get_by_text("Giấy chứng nhận hợp lệ.")).to_be_visible()
    expect(page.locator("dl.card")).to_contain_text("Chung cuộc")
