"""The page on which somebody reads a whole bank as participants will see it, before it is asked.

One file without scripts: a double click opens it. What looks odd comes first, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from chalicelib.documents.intake_answer import Mistake
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.markup import as_html
from chalicelib.reports.vietnamese import whole
from chalicelib.services.intake.preview import Preview, Previewed

_STYLE = """
:root { color-scheme: light dark; --paper: #fbf8f3; --card: #fff; --ink: #231d19; --soft: #665b52; }
:root { --line: #e2d9cd; --brand: #9d2414; --good: #1d6b3a; --good-tint: #e6f3ea; }
:root { --warn: #7a4b00; --warn-tint: #fdf1d3; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #171412; --card: #221e1b; --ink: #f2ece6; --soft: #b9aea4; --line: #443c36; }
  :root { --brand: #ffab9a; --good: #8fdcac; --good-tint: #17301f; --warn: #ffd58a; --warn-tint: #3a2c10; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1rem; background: var(--paper); color: var(--ink); }
body { font: 1rem/1.5 system-ui, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: .5rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
h3 { font-size: 1rem; font-weight: 600; margin: 0 0 .5rem; }
h3 span { display: block; color: var(--brand); font-size: .9rem; }
a { color: var(--brand); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem; }
article { margin: 0 0 1rem; break-inside: avoid; }
ol { list-style: none; margin: 0; padding: 0; }
ol li { display: flex; gap: .6rem; border: 1px solid var(--line); border-radius: 8px; }
ol li { padding: .6rem .75rem; margin-top: .5rem; }
li > strong { flex: none; white-space: nowrap; }
ol .key { border-color: var(--good); background: var(--good-tint); }
.key em { margin-left: auto; padding-left: .5rem; color: var(--good); font-style: normal; font-weight: 700; }
.key em { white-space: nowrap; }
.why { margin: 0 0 .75rem; padding: .6rem .75rem .6rem 1.75rem; border-radius: 8px; }
.why { background: var(--warn-tint); color: var(--warn); }
.hint, .about { color: var(--soft); font-size: .9rem; margin: .25rem 0; }
.about { margin-top: .75rem; }
sub, sup { line-height: 0; }
@media print { body { max-width: none; background: #fff; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STATUSES = {"approved": "đã thẩm định", "draft": "chưa thẩm định", "rejected": "không dùng"}


def preview_page(preview: Preview) -> str:
    """The same preview gives the same bytes."""
    odd = [one for one in preview.questions if one.reasons]
    others = [one for one in preview.questions if not one.reasons]
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="vi"><head><meta charset="utf-8"><title>Xem trước: {escape(preview.file)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>Xem trước bộ câu hỏi: {escape(preview.file)}</h1>",
        *_summary(preview, len(odd)),
    ]
    if odd:
        parts += [f'<h2 id="odd">Cần xem trước tiên ({whole(len(odd))} câu)</h2>', *map(_question, odd)]
    if preview.left_out:
        parts.append(f'<h2 id="out">Không thể đưa vào đề ({whole(len(preview.left_out))} câu)</h2>')
        parts += _places(preview.left_out)
    if preview.notices:
        parts += ['<h2 id="notices">Đọc khác với tệp</h2>', *_places(preview.notices)]
    if others:
        parts += [f'<h2 id="rest">Các câu còn lại ({whole(len(others))} câu)</h2>', *map(_question, others)]
    return "\n".join([*parts, "</body></html>", ""])


def _summary(preview: Preview, odd: int) -> Iterator[str]:
    count = len(preview.questions)
    told = [
        f"{whole(sum(one.status == status for one in preview.questions))} câu {word}"
        for status, word in _STATUSES.items()
        if any(one.status == status for one in preview.questions)
    ]
    yield f"<p>Đọc được {whole(count)} câu: {', '.join(told) or 'không có câu nào'}.</p>"
    if preview.faults:
        yield (
            f"<p><strong>Tệp còn {whole(preview.faults)} lỗi phải sửa</strong> (xem tệp trả lời .xlsx); câu có "
            "lỗi không có trong trang này.</p>"
        )
    links = [("odd", f"{whole(odd)} câu cần xem trước tiên", odd)]
    links.append(("out", f"{whole(len(preview.left_out))} câu không thể đưa vào đề", len(preview.left_out)))
    links.append(("notices", "chỗ đọc khác với tệp", len(preview.notices)))
    links.append(("rest", "các câu còn lại", count - odd))
    listed = " · ".join(f'<a href="#{place}">{text}</a>' for place, text, some in links if some)
    yield f"<p>{listed}</p>" if listed else ""
    yield (
        '<p class="hint">Mỗi câu hiện đúng như người dự thi sẽ thấy, trừ đáp án được đánh dấu ở đây; trên đề '
        "thi, thứ tự câu và phương án có thể được đảo. Trang này có đáp án: không chuyển cho người không có "
        "trách nhiệm.</p>"
    )


def _question(one: Previewed) -> str:
    question = one.question
    why = "".join(f"<li>{escape(reason)}</li>" for reason in one.reasons)
    options = "".join(
        f"<li{' class=key' if question.answer >> at & 1 else ''}><strong>{letter}.</strong> "
        f"<span>{as_html(option)}</span>{'<em>✓ Đáp án</em>' if question.answer >> at & 1 else ''}</li>"
        for at, (letter, option) in enumerate(zip(LETTERS, question.options, strict=False))
    )
    about = [f"dòng {one.line}", f"chủ đề: {question.topic}", _STATUSES.get(one.status, one.status)]
    about += [f"tuần: {', '.join(map(str, question.weeks))}"] if question.weeks else []
    about += [f"đối tượng: {', '.join(question.categories)}"] if question.categories else []
    about += [f"căn cứ: {question.reference}"] if question.reference else []
    return (
        f"<article>{f'<ul class=why>{why}</ul>' if why else ''}"
        f"<h3><span>{escape(question.id)}</span>{as_html(question.text)}</h3>"
        f"{'<p class=hint>Chọn tất cả phương án đúng</p>' if question.multiple else ''}"
        f"<ol>{options}</ol><p class=about>{escape('; '.join(about))}</p></article>"
    )


def _places(places: Iterable[Mistake]) -> Iterator[str]:
    yield "<ul>"
    for one in places:
        value = f" “{escape(one.value)}”" if one.value else ""
        yield f"<li>Dòng {one.row}{value}: {escape(one.message)}</li>"
    yield "</ul>"
