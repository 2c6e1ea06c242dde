"""Who takes part, how results are published, and what may change."""

from __future__ import annotations

from html import escape

from chalicelib.domain.definition import Category, Definition
from chalicelib.domain.identity_provider import Identity
from chalicelib.domain.person import masked_name
from chalicelib.reports.rules.words import (
    Article,
    Block,
    Said,
    clause,
    period,
    points,
    span_in_words,
    table,
)

_UNIT = {
    "required": Said("bắt buộc chọn một đơn vị", "has to name a unit"),
    "optional": Said("chọn hoặc không chọn đơn vị", "may name a unit"),
    "none": Said("không thuộc đơn vị nào", "belongs to no unit"),
}


def of_participants(definition: Definition) -> Article:
    eligibility = definition.eligibility
    if eligibility.min_age:
        age = (
            f"Công dân từ đủ {eligibility.min_age} tuổi vào ngày đăng ký được dự thi.",
            (
                f"Citizens who are at least {eligibility.min_age} years old on the day of registration may "
                "take part."
            ),
        )
    else:
        age = ("Công dân ở mọi lứa tuổi được dự thi.", "Citizens of every age may take part.")
    proof = {
        "off": (
            " Việc đăng ký không có bước ngăn đăng ký hàng loạt bằng máy.",
            " Registration has no step against automatic registration.",
        ),
        "on": (
            " Khi đăng ký, thiết bị tự giải một phép tính ngắn để ngăn việc đăng ký hàng loạt bằng máy.",
            " At registration the device solves a short computation, against automatic registration.",
        ),
        "high": (
            " Khi đăng ký, thiết bị tự giải một phép tính dài để ngăn việc đăng ký hàng loạt bằng máy.",
            " At registration the device solves a long computation, against automatic registration.",
        ),
    }[eligibility.proof_of_work]
    return Article(
        Said("Người dự thi", "Participants"),
        (
            clause(
                f"{age[0]} Mỗi người đăng ký một lần bằng số căn cước công dân của mình.{proof[0]}",
                f"{age[1]} Each person registers once, with their own citizen id.{proof[1]}",
            ),
            clause(
                "Khi đăng ký, mỗi người chọn một trong các đối tượng sau. Người thuộc đối tượng bắt buộc "
                "được tính vào tỷ lệ tham gia của đơn vị mình.",
                "Each person registers in one of these categories. People of an obliged category count in the "
                "participation rate of their unit.",
            ),
            table(
                [
                    ("Đối tượng", "Category"),
                    ("Bắt buộc dự thi", "Obliged"),
                    ("Đơn vị", "Unit"),
                    ("Ký hiệu trong tệp kết quả", "Name in the files"),
                ],
                [_category(category) for category in definition.categories],
                "lclc",
            ),
            *_identity(definition.identity),
            _rosters(definition),
            *_excluded(definition),
        ),
    )


def _identity(identity: Identity) -> list[Block]:
    if not identity.used:
        return []
    title = escape(identity.title)
    if not identity.require:
        way = (
            f"Người dự thi có thể đăng ký bằng tài khoản {title} để được xác thực.",
            f"People may register with their {title} account and are verified by it.",
        )
    elif identity.fallback == "unverified":
        way = (
            (
                f"Người dự thi đăng ký bằng tài khoản {title} để được xác thực. Chỉ trong lúc hệ thống đó gián "
                "đoạn mới đăng ký được mà không xác thực, và điều này được ghi bên tên người đăng ký."
            ),
            (
                f"People register with their {title} account and are verified by it. Only while that system is "
                "down can people register without, which is marked beside their names."
            ),
        )
    else:
        way = (
            f"Người dự thi chỉ đăng ký được bằng tài khoản {title}, và được xác thực bằng tài khoản đó.",
            f"People can only register with their {title} account, and are verified by it.",
        )
    return [
        clause(
            f"{way[0]} Việc xác thực làm một lần khi đăng ký; những lần sau đăng nhập bằng mật khẩu. Người đã "
            "xác thực nhận lại số căn cước của mình nếu người khác đã đăng ký số đó mà không xác thực; những "
            "gì người kia đã làm không được tính.",
            f"{way[1]} This is done once, at registration; later sign-ins take a password. A verified person "
            "gets back their citizen id if somebody unverified has registered it; what that person did is not "
            "counted.",
        )
    ]


def _category(category: Category) -> list[Said | str]:
    title, title_en = escape(category.title), escape(category.title_en or category.title)
    return [
        Said(title, title_en),
        Said("có", "yes") if category.obliged else Said("không", "no"),
        _UNIT[category.unit],
        f"<code>{category.name}</code>",
    ]


