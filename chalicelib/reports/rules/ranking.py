"""The individual ranking and its prizes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from itertools import pairwise
from typing import NamedTuple

from chalicelib.domain.definition import Definition, Prize, RankingField
from chalicelib.domain.final_ranking import WeekBest, rank_final
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.ranking import Candidate, comparison, full_order, lot, prediction_error
from chalicelib.domain.times import span_ms
from chalicelib.reports.rules.words import (
    Article,
    Block,
    Said,
    clause,
    clock,
    duration,
    example,
    listed,
    period,
    point,
    table,
)
from chalicelib.reports.vietnamese import whole

# Each criterion's name, and which of two papers stands first.
_CRITERIA: dict[RankingField, tuple[Said, Said]] = {
    "score": (Said("điểm", "score"), Said("cao hơn xếp trước", "the higher first")),
    "prediction": (
        Said("chênh lệch dự đoán", "prediction error"),
        Said("nhỏ hơn xếp trước; không dự đoán xếp sau cùng", "the smaller first; no prediction last"),
    ),
    "duration": (
        Said("thời gian làm bài", "duration"),
        Said("ngắn hơn xếp trước, xét đến phần nghìn giây", "the shorter first, to the millisecond"),
    ),
    "submitted": (
        Said("thời điểm nộp bài", "time of receipt"),
        Said("sớm hơn xếp trước, xét đến phần nghìn giây", "the earlier first, to the millisecond"),
    ),
    "attempts": (
        Said("số bài được tính", "counted papers"),
        Said("người có ít bài được tính hơn xếp trước", "whoever has fewer counted papers first"),
    ),
}
_TARGET = 1_000
# The draw takes the number of the last week, which an unresolved start does not change.
_ANY_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)


class _Person(NamedTuple):
    """Somebody in the example: the best paper and the number of counted ones."""

    best: Candidate
    attempts: int


def criteria(definition: Definition) -> list[RankingField]:
    """The contest's order, without the prediction where none is asked."""
    return [
        field
        for field in definition.ranking.order
        if field != "prediction" or definition.prediction is not None
    ]


def of_the_ranking(definition: Definition) -> Article:
    word, word_en = period(definition)
    too_fast = ("", "")
    if definition.paper.min_duration:
        too_fast = (
            " Bài làm nhanh hơn mức tối thiểu xếp sau mọi bài khác.",
            " Papers below the least duration stand behind all others.",
        )
    return Article(
        Said(f"Xếp hạng cá nhân trong {word}", f"The individual ranking of a {word_en}"),
        (
            clause(
                "Hai bài được so sánh lần lượt theo các tiêu chí sau; chỉ khi bằng nhau ở tiêu chí trước mới "
                f"xét tiêu chí sau.{too_fast[0]}",
                "Two papers are compared by these criteria in turn; the next decides only where they are "
                f"equal in the one before.{too_fast[1]}",
            ),
            *[
                point(
                    f"{_CRITERIA[field][0].vi}: {_CRITERIA[field][1].vi};",
                    f"{_CRITERIA[field][0].en}: {_CRITERIA[field][1].en};",
                )
                for field in criteria(definition)
            ],
            point(
                "bài đã nộp xếp trước bài hết hạn mà chưa nộp.",
                "a paper that was handed in before one that was not.",
            ),
            clause(
                f"<b>Bài tốt nhất</b> của mỗi người trong {word} là bài đứng đầu trong các bài được tính của "
                "người đó theo đúng thứ tự trên (bằng nhau hoàn toàn thì lấy lượt có số thứ tự nhỏ hơn). Mọi "
                "người được xếp hạng theo bài tốt nhất của mình, cũng theo thứ tự đó.",
                f"<b>The best paper</b> of a person in a {word_en} is the first of the counted ones in that "
                "order (of equal ones the lower number). People are ranked by their best papers, in the same "
                "order.",
            ),
            *_ranked_example(definition),
            *_draw(definition),
        ),
    )


