"""Papers: what is asked, how long it may take, and the prediction."""

from __future__ import annotations

from html import escape

from chalicelib.domain.attempt import (
    AttemptId,
    Finished,
    Opened,
    counted_prediction,
    deadline,
    finish,
    overdue_record,
)
from chalicelib.domain.definition import Definition, Week
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
    span_in_words,
    table,
)
from chalicelib.reports.vietnamese import whole

# The examples' clock: a paper begun at 09:00:00 in a week that stays open, and one begun at the end of a week.
_NINE = 9 * 3_600_000
_OPEN_LONG = Week(1, 0, 366 * 24 * 3_600_000)
_ENDS_AT_TEN = Week(1, 0, 10 * 3_600_000)


def of_papers(definition: Definition) -> Article:
    paper = definition.paper
    word, word_en = period(definition)
    shuffled = (
        ("được xáo ngẫu nhiên", "are shuffled")
        if paper.shuffle_options
        else ("được giữ nguyên như trong bộ câu hỏi", "stand as in the bank")
    )
    wrong = min(2, paper.questions - 1)
    blank = min(1, paper.questions - 1 - wrong)
    right = paper.questions - wrong - blank
    topics = sorted(paper.topics.items())
    quotas = listed([f"{count} câu thuộc chủ đề “{escape(topic)}”" for topic, count in topics], "và")
    quotas_en = listed([f"{count} on “{escape(topic)}”" for topic, count in topics], "and")
    return Article(
        Said("Bài thi", "Papers"),
        (
            clause(
                f"Mỗi bài thi có {paper.questions} câu hỏi trắc nghiệm, chọn ngẫu nhiên cho từng lượt từ "
                f"những câu đã được thẩm định của bộ câu hỏi dành cho {word} và đối tượng của người dự thi, "
                f"không câu nào lặp lại{f'; trong đó có ít nhất {quotas}' if quotas else ''}. Trong những câu "
                "mà bộ câu hỏi ghi là loại trừ nhau, mỗi bài có nhiều nhất một câu; cơ hội được chọn của mỗi "
                f"câu vẫn như các câu khác. Thứ tự phương án của mỗi câu {shuffled[0]}.",
                f"A paper has {paper.questions} multiple-choice questions, drawn at random for each attempt "
                f"from the approved questions of the bank that are for the {word_en} and the person's "
                f"category, none twice{f'; at least {quotas_en}' if quotas_en else ''}. Of questions that "
                "the bank says exclude each other, a paper has one at most; each is as likely as the others. "
                f"The options of a question {shuffled[1]}.",
            ),
            clause(
                "Mỗi câu có từ 2 đến 6 phương án. Câu có nhiều phương án đúng được ghi rõ; phải chọn đủ và "
                "chỉ chọn các phương án đúng. <b>Điểm của bài là số câu trả lời đúng</b>; câu sai hoặc bỏ "
                "trống được 0 điểm, không bị trừ điểm.",
                "A question has 2 to 6 options. Where several are right, the paper says so, and exactly "
                "those must be chosen. <b>The score is the number of right answers</b>; wrong and blank ones "
                "take nothing off.",
            ),
            example(
                f"bài {paper.questions} câu, đúng {right}, sai {wrong}, bỏ trống {blank} được {right} điểm. "
                "Câu có đáp án A và C: chọn A và C được 1 điểm; chỉ chọn A, hoặc chọn A, B và C được 0 điểm.",
                f"a paper of {paper.questions} with {right} right, {wrong} wrong and {blank} blank scores "
                f"{right}. Where A and C are right, A and C has the point; A alone, or A, B and C, has none.",
            ),
            _bank(definition),
            clause(
                f"Mỗi người có tối đa {paper.attempts_per_week} lượt thi mỗi {word}, mỗi lúc làm một bài. "
                f"Lượt đã bắt đầu là lượt đã dùng; lượt chưa dùng không chuyển sang {word} sau. Bài không có "
                "câu trả lời nào thì không được tính.",
                f"Each person has at most {paper.attempts_per_week} attempts a {word_en}, one paper at a "
                f"time. An attempt is used up when it begins; unused ones do not pass to the next {word_en}. "
                "A paper without a single answer is not counted.",
            ),
            _took_part(definition),
        ),
    )