def _rosters(definition: Definition) -> Block:
    others = [category for category in definition.categories if not category.obliged]
    if not definition.obliged:
        return clause(
            "Danh sách do đơn vị gửi Ban Tổ chức, nếu có, quyết định người nào thuộc đơn vị nào.",
            "Where a unit has sent a list of its people, that list decides who belongs to it.",
        )
    if others:
        moved = (
            f"được xếp vào đối tượng “{escape(others[0].title)}”",
            f"is put into the category “{escape(others[0].title_en or others[0].title)}”",
        )
    else:
        moved = ("giữ đối tượng đã chọn nhưng không tính là bắt buộc", "keeps the category and is not obliged")
    return clause(
        "Nếu đơn vị có gửi Ban Tổ chức danh sách người của mình thì danh sách quyết định đơn vị và đối tượng "
        "của người có tên, dù khi đăng ký người đó chọn khác. Người tự nhận thuộc đối tượng bắt buộc của một "
        f"đơn vị có danh sách mà không có tên trong đó thì {moved[0]}. Người được miễn mà vẫn dự thi được "
        "tính là đối tượng khác của đơn vị. Đơn vị có danh sách thì số người thuộc đối tượng bắt buộc là số "
        "người có tên trong danh sách mà không được miễn.",
        "Where a unit has sent a list of its people, the list decides unit and category of those on it, "
        "whatever they chose at registration. Who claims an obliged category in a unit with a list and is "
        f"not on it {moved[1]}. Exempt people who take part are other people of the unit. A unit with a list "
        "has as many obliged people as are on it and not exempt.",
    )


def _excluded(definition: Definition) -> list[Block]:
    roles = definition.eligibility.excluded_roles
    if roles:
        who = ("Những người sau không được dự thi:", "These people may not take part:")
    else:
        who = (
            "Người có tên trong danh sách không được dự thi do Ban Tổ chức lập thì không được dự thi.",
            "Who is on the organisers' list of excluded people may not take part.",
        )
    return [
        clause(*who),
        *points([Said(escape(role), escape(role)) for role in roles]),
        clause(
            "Người không được dự thi thì không đăng ký, không đăng nhập được và không được xếp hạng, kể cả "
            "khi được đưa vào danh sách sau khi đã dự thi. Người mà danh sách của Ban Tổ chức ghi là không "
            "xét giải thì được dự thi nhưng không được xếp hạng, không được xét giải.",
            "Excluded people can neither register nor sign in, and are not ranked, even where they join the "
            "list later. Whom the organisers' list gives as “no prize” may take part, and is neither ranked "
            "nor awarded.",
        ),
    ]


def of_results(definition: Definition) -> Article:
    word, word_en = period(definition)
    contest, publication = definition.contest, definition.publication
    grace, settle, complaints = (
        span_in_words(span) for span in (contest.grace, contest.settle, contest.complaints)
    )
    two = ("", "")
    if definition.desk.two_persons:
        two = (
            " Sửa kết quả đã công bố, đáp án, mật khẩu, trả lại số căn cước: một người gửi, người khác duyệt.",
            " Published results, keys, passwords and whose a number is: one person sends, another confirms.",
        )
    name = "Nguyễn Văn An"
    if publication.winner_names == "masked":
        names = (
            (
                f"Họ tên người đạt giải trên trang và trong thông báo được che bớt, ví dụ “{name}” được ghi là "
                f"“{masked_name(name)}”."
            ),
            (
                f"Winners' names are masked on the site and in announcements: “{name}” is written "
                f"“{masked_name(name)}”."
            ),
        )
    else:
        names = (
            "Họ tên người đạt giải trên trang và trong thông báo được ghi đầy đủ.",
            "Winners' names are published in full.",
        )
    if publication.lowest_units:
        lowest = (
            "Thông báo kết quả nêu tên các đơn vị có tỷ lệ dự thi thấp nhất.",
            "Announcements name the units with the lowest participation.",
        )
    else:
        lowest = (
            "Thông báo kết quả không nêu tên các đơn vị có tỷ lệ dự thi thấp.",
            "Announcements do not name units with low participation.",
        )
    return Article(
        Said("Chốt và công bố kết quả", "Closing and publication"),
        (
            clause(
                f"Kết quả mỗi {word} được phần mềm chốt tự động sớm nhất {grace.vi} (thời gian nhận bài nộp "
                f"muộn) cộng {settle.vi} sau khi {word} đóng, rồi công bố là kết quả tạm thời. Kết quả toàn "
                f"cuộc thi được chốt sau khi chốt {word} cuối. Cùng một dữ liệu luôn cho cùng một kết quả.",
                f"The software closes each {word_en} by itself, at the earliest {grace.en} (for late papers) "
                f"plus {settle.en} after its end, and publishes the result as provisional. The whole contest "
                f"is closed after the last {word_en}. The same data always give the same result.",
            ),
            clause(
                f"Khiếu nại về kết quả gửi đến đường dây nóng trong {complaints.vi} kể từ khi kết quả được "
                "công bố. Hết thời hạn đó (sớm hơn thì phải nêu lý do), kết quả được công nhận bằng quyết "
                "định có số và ngày ghi trên trang; kết quả cả Cuộc thi được công nhận sau cùng. Kết quả đã "
                f"công nhận chỉ thay đổi sau khi việc công nhận được thu hồi kèm lý do.{two[0]}",
                f"Complaints about a result go to the hotline within {complaints.en} of its publication. "
                "After that (earlier with a reason) it is recognised by a decision, whose number and date "
                "the site shows; the result of the whole contest comes last. A recognised result changes "
                f"only after its recognition has been withdrawn, with a reason.{two[1]}",
            ),
            clause(
                f"{names[0]} Số căn cước công dân không được công khai. {lowest[0]}",
                f"{names[1]} Citizen ids are not published. {lowest[1]}",
            ),
            clause(
                f"Dữ liệu để tính lại kết quả được công bố dưới mã người dự thi, không có tên; mỗi {word} một "
                "mã, và kết thúc Cuộc thi có tệp nối các mã của cùng một người. Mỗi người giữ biên nhận của "
                "bài đã nộp và dùng nó để kiểm tra rằng bài của mình có trong dữ liệu, không bị thay đổi.",
                "The data from which results can be computed again are published under participants' codes, "
                f"without names: one for each {word_en}, and at the end a file that links those of one person. "
                "A receipt of each paper lets its owner check that it is in the data, unchanged.",
            ),
            *_of_few_people(publication.smallest_group),
        ),
    )