def _ranked_example(definition: Definition) -> list[Block]:
    """Five invented people, ranked by ``ranking.comparison``."""
    limit, shortest = definition.time_limit, span_ms(definition.paper.min_duration)
    full = definition.paper.questions

    def one(score: int, guess: int, part: int, received: int, attempts: int) -> _Person:
        took = shortest + (limit - shortest) * part // 10
        return _Person(Candidate(1, received * 3_600_000, took, score, guess, overdue=False), attempts)

    people = {
        "A": one(full, 980, 7, 9, 2),
        "B": one(full, 1_030, 5, 10, 3),
        "C": one(full, 980, 6, 14, 4),
        "D": one(full - 1, 1_000, 4, 8, 1),
        "E": one(full, 1_030, 5, 11, 5),
    }
    compare = comparison(definition, full_order(definition), _TARGET)
    order = sorted(people, key=lambda name: compare(*people[name]))
    fields = criteria(definition)
    decided = [
        _decided_by(definition, fields, people[ahead], people[behind]) for ahead, behind in pairwise(order)
    ]
    predicted = "prediction" in fields
    return [
        example(
            f"bài tốt nhất của năm người{' khi đáp số câu dự đoán là 1.000' if predicted else ''}, đã xếp thứ "
            "tự.",
            "the best papers of five "
            f"people{', where the answer of the prediction is 1,000' if predicted else ''}, in order.",
        ),
        table(
            [
                ("Thứ tự", "Place"),
                ("Người", "Person"),
                *[
                    (_CRITERIA[field][0].vi.capitalize(), _CRITERIA[field][0].en.capitalize())
                    for field in fields
                ],
                ("Xếp trên người kế tiếp nhờ", "Ahead of the next by"),
            ],
            [
                [str(place), name, *[_value(people[name], field) for field in fields], by]
                for place, (name, by) in enumerate(zip(order, [*decided, Said("", "")], strict=True), 1)
            ],
            "cc" + "c" * len(fields) + "l",
        ),
    ]


def _decided_by(
    definition: Definition, fields: Sequence[RankingField], ahead: _Person, behind: _Person
) -> Said:
    """The first criterion in which the two differ."""
    for field in fields:
        compare = comparison(definition, (field,), _TARGET)
        if compare(*ahead) != compare(*behind):
            return _CRITERIA[field][0]
    return Said("bốc thăm", "the draw")


def _value(person: _Person, field: RankingField) -> Said | str:
    paper = person.best
    values: dict[RankingField, Said | str] = {
        "score": str(paper.score),
        "prediction": whole(prediction_error(paper, _TARGET) or 0),
        "duration": duration(paper.duration),
        "submitted": clock(paper.received),
        "attempts": str(person.attempts),
    }
    return values[field]


def _draw(definition: Definition) -> list[Block]:
    word, word_en = period(definition)
    root = sha256(b"root").hexdigest()
    names = {name: sha256(name.encode()).hexdigest() for name in ("A", "B")}
    first, second = sorted(names, key=lambda name: lot(root, names[name]))
    drawn = [(name, f"{root}|{names[name]}", lot(root, names[name]).hex()) for name in (first, second)]
    lots = Said(
        "<br>".join(
            f"{name}: chuỗi <code>{text}</code> có mã SHA-256 là <code>{found}</code>."
            for name, text, found in drawn
        ),
        "<br>".join(
            f"{name}: the text <code>{text}</code> has the SHA-256 <code>{found}</code>."
            for name, text, found in drawn
        ),
    )
    return [
        clause(
            "Người bằng nhau ở mọi tiêu chí được xếp bằng <b>bốc thăm theo phép tính</b>: lấy mã SHA-256 của "
            f"chuỗi gồm mã xác thực dữ liệu của {word}, dấu “|” và mã người dự thi trong {word} (chữ số hệ "
            "mười sáu viết thường); mã nhỏ hơn xếp trước. Mã xác thực dữ liệu được tính từ mọi bài thi của "
            f"{word} khi chốt lần đầu và giữ nguyên khi kết quả được chốt lại ({word} được mở lại thì bốc "
            f"thăm lại khi chốt); {word} chưa kết thúc thì không ai, kể cả Ban Tổ chức, biết được thứ tự này, "
            "chốt xong thì ai cũng tính lại được.",
            "Who is equal in every criterion stands by <b>the draw</b>: the SHA-256 of the text made of the "
            f"root of the {word_en}'s data, “|” and the person's code of the {word_en} (hexadecimal, lower "
            f"case), the smaller first. The root is computed from all papers of the {word_en} at its first "
            f"close, and stays when the {word_en} is closed again (a {word_en} that was opened again is drawn "
            "anew at its close); before its end nobody can know it, the organisers included, and after the "
            "close anybody can compute it again.",
        ),
        example(f"{lots.vi}<br>{first} xếp trước {second}.", f"{lots.en}<br>{first} stands before {second}."),
    ]