def _bank(definition: Definition) -> Block:
    word, word_en = period(definition)
    if definition.paper.publish_bank:
        bank = (
            "Bộ câu hỏi và đáp án được công bố trên trang Cuộc thi.",
            "The bank is published on the site with its answers.",
        )
    else:
        bank = (
            "Bộ câu hỏi không được công bố; trang Cuộc thi chỉ công bố mã xác thực của bộ câu hỏi.",
            "The bank is not published; the site gives its digest alone.",
        )
    if definition.paper.score_at_once:
        told = (
            "Nộp bài xong, người dự thi biết ngay điểm của bài.",
            "A person knows the score at once on handing in.",
        )
    else:
        told = (
            f"Điểm của bài chỉ được cho biết sau khi {word} đóng và hết thời gian chờ chốt kết quả.",
            f"Scores are told only when the {word_en} has ended and may be closed.",
        )
    return clause(
        f"{bank[0]} {told[0]} Khi {word} còn mở, hệ thống không cho biết câu nào của bài đúng, câu nào sai.",
        f"{bank[1]} {told[1]} While the {word_en} is open, nobody is told which answers of a paper were right.",
    )


def _took_part(definition: Definition) -> Block:
    word, word_en = period(definition)
    least = definition.unit_score.participation_min_score
    reached = (f" đạt từ {least} điểm", f" with a score of at least {least}") if least else ("", "")
    return clause(
        f"Một người được tính là <b>dự thi</b> trong {word} nếu có ít nhất một bài được tính{reached[0]}.",
        f"A person has <b>taken part</b> in a {word_en} with at least one counted paper{reached[1]}.",
    )


def of_time(definition: Definition) -> Article:
    word, word_en = period(definition)
    limit, grace = span_in_words(definition.paper.time_limit), span_in_words(definition.contest.grace)
    blocks = [
        clause(
            f"Thời gian làm một bài là {limit.vi}. <b>Hạn nộp</b> là lúc hết thời gian đó hoặc lúc {word} "
            f"đóng, tùy lúc nào đến trước. Bài thi thuộc về {word} mà nó được bắt đầu. Mọi thời điểm tính "
            f"theo đồng hồ của máy chủ. Nếu giờ đóng của {word} được lùi thì hạn nộp lùi theo, không quá "
            f"{limit.vi} làm bài.",
            f"The time for a paper is {limit.en}. Its <b>deadline</b> is the end of that time or of the "
            f"{word_en}, whichever comes first. A paper belongs to the {word_en} in which it was begun. The "
            f"servers' clocks count. Where the end of the {word_en} is put off, so is the deadline, up to "
            f"{limit.en}.",
        ),
        clause(
            "Câu trả lời được tự động lưu khi làm bài; lưu được đến hạn nộp. Câu trả lời đã lưu không bị bản "
            "cũ hơn trên thiết bị khác thay thế.",
            "Answers are saved while a paper is open, until its deadline. No older answers of another device "
            "replace saved ones.",
        ),
    ]
    if definition.grace:
        blocks.append(
            clause(
                f"Bài nộp được nhận nếu đến máy chủ chậm nhất {grace.vi} sau hạn nộp. {grace.vi} này chỉ để "
                "bù cho đường truyền: bài đến sau hạn nộp được tính như đến lúc hết khoảng đó.",
                f"A paper is accepted if the server has it at most {grace.en} after the deadline. That time "
                "is for slow lines alone: what arrives after the deadline counts as received at its end.",
            )
        )
    else:
        blocks.append(
            clause(
                "Bài nộp được nhận nếu đến máy chủ chậm nhất đúng hạn nộp.",
                "A paper is accepted if the server has it by the deadline.",
            )
        )
    blocks.append(
        clause(
            "<b>Thời gian làm bài</b> tính từ lúc máy chủ giao bài đến lúc máy chủ nhận bài nộp, đến phần "
            "nghìn giây.",
            "<b>The duration</b> runs from when the server hands the paper out to when it has received it, in "
            "milliseconds.",
        )
    )
    blocks.append(_overdue(definition))
    blocks += _durations(definition)
    shortest = span_in_words(definition.paper.min_duration)
    if definition.paper.min_duration:
        blocks.append(
            clause(
                f"Bài làm nhanh hơn {shortest.vi} vẫn được tính, nhưng xếp sau mọi bài khác, không được xét "
                "giải và không tính là bài đúng hết; bài đó được đưa vào danh sách để Ban Tổ chức xem xét.",
                f"A paper that took less than {shortest.en} is counted, but stands behind all others, wins "
                "nothing and is not a perfect one; it is listed for the organisers.",
            )
        )
    return Article(Said("Thời gian làm bài và nộp bài", "Time"), tuple(blocks))


