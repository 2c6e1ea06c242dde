"""``bulletin.html``: the announcement of results, a notice for the organisers to sign and publish.

It is one file that refers to nothing outside: styles and charts are inside. Its layout for A4 follows Decree
30/2020 (national heading, number and date left open, place of the signature); the browser prints it or saves
it as PDF. Names are written as the definition wants them published; it holds no identity card or phone number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from html import escape

from chalicelib.documents.shown_rulings import ShownRuling
from chalicelib.domain.definition import Definition
from chalicelib.domain.statistics.activity import Period
from chalicelib.domain.times import day
from chalicelib.domain.unit_score import Distinct, UnitStanding
from chalicelib.reports import charts
from chalicelib.reports.standing import complaints, correction_html, state
from chalicelib.reports.vietnamese import comma, percent, span, whole
from chalicelib.reports.week_facts import ERASED, OUTSIDE, Band, UnitFacts, WeekCounts, WeekFacts, winning_units
from chalicelib.reports.winners import Winner
from chalicelib.services.closing.close_weeks import Standing

_STYLE = """
@page { size: A4; margin: 20mm 15mm 20mm 30mm; @bottom-center { content: counter(page); } }
body { font: 13pt/1.35 "Times New Roman", "Liberation Serif", serif; color: #000; }
body { max-width: 165mm; margin: 10mm auto; }
header { display: grid; grid-template-columns: 2fr 3fr; gap: 2mm; text-align: center; }
header p { margin: 0; text-align: center; font-size: 12pt; }
header strong { white-space: nowrap; }
header b::after { content: ""; display: block; width: 40%; margin: 1mm auto 0; border-top: 1px solid; }
h1 { font-size: 14pt; text-align: center; margin: 8mm 0 0; }
h2 { font-size: 13pt; margin: 6mm 0 2mm; break-after: avoid; }
.lead { break-after: avoid; }
.about { text-align: center; font-weight: bold; margin: 0 10mm; }
.state { text-align: center; font-style: italic; margin: 0 10mm 4mm; }
p { text-align: justify; margin: 0 0 2mm; }
table { border-collapse: collapse; width: 100%; font-size: 11.5pt; margin: 0 0 4mm; }
th, td { border: 1px solid #000; padding: 1mm 1.5mm; vertical-align: top; }
th { background: #eef2f7; text-align: center; }
thead { display: table-header-group; }
tr, figure, .signature { break-inside: avoid; }
.code { font: 11pt monospace; text-align: center; overflow-wrap: anywhere; }
.n { text-align: right; white-space: nowrap; }
.c { text-align: center; white-space: nowrap; }
figure { margin: 2mm 0 4mm; }
figure svg { width: 100%; height: auto; }
figcaption { text-align: center; font-style: italic; font-size: 12pt; break-before: avoid; }
.signature { display: grid; grid-template-columns: 1fr 1fr; margin-top: 8mm; }
.signature p { text-align: center; margin: 0; }
.signature p:first-child { text-align: left; font-size: 11pt; }
@media print { body { margin: 0; max-width: none; } th { print-color-adjust: exact; } }
@media screen and (max-width: 600px) { body { margin: 4mm; } header { grid-template-columns: 1fr; } }
"""
# Many people have the same masked name.
_CODES = (
    "<p><i>Dòng chữ nhỏ dưới họ tên là mã để người đạt giải tự nhận ra mình: "
    "đăng nhập rồi xem mã tại “Trang của tôi”.</i></p>"
)


def week_bulletin(
    definition: Definition,
    facts: WeekFacts,
    days: Sequence[Period],
    rulings: Iterable[ShownRuling],
    root: str,
    standing: Standing,
    names: Mapping[str, str],
) -> bytes:
    """The bulletin of a week. A printed ``root`` of its hash tree cannot be swapped for one reader alone.

    ``names``: participant id → the name as it may be published, of all winners, also of those corrected.
    """
    counts, contest = facts.counts, definition.contest
    obliged = _of(counts.obliged_people, counts.people)
    encouraged = _of(counts.other_people, counts.people)
    perfect = _of(counts.perfect_people, counts.people)
    kinds = f"đối tượng bắt buộc {obliged}, đối tượng khác {encouraged}"
    told = [
        f"Tổng số người dự thi: <b>{whole(counts.people)}</b> người, trong đó {kinds}.",
        f"Tổng số lượt thi: <b>{whole(counts.attempts)}</b> lượt.",
        f"Số người trả lời đúng tất cả {definition.paper.questions} câu: {perfect}.",
    ]
    if definition.prediction and facts.target is not None:
        told.append(f"Đáp số câu dự đoán của {contest.period}: <b>{whole(facts.target)}</b>.")
    told += map(_units_told, facts.units)
    told += map(_ruled, rulings)
    body = [
        "<h2>I. Số liệu chung</h2>",
        *(f"<p>{number}. {line}</p>" for number, line in enumerate(told, 1)),
        _days(days),
        _bands(facts.bands, facts.ranked),
        "<h2>II. Kết quả cá nhân</h2>",
        _winners(facts.winners, definition),
        "<h2>III. Kết quả tập thể</h2>",
        _collective(facts.units),
        "<h2>IV. Tỷ lệ dự thi theo khối</h2>",
        *map(_blocs, facts.units),
        *_extremes(facts.units, definition),
        "<h2>VI. Mã kiểm tra</h2>",
        f"<p>Mã xác thực dữ liệu, tính từ tất cả bài thi trong {contest.period}:</p>",
        f'<p class="code">{escape(root)}</p>',
    ]
    about = f"Kết quả {facts.mention} Cuộc thi “{contest.title}” ({facts.period})"
    return _document(definition, f"{facts.title}: {contest.title}", about, body, standing, names)


def final_bulletin(
    definition: Definition,
    levels: Sequence[UnitFacts],
    weeks: Sequence[WeekCounts],
    once: Distinct,
    winners: Sequence[tuple[str, Winner]],
    standing: Standing,
) -> bytes:
    """The bulletin of the whole contest; ``winners`` come with the title of their week, or of the whole."""
    contest = definition.contest
    attempts = sum(week.attempts for week in weeks)
    sums = f"Tổng số lượt thi qua {len(weeks)} {contest.period}: <b>{whole(attempts)}</b> lượt."
    obliged, others = _of(once.obliged, once.people), _of(once.people - once.obliged, once.people)
    people = (
        f"Tổng số người dự thi ít nhất một lần: <b>{whole(once.people)}</b> người, trong đó "
        f"đối tượng bắt buộc {obliged}, đối tượng khác {others}. Mỗi người chỉ được tính một lần."
    )
    told = [
        people,
        f"{sums} Bảng dưới đây tính số người dự thi riêng từng {contest.period}.",
        *map(_units_told, levels),
    ]
    rows = [
        [
            escape(week.title),
            whole(week.people),
            whole(week.obliged_people),
            whole(week.other_people),
            whole(week.attempts),
        ]
        for week in weeks
    ]
    header = ["Số người dự thi", "Đối tượng bắt buộc", "Đối tượng khác", "Số lượt thi"]
    points = [(week.title, week.people) for week in weeks]
    body = [
        "<h2>I. Số liệu chung</h2>",
        *(f"<p>{number}. {line}</p>" for number, line in enumerate(told, 1)),
        _table([contest.period.capitalize(), *header], rows, "cnnnn"),
        _figure(charts.columns(points), f"Số người dự thi qua các {contest.period}")
        if any(people for _, people in points)
        else "",
        "<h2>II. Giải tập thể toàn cuộc thi</h2>",
        _collective(levels),
        "<h2>III. Giải cá nhân</h2>",
        _table(
            ["TT", contest.period.capitalize(), "Giải", "Họ và tên, mã", "Đơn vị", "Số câu đúng"],
            [
                [
                    str(number),
                    escape(title),
                    escape(one.title),
                    _named(one),
                    escape(one.unit_name or OUTSIDE),
                    str(one.score),
                ]
                for number, (title, one) in enumerate(winners, 1)
            ],
            "cclllc",
        ),
        _CODES,
        "<h2>IV. Tỷ lệ dự thi theo khối</h2>",
        *map(_blocs, levels),
        *_extremes(levels, definition),
    ]
    about = f"Kết quả Cuộc thi “{contest.title}”"
    return _document(definition, f"Tổng kết: {contest.title}", about, body, standing, {})


def _document(
    definition: Definition,
    title: str,
    about: str,
    body: Iterable[str],
    standing: Standing,
    names: Mapping[str, str],
) -> bytes:
    contest, correction = definition.contest, standing.correction
    if standing.recognition is None:
        ask = (
            "Kết quả trên là kết quả tạm thời. Mọi phản ánh, khiếu nại xin gửi Ban Tổ chức trong thời hạn "
            f"{complaints(definition)} kể từ khi công bố, đường dây nóng"
        )
    else:
        ask = "Mọi ý kiến xin gửi Ban Tổ chức, đường dây nóng"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head><body>",
        f"<header><p>{escape(contest.organiser.upper())}<br><b>BAN TỔ CHỨC CUỘC THI</b></p>",
        "<p><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br><b>Độc lập - Tự do - Hạnh phúc</b></p>",
        "<p>Số: ……/TB-BTC</p><p><i>………, ngày …… tháng …… năm ……</i></p></header>",
        f'<main><h1>THÔNG BÁO</h1><p class="about">{escape(about)}</p>',
        f'<p class="state">({escape(state(standing))})</p>',
        *(correction_html(correction, names, definition) if correction else ()),
        *body,
        f"<p>{ask}: {escape(contest.hotline)}.</p>",
        '<div class="signature"><p><b><i>Nơi nhận:</i></b><br>- Các đơn vị dự thi;<br>- Lưu: VT.</p>',
        "<p><b>TM. BAN TỔ CHỨC</b><br><i>(Ký, ghi rõ họ tên)</i></p></div></main></body></html>",
    ]
    return "\n".join(part for part in parts if part).encode()


def _ruled(ruling: ShownRuling) -> str:
    keys = " hoặc ".join(ruling.keys)
    what = f"chấp nhận đáp án {keys}" if keys else "người có câu này trong đề đều được điểm, kể cả khi bỏ trống"
    return (
        f"Kết luận về câu hỏi {escape(ruling.question)}: {what}. Lý do: {escape(ruling.reason)}. "
        "Các bài có câu này đã được chấm lại."
    )


def _units_told(units: UnitFacts) -> str:
    total = len(units.ranked)
    full = f"<b>{whole(len(units.full))}</b> đơn vị có 100% đối tượng bắt buộc dự thi."
    active = f"{_of(units.active, total)} trên tổng số {whole(total)} đơn vị"
    return (
        f"Số đơn vị{units.level} có người dự thi: {active}; "
        f"{full if units.full else 'chưa có đơn vị nào đạt 100%.'}"
    )


def _of(number: int, of: int) -> str:
    return f"{whole(number)} ({percent(Fraction(number, of))})" if of else whole(number)


def _days(days: Sequence[Period]) -> str:
    if not days:
        return ""
    points = [(f"{one.start.day}/{one.start.month}", one.attempts) for one in days]
    return _figure(
        charts.columns(points), f"Số lượt thi theo ngày, từ {day(days[0].start)} đến {day(days[-1].start)}"
    )


def _bands(bands: Sequence[Band], ranked: int) -> str:
    if not ranked:
        return ""
    rows = [[escape(band.label), whole(band.people), percent(Fraction(band.people, ranked))] for band in bands]
    chart = _figure(
        charts.columns([(band.label, band.people) for band in bands]), "Phổ điểm bài tốt nhất của mỗi người"
    )
    return _table(["Số câu đúng (bài tốt nhất)", "Số người", "Tỷ lệ"], rows, "cnn") + chart


def _winners(winners: Sequence[Winner], definition: Definition) -> str:
    asked = definition.prediction is not None
    header = [
        "TT",
        "Giải",
        "Họ và tên, mã",
        "Đơn vị",
        "Số câu đúng",
        *(["Chênh lệch dự đoán"] if asked else []),
        "Thời gian (phút:giây)",
    ]
    rows = []
    for number, one in enumerate(winners, 1):
        missed = "không dự đoán" if one.prediction_error is None else whole(one.prediction_error)
        rows.append(
            [
                str(number),
                escape(one.title),
                _named(one),
                escape(one.unit_name or OUTSIDE),
                str(one.score),
                *([missed] if asked else []),
                span(one.duration),
            ]
        )
    return _table(header, rows, "clllccc" if asked else "clllcc") + _CODES


def _named(one: Winner) -> str:
    return f"{escape(one.public_name or ERASED)}<br><small>{one.code}</small>"


def _collective(levels: Sequence[UnitFacts]) -> str:
    rows = [
        [
            str(number),
            escape(title),
            escape(row.unit.name),
            *_unit_figures(row),
            comma(row.score, 4),
        ]
        for number, (title, row) in enumerate(winning_units(levels), 1)
    ]
    header = ["TT", "Giải", "Đơn vị", *_unit_header(levels), "Điểm đơn vị"]
    return _table(header, rows, "cllnnnnn")


def _unit_header(levels: Sequence[UnitFacts]) -> list[str]:
    """The titles of `_unit_figures`: obliged people and everybody stand apart, sums and distinct people too."""
    over = next((units.over for units in levels), "")
    if over:
        obliged, people = f"Lượt người bắt buộc dự thi, cộng các {over}", "Tổng số người dự thi ít nhất một lần"
    else:
        obliged, people = "Đối tượng bắt buộc dự thi", "Tổng số người dự thi"
    return [obliged, people, "Tỷ lệ", "Số lượt"]


def _unit_figures(row: UnitStanding) -> list[str]:
    sums = row.sums
    return [whole(sums.obliged_people), whole(sums.distinct_people), percent(row.rate), whole(sums.attempts)]


def _blocs(units: UnitFacts) -> str:
    blocs = units.blocs
    rows = [
        [
            escape(bloc.name),
            whole(bloc.units),
            whole(bloc.active),
            whole(bloc.full),
            whole(bloc.obliged_people),
            whole(bloc.distinct_people),
            percent(bloc.rate),
            whole(bloc.attempts),
        ]
        for bloc in blocs
    ]
    header = ["Khối", "Số đơn vị", "Có người dự thi", "Đạt 100%", *_unit_header([units])]
    chart = charts.bars([(bloc.name, float(100 * bloc.rate)) for bloc in blocs])
    level = f'<p class="lead">Tính theo các đơn vị{units.level}:</p>' if units.level else ""
    caption = f"Tỷ lệ dự thi của các khối{f', đơn vị{units.level}' if units.level else ''}"
    return level + _table(header, rows, "lnnnnnnn") + _figure(chart, caption)


def _extremes(levels: Sequence[UnitFacts], definition: Definition) -> list[str]:
    """The lowest units are named in public only if the contest says so; the workbooks always have them."""
    lowest = definition.publication.lowest_units
    title = "V. Các đơn vị đạt 100% và các đơn vị có tỷ lệ thấp" if lowest else "V. Các đơn vị đạt 100%"
    told = []
    for units in levels:
        full = "; ".join(escape(row.unit.name) for row in units.full)
        told.append(
            f"<p>Các đơn vị{units.level} có 100% đối tượng bắt buộc dự thi: {full}.</p>"
            if full
            else f"<p>Chưa có đơn vị{units.level} nào đạt 100%.</p>"
        )
        rows = [
            [str(number), escape(row.unit.name), escape(row.unit.bloc), *_unit_figures(row)]
            for number, row in enumerate(units.lowest, 1)
        ]
        if lowest:
            told += [
                f'<p class="lead">Các đơn vị{units.level} có tỷ lệ dự thi thấp nhất:</p>',
                _table(["TT", "Đơn vị", "Khối", *_unit_header(levels)], rows, "cllnnnn"),
            ]
    return [f"<h2>{title}</h2>", *told]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """``align``: one letter per column, l, n (numbers, right) or c; cells are HTML already."""
    if not rows:
        return "<p>(Không có.)</p>"
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in header)
    body = "\n".join(
        "<tr>"
        + "".join(f'<td class="{how}">{cell}</td>' for cell, how in zip(row, align, strict=True))
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _figure(svg: str, caption: str) -> str:
    picture = svg.replace("<svg", f'<svg role="img" aria-label="{escape(caption)}"', 1)
    return f"<figure>{picture}<figcaption>{escape(caption)}</figcaption></figure>"