def _of_few_people(least: int) -> list[Block]:
    if least <= 1:
        return []
    return [
        clause(
            f"Nơi nào có ít hơn {least} người cùng đơn vị, cùng đối tượng dự thi thì dữ liệu ấy không nêu "
            f"đơn vị của họ; đơn vị có ít hơn {least} người được xét chất lượng thì không công bố chất lượng "
            "và điểm, trừ khi đạt giải. Có thể thêm đơn vị khác không được nêu để không ai suy ra được điểm "
            "của những người ấy.",
            f"Where fewer than {least} people of a unit and category take part, these data do not name their "
            f"unit; of a unit with fewer than {least} people whose quality counts, quality and score are "
            "published only if it wins. Other units may be left out too, so that nobody can work these "
            "people's scores out.",
        )
    ]


def of_changes(definition: Definition) -> Article:
    word, word_en = period(definition)
    return Article(
        Said("Vi phạm, sửa lỗi và thay đổi thể lệ", "Violations, corrections and changes"),
        (
            clause(
                "Cấm đăng ký bằng thông tin của người khác, thi hộ, dùng máy làm bài và cản trở hệ thống. "
                "Bài có dấu hiệu bất thường được lập danh sách để Ban Tổ chức xem xét; phần mềm không tự "
                "loại ai. Người bị Ban Tổ chức hủy kết quả thì không được xếp hạng và xét giải, hoặc không "
                f"được tính trong bất cứ số liệu nào, trong một số {word} hoặc cả cuộc thi, theo quyết định "
                "có lý do; người xếp sau được chuyển lên.",
                "Registering as somebody else, sitting for another, letting a machine answer and disturbing "
                "the system are forbidden. Unusual papers are listed for the organisers; the software "
                "excludes nobody. Whose result the organisers annul, with a reason, is not ranked and wins "
                f"nothing, or counts in no figure at all, in some {word_en}s or all; those behind move up.",
            ),
            clause(
                "Nếu một câu hỏi có sai sót, Ban Tổ chức kết luận công khai rằng có đáp án khác, có thêm đáp "
                "án đúng, hoặc mọi người có câu đó trong bài được tính đều được 1 điểm. Các bài liên quan "
                f"được chấm lại khi chốt {word}; đúng hết, đáp số câu dự đoán và xếp hạng được tính theo điểm "
                "mới.",
                "Where a question is faulty, the organisers rule in public that another key or further keys "
                "count, or that everybody who had it on a counted paper has the point. The papers concerned "
                f"are marked again when the {word_en} is closed; perfect papers, the prediction's answer and "
                "ranks follow.",
            ),
            clause(
                "Mọi thay đổi của một kết quả đã công bố đều có lý do, được công bố thành bản mới có số thứ "
                "tự tiếp theo và nói rõ thay bản nào; các bản trước được giữ lại.",
                "Each change of a published result has a reason and is published as a new revision that says "
                "what it replaces; earlier revisions are kept.",
            ),
            clause(
                f"Khi một {word} đã mở, câu hỏi và quy định về bài thi, câu dự đoán, xếp hạng, giải cá nhân "
                f"và giải đơn vị của {word} đó không thay đổi; thay đổi chỉ có hiệu lực cho {word} chưa mở. "
                f"Cách tính điểm đơn vị và giải cuối cuộc thi không thay đổi từ khi {word} đầu tiên mở.",
                f"Once a {word_en} is open, its questions and its rules on papers, prediction, ranking and "
                f"prizes stay; changes hold for {word_en}s to come. The unit score and the prizes of the end "
                f"stay from the opening of the first {word_en} on.",
            ),
        ),
    )
