"""How units compare, their prizes, and the proposals for commendation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from math import ceil

from chalicelib.domain.commendation import TOP_PEOPLE, TOP_UNITS
from chalicelib.domain.definition import Definition, UnitPrize, When
from chalicelib.domain.unit_score import NOTHING, UnitSums, UnitWeek, rank_units
from chalicelib.domain.units import Unit
from chalicelib.reports.rules.words import (
    Article,
    Block,
    Said,
    clause,
    counted,
    exact,
    example,
    listed,
    per_cent,
    period,
    point,
    quoted,
)
from chalicelib.reports.vietnamese import whole

_VOLUME = {
    "obliged": Said("số người thuộc đối tượng bắt buộc dự thi", "obliged people who took part"),
    "people": Said("số người dự thi thuộc mọi đối tượng", "people of all categories who took part"),
    "attempts": Said(
        "số bài được tính của người thuộc đối tượng bắt buộc dự thi",
        "counted papers of obliged people who took part",
    ),
}


def _worked(definition: Definition) -> Block:
    """A unit of 200, 20 exempt; 135 obliged and 15 others took part. The largest has twenty times as much.

    Worked out by ``rank_units``.
    """
    size = definition.paper.questions
    ours = UnitSums(150, 450, 135 * size, 135, 405, 135 * size * 9 // 10, 150, 135)
    largest = UnitSums(3_000, 9_000, 2_700 * size, 2_700, 8_100, 2_700 * size * 4 // 5, 3_000, 2_700)
    units = [Unit("A", "A", "", "", 200, 20), Unit("B", "B", "", "", 3_000, 0)]
    if not definition.obliged:
        ours, largest = (one._replace(obliged_people=0, obliged_attempts=0) for one in (ours, largest))
        units = [unit._replace(headcount=0, exempt=0) for unit in units]
    sums = {"A": ours, "B": largest}
    week = UnitWeek({unit.code: unit for unit in units}, sums, {}, size)
    row = next(row for row in rank_units(units, sums, definition, [week], "") if row.unit.code == "A")
    own, most = (
        {"obliged": one.obliged_people, "people": one.people, "attempts": one.obliged_attempts}[
            definition.unit_score.volume
        ]
        for one in (ours, largest)
    )
    volume, word = Fraction(own, most or 1), _VOLUME[definition.unit_score.volume]
    people, best = (
        (ours.obliged_people, ours.obliged_best_sum) if definition.obliged else (ours.people, ours.best_sum)
    )
    if definition.obliged:
        rate = (
            f"đơn vị A có {row.headcount} người thuộc đối tượng bắt buộc, trong đó {row.exempt} người được "
            f"miễn, còn {row.obliged}; {people} người trong số đó dự thi: tỷ lệ tham gia là "
            f"{people}/{row.obliged} = {row.rate}."
        )
        rate_en = (
            f"unit A has {row.headcount} obliged people, {row.exempt} of them exempt, which leaves "
            f"{row.obliged}; {people} of these took part: rate {people}/{row.obliged} = {row.rate}."
        )
    else:
        rate = f"đơn vị A không có đối tượng bắt buộc: tỷ lệ tham gia bằng 0; {people} người dự thi."
        rate_en = f"unit A has no obliged people: rate 0; {people} people took part."
    shares = f"{whole(own)}/{whole(most)} = {volume}" if most else "0"
    shares_en = f"{own:,}/{most:,} = {volume}" if most else "0"
    score, products = exact(row.score), _products(definition, (row.rate, volume, row.quality))
    return example(
        f"{rate} Mức tham gia: {word.vi} là {whole(own)}, ở đơn vị nhiều nhất là {whole(most)}, nên bằng "
        f"{shares}. Điểm bài tốt nhất của {people} người cộng lại là {whole(best)}: chất lượng là "
        f"{whole(best)}/({people} × {size}) = {row.quality}. Điểm đơn vị = 100 × ({products.vi}) = {score.vi}.",
        f"{rate_en} Volume: {word.en} number {own:,}, and {most:,} in the unit that has most, which gives "
        f"{shares_en}. The best scores of its {people} people add up to {best:,}: quality {best:,}/({people} × "
        f"{size}) = {row.quality}. Unit score = 100 × ({products.en}) = {score.en}.",
    )


def _weights(definition: Definition) -> list[Said]:
    weights = definition.unit_score.weights
    return [exact(Fraction(one)) for one in (weights.participation, weights.volume, weights.quality)]


def _products(definition: Definition, factors: Sequence[Fraction]) -> Said:
    pairs = list(zip(_weights(definition), factors, strict=True))
    return Said(
        " + ".join(f"{weight.vi} × {factor}" for weight, factor in pairs),
        " + ".join(f"{weight.en} × {factor}" for weight, factor in pairs),
    )


def of_unit_scores(definition: Definition) -> Article:
    word, word_en = period(definition)
    w, volume = _weights(definition), _VOLUME[definition.unit_score.volume]
    size = definition.paper.questions
    return Article(
        Said("Điểm và xếp hạng đơn vị", "Unit scores and the ranking of units"),
        (
            clause(
                f"<b>Điểm đơn vị = 100 × ({w[0].vi} × tỷ lệ tham gia + {w[1].vi} × mức tham gia + {w[2].vi} × "
                "chất lượng)</b>. Mỗi thành phần từ 0 đến 1, tính bằng phân số, không làm tròn; chỉ làm tròn "
                "khi in.",
                f"<b>Unit score = 100 × ({w[0].en} × rate + {w[1].en} × volume + {w[2].en} × quality)</b>. "
                "Each part is from 0 to 1, an exact fraction; figures are rounded in print alone.",
            ),
            point(
                "<b>Tỷ lệ tham gia</b>: số người thuộc đối tượng bắt buộc của đơn vị dự thi, chia cho số "
                "người thuộc đối tượng bắt buộc của đơn vị sau khi trừ người được miễn; nhiều nhất là 1. Đơn "
                "vị không có đối tượng bắt buộc thì tỷ lệ bằng 0.",
                "<b>Rate</b>: obliged people of the unit who took part, divided by its obliged people "
                "without the exempt; at most 1. It is 0 where nobody is obliged.",
            ),
            point(
                f"<b>Mức tham gia</b>: {volume.vi} của đơn vị, chia cho số đó của đơn vị cùng cấp có nhiều "
                "nhất.",
                f"<b>Volume</b>: {volume.en}, divided by that number of the unit of its level that has most.",
            ),
            point(
                "<b>Chất lượng</b>: trung bình, trên những người thuộc đối tượng bắt buộc của đơn vị dự thi, "
                f"của điểm bài tốt nhất chia cho {size} (số câu của bài). Đơn vị không có đối tượng bắt buộc "
                "thì lấy trung bình trên mọi người dự thi; không có ai dự thi thì chất lượng bằng 0.",
                f"<b>Quality</b>: the mean of the best papers' scores divided by {size} (the questions of a "
                "paper), over the unit's obliged people who took part; over everybody where nobody is "
                "obliged, and 0 where nobody took part.",
            ),
            _worked(definition),
            *_over_weeks(definition),
            clause(
                "Danh sách đơn vị ghi rõ đơn vị nào thuộc đơn vị nào. Số liệu của một đơn vị gồm cả số liệu "
                "của các đơn vị trực thuộc. Đơn vị đầu mối (không thuộc đơn vị nào) và đơn vị cơ sở (không có "
                "đơn vị trực thuộc) được xếp hạng riêng từng cấp; nếu không có đơn vị trực thuộc nào thì chỉ "
                "có một bảng xếp hạng.",
                "The list of units says which unit is below which. A unit's figures include those of the units "
                "below it. Top-level units (below no other) and base units (with none below them) are ranked "
                "apart; where no unit is below another there is one ranking.",
            ),
            clause(
                "Đơn vị bằng điểm được xét lần lượt: chất lượng, mức tham gia, rồi bốc thăm theo phép tính "
                "như với cá nhân, dùng mã đơn vị thay cho mã người dự thi (khi xét cả Cuộc thi thì dùng mã "
                f"xác thực dữ liệu của {word} cuối). Mọi đơn vị đều có tên trong kết quả; đơn vị "
                "chưa có người dự thi đứng sau cùng, không ghi hạng.",
                "Units with equal scores stand by quality, then volume, then the draw, with the unit's code "
                f"in place of a person's (for the whole contest, by the root of the last {word_en}). All "
                "units are listed, those in which nobody took part last and without a rank.",
            ),
        ),
    )


def _over_weeks(definition: Definition) -> list[Block]:
    """The sum over weeks, with an example of two, worked out by ``rank_units``."""
    word, word_en = period(definition)
    if definition.contest.weeks == 1:
        return []
    size = definition.paper.questions
    unit = Unit("A", "A", "", "", 200, 20)
    weeks = [
        UnitWeek({"A": unit}, {"A": UnitSums(people, people, 0, people, people, 0, people, people)}, {}, size)
        for people in (135, 117)
    ]
    total = NOTHING
    for week in weeks:
        total = total.plus(week.sums["A"])
    (row,) = rank_units([unit], {"A": total}, definition, weeks, "")
    summed = clause(
        "Khi tính cho cả Cuộc thi, số người dự thi, số bài và điểm bài tốt nhất được cộng qua các "
        f"{word}; số người thuộc đối tượng bắt buộc được tính mỗi {word} một lần, theo số có hiệu lực khi "
        f"chốt {word} đó.",
        f"Over the whole contest, people, papers and best scores are added up over the {word_en}s; "
        f"obliged people are taken once a {word_en}, as they were when it was closed.",
    )
    if not definition.obliged:
        return [summed]
    return [
        summed,
        example(
            f"trong hai {word}, đơn vị có 180 người phải dự thi mỗi {word}; {word} đầu 135 người, {word} sau "
            f"117 người dự thi: tỷ lệ tham gia là (135 + 117)/(180 + 180) = {row.rate}.",
            f"in two {word_en}s 135 and then 117 of 180 took part: rate (135 + 117)/(180 + 180) = {row.rate}.",
        ),
    ]


_BY = {
    "score": Said("điểm đơn vị", "unit score"),
    "rate": Said("tỷ lệ tham gia", "rate"),
    "people": Said(
        "số người dự thi thuộc mọi đối tượng, mỗi người đếm một lần",
        "people of all categories who took part, each counted once",
    ),
    "attempts": Said("số bài được tính của người dự thi", "counted papers of those who took part"),
    "winners": Said("số người đạt giải cá nhân hằng {word}", "people with an individual prize of a {word}"),
}


def of_unit_prizes(definition: Definition) -> Article:
    word, word_en = period(definition)
    title = Said("Giải đơn vị", "Unit prizes")
    if not definition.unit_prizes:
        return Article(title, (clause("Cuộc thi không có giải đơn vị.", "There are no unit prizes."),))
    blocks: list[Block] = []
    heads: tuple[tuple[When, str, str], ...] = (
        ("week", f"Mỗi {word}, khi chốt kết quả", f"Each {word_en}, when it is closed"),
        ("final", f"Khi kết thúc Cuộc thi, theo kết quả của mọi {word}", f"At the end, over all {word_en}s"),
    )
    for when, head, head_en in heads:
        prizes = definition.unit_prizes_of(when)
        if prizes:
            blocks.append(clause(f"{head}:", f"{head_en}:"))
            blocks += [_unit_prize(prize, definition) for prize in prizes]
    worked = next((prize for prize in definition.unit_prizes if prize.least_rate(180)), None)
    if worked is not None:
        blocks.append(_least(worked))
    blocks.append(
        clause(
            "Các giải được trao theo thứ tự nêu trên, mỗi giải cho đơn vị tốt nhất trong những đơn vị đủ "
            "điều kiện và chưa có giải nào trong cùng lần chốt. Giải không ghi là của đơn vị cơ sở thì xét "
            "các đơn vị đầu mối. Đơn vị bằng nhau xếp như trong bảng xếp hạng đơn vị. Không đủ đơn vị thì "
            f"giải không trao hết. Giải của {word} không ảnh hưởng đến giải cuối Cuộc thi.",
            "Prizes are given in this order, each to the best unit that qualifies and has no other prize of "
            "the same close. A prize that does not ask for a base unit is for top-level units. "
            "Equal units stand as in the ranking. Where too few qualify, prizes are left. A "
            f"prize of a {word_en} is no bar to one of the end.",
        )
    )
    if any(prize.once for prize in definition.unit_prizes):
        blocks.append(
            example(
                f"đơn vị đã nhận giải chỉ trao một lần ở {word} 1 mà {word} 2 lại đứng đầu thì giải của "
                f"{word} 2 trao cho đơn vị kế tiếp đủ điều kiện.",
                f"a unit that has a once-only prize of {word_en} 1 and leads again in {word_en} 2 leaves it "
                "to the next that qualifies.",
            )
        )
    return Article(title, tuple(blocks))


def _unit_prize(prize: UnitPrize, definition: Definition) -> Block:
    word, word_en = period(definition)
    by, by_en = _BY[prize.by].vi.format(word=word), _BY[prize.by].en.format(word=word_en)
    vi, en = _conditions(prize, definition)
    once, once_en = "", ""
    if prize.once:
        once = (
            f" Mỗi đơn vị chỉ nhận giải này một lần: không trao cho đơn vị đã có giải này ở {word} trước, "
            f"hoặc ở {word} sau mà kết quả đã được công nhận."
        )
        once_en = (
            f" Each unit has it once: not if it has this prize of an earlier {word_en}, or of a later one "
            "that is recognised."
        )
    return point(
        f"<b>{escape(prize.title)}</b> (trong tệp kết quả: <code>{prize.name}</code>): {whole(prize.count)} "
        f"giải, xét theo {by}, cao hơn xếp trước. Điều kiện: {'; '.join(vi)}.{once}",
        f"<b>{escape(prize.title)}</b> (in the files: <code>{prize.name}</code>): "
        f"{counted(prize.count, 'prize')}, by {by_en}, the higher first. Conditions: {'; '.join(en)}.{once_en}",
    )


def _conditions(prize: UnitPrize, definition: Definition) -> tuple[list[str], list[str]]:
    word, word_en = period(definition)
    vi, en = [], []
    if prize.level == "leaf":
        vi.append("là đơn vị cơ sở")
        en.append("a base unit")
    if prize.blocs:
        vi.append(f"thuộc khối {quoted(prize.blocs, 'hoặc')}")
        en.append(f"in the bloc {quoted(prize.blocs, 'or')}")
    if prize.obliged_from:
        vi.append(f"có từ {whole(prize.obliged_from)} người thuộc đối tượng bắt buộc")
        en.append(f"at least {prize.obliged_from:,} obliged people")
    if prize.obliged_to is not None:
        vi.append(f"có không quá {whole(prize.obliged_to)} người thuộc đối tượng bắt buộc")
        en.append(f"at most {prize.obliged_to:,} obliged people")
    rates, rates_en = _rates(prize)
    if rates:
        vi.append(f"tỷ lệ tham gia từ {rates}")
        en.append(f"a rate of at least {rates_en}")
    sized = len(prize.min_rate) > 1 or prize.obliged_from or prize.obliged_to is not None
    if sized and prize.when == "final":
        vi[-1] += f" (số người thuộc đối tượng bắt buộc lấy ở {word} có số đó lớn nhất)"
        en[-1] += f" (obliged people as in the {word_en} in which they were most)"
    vi.append(f"có từ {whole(prize.min_people)} người dự thi, mỗi người đếm một lần")
    en.append(
        "at least "
        f"{counted(prize.min_people, 'person') if prize.min_people == 1 else f'{prize.min_people:,} people'} "
        "who took part, each counted once"
    )
    if prize.min_winners:
        vi.append(f"có từ {whole(prize.min_winners)} người đạt giải cá nhân hằng {word}")
        en.append(f"at least {prize.min_winners:,} with an individual prize of a {word_en}")
    return vi, en


def _rates(prize: UnitPrize) -> tuple[str, str]:
    """The least rate; by the number of obliged people where there are steps."""
    steps = [(step.up_to, per_cent(Fraction(step.rate))) for step in prize.min_rate]
    if len(steps) == 1:
        return (steps[0][1].vi, steps[0][1].en) if prize.min_rate[0].rate else ("", "")
    vi = [
        f"{rate.vi} nếu {f'có không quá {whole(up_to)} người' if up_to is not None else 'đông hơn'}"
        for up_to, rate in steps
    ]
    en = [
        f"{rate.en} with {f'up to {up_to:,} obliged people' if up_to is not None else 'more'}"
        for up_to, rate in steps
    ]
    return listed(vi, "và"), listed(en, "and")


def _least(prize: UnitPrize) -> Block:
    rate = prize.least_rate(180)
    least = ceil(Fraction(rate) * 180)
    told = per_cent(Fraction(rate))
    return example(
        f"với {escape(prize.title)}, đơn vị có 180 người phải dự thi cần tỷ lệ tham gia từ {told.vi}, tức ít "
        f"nhất {least} người thuộc đối tượng bắt buộc dự thi ({least}/180 ≥ {told.vi}).",
        f"for {escape(prize.title)}, a unit of 180 obliged people needs a rate of {told.en}, which is {least} "
        "of them.",
    )


def of_commendations(definition: Definition) -> Article:
    word, word_en = period(definition)
    too_fast = ("", "")
    if definition.paper.min_duration:
        too_fast = (
            f" Người có {word} mà bài tốt nhất nhanh hơn mức tối thiểu không được đề nghị.",
            f" Nobody is proposed who has a {word_en} with a best paper below the least duration.",
        )
    return Article(
        Said("Đề nghị khen thưởng", "Proposals for commendation"),
        (
            clause(
                "Kết thúc Cuộc thi, phần mềm lập danh sách đề nghị kèm lý do; Ban Tổ chức quyết định. Danh "
                "sách gồm:",
                "At the end the software lists proposals with reasons; the organisers decide. They are:",
            ),
            point(
                f"đơn vị có mọi người thuộc đối tượng bắt buộc dự thi trong mọi {word} (tỷ lệ tham gia bằng "
                "1);",
                f"units in which everybody obliged took part in every {word_en} (rate 1);",
            ),
            point(
                f"{TOP_UNITS} đơn vị đứng đầu mỗi bảng xếp hạng cả Cuộc thi trong những đơn vị đủ điều kiện "
                "xét giải;",
                f"the first {TOP_UNITS} units of each final ranking of those that qualify for a prize;",
            ),
            point(
                f"{TOP_PEOPLE} người đứng đầu trong những người dự thi mọi {word}, theo tổng điểm bài tốt "
                f"nhất (mỗi {word} chia cho số câu của bài), rồi tổng thời gian làm bài ngắn hơn.{too_fast[0]}",
                f"the first {TOP_PEOPLE} of those who took part in every {word_en}, by the sum of their best "
                "scores (each divided by the questions of its paper), then by the smaller sum of durations."
                f"{too_fast[1]}",
            ),
        ),
    )
