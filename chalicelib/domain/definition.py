"""The contest definition (``contest.toml``) as checked values, and the calendar that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from chalicelib.domain.checked_values import (
    Duration,
    Moment,
    Share,
    Switch,
    Text,
    known_zone,
    positive,
    start_of_contest,
    web_address,
)
from chalicelib.domain.colours import colour
from chalicelib.domain.identity_provider import Identity, Proof
from chalicelib.domain.times import rfc3339, span_ms, to_ms
from chalicelib.domain.units import Level

# A duration has 32 bits in an attempt's record (``domain/attempt.py``), in milliseconds.
LONGEST_MS = 1 << 32
CategoryName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,29}$")]
RankingField = Literal["score", "prediction", "duration", "submitted", "attempts"]


class _Table(BaseModel):
    """A table of ``contest.toml``; unknown keys are refused so that a typo is never ignored."""

    # All tables are built at once on first use: half the time of building each on its own.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Colours(_Table):
    """The organiser's; the page's other shades are made of ``brand``."""

    brand: Annotated[str, AfterValidator(colour)]


class Contest(_Table):
    """``portal``: the address of the organiser's own site, to which the page links back."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title: Text
    title_en: str = ""
    organiser: Text
    organiser_en: str = ""
    hotline: Text
    timezone: Annotated[str, AfterValidator(known_zone)] = "Asia/Ho_Chi_Minh"
    start: Annotated[datetime | Literal["now"], BeforeValidator(start_of_contest)]
    weeks: Annotated[int, Field(strict=True, ge=1, le=53)]
    week_length: Duration = timedelta(days=7)
    pause: Duration = timedelta(minutes=15)
    period: Literal["tuần", "đợt", "kỳ"] = "tuần"
    grace: Duration = timedelta(seconds=10)
    settle: Duration = timedelta(seconds=60)
    complaints: Duration = timedelta(days=3)
    colours: Colours | None = None
    portal: Annotated[str, Field(max_length=200), AfterValidator(web_address)] = ""

    @model_validator(mode="before")
    @classmethod
    def _pause_not_gap(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and "gap" in raw:
            raise ValueError(
                'gap: mục này không còn; hãy bỏ gap và ghi pause = "PT15M": '
                "mỗi tuần, từ tuần 2, mở muộn hơn chừng ấy sau khi tuần trước đóng"
            )
        return raw


class CalendarRow(_Table):
    """How a week differs from the dates of ``[contest]``; a cancelled one belongs to no set of weeks."""

    week: Annotated[int, Field(strict=True, ge=1, le=53)]
    opens: Moment | None = None
    closes: Moment | None = None
    title: Annotated[str, Field(max_length=200)] = ""
    cancelled: Switch = False
    reason: Annotated[str, Field(max_length=500)] = ""


class PaperRules(_Table):
    questions: Annotated[int, Field(strict=True, ge=1, le=100)] = 20
    time_limit: Annotated[Duration, AfterValidator(positive)] = timedelta(minutes=20)
    attempts_per_week: Annotated[int, Field(strict=True, ge=1, le=50)] = 10
    shuffle_options: Switch = True
    publish_bank: Switch = False
    show_score: Literal["at_once", "after_close"] | None = None
    overdue: Literal["submit_saved", "discard"] = "submit_saved"
    min_duration: Duration = timedelta(0)
    topics: dict[str, Annotated[int, Field(strict=True, ge=1)]] = {}

    @model_validator(mode="after")
    def _quota_fits(self) -> PaperRules:
        if sum(self.topics.values()) > self.questions:
            raise ValueError("topics: tổng số câu theo chủ đề vượt quá số câu của đề (questions)")
        if self.min_duration > self.time_limit:
            raise ValueError("min_duration: lớn hơn time_limit thì không bài nào đạt; hãy giảm min_duration")
        return self

    @property
    def score_at_once(self) -> bool:
        """Whether a submission tells its score; by default only where the bank is published.

        Scores give a bank that is not published away, question by question.
        """
        return self.publish_bank if self.show_score is None else self.show_score == "at_once"


class Prediction(_Table):
    target: Literal["perfect_people", "people", "attempts"] = "perfect_people"
    question: Text
    counts: Literal["first", "each"] = "first"


class Ranking(_Table):
    """``one_prize``: whether a person wins one weekly prize in the contest. ``final``: whether people are
    ranked over all weeks too.
    """

    order: tuple[RankingField, ...] = ("score", "prediction", "duration", "submitted")
    one_prize: Literal["contest", "no"] = "contest"
    final: Switch = False

    @model_validator(mode="after")
    def _each_once(self) -> Ranking:
        if not self.order or len(set(self.order)) != len(self.order):
            raise ValueError("order: cần ít nhất một tiêu chí và mỗi tiêu chí chỉ nêu một lần")
        return self


class Category(_Table):
    """People whom the contest tells apart. ``obliged``: measured against the headcount of their unit (R1).

    ``unit``: whether such a person has to name a unit, may name one, or belongs to none.
    """

    name: CategoryName
    title: Text
    title_en: str = ""
    obliged: Switch
    unit: Literal["required", "optional", "none"]

    @model_validator(mode="after")
    def _obliged_in_a_unit(self) -> Category:
        if self.obliged and self.unit != "required":
            raise ValueError(
                'unit: đối tượng bắt buộc được tính theo số người của đơn vị, hãy ghi unit = "required"'
            )
        return self


_CATEGORIES = (
    Category(
        name="mandatory",
        title="Cán bộ, công chức, viên chức, người lao động (đối tượng bắt buộc)",
        title_en="Cadre, civil servant, public employee or worker (obliged to take part)",
        obliged=True,
        unit="required",
    ),
    Category(
        name="encouraged",
        title="Công dân khác (khuyến khích)",
        title_en="Other citizen (encouraged)",
        obliged=False,
        unit="optional",
    ),
)
PrizeName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,29}$")]
PrizeCount = Annotated[int, Field(strict=True, ge=1, le=10_000)]
# Each week, or once at the end.
When = Literal["week", "final"]


