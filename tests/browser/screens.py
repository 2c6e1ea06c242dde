"""Every screen of the page, and the way to it, for checks by eye and by axe."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser import published, registering
from tests.browser.hands import choose, look_over, open_list, press, show_questions
from tests.browser.people import Person
from tests.stack import Stack


@dataclass(frozen=True)
class Visit:
    """A registered person who looks at ``stack`` on ``page``; ``attempt`` is their open paper."""

    page: Page
    stack: Stack
    person: Person
    attempt: str

    def open(self, hash_: str = "", *, signed_in: bool = False) -> None:
        self.page.goto(f"{self.stack.site_url}/icon.svg")
        session = json.dumps(self.person.session if signed_in else None)
        self.page.evaluate("text => localStorage.setItem('cuoc-thi:session', text)", session)
        self.page.goto(f"{self.stack.site_url}/{hash_}")
        expect(self.page.locator("main h1")).to_be_visible()

    @property
    def bank(self) -> Any:
        return self.stack.site("/data/bank.json").json()

    @property
    def units(self) -> Any:
        return self.stack.site("/data/units.json").json()


def _contest_at(visit: Visit, shift_days: float) -> None:
    """Moves the contest's weeks by some days, as if it were now earlier or later."""
    contest = visit.stack.site("/data/contest.json").json()
    for week in contest["weeks"]:
        for key in ("opens_at", "closes_at"):
            week[key] = re.sub(r"^\d{4}", lambda year: str(int(year[0]) + int(shift_days)), week[key])
    published.publish(visit.page, {"contest.json": contest})


def home(visit: Visit) -> None:
    published.publish(visit.page, published.live(visit.units))
    visit.open()
    expect(visit.page.get_by_text("427.277")).to_be_visible()
    expect(visit.page.locator(".live .bars li")).to_have_count(min(5, len(visit.units)))


def home_look(visit: Visit) -> None:
    """With the organiser's own emblem, banner and colour."""
    published.publish(visit.page, published.look(visit.stack.site("/data/contest.json").json()))
    home(visit)
    expect(visit.page.locator(".organiser img")).to_be_visible()


def big_screen(visit: Visit) -> None:
    published.publish(visit.page, published.live(visit.units))
    visit.open("#/truc-tiep")
    expect(visit.page.get_by_text("427.277")).to_be_visible()
    expect(visit.page.locator(".screen .bars li").first).to_be_visible()


def home_before(visit: Visit) -> None:
    _contest_at(visit, 1)
    visit.open()
    expect(visit.page.get_by_text("Cuộc thi chưa bắt đầu")).to_be_visible()


def home_after(visit: Visit) -> None:
    _contest_at(visit, -1)
    visit.open()
    expect(visit.page.get_by_text("Cuộc thi đã kết thúc")).to_be_visible()


def guide(visit: Visit) -> None:
    visit.open("#/guide/privacy")
    expect(visit.page.locator("details[open]")).to_have_count(1)
    expect(visit.page.get_by_text("Điều 13. ")).to_be_visible()


def bank(visit: Visit) -> None:
    visit.open("#/bank")
    expect(visit.page.get_by_role("heading", level=2).first).to_be_visible()


def practice(visit: Visit) -> None:
    visit.open("#/bank?practise=")
    expect(visit.page.locator(".practice button.choice").first).to_be_visible()


def practice_told(visit: Visit) -> None:
    """A wrong answer; a question of one right option may be anywhere in the round."""
    practice(visit)
    page = visit.page
    press(page.locator(".practice button.choice").first)
    check = page.get_by_role("button", name="Kiểm tra", exact=True)
    if check.count():
        press(check)
    expect(page.get_by_role("button", name="Câu sau")).to_be_visible()


def register(visit: Visit) -> None:
    visit.open("#/register")
    registering.fill_person(visit.page, "040190000123")


def register_unit(visit: Visit) -> None:
    register(visit)
    registering.go_on(visit.page, 2)
    visit.page.get_by_label("Đơn vị", exact=True).fill("so")
    expect(visit.page.locator(".picks button").first).to_be_visible()


def register_password(visit: Visit) -> None:
    register_unit(visit)
    choose(visit.page.get_by_label("Cán bộ, công chức"))
    press(visit.page.locator(".picks button").first)
    registering.go_on(visit.page, 3)
    registering.fill_password(visit.page)


def register_check(visit: Visit) -> None:
    register_password(visit)
    registering.go_on(visit.page, 4)


