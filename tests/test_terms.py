"""One word for one thing (docs/glossary.md): in page, reports, answers to organisers, guide and handbook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# No nought before a day below 10 or the months 1 and 2, or one before another month.
_DATE = r"(?<![\d/])[1-9]/\d{1,2}/\d{4}|(?<![\d/])\d{1,2}/0[3-9]/\d{4}|(?<![\d/])\d{1,2}/[12]/\d{4}"
# The word that is not used, as a pattern → the one that is.
OTHER_WORDS = {
    r"giải tập thể tuần|\bgiải tuần\b": "Giải thi tuần",
    r"giải chung cuộc": "Giải tập thể",
    r"đối tượng khuyến khích(?!:\*\*)|ngoài các đơn vị": "thí sinh tự do",
    r"diện bắt buộc": "đối tượng bắt buộc",
    r"ngân hàng câu hỏi": "bộ câu hỏi",
    r"quân số": "số người thuộc đối tượng bắt buộc",
    r"mã gốc|gốc cây băm": "mã xác thực (dữ liệu)",
    r"mã bốc thăm": "mã người dự thi",
    r"đáp án câu dự đoán": "đáp số câu dự đoán",
    r"ví dụ:? 1\.?500": "no example: it anchors the guess",
    r"\b0 đơn vị đạt": "chưa có đơn vị nào đạt 100%",
    r"\d %": "29,7%",
    _DATE: "05/9/2022, 22/8/2022, 10/01/2022",
}


def people_read() -> Iterator[Path]:
    """Where Vietnamese texts for participants and organisers stand."""
    yield from (ROOT / "frontend/site").rglob("*.js")
    yield from (ROOT / "frontend/site").rglob("*.html")
    for part in ("reports", "readers", "services", "web", "domain"):
        yield from (ROOT / "chalicelib" / part).rglob("*.py")
    yield ROOT / "docs/so-tay-to-chuc.md"
    yield ROOT / "contests/nghe-an-2022/guide.md"


def other_words(text: str) -> Iterator[tuple[str, str]]:
    """What should be said otherwise, in Vietnamese lines alone, with what to say."""
    for line in text.splitlines():
        if not re.search("[ăâđêôơưạảấầậắặếềệốồộớợứừựịọụ]", line, re.IGNORECASE):
            continue
        for pattern, word in OTHER_WORDS.items():
            for found in re.finditer(pattern, line, re.IGNORECASE):
                yield found[0], word


@pytest.mark.parametrize("file", sorted(people_read()), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_one_word_is_used_for_one_thing(file: Path) -> None:
    assert list(other_words(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "said",
    [
        "Bốc thăm theo mã bốc thăm",
        "tỷ lệ đạt 29,7 %",
        "công bố ngày 5/9/2022",
        "từ ngày 22/08/2022 đến hết ngày 11/9/2022",
        "Ngân hàng câu hỏi",
    ],
)
def test_the_other_word_is_found(said: str) -> None:
    assert list(other_words(said))


def test_dates_and_numbers_as_officials_write_them_are_left_alone() -> None:
    said = "Quyết định số 12/QĐ-UBND ngày 05/9/2022, 22/8/2022 và 10/01/2022: 29,7%, 427.277 lượt, mục 3/12."
    assert list(other_words(said)) == []