def _overdue(definition: Definition) -> Block:
    if definition.paper.overdue == "discard":
        return clause(
            "Bài hết hạn mà chưa nộp thì không được tính, dù đã lưu câu trả lời; lượt đó là lượt đã dùng.",
            "A paper that nobody handed in is not counted, whatever was saved; its attempt is used up.",
        )
    longest = span_in_words(definition.paper.time_limit + definition.contest.grace)
    guess = (", không có số dự đoán", ", no prediction") if definition.prediction else ("", "")
    return clause(
        f"Bài hết hạn mà chưa nộp được tính theo các câu trả lời đã lưu, với thời gian làm bài "
        f"{longest.vi}{guess[0]}, và xếp sau bài đã nộp bằng nó ở mọi tiêu chí. Nếu chưa lưu câu nào thì bài "
        "không được tính.",
        f"A paper that nobody handed in counts with its saved answers, a duration of {longest.en}{guess[1]}, "
        "and stands behind a paper handed in that is equal to it. With nothing saved it is not counted.",
    )


def _durations(definition: Definition) -> list[Block]:
    """Worked out by the rules themselves (``attempt.finish``, ``attempt.overdue_record``)."""
    limit, grace = definition.time_limit, definition.grace
    word, word_en = period(definition)

    def row(week: Week, started: int, received: int) -> list[Said | str]:
        attempt = AttemptId(1, 1, started, "0" * 16)
        record = finish(definition, week, attempt, received=received, score=1, answers="B", prediction=None)
        due = deadline(definition, week, started)
        return [clock(started), clock(due), clock(received), duration(record.duration)]

    rows = [row(_OPEN_LONG, _NINE, _NINE + limit * 3 // 5 // 1000 * 1000)]
    if grace:
        rows.append(row(_OPEN_LONG, _NINE, _NINE + limit + min(5_000, grace)))
    end = _ENDS_AT_TEN.closes
    rows.append(row(_ENDS_AT_TEN, end - min(1_000, limit), end + min(3_000, grace)))
    if definition.paper.overdue == "submit_saved":
        opened = Opened(1, _NINE, "0" * 16, "B", None, 1)
        record = overdue_record(definition, _OPEN_LONG, opened, lambda *_: 1)
        never = Said("không nộp, đã lưu câu trả lời", "never, answers saved")
        rows.append(
            [clock(_NINE), clock(deadline(definition, _OPEN_LONG, _NINE)), never, duration(record.duration)]
        )
    return [
        example(
            f"các bài sau; bài có hạn nộp 10:00:00 được bắt đầu ngay trước khi {word} đóng.",
            f"these papers; the one with the deadline 10:00:00 was begun just before the end of the {word_en}.",
        ),
        table(
            [
                ("Bắt đầu", "Begun"),
                ("Hạn nộp", "Deadline"),
                ("Nhận bài nộp", "Received"),
                ("Thời gian làm bài (phút:giây)", "Duration (minutes:seconds)"),
            ],
            rows,
            "cccc",
        ),
    ]


def of_predictions(definition: Definition) -> Article:
    title = Said("Câu dự đoán", "The prediction")
    prediction = definition.prediction
    word, word_en = period(definition)
    if prediction is None:
        return Article(title, (clause("Cuộc thi không có câu dự đoán.", "There is no prediction."),))
    perfect, perfect_en = "", ""
    if definition.paper.min_duration:
        shortest = span_in_words(definition.paper.min_duration)
        perfect = f", không nhanh hơn {shortest.vi}"
        perfect_en = f" that took at least {shortest.en}"
    target = {
        "perfect_people": Said(
            f"số người có ít nhất một bài được tính đúng tất cả {definition.paper.questions} câu trong "
            f"{word}{perfect}",
            f"the number of people with at least one counted paper of the {word_en} with all "
            f"{definition.paper.questions} right{perfect_en}",
        ),
        "people": Said(f"số người dự thi trong {word}", f"the number of people who took part in the {word_en}"),
        "attempts": Said(f"số bài được tính trong {word}", f"the number of counted papers of the {word_en}"),
    }[prediction.target]
    return Article(
        title,
        (
            clause(
                f"Mỗi bài có câu dự đoán, không bắt buộc trả lời: “{escape(prediction.question)}”",
                f"Each paper asks a prediction, which may be left out: “{escape(prediction.question)}”",
            ),
            clause(
                f"<b>Đáp số</b> là {target.vi}. Người bị hủy kết quả bằng hình thức không xét giải vẫn được "
                f"đếm. Khi {word} còn mở, hệ thống không công bố số liệu nào có thể suy ra đáp số.",
                f"<b>The answer</b> is {target.en}. People who are annulled to win nothing are still counted. "
                f"While the {word_en} is open, nothing is published that tells it.",
            ),
            *_which_counts(definition),
            clause(
                "<b>Chênh lệch</b> là giá trị tuyệt đối của hiệu giữa số dự đoán và đáp số; càng nhỏ càng tốt, "
                "cao hơn hay thấp hơn như nhau. Không dự đoán thì xếp sau mọi chênh lệch.",
                "<b>The error</b> is the absolute difference from the answer; smaller is better, above and "
                "below alike. Without a prediction a paper stands behind all errors.",
            ),
            example(
                f"đáp số là 1.000. Dự đoán 980 chênh lệch {whole(abs(980 - 1000))}, dự đoán 1.030 chênh lệch "
                f"{whole(abs(1030 - 1000))}: người dự đoán 980 xếp trước.",
                "the answer is 1,000. 980 has an error of 20 and 1,030 one of 30: 980 stands first.",
            ),
        ),
    )


def _which_counts(definition: Definition) -> list[Block]:
    word, word_en = period(definition)
    if not definition.one_prediction:
        return [
            clause(
                "Mỗi bài có số dự đoán riêng, chỉ xét cho bài đó.",
                "Each paper has its own prediction, for that paper alone.",
            )
        ]
    papers = [
        _predicted(1, 500, counted=False),
        _predicted(2, 700, counted=True),
        _predicted(3, 650, counted=True),
    ]
    counts = whole(counted_prediction(papers) or 0)
    return [
        clause(
            f"Mỗi người có <b>một số dự đoán cho cả {word}</b>: số đã ghi ở bài được tính có số thứ tự nhỏ "
            f"nhất trong những bài có dự đoán. Số đó xét cho mọi bài của người đó trong {word}; số ghi ở các "
            "bài sau không xét.",
            f"Each person has <b>one prediction for the whole {word_en}</b>: that of the counted paper with "
            "the lowest number that has one. It holds for all papers of the person; later ones do not count.",
        ),
        example(
            "bài thứ nhất dự đoán 500 nhưng không được tính, bài thứ hai dự đoán 700, bài thứ ba dự đoán "
            f"650: số dự đoán của người đó là {counts}.",
            "the first paper says 500 and is not counted, the second 700, the third 650: the prediction is "
            f"{counts}.",
        ),
    ]


def _predicted(number: int, prediction: int, *, counted: bool) -> Finished:
    return Finished(number, 0, 1, 0, 1, prediction, "", "B", "" if counted else "x")