def of_prizes(definition: Definition) -> Article:
    title = Said("Giải cá nhân", "Individual prizes")
    if not definition.prizes:
        none = clause("Cuộc thi không có giải cá nhân.", "There are no individual prizes.")
        return Article(title, (none,))
    word, word_en = period(definition)
    weekly, final = definition.prizes_of("week"), definition.prizes_of("final")
    blocks: list[Block] = []
    if weekly:
        total = sum(prize.count for prize in weekly)
        blocks += [
            clause(f"Mỗi {word} có {total} giải cá nhân:", f"Each {word_en} has {total} individual prizes:"),
            _prizes(definition, weekly),
        ]
    if definition.ranking.final:
        total = sum(prize.count for prize in final)
        blocks += [
            *_final_ranking(definition),
            clause(
                f"Theo xếp hạng cả Cuộc thi có {total} giải cá nhân:",
                f"By the ranking of the whole contest {total} individual prizes are given:",
            ),
            _prizes(definition, final),
        ]
    blocks.append(
        clause(
            "Các giải được trao theo thứ tự trong bảng. Mỗi giải lần lượt trao cho người xếp hạng cao nhất "
            "thuộc đối tượng của giải, đạt điểm tối thiểu của giải, không bị loại hoặc hủy kết quả và chưa "
            "nhận giải nào trong cùng bảng. Không đủ người thì giải không trao hết.",
            "Prizes are given in the order of the table. Each goes to the best-ranked person of its "
            "categories who has its least score, is not excluded or annulled, and has no other prize of the "
            "same table. Where there are too few people, prizes are left.",
        )
    )
    if weekly:
        blocks.append(_one_prize(definition))
    return Article(title, tuple(blocks))


def _one_prize(definition: Definition) -> Block:
    word, word_en = period(definition)
    if definition.ranking.one_prize == "contest":
        return clause(
            f"Mỗi người nhận nhiều nhất một giải cá nhân hằng {word} trong cả Cuộc thi: người đã đạt giải ở "
            f"{word} trước, hoặc ở {word} sau mà kết quả đã được công nhận, không được xét nữa, và giải trao "
            "cho người xếp kế tiếp. Người đó vẫn được dự thi, được tính cho đơn vị và được xét giải cả Cuộc "
            f"thi, nếu có. Để mọi người kiểm tra được, mã người dự thi của người đó ở các {word} sau được "
            "công bố cùng với mã lúc đạt giải.",
            f"Each person wins at most one individual prize of a {word_en} in the whole contest: who has won "
            f"in an earlier {word_en}, or in a later one that is recognised, is passed over, and the prize "
            "goes to the next. Such people may still take part, count for their units, and win prizes of the "
            f"whole contest, if there are any. Their codes of later {word_en}s are published beside the code "
            "that won, so that anybody can check this.",
        )
    return clause(
        f"Người đã đạt giải ở một {word} vẫn được xét giải ở các {word} khác.",
        f"Who has won in one {word_en} may win again in others.",
    )