class Prize(_Table):
    """An individual prize, ``count`` times; ``categories``: whose it is, everybody's if empty.

    ``verified``: of those alone whom one of these proves at the week's close, if any is named.
    """

    name: PrizeName
    title: Text
    count: PrizeCount
    when: When = "week"
    categories: tuple[CategoryName, ...] = ()
    verified: tuple[Proof, ...] = ()
    min_score: Annotated[int, Field(strict=True, ge=0, le=5_300)] = 1


class Weights(_Table):
    participation: Share
    volume: Share
    quality: Share

    @model_validator(mode="after")
    def _sum_is_one(self) -> Weights:
        if self.participation + self.volume + self.quality != 1:
            raise ValueError("weights: tổng ba trọng số phải đúng bằng 1")
        return self


class UnitScore(_Table):
    """How units compare. ``volume``: obliged people, people of all categories, or obliged people's attempts.

    ``participation_min_score``: the score that a counted attempt needs for its person to have taken part.
    """

    weights: Weights = Field(
        default_factory=lambda: Weights(
            participation=Decimal("0.5"), volume=Decimal("0.2"), quality=Decimal("0.3")
        )
    )
    volume: Literal["obliged", "people", "attempts"] = "obliged"
    participation_min_score: Annotated[int, Field(strict=True, ge=0, le=100)] = 0


class RateStep(NamedTuple):
    """The least rate of units with at most ``up_to`` obliged people; of all larger ones where it is None."""

    up_to: Annotated[int, Field(strict=True, ge=0)] | None
    rate: Share