def register_mistakes(visit: Visit) -> None:
    visit.open("#/register")
    visit.page.get_by_label("Số căn cước công dân").fill("123")
    press(visit.page.get_by_role("button", name="Tiếp tục"))
    expect(visit.page.get_by_text("Hãy sửa các mục sau")).to_be_visible()


def sign_in(visit: Visit) -> None:
    visit.open("#/sign-in?next=%23%2Fme&expired=1")


def password(visit: Visit) -> None:
    visit.open("#/password")


def me(visit: Visit) -> None:
    visit.open("#/me", signed_in=True)
    expect(visit.page.get_by_role("button", name="Làm tiếp")).to_be_visible()


def me_after(visit: Visit) -> None:
    """After week 1 has closed, with a prize."""
    _contest_at(visit, -1)

    def settled(route: Route) -> None:
        told = route.fetch().json()
        done = [{**one, "status": "submitted"} for one in told["attempts"]]
        route.fulfill(json={**told, "week": None, "attempts": done})

    visit.page.route("**/api/me", settled)
    mine = visit.person.call(visit.stack, "GET", "/me")["pseudonyms"][0]["pseudonym"]
    published.publish(visit.page, {**published.results(visit.units), **published.place(mine, "Giải Nhì")})
    visit.open("#/me", signed_in=True)
    expect(visit.page.get_by_text("Bạn được Giải Nhì.")).to_be_visible()


def home_own(visit: Visit) -> None:
    me_after(visit)
    visit.page.goto(f"{visit.stack.site_url}/#/")
    told = "Tuần 1: hạng 2/427.277, 20/20 câu đúng · Giải Nhì (tạm thời)."
    expect(visit.page.get_by_text(told)).to_be_visible()


def certificate(visit: Visit) -> None:
    me_after(visit)
    visit.page.goto(f"{visit.stack.site_url}/#/chung-nhan/1")
    expect(visit.page.locator(".certificate canvas")).to_be_visible()


def certificate_check(visit: Visit) -> None:
    """By its short code: what is published, without a name."""
    me_after(visit)
    code = visit.page.locator(".own code").inner_text()
    visit.page.goto(f"{visit.stack.site_url}/#/xac-thuc/1-{code}")
    expect(visit.page.get_by_text("Mã có trong kết quả đang công bố.")).to_be_visible()


def _paper(visit: Visit, mode: str) -> None:
    visit.open(f"#/paper/{visit.attempt}", signed_in=True)
    page = visit.page
    expect(page.locator("#save")).to_be_visible()
    show_questions(page, "Từng câu" if mode == "one" else "Tất cả")
    for number, option in ((1, 1), (2, 0), (4, 2)):
        if mode == "one":
            open_list(page)
            press(page.locator(".numbers button").nth(number - 1))
        options = page.locator(f"#q{number} input")
        choose(options.nth(min(option, options.count() - 1)))
        if number == 2 and page.locator("#q2 .flag").get_attribute("aria-pressed") == "false":
            press(page.locator("#q2 .flag"))
    # More where an earlier screen with made-up answers has reached the server with them.
    expect(page.get_by_text(re.compile("^Đã trả lời [3-5]/"))).to_be_visible()


def paper_one(visit: Visit) -> None:
    _paper(visit, "one")


def paper_list(visit: Visit) -> None:
    _paper(visit, "list")


def paper_sheet(visit: Visit) -> None:
    """The list of questions over the paper, where the screen is narrow."""
    _paper(visit, "one")
    open_list(visit.page)


def paper_offline(visit: Visit) -> None:
    _paper(visit, "one")
    visit.page.context.set_offline(True)
    choose(visit.page.locator("#q4 input").first)
    expect(visit.page.locator("#offline")).to_be_visible()
    expect(visit.page.locator("#save.failed")).to_be_visible()


def _another_answer(visit: Visit, number: int) -> None:
    choose(visit.page.locator(f"#q{number} input:not(:checked)").first)


def _busy(route: Route) -> None:
    route.fulfill(status=503, json={"code": "busy"}, headers={"Retry-After": "30"})


def paper_unheard(visit: Visit) -> None:
    """The paper, opened again while the server does not answer."""
    _paper(visit, "list")
    expect(visit.page.locator("#save.saved")).to_be_visible()
    visit.page.route("**/api/attempts/*", _busy)
    visit.page.reload()
    expect(visit.page.get_by_text("Trang đang hiện câu trả lời máy chủ giữ")).to_be_visible()


