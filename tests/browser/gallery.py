"""Pictures of every screen for ``docs/screens.md``.

``python -m tests.browser.gallery`` shows the contest of Nghệ An, moved to today; data that only weeks of a
contest would produce are made up (``published``). Names of screens behind it: only those are taken again.
"""

from __future__ import annotations

import base64
import re
import shutil
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.first_page import CHROMIUM
from tests.browser.conftest import ARGUMENTS
from tests.browser.people import Person
from tests.browser.screens import SCREENS, Visit
from tests.stack import ROOT, Stack, running

DOCS = ROOT / "docs"
SIZES = {360: (900, 0.7), 768: (1024, 0.45), 1440: (900, 0.4)}  # width: height shown, scale of the picture
COLORS = ("light", "dark")
NAMES = {
    "home": "Trang chủ, tuần thi đang mở · Home while a week is open",
    "home_look": "Trang chủ với biểu trưng, ảnh bìa, màu của Ban Tổ chức · Home with the organiser's own look",
    "home_before": "Trước khi cuộc thi mở · Before the contest",
    "home_after": "Sau khi cuộc thi kết thúc · After the contest",
    "big_screen": "Màn hình trực tiếp cho lễ phát động · The page for a ceremony's screen",
    "home_own": "Trang chủ, có kết quả của bạn · Home, with one's own result",
    "guide": "Thể lệ, hướng dẫn, thông báo về dữ liệu cá nhân · Rules and guide",
    "bank": "Ôn tập · The published bank",
    "practice": "Tự kiểm tra · Testing oneself",
    "practice_told": "Tự kiểm tra, biết ngay đúng sai · At once right or wrong, and why",
    "register": "Đăng ký, bước 1: thông tin cá nhân · Registering, step 1: the person",
    "register_unit": "Đăng ký, bước 2: chọn đơn vị · Step 2: choosing a unit",
    "register_password": "Đăng ký, bước 3: mật khẩu và đồng ý · Step 3: password and consent",
    "register_check": "Đăng ký, kiểm tra trước khi gửi · Checking before it is sent",
    "register_mistakes": "Đăng ký, các mục cần sửa · What has to be corrected",
    "sign_in": "Đăng nhập · Signing in",
    "password": "Đặt lại mật khẩu · A lost password",
    "me": "Trang của tôi · One's own page",
    "me_after": "Trang của tôi sau khi tuần kết thúc, có giải · One's own page after the week, with a prize",
    "certificate": "Giấy chứng nhận và ảnh để chia sẻ · Certificate, and a picture to share",
    "certificate_check": "Kiểm tra giấy chứng nhận bằng mã ngắn · Checking a certificate by its short code",
    "paper_one": "Bài thi, từng câu · A paper, one by one",
    "paper_list": "Bài thi, tất cả câu hỏi · A paper, all questions",
    "paper_sheet": "Bài thi, danh sách câu hỏi · The list of questions",
    "paper_offline": "Bài thi khi mất mạng · A paper without a connection",
    "paper_unheard": "Bài thi khi máy chủ chưa trả lời · A paper while the server does not answer",
    "paper_overtaken": "Bài thi đã làm tiếp trên thiết bị khác · Gone on with on another device",
    "review": "Kiểm tra trước khi nộp · The last look",
    "result": "Kết quả và biên nhận · Result and receipt",
    "result_perfect": "Đúng tất cả · All right",
    "result_reviewed": "Bài làm và đáp án sau khi tuần kết thúc · The own paper after the close",
    "result_later": "Đã nhận bài, điểm báo sau khi tuần kết thúc · Received, the score is told after the week",
    "result_leftover": "Câu trả lời chưa đến được máy chủ · Answers that did not arrive",
    "results": "Kết quả tuần, tạm thời · Results of a week, provisional",
    "results_corrected": "Kết quả tuần, đã sửa · Results of a week, corrected",
    "results_recognised": "Kết quả tuần, đã được công nhận · Results of a week, recognised",
    "results_unit": "Kết quả tuần, đơn vị của bạn · Results of a week, the own unit",
    "results_final": "Kết quả chung cuộc · Final results",
    "results_none": "Chưa có kết quả · No results yet",
    "receipt": "Kiểm tra biên nhận · Checking a receipt",
    "commitments": "Cam kết công khai: điều gì có hiệu lực, từ phút nào · What holds, and since when",
    "commitments_none": "Chưa có cam kết · No commitments yet",
    "waiting": "Chờ khi quá đông · Waiting under load",
    "failed": "Chưa tải được · Not loaded",
    "register_by_provider": "Đăng ký bằng VNeID · Registering by an identity provider",
    "identity": "Đã xác thực, số đã bị đăng ký · Verified, the number is taken",
    "identity_elsewhere": "Quay về ở trình duyệt khác · Back in another browser",
    "not_found": "Không có trang này · No such page",
}