def _steps(value: Any) -> Any:
    """``0.3`` for every unit, or ``[[50, 0.3], [100, 0.25], [0.2]]`` by the number of obliged people."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return [[None, value]]
    if not isinstance(value, list | tuple) or not all(
        isinstance(step, list | tuple) and len(step) in (1, 2) for step in value
    ):
        raise ValueError("cần một tỷ lệ, ví dụ 0.3, hoặc các mức, ví dụ [[50, 0.3], [100, 0.25], [0.2]]")
    return [[None, *step] if len(step) == 1 else step for step in value]


def _ascending(steps: tuple[RateStep, ...]) -> tuple[RateStep, ...]:
    bounds = [step.up_to for step in steps]
    below = [bound for bound in bounds[:-1] if bound is not None]
    if not bounds or bounds[-1] is not None or len(below) < len(steps) - 1 or below != sorted(set(below)):
        raise ValueError(
            "số người của các mức phải tăng dần và mức cuối chỉ ghi tỷ lệ, "
            "ví dụ [[50, 0.3], [100, 0.25], [0.2]]"
        )
    return steps


MinRate = Annotated[tuple[RateStep, ...], BeforeValidator(_steps), AfterValidator(_ascending)]


class UnitPrize(_Table):
    """A unit prize, ``count`` times, by one figure; the other fields say which units qualify.

    ``level``: whether units without a parent or units without children compete for it (``units.Level``).
    ``once``: not to a unit that has this prize of another week. ``blocs``: of these alone, if any are named.
    The bounds, included, and ``min_rate`` are of the largest number of obliged people in one week.
    ``min_people`` counts distinct people who took part, ``min_winners`` those with a week's individual prize.
    """

    name: PrizeName
    title: Text
    when: When = "week"
    count: PrizeCount = 1
    by: Literal["score", "rate", "people", "attempts", "winners"] = "score"
    once: Switch = False
    level: Level = "top"
    blocs: tuple[Text, ...] = ()
    obliged_from: Annotated[int, Field(strict=True, ge=0)] = 0
    obliged_to: Annotated[int, Field(strict=True, ge=0)] | None = None
    min_rate: MinRate = (RateStep(None, Decimal(0)),)
    min_people: Annotated[int, Field(strict=True, ge=1)] = 1
    min_winners: Annotated[int, Field(strict=True, ge=0)] = 0

    @model_validator(mode="after")
    def _can_be_won(self) -> UnitPrize:
        if self.once and self.when == "final":
            raise ValueError('once: chỉ dùng cho giải thi tuần (when = "week"); hãy bỏ once')
        if self.obliged_to is not None and self.obliged_from > self.obliged_to:
            raise ValueError("obliged_from: lớn hơn obliged_to thì không đơn vị nào được xét; hãy sửa lại")
        if self.obliged_to == 0 and self.least_rate(0):
            raise ValueError(
                "min_rate: đơn vị không có đối tượng bắt buộc thì tỷ lệ luôn bằng 0; hãy bỏ min_rate"
            )
        return self

    def least_rate(self, obliged: int) -> Decimal:
        """The least rate of a unit with so many obliged people."""
        return next(step.rate for step in self.min_rate if step.up_to is None or obliged <= step.up_to)


# The plan of 2022: a weekly prize that each unit wins once (R8), and five at the end (R9).
UNIT_PRIZES = (
    UnitPrize(name="weekly", title="Giải thi tuần", once=True),
    UnitPrize(name="final", title="Giải tập thể", when="final", count=5),
)


# What registering costs at least: nothing, little, or more than anybody would pay by the hundred.
ProofOfWork = Literal["off", "on", "high"]


class Eligibility(_Table):
    min_age: Annotated[int, Field(strict=True, ge=0, le=100)] = 15
    proof_of_work: ProofOfWork = "on"
    excluded_roles: tuple[str, ...] = ()


class Publication(_Table):
    """``smallest_group``: of how many people at least a figure about scores is published (``small_cells``)."""

    winner_names: Literal["masked", "full"] = "masked"
    lowest_units: Switch = False
    smallest_group: Annotated[int, Field(strict=True, ge=1, le=100)] = 5


class Desk(_Table):
    """``two_persons``: somebody else confirms changes of published results, keys, passwords and numbers."""

    two_persons: Switch = False


class Week(NamedTuple):
    """Week ``number`` is open in ``[opens, closes)``, both in milliseconds."""

    number: int
    opens: int
    closes: int


# How the page looks, on which nothing depends.
LOOK = ("contest.colours", "contest.portal")
# Tables that a week keeps as they were when it opened; they may change for the weeks to come.
RULES_OF_A_WEEK = ("paper", "prediction", "ranking", "prizes", "unit_prizes")
# Settings that may change at any time, because no result depends on them. What stands in neither list is frozen
# when the first week opens, so that a new setting is frozen unless somebody lists it.
FREE = frozenset(
    {
        "contest.title",
        "contest.title_en",
        "contest.organiser",
        "contest.organiser_en",
        "contest.hotline",
        "contest.period",
        "contest.complaints",
        *LOOK,
        "desk.two_persons",
        "eligibility.min_age",
        "eligibility.proof_of_work",
        "eligibility.excluded_roles",
        "publication.lowest_units",
        "publication.winner_names",
        *(f"identity.{name}" for name in Identity.model_fields),
    }
)
# Dates, and ``[[calendar]]`` with them, have rules of their own (``domain/calendar.py``).
DATES = frozenset({"contest.start", "contest.weeks", "contest.week_length", "contest.pause"})


class Definition(_Table):
    """A whole ``contest.toml``. ``start = "now"`` must be resolved before the calendar is used."""

    contest: Contest
    calendar: tuple[CalendarRow, ...] = ()
    paper: PaperRules = Field(default_factory=PaperRules)
    prediction: Prediction | None = None
    ranking: Ranking = Field(default_factory=Ranking)
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=6)] = _CATEGORIES
    prizes: tuple[Prize, ...] = ()
    unit_score: UnitScore = Field(default_factory=UnitScore)
    unit_prizes: tuple[UnitPrize, ...] = UNIT_PRIZES
    eligibility: Eligibility = Field(default_factory=Eligibility)
    identity: Identity = Field(default_factory=Identity)
    publication: Publication = Field(default_factory=Publication)
    desk: Desk = Field(default_factory=Desk)

    @model_validator(mode="after")
    def _prize_names_differ(self) -> Definition:
        for table, prizes in (("prizes", self.prizes), ("unit_prizes", self.unit_prizes)):
            if len({prize.name for prize in prizes}) != len(prizes):
                raise ValueError(f"{table}: mỗi giải phải có name riêng")
        return self

    @model_validator(mode="after")
    def _winners_can_be_had(self) -> Definition:
        a_week = sum(prize.count for prize in self.prizes_of("week"))
        for prize in self.unit_prizes:
            given = a_week * (self.contest.weeks if prize.when == "final" else 1)
            if prize.min_winners > given or (prize.by == "winners" and not given):
                raise ValueError(
                    f"unit_prizes: giải “{prize.name}” xét theo người đạt giải cá nhân, "
                    f"nhưng chỉ có {given} giải cá nhân; hãy giảm min_winners, đổi by hoặc thêm [[prizes]]"
                )
        return self

    @model_validator(mode="after")
    def _prizes_are_for_categories(self) -> Definition:
        names = [category.name for category in self.categories]
        if len(set(names)) != len(names):
            raise ValueError("categories: mỗi đối tượng phải có name riêng")
        for prize in self.prizes:
            for name in prize.categories:
                if name not in names:
                    raise ValueError(
                        f"prizes: giải “{prize.name}” dành cho đối tượng “{name}”, nhưng [[categories]] "
                        f"chỉ có: {', '.join(names)}"
                    )
        return self

    @model_validator(mode="after")
    def _somebody_can_be_verified(self) -> Definition:
        for prize in self.prizes:
            if "provider" in prize.verified and not self.identity.used:
                raise ValueError(
                    f"prizes: giải “{prize.name}” dành cho người đã xác thực (verified có provider), nhưng "
                    "chưa có [identity] nào xác thực; hãy ghi [identity] hoặc bỏ provider"
                )
            if "provider" in self.proofs and prize.verified == ("roster",):
                raise ValueError(
                    f"prizes: giải “{prize.name}” chỉ ghi roster, trong khi giải khác xét provider: người "
                    "có tên trong danh sách mà đã xác thực được tính là provider, nên sẽ mất giải này; hãy "
                    'ghi verified = ["provider", "roster"]'
                )
        return self

    @model_validator(mode="after")
    def _settings_agree(self) -> Definition:
        contest = self.contest
        if self.paper.time_limit > contest.week_length:
            raise ValueError("paper.time_limit: dài hơn cả tuần thi (week_length); hãy giảm time_limit")
        if self.time_limit + self.grace >= LONGEST_MS:
            raise ValueError(
                "paper.time_limit: cùng với thời gian bù (grace) phải dưới 49 ngày; hãy giảm time_limit hoặc "
                "grace"
            )
        if contest.pause and contest.pause >= contest.week_length - self.paper.time_limit:
            raise ValueError(
                "contest.pause: phải ngắn hơn week_length − time_limit, nếu không thì không kịp làm một bài "
                'trong tuần; hãy giảm pause (pause = "PT0S" là không nghỉ)'
            )
        if self.unit_score.participation_min_score > self.paper.questions:
            raise ValueError(
                f"unit_score.participation_min_score: lớn hơn số câu của đề ({self.paper.questions}) "
                "thì không ai được tính là dự thi; hãy giảm xuống"
            )
        for prize in self.prizes:
            papers = contest.weeks if prize.when == "final" else 1
            if prize.min_score > papers * self.paper.questions:
                raise ValueError(
                    f"prizes: giải “{prize.name}” cần {prize.min_score} câu đúng (min_score), "
                    f"nhưng đề chỉ có {self.paper.questions} câu"
                )
        if self.ranking.final != bool(self.prizes_of("final")):
            raise ValueError(
                'ranking.final: xếp hạng cá nhân cuối cuộc thi cần [[prizes]] có when = "final", và các giải '
                "đó cần [ranking] final = true; hãy ghi cả hai hoặc bỏ cả hai"
            )
        return self

    @model_validator(mode="after")
    def _offset_is_the_zones(self) -> Definition:
        start = self.contest.start
        moments = [] if start == "now" else [("contest.start", start)]
        for row in self.calendar:
            named = (("opens", row.opens), ("closes", row.closes))
            moments += [(f"calendar, tuần {row.week}, {name}", at) for name, at in named if at]
        for name, moment in moments:
            if moment.utcoffset() != moment.astimezone(self.zone).utcoffset():
                raise ValueError(
                    f"{name}: độ lệch {moment:%z} không phải của múi giờ {self.contest.timezone} vào lúc đó; "
                    f"hãy ghi {moment.astimezone(self.zone).isoformat()}"
                )
        return self

    @model_validator(mode="after")
    def _weeks_follow_each_other(self) -> Definition:
        numbers = [row.week for row in self.calendar]
        if len(set(numbers)) != len(numbers):
            raise ValueError("calendar: mỗi tuần chỉ một dòng")
        for number in numbers:
            if number > self.contest.weeks:
                raise ValueError(f"calendar: cuộc thi chỉ có {self.contest.weeks} tuần, không có tuần {number}")
        if self.calendar and self.contest.start != "now":
            self._check_weeks()
        return self

    def _check_weeks(self) -> None:
        if not self.weeks:
            raise ValueError("calendar: mọi tuần đều bị hủy; cuộc thi cần ít nhất một tuần")
        moved = {row.week for row in self.calendar if row.opens or row.closes}
        for week in self.weeks:
            if week.number in moved and week.closes - week.opens < self.time_limit:
                opens, closes = self.rfc3339(week.opens), self.rfc3339(week.closes)
                raise ValueError(
                    f"calendar: tuần {week.number} mở {opens}, đóng {closes}: ngắn hơn thời gian làm một bài "
                    "(time_limit); hãy sửa opens hoặc closes"
                )
        for before, week in pairwise(self.weeks):
            if week.opens < before.closes:
                opens, closes = self.rfc3339(week.opens), self.rfc3339(before.closes)
                raise ValueError(
                    f"calendar: tuần {week.number} mở {opens}, trước khi tuần {before.number} đóng ({closes}); "
                    f"hãy lùi cả giờ mở của tuần {week.number} trong cùng tệp"
                )

    def resolved(self, now: datetime) -> Definition:
        """The same definition with ``start = "now"`` replaced by ``now``, cut to the second.

        Raises ``ValidationError`` if the calendar does not fit this start.
        """
        if self.contest.start != "now":
            return self
        start = now.replace(microsecond=0).astimezone(self.zone)
        return self._with(contest=self.contest.model_copy(update={"start": start}))

    def with_calendar(self, rows: Mapping[int, CalendarRow]) -> Definition:
        """The same definition where ``rows``, by week, replace those of their weeks.

        Raises ``ValidationError`` if they contradict each other or the other dates.
        """
        calendar = {**{row.week: row for row in self.calendar}, **rows}
        return self._with(calendar=tuple(calendar[number] for number in sorted(calendar))) if rows else self

    def _with(self, **changed: Any) -> Definition:
        """A new object, not a copy: a copy would keep the cached calendar, and would not be checked."""
        return Definition(**{**{name: getattr(self, name) for name in type(self).model_fields}, **changed})

    def under_rules_of(self, other: Definition) -> Definition:
        """This contest with the rules of ``other`` that a begun week keeps (``RULES_OF_A_WEEK``)."""
        kept = {name: getattr(other, name) for name in RULES_OF_A_WEEK}
        if all(getattr(self, name) == value for name, value in kept.items()):
            return self
        # A new object, not a copy: a copy would keep the cached calendar. Not checked: a begun week's paper and
        # dates set later were never meant to fit together.
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Definition.model_construct(**{**fields, **kept})

    def frozen(self) -> dict[str, object]:
        """What nobody may change once the first week has opened, by path (``unit_score.weights``)."""
        settings = {
            f"{table}.{name}": getattr(getattr(self, table), name)
            for table in type(self).model_fields
            if table not in (*RULES_OF_A_WEEK, "calendar", "categories")
            for name in type(getattr(self, table)).model_fields
        }
        return {path: value for path, value in settings.items() if path not in FREE | DATES} | {
            "ranking.one_prize": self.ranking.one_prize,
            "ranking.final": self.ranking.final,
            "prizes.final": self.prizes_of("final"),
            "categories": [category.model_dump(exclude={"title", "title_en"}) for category in self.categories],
            "unit_prizes.final": self.unit_prizes_of("final"),
        }

    def prizes_of(self, when: When) -> tuple[Prize, ...]:
        """The individual prizes of each week, or those of the end, in order."""
        return tuple(prize for prize in self.prizes if prize.when == when)

    def unit_prizes_of(self, when: When) -> tuple[UnitPrize, ...]:
        """Those of each week, or those of the end, in order."""
        return tuple(prize for prize in self.unit_prizes if prize.when == when)

    @property
    def proofs(self) -> frozenset[Proof]:
        """What some prize asks people to be verified by."""
        return frozenset(proof for prize in self.prizes for proof in prize.verified)

    @property
    def one_prediction(self) -> bool:
        """Whether one prediction counts for all attempts of a person in a week."""
        return self.prediction is not None and self.prediction.counts == "first"

    def category(self, name: str) -> Category | None:
        """The category of this name."""
        return next((category for category in self.categories if category.name == name), None)

    @cached_property
    def obliged(self) -> frozenset[str]:
        """The names of the obliged categories."""
        return frozenset([category.name for category in self.categories if category.obliged])

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.contest.timezone)

    @cached_property
    def time_limit(self) -> int:
        """Milliseconds."""
        return span_ms(self.paper.time_limit)

    @cached_property
    def grace(self) -> int:
        """Milliseconds."""
        return span_ms(self.contest.grace)

    @cached_property
    def start(self) -> int:
        """Where the calendar counts from, in milliseconds."""
        if self.contest.start == "now":
            raise ValueError('start = "now" is not resolved yet')
        return to_ms(self.contest.start)

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks that are held: ``closes_k = start + k·length``; ``opens_k = closes_(k-1)``, plus ``pause``
        for k > 1 (R6). Rows of ``calendar`` replace single moments, and cancel weeks.
        """
        start = self.start
        length, pause = span_ms(self.contest.week_length), span_ms(self.contest.pause)
        weeks = []
        for k in range(1, self.contest.weeks + 1):
            row = self._rows.get(k)
            if row is None or not row.cancelled:
                opens, closes = start + (k - 1) * length + (pause if k > 1 else 0), start + k * length
                if row is not None:
                    opens = to_ms(row.opens) if row.opens else opens
                    closes = to_ms(row.closes) if row.closes else closes
                weeks.append(Week(k, opens, closes))
        return tuple(weeks)

    @cached_property
    def _rows(self) -> dict[int, CalendarRow]:
        return {row.week: row for row in self.calendar}

    @cached_property
    def _by_number(self) -> dict[int, Week]:
        return {week.number: week for week in self.weeks}

    def week(self, number: int) -> Week | None:
        """Week ``number``, or None if the contest has no such week, or has cancelled it."""
        return self._by_number.get(number)

    def week_after(self, number: int) -> Week | None:
        """The first week behind week ``number`` that is held."""
        return next((week for week in self.weeks if week.number > number), None)

    def reason_of(self, number: int) -> str | None:
        """Why the week's dates are not the usual ones, or why it is cancelled."""
        row = self._rows.get(number)
        return row.reason if row and row.reason else None

    @property
    def cancelled(self) -> list[int]:
        """The weeks that are not held."""
        return [row.week for row in self.calendar if row.cancelled]

    def own_title(self, number: int) -> str | None:
        row = self._rows.get(number)
        return row.title if row and row.title else None

    def title_of(self, number: int) -> str:
        """What a week is called: its own title, else “Tuần 3”."""
        return self.own_title(number) or f"{self.contest.period.capitalize()} {number}"

    def mention(self, number: int) -> str:
        """The same inside a sentence: “tuần 3”."""
        return self.own_title(number) or f"{self.contest.period} {number}"

    def week_at(self, now: int) -> Week | None:
        """The week that is open at ``now``: ``opens ≤ now < closes``."""
        return next((week for week in self.weeks if week.opens <= now < week.closes), None)

    def week_in_view(self, now: int) -> Week:
        """The week that matters to a visitor: the open one, else the next to open, else the last."""
        return next((week for week in self.weeks if now < week.closes), self.weeks[-1])

    def next_change(self, now: int) -> int | None:
        """The next opening or closing of a week, or None after the last."""
        moments = (moment for week in self.weeks for moment in (week.opens, week.closes))
        return min((moment for moment in moments if moment > now), default=None)

    def ready_to_close(self, now: int) -> list[Week]:
        """Weeks whose last submission has surely arrived: ``closes + grace + settle ≤ now``."""
        wait = self.grace + span_ms(self.contest.settle)
        return [week for week in self.weeks if week.closes + wait <= now]

    def tells_score(self, number: int, now: int) -> bool:
        """Whether people may know their scores of week ``number``, whose rules these are.

        From the moment at which the week may be closed, published or not: by then no paper of the week can be
        handed in, and asking for the publication would cost a read.
        """
        return self.paper.score_at_once or self.is_over(number, now)

    def tells_keys(self, number: int, now: int) -> bool:
        """Whether people may know the keys of their own papers of week ``number``, whose rules these are.

        A bank that is not published may be asked again: its keys stay secret until the last week is over.
        """
        until = number if self.paper.publish_bank else self.weeks[-1].number
        return self.is_over(number, now) and self.is_over(until, now)

    def is_over(self, number: int, now: int) -> bool:
        """Whether week ``number`` may be closed: rulings count, and people may know of them."""
        return any(week.number == number for week in self.ready_to_close(now))

    def rfc3339(self, instant: int) -> str:
        return rfc3339(instant, self.zone)