def paper_overtaken(visit: Visit) -> None:
    """Another device has saved newer answers."""
    _paper(visit, "list")
    newer = {"code": "stale", "saved_answers": {"5": ["A"]}, "prediction": 1_500, "revision": 10**8}
    visit.page.route("**/answers", lambda route: route.fulfill(status=409, json=newer))
    _another_answer(visit, 1)
    visit.page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(visit.page.get_by_text("Bạn đã làm tiếp trên thiết bị khác.")).to_be_visible()


def _finished(visit: Visit, status: str, **told: Any) -> None:
    """The result of the attempt, as the server might tell it."""
    result: dict[str, Any] = {"attempt_id": visit.attempt, "week": 1, "number": 2, "score": 3, "total": 5}
    result |= {"duration_ms": 1_200_000, "submitted_at": published.CLOSES, "late": False, "receipt": None}
    result |= {"counted": True, "ruled_score": None, "rulings": [], "questions": []}
    visit.page.route(
        "**/api/attempts/*", lambda route: route.fulfill(json={"status": status, "result": result | told})
    )


def result_perfect(visit: Visit) -> None:
    _finished(visit, "submitted", score=5)
    visit.open(f"#/paper/{visit.attempt}", signed_in=True)
    expect(visit.page.get_by_text("Tuyệt vời, đúng tất cả các câu!")).to_be_visible()


def result_reviewed(visit: Visit) -> None:
    """After the close: the own paper with right, wrong, key, ruling and source."""
    _contest_at(visit, -1)
    _finished(visit, "submitted", score=1, ruled_score=2, **published.own_paper(visit.bank))
    visit.open(f"#/paper/{visit.attempt}", signed_in=True)
    expect(visit.page.get_by_role("heading", name="Bài làm và đáp án")).to_be_visible()


def result_leftover(visit: Visit) -> None:
    """Time ran out, and this device has answers that never arrived."""
    _paper(visit, "list")
    expect(visit.page.locator("#save.saved")).to_be_visible()
    visit.page.route("**/answers", _busy)
    _another_answer(visit, 1)
    _finished(visit, "overdue")
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Lưu thành tệp")).to_be_visible()


