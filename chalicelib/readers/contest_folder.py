"""Reads a whole contest folder: definition, questions, units, rosters, exclusions, guide.

A folder is never taken over in part: ``read_files`` returns a ``ContestFolder`` or raises ``ContestFaults``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from chalicelib.documents.plain_file import PlainFile
from chalicelib.domain.attempt import WRITE_UNIT, largest_entry
from chalicelib.domain.bank import Question, paired
from chalicelib.domain.definition import Definition
from chalicelib.domain.pictures import BOUNDS, Picture, PictureKind
from chalicelib.domain.shortages import shortages
from chalicelib.domain.units import Unit, added_up, of_level
from chalicelib.readers.contest_files import (
    FILES,
    KINDS,
    UNIT_ROSTER,
    misnamed,
    missing_kinds,
    replaced,
)
from chalicelib.readers.contest_tables import (
    Exclusion,
    File,
    ReadQuestion,
    RosterRow,
    counted_units,
    read_exclusions,
    read_questions,
    read_rosters,
    read_units,
    rosters_file,
)
from chalicelib.readers.pictures import picture_of
from chalicelib.readers.questions.appraisal import Appraised, has_lapsed
from chalicelib.readers.tables import ContestFaults, Fault, Faults


@dataclass(frozen=True, slots=True)
class ContestFolder:
    """A checked contest as in its files; ``questions`` holds the approved ones, the others are only counted.

    ``lapsed``: the ids of those that count as drafts since their text is not the one that was appraised;
    ``appraised``: of the approved ones, the text that was, by the name of the appraisal; ``appraised_on``: by
    the line, when. ``guide`` is HTML. ``pictures``: the
    organiser's, with their content.

    ``warnings``: what somebody should look at, although the contest can be held as it is.
    """

    definition: Definition
    questions: tuple[Question, ...]
    drafts: int
    units: tuple[Unit, ...]
    rosters: tuple[RosterRow, ...]
    exclusions: tuple[Exclusion, ...]
    guide: str
    pictures: Mapping[PictureKind, tuple[Picture, bytes]] = field(default_factory=dict)
    questions_file: str = "questions.csv"
    warnings: tuple[Fault, ...] = ()
    lapsed: tuple[str, ...] = ()
    appraised: Mapping[str, str] = field(default_factory=dict)
    appraised_on: Mapping[int, date] = field(default_factory=dict)


def read_files(
    files: Mapping[str, PlainFile], appraised: Mapping[str, str] = MappingProxyType({})
) -> ContestFolder:
    """Raises ``ContestFaults`` with every fault that can be found in one go.

    ``appraised``: what was appraised so far, as ``ContestFolder`` has it.
    """
    folder = _read(files, missing_kinds(files), appraised)
    assert folder is not None  # noqa: S101  a folder with missing files has been refused
    return folder


def check_files(files: Mapping[str, PlainFile]) -> None:
    """Checks a folder that is not complete yet. Raises ``ContestFaults`` for faults in the files it has."""
    _read(files, [], {})


def _read(
    files: Mapping[str, PlainFile], missing: list[str], appraised: Mapping[str, str]
) -> ContestFolder | None:
    faults = Faults(
        Fault(KINDS[kind][0], 0, "", "", "thiếu tệp này trong thư mục cuộc thi") for kind in missing
    )
    by_kind: dict[str, File] = {}
    for name in sorted(files):
        kind = FILES.get(name)
        if kind is None:
            faults.append(misnamed(name))
        elif kind in by_kind:
            message = f"đã có {by_kind[kind].name}: mỗi loại chỉ giữ một tệp; các tệp là: {', '.join(FILES)}"
            faults.append(Fault(name, 0, "", "", message))
        else:
            by_kind[kind] = File(name, files[name])
    if faults:
        raise ContestFaults(faults)
    folder = _parse(by_kind, appraised, faults)
    if faults:
        raise ContestFaults(faults)
    return folder


def _parse(files: Mapping[str, File], known: Mapping[str, str], faults: list[Fault]) -> ContestFolder | None:
    """Parses the files that are there and adds their faults; None if the contest is not complete."""
    toml, bank = files.get("contest"), files.get("questions")
    definition = toml.definition(faults) if toml else None
    everything = read_questions(bank, definition, faults) if bank else []
    lapsed = [one for one in everything if one.appraised and has_lapsed(one.appraised, known)]
    gone = {one.question.id for one in lapsed}
    approved = [one for one in everything if one.status == "approved" and one.question.id not in gone]
    appraisals = [one.appraised for one in approved if one.appraised]
    questions = paired(one.question for one in approved)
    units = tuple(read_units(files["units"], faults)) if "units" in files else ()
    warnings: list[Fault] = []
    codes = {unit.code for unit in units}
    rosters = tuple(read_rosters(files.get("rosters"), codes, definition, faults, warnings))
    if definition and units:
        faults += _unknown_blocs(definition, units)
    exclusions = tuple(read_exclusions(files.get("exclusions"), definition, faults))
    guide = files["guide"].text(faults) if "guide" in files else ""
    pictures = _pictures(files, faults)
    if faults or definition is None or bank is None or not units:
        return None
    faults += [Fault(bank.name, 0, "", "", missing) for missing in shortages(questions, definition)]
    drafts = len(everything) - len(approved)
    return ContestFolder(
        definition,
        questions,
        drafts,
        units,
        rosters,
        exclusions,
        guide,
        pictures,
        bank.name,
        (
            *warnings,
            *_unappraised(bank.name, lapsed, known, appraisals),
            *_warnings(definition, units, rosters),
            *_samples(definition, guide),
        ),
        tuple(one.question.id for one in lapsed),
        {one.name: one.text for one in appraisals},
        {one.line: one.on for one in appraisals},
    )


def _samples(definition: Definition, guide: str) -> Iterator[Fault]:
    """What a shipped example tells everybody, and a real contest must not."""
    hotline = definition.contest.hotline
    if "0000000" in "".join(filter(str.isdigit, hotline)):
        message = "trông như số mẫu: trang nào cũng chỉ người dự thi gọi số này, hãy ghi số thật"
        yield Fault("contest.toml", 0, "contest.hotline", hotline, message)
    if "bản mẫu" in guide:
        message = "hướng dẫn còn ghi đây là bản mẫu: hãy rà soát, sửa cho cuộc thi này rồi xóa câu ấy"
        yield Fault("guide.md", 0, "", "bản mẫu", message)


def _unappraised(
    file: str, lapsed: Sequence[ReadQuestion], known: Mapping[str, str], appraisals: Sequence[Appraised]
) -> Iterator[Fault]:
    """What is asked no more until it is appraised again, and a bank that tells nothing of it any more."""
    for one in lapsed:
        assert one.appraised is not None  # noqa: S101  what has lapsed was one
        message = (
            "nội dung, phương án, đáp án hoặc căn cứ của câu này đã sửa sau khi thẩm định nên câu được coi là "
            "draft, không đưa vào đề: hãy thẩm định lại rồi ghi người hoặc ngày thẩm định mới"
        )
        yield Fault(file, one.appraised.line, "appraised_on", one.question.id, message)
    if known and not appraisals and not lapsed:
        message = (
            "bộ câu hỏi trước có ghi ai biên soạn, ai thẩm định từng câu, bộ này không: nếu không phải chủ ý, "
            "hãy gửi lại với các cột written_by, written_on, appraised_by, appraised_on"
        )
        yield Fault(file, 0, "appraised_by", "", message)


def _pictures(files: Mapping[str, File], faults: list[Fault]) -> dict[PictureKind, tuple[Picture, bytes]]:
    sent = [(kind, files[kind]) for kind in BOUNDS if kind in files]
    told = [(kind, file.name, file.text(faults)) for kind, file in sent]
    return {kind: picture_of(name, url) for kind, name, url in told if url}


def with_unit_roster(
    files: Mapping[str, PlainFile], file: str, plain: PlainFile, warnings: list[Fault]
) -> dict[str, PlainFile]:
    """``files`` with one unit's own list (``rosters-<code>.xlsx``) in place of that unit's rows.

    A citizen who stands on another unit's roster is left out with a warning, until that roster drops them.
    Raises ``ContestFaults`` for the list's own faults; ``files`` are not checked.
    """
    found, faults = UNIT_ROSTER.fullmatch(file), Faults()
    assert found is not None  # noqa: S101  the caller has looked at the name
    by_kind = {FILES[name]: File(name, content) for name, content in files.items() if name in FILES}
    units, toml = by_kind.get("units"), by_kind.get("contest")
    if units is None or toml is None:
        message = "chưa có danh sách đơn vị hoặc contest.toml: hãy gửi hai tệp này trước"
        raise ContestFaults([Fault(file, 0, "", "", message)])
    codes = {unit.code for unit in read_units(units, [])}
    definition = toml.definition([])
    if found[1] not in codes:
        message = "không có mã đơn vị này trong danh sách đơn vị (units): hãy sửa tên tệp"
        raise ContestFaults([Fault(file, 0, "", found[1], message)])
    mine = read_rosters(File(file, plain), codes, definition, faults, warnings, of=found[1])
    if faults:
        raise ContestFaults(faults)
    others = [
        row
        for row in read_rosters(by_kind.get("rosters"), codes, definition, [], [])
        if row.unit_code != found[1]
    ]
    elsewhere = {row.participant_id or row.citizen_id: row.unit_code for row in others}
    kept = []
    for row in mine:
        person = row.participant_id or row.citizen_id
        if person in elsewhere:
            message = (
                "người này không được nhận, những người khác vẫn được nhận: đang có trong danh sách của đơn vị "
                f"{elsewhere[person]}; khi đơn vị đó bỏ tên trong danh sách của mình thì gửi lại tệp này"
            )
            warnings.append(Fault(file, 0, "citizen_id", row.full_name, message))
        else:
            kept.append(row)
    return replaced(files, KINDS["rosters"][0], rosters_file([*others, *kept]))


def _warnings(definition: Definition, units: Sequence[Unit], rosters: Sequence[RosterRow]) -> Iterator[Fault]:
    listed = {row.unit_code for row in rosters}
    claimed = [prize.name for prize in definition.prizes if prize.categories]
    unlisted = [unit.code for unit in units if unit.code not in listed]
    if claimed and unlisted:
        message = (
            f"giải này trao theo đối tượng, nhưng {len(unlisted)} đơn vị chưa có danh sách người dự thi "
            "(rosters), nên đối tượng ở đó do người dự thi tự khai: hãy gửi danh sách của các đơn vị này"
        )
        yield Fault("contest.toml", 0, "prizes.categories", ", ".join(claimed)[:60], message)
    asking = [prize.name for prize in definition.prizes if "roster" in prize.verified]
    if asking and unlisted:
        message = (
            f"giải này xét người có tên trong danh sách của đơn vị, nhưng {len(unlisted)} đơn vị chưa có danh "
            "sách người dự thi (rosters), nên người của các đơn vị đó không được xét theo danh sách: hãy gửi "
            "danh sách của các đơn vị này trước khi chốt tuần"
        )
        yield Fault("contest.toml", 0, "prizes.verified", ", ".join(asking)[:60], message)
    if definition.paper.score_at_once and not definition.paper.publish_bank:
        message = (
            "bộ câu hỏi không công bố mà điểm được cho biết ngay khi nộp, nên người thi nhiều lượt dò ra được "
            'đáp án: hãy bỏ mục này hoặc ghi show_score = "after_close"'
        )
        yield Fault("contest.toml", 0, "paper.show_score", "at_once", message)
    paper = definition.paper
    largest = largest_entry(paper.attempts_per_week, paper.questions)
    if largest > WRITE_UNIT:
        message = (
            f"với đề {paper.questions} câu, ngần ấy lượt thi của một người chiếm đến {largest} byte, quá "
            f"{WRITE_UNIT} byte của một lần ghi: mỗi lần bắt đầu, lưu, nộp của người thi nhiều lượt tốn gấp "
            f"{-(-largest // WRITE_UNIT)} lần phí ghi; nếu không cần, hãy giảm số lượt"
        )
        yield Fault("contest.toml", 0, "paper.attempts_per_week", str(paper.attempts_per_week), message)
    for unit, counted in zip(units, counted_units(units, rosters, definition), strict=True):
        if (unit.headcount, unit.exempt) != (counted.headcount, counted.exempt):
            message = (
                f"tệp units ghi {unit.headcount} người phải dự thi, được miễn {unit.exempt}; danh sách của đơn "
                f"vị (rosters) có {counted.headcount}, được miễn {counted.exempt}; kết quả tính theo danh "
                "sách: hãy kiểm tra lại hai tệp"
            )
            yield Fault("units", 0, "headcount", unit.code, message)
    yield from _unreachable_sizes(definition, counted_units(units, rosters, definition))


def _unreachable_sizes(definition: Definition, units: Sequence[Unit]) -> Iterator[Fault]:
    """A fault for each unit prize whose bounds leave no unit of its level and blocs."""
    summed = added_up(units)
    for number, prize in enumerate(definition.unit_prizes):
        level = {unit.code for unit in of_level(units, prize.level)}
        sizes = sorted(
            unit.obliged
            for unit in summed
            if unit.code in level and (not prize.blocs or unit.bloc in prize.blocs)
        )
        most = prize.obliged_to if prize.obliged_to is not None else sizes[-1]
        if not any(prize.obliged_from <= size <= most for size in sizes):
            column = "obliged_from" if sizes[-1] < prize.obliged_from else "obliged_to"
            message = (
                f"không đơn vị nào được xét giải này: số người phải dự thi của các đơn vị là từ {sizes[0]} đến "
                f"{sizes[-1]}; hãy kiểm tra obliged_from, obliged_to và level"
            )
            yield Fault("contest.toml", 0, f"unit_prizes.{number}.{column}", prize.name, message)


def _unknown_blocs(definition: Definition, units: Iterable[Unit]) -> Iterator[Fault]:
    """A fault for each bloc of a unit prize that no unit of its level has."""
    told = list(units)
    for number, prize in enumerate(definition.unit_prizes):
        blocs = {unit.bloc for unit in of_level(told, prize.level)}
        some = "; ".join(bloc[:60] for bloc in sorted(blocs)[:30])
        for bloc in prize.blocs:
            if bloc not in blocs:
                message = (
                    f'không đơn vị nào của cấp này (level = "{prize.level}") trong units.csv thuộc khối này; '
                    f"các khối: {some}"
                )
                yield Fault("contest.toml", 0, f"unit_prizes.{number}.blocs", bloc, message)