def _final_ranking(definition: Definition) -> list[Block]:
    """With an example of two weeks, worked out by ``final_ranking.rank_final``."""
    word, word_en = period(definition)
    too_fast = ("", "")
    if definition.paper.min_duration:
        too_fast = (
            " Bài tốt nhất nhanh hơn mức tối thiểu không được cộng.",
            " A best paper below the least duration is in no sum.",
        )
    blocks = [
        clause(
            f"<b>Xếp hạng cá nhân cả Cuộc thi</b>: tổng điểm bài tốt nhất của các {word}, cao hơn xếp trước; "
            "bằng nhau thì tổng thời gian làm những bài đó, ngắn hơn xếp trước; vẫn bằng nhau thì bốc thăm "
            f"theo mã xác thực dữ liệu của {word} cuối. {word.capitalize()} không dự thi thì không có điểm. "
            f"Đơn vị, đối tượng và mã người dự thi để bốc thăm là của {word} cuối mà người đó được xếp "
            f"hạng.{too_fast[0]}",
            f"<b>The ranking of the whole contest</b>: the sum of the {word_en}s' best scores, the higher "
            "first; then the sum of the durations of these papers, the shorter first; then the draw, by the "
            f"root of the last {word_en}. A {word_en} without a paper adds nothing. A person's unit, category "
            f"and code in the draw are those of the last {word_en} in which they are ranked.{too_fast[1]}",
        )
    ]
    if definition.contest.weeks == 1:
        return blocks
    full, limit = definition.paper.questions, definition.time_limit
    least = span_ms(definition.paper.min_duration)

    def best(name: str, score: int, tenths: int) -> WeekBest:
        return WeekBest(name, "", "", score, least + (limit - least) * tenths // 10, 1)

    ranked = rank_final(
        [
            (1, least, [best("A", full, 6), best("B", full, 5), best("C", full, 4)]),
            (2, least, [best("A", full - 1, 5), best("B", full - 1, 8)]),
        ],
        "",
        Pseudonyms(b"", ""),
    )
    return [
        *blocks,
        example(
            f"sau hai {word}; C chỉ dự thi {word} đầu.",
            f"after two {word_en}s; C took part in the first alone.",
        ),
        table(
            [
                ("Thứ tự", "Place"),
                ("Người", "Person"),
                ("Tổng điểm", "Sum of scores"),
                ("Tổng thời gian (phút:giây)", "Sum of durations (minutes:seconds)"),
            ],
            [
                [str(place), one.participant_id, str(one.score), duration(one.duration)]
                for place, one in enumerate(ranked, 1)
            ],
            "cccc",
        ),
    ]


def _prizes(definition: Definition, prizes: Sequence[Prize]) -> Block:
    return table(
        [
            ("TT", "No."),
            ("Giải", "Prize"),
            ("Số lượng", "Number"),
            ("Đối tượng được xét", "For"),
            ("Điểm tối thiểu", "Least score"),
            ("Ký hiệu trong tệp kết quả", "Name in the files"),
        ],
        [
            [
                str(number),
                escape(prize.title),
                whole(prize.count),
                _for_whom(definition, prize),
                str(prize.min_score),
                f"<code>{prize.name}</code>",
            ]
            for number, prize in enumerate(prizes, 1)
        ],
        "clclcc",
    )


def _for_whom(definition: Definition, prize: Prize) -> Said:
    whose = _for_categories(definition, prize)
    if not prize.verified:
        return whose
    account = escape(definition.identity.title)
    proofs = {
        "provider": Said(
            f"đã xác thực bằng {account} trước khi {definition.contest.period} thi đóng",
            f"verified by {account} before the week closes",
        ),
        "roster": Said(
            "có tên trong danh sách người dự thi của đơn vị khi tổng hợp kết quả",
            "on a unit's list of participants when results are worked out",
        ),
    }
    named = [proofs[proof] for proof in dict.fromkeys(prize.verified)]
    return Said(
        f"{whose.vi}, {listed([one.vi for one in named], 'hoặc')}",
        f"{whose.en}, {listed([one.en for one in named], 'or')}",
    )


def _for_categories(definition: Definition, prize: Prize) -> Said:
    if not prize.categories:
        return Said("mọi người dự thi", "everybody")
    named = [category for category in definition.categories if category.name in prize.categories]
    return Said(
        listed([escape(category.title) for category in named], "và"),
        listed([escape(category.title_en or category.title) for category in named], "and"),
    )