def review(visit: Visit) -> None:
    _paper(visit, "list")
    look_over(visit.page)
    expect(visit.page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_focused()


def _receipt(visit: Visit, **changes: Any) -> dict[str, Any]:
    return published.receipt(visit.person.session["participant"]["participant_id"], visit.attempt, **changes)


def result(visit: Visit, score: int | None = 4) -> None:
    """The result after a submission, which is not really sent: others still need the paper."""
    answer = {"counted": True, "score": score, "ruled_score": None, "total": 5, "duration_ms": 612_345}
    answer |= {"submitted_at": published.CLOSES, "late": False}

    def submitted(route: Route) -> None:
        route.fulfill(json={**answer, "receipt": _receipt(visit, score=score)})

    visit.page.route("**/submission", submitted)
    review(visit)
    press(visit.page.locator("#submit"))
    expect(visit.page.get_by_role("heading", name="Biên nhận của bạn")).to_be_visible()


def result_later(visit: Visit) -> None:
    """Where the bank is not published, the score is told after the week."""
    result(visit, score=None)


def results(visit: Visit, **told: Any) -> None:
    """Provisional, unless ``told`` says otherwise."""
    files = published.results(visit.units)
    files["results/week-1.json"] |= told
    published.publish(visit.page, files)
    visit.open("#/results/1")
    expect(visit.page.locator("figure .bars")).to_be_visible()


def results_corrected(visit: Visit) -> None:
    results(visit, revision=2, corrections=[published.CORRECTION])


def results_recognised(visit: Visit) -> None:
    results(visit, recognised=published.RECOGNISED, complaints_until=None)


def results_final(visit: Visit) -> None:
    published.publish(visit.page, published.results(visit.units))
    visit.open("#/results/final")
    expect(visit.page.get_by_role("heading", name="Giải đơn vị")).to_be_visible()


def results_unit(visit: Visit) -> None:
    """The own unit with its course, and another one looked up."""
    published.publish(visit.page, published.course(visit.units))
    visit.open("#/results/1", signed_in=True)
    visit.page.get_by_label("Tìm đơn vị").fill("so")
    own = visit.page.get_by_role("region", name="Đơn vị của bạn")
    press(own.get_by_text("Diễn biến các tuần"))
    expect(own.locator(".bars li")).to_have_count(3)


def results_none(visit: Visit) -> None:
    visit.open("#/results")


def receipt(visit: Visit) -> None:
    mine = _receipt(visit)
    published.publish(visit.page, published.proof(mine))
    visit.open("#/receipt")
    visit.page.get_by_label("Hoặc dán nội dung biên nhận").fill(json.dumps(mine))
    press(visit.page.get_by_role("button", name="Kiểm tra", exact=True))
    expect(visit.page.get_by_text("Biên nhận hợp lệ.")).to_be_visible()


def commitments(visit: Visit) -> None:
    published.publish(visit.page, published.commitments())
    visit.open("#/commitments")
    expect(visit.page.get_by_text("Bộ câu hỏi", exact=True)).to_be_visible()


def commitments_none(visit: Visit) -> None:
    published.publish(visit.page, {"log/facts.json": None})
    visit.open("#/commitments")
    expect(visit.page.get_by_text("Chưa có cam kết nào được công bố.")).to_be_visible()


def waiting(visit: Visit) -> None:
    visit.page.route(
        "**/api/me",
        lambda route: route.fulfill(status=503, json={"code": "busy"}, headers={"Retry-After": "20"}),
    )
    visit.page.goto(f"{visit.stack.site_url}/icon.svg")
    session = json.dumps(visit.person.session)
    visit.page.evaluate("text => localStorage.setItem('cuoc-thi:session', text)", session)
    visit.page.goto(f"{visit.stack.site_url}/#/me")
    expect(visit.page.get_by_text("Đang có rất nhiều người truy cập")).to_be_visible()


def failed(visit: Visit) -> None:
    visit.page.route("**/data/results/index.json", lambda route: route.abort())
    visit.page.add_init_script("Math.random = () => 0")  # no pauses between the tries
    visit.open("#/results")
    expect(visit.page.get_by_role("heading", name="Chưa tải được trang")).to_be_visible()


def _by_provider(visit: Visit) -> None:
    contest = visit.stack.site("/data/contest.json").json()
    told = {"title": "VNeID", "require": False, "fallback": True}
    published.publish(visit.page, {"contest.json": {**contest, "identity": told}})


def register_by_provider(visit: Visit) -> None:
    _by_provider(visit)
    visit.open("#/register")
    expect(visit.page.get_by_role("button", name="Đăng ký bằng VNeID")).to_be_visible()


def identity(visit: Visit) -> None:
    """Back from the provider, where somebody unproven has registered the number before."""
    _by_provider(visit)
    known = {
        "citizen_id": "040090000001",
        "full_name": "NGUYỄN VĂN AN",
        "date_of_birth": "1990-05-06",
        "gender": "male",
    }
    answer = {"ticket": "x", "known": known, "missing": ["phone"], "registered": True}
    visit.page.route("**/api/sign-in", lambda route: route.fulfill(status=202, json=answer))
    visit.open()
    begun = json.dumps({"flow": "x", "at": 9e12, "code": "x"})
    visit.page.evaluate("text => localStorage.setItem('cuoc-thi:flow:x', text)", begun)
    visit.page.goto(f"{visit.stack.site_url}/?state=x")
    expect(visit.page.get_by_text("VNeID đã xác thực bạn là:")).to_be_visible()


def identity_elsewhere(visit: Visit) -> None:
    _by_provider(visit)
    visit.open("#/identity?state=another")
    expect(visit.page.get_by_text("được bắt đầu ở một trình duyệt khác")).to_be_visible()


def not_found(visit: Visit) -> None:
    visit.open("#/nowhere")


SCREENS: dict[str, Callable[[Visit], None]] = {
    show.__name__: show
    for show in (
        *(home, home_before, home_after, guide, bank, practice, practice_told, sign_in, password, me),
        *(register, register_unit, register_password, register_check, register_mistakes),
        *(home_look, big_screen),
        *(home_own, me_after, certificate, certificate_check),
        *(
            paper_one,
            paper_list,
            paper_sheet,
            paper_offline,
            paper_unheard,
            paper_overtaken,
            review,
            result,
            result_later,
            result_perfect,
            result_reviewed,
            result_leftover,
        ),
        *(results, results_corrected, results_recognised, results_unit, results_final, results_none),
        *(receipt, commitments, commitments_none, waiting, failed, not_found),
        *(register_by_provider, identity, identity_elsewhere),
    )
}