def contest_of_today(folder: Path) -> Path:
    """The contest of Nghệ An, starting now; as in the tests, it is called "hall"."""
    contest = Path(shutil.copytree(ROOT / "contests/nghe-an-2022", folder / "contest"))
    rules = (contest / "contest.toml").read_text(encoding="utf-8")
    for key, value in (("id", '"hall"'), ("start", '"now"'), ("proof_of_work", '"off"')):
        rules = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", rules)
    (contest / "contest.toml").write_text(rules, encoding="utf-8")
    return contest


def sitting(stack: Stack) -> tuple[Person, str]:
    unit = stack.site("/data/units.json").json()[3]["code"]
    person = Person.register(stack, 1, unit=unit, proof=False)
    body = {"answers": {"1": ["A"]}, "revision": 0}  # without a prediction, so that the paper asks for one
    person.call(stack, "POST", f"/attempts/{person.start(stack)}/submission", body)
    return person, person.start(stack)


def picture(page: Page, file: Path, width: int, height: int, scale: float) -> None:
    page.evaluate("scrollTo(0, 0)")
    whole = page.evaluate("document.documentElement.scrollHeight")
    shown = {"x": 0, "y": 0, "width": width, "height": min(whole, height), "scale": scale}
    asked = {"format": "webp", "quality": 30, "captureBeyondViewport": True, "clip": shown}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    file.write_bytes(base64.b64decode(taken["data"]))


def pictures(browser: Browser, stack: Stack, folder: Path, names: Collection[str]) -> None:
    person, attempt = sitting(stack)
    for name in names:
        show = SCREENS[name]
        for width, (height, scale) in SIZES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, locale="vi-VN", service_workers="block"
            )
            page = context.new_page()
            show(Visit(page, stack, person, attempt))
            for colors in COLORS:
                page.emulate_media(color_scheme=colors, reduced_motion="reduce")  # type: ignore[arg-type]
                picture(page, folder / f"{name}-{width}-{colors}.webp", width, height, scale)
            context.close()


def main(names: Collection[str]) -> None:
    folder = DOCS / "screens"
    if not names:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        expect.set_options(timeout=20_000)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with running(contest_of_today(Path(scratch)), Path(scratch) / "state") as stack:
            pictures(browser, stack, folder, names or SCREENS)
        browser.close()
    lines = [
        "# Các màn hình · The screens\n",
        "Every screen at 360, 768 and 1440 pixels, light and dark. Names, figures and results are made up.",
        "Made by `python -m tests.browser.gallery`; look at them after each change of the page.\n",
    ]
    for name in SCREENS:
        lines += [f"## {NAMES[name]}\n"]
        lines += [
            f'<img src="screens/{name}-{width}-{colors}.webp" alt="{width}, {colors}" height="300">'
            for colors in COLORS
            for width in SIZES
        ]
        lines += [""]
    (DOCS / "screens.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
