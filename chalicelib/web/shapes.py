"""The API's answers as types: mypy checks the code against them, and they generate docs/openapi.json.

They are not needed at run time, so modules import them only for the type checker.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, Required

from pydantic import Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

ATTEMPT_ID = r"^[1-9][0-9]?-[1-9][0-9]?-[1-9][0-9]{12}-[0-9a-f]{16}$"

Instant = Annotated[
    str,
    Field(
        description="RFC 3339 with the contest's offset; milliseconds only where there are any.",
        json_schema_extra={"format": "date-time"},
        examples=["2022-08-22T08:00:00+07:00"],
    ),
]
AttemptKey = Annotated[str, Field(pattern=ATTEMPT_ID, examples=["1-2-1661130000123-00c0ffee00c0ffee"])]
ParticipantKey = Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
CategoryName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,29}$", examples=["mandatory"])]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hex.")]
WeekNumber = Annotated[int, Field(ge=1, le=53)]
AttemptNumber = Annotated[int, Field(ge=1, le=50)]
QuestionNumber = Annotated[int, Field(ge=1, le=100)]
Count = Annotated[int, Field(ge=0)]
Signature = Annotated[str, Field(pattern="^[0-9a-f]{128}$", description="Ed25519.")]
KeyId = Annotated[str, Field(pattern="^[0-9a-f]{16}$", description="Which of data/keys.json.")]
Salt = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="16 bytes in hex.")]
Milliseconds = Annotated[int, Field(ge=0, description="Milliseconds.")]
Score = Annotated[int, Field(ge=0, le=100, description="The number of right answers.")]
Revision = Annotated[
    int,
    Field(
        ge=0,
        le=1_000_000_000,
        description="Of the saved answers: milliseconds from the attempt's start to the save; "
        "grows with each save; 0 while nothing is saved.",
    ),
]
Letter = Annotated[str, Field(pattern="^[A-F]$")]
Chosen = Annotated[
    dict[Annotated[str, Field(pattern=r"^([1-9][0-9]?|100)$")], list[Letter]],
    Field(description="By question number: the keys of the chosen options as shown."),
]


Switch = Literal["starts", "registration", "sign_in"]


class Health(TypedDict):
    status: Literal["ok"]
    version: Annotated[str, Field(description="Digest of the code and its dependencies.")]
    contest: str
    bank_digest: Digest


class Week(TypedDict):
    """Open from ``opens_at`` up to but not including ``closes_at``."""

    number: WeekNumber
    title: Annotated[str | None, Field(description="Its own title, if it has one.")]
    opens_at: Instant
    closes_at: Instant
    reason: Annotated[str | None, Field(description="Why its dates were changed, if they were.")]


class CancelledWeek(TypedDict):
    """A week that is not held."""

    number: WeekNumber
    title: Annotated[str | None, Field(description="Its own title, if it has one.")]
    reason: str | None


class PaperRules(TypedDict):
    questions: QuestionNumber
    time_limit_seconds: Count
    grace_seconds: Count
    attempts_per_week: AttemptNumber
    publish_bank: Annotated[bool, Field(description="Whether data/bank.json shows the bank with its answers.")]
    show_score: Annotated[
        Literal["at_once", "after_close"], Field(description="When people are told their scores.")
    ]


class Prediction(TypedDict):
    question: str
    target: Literal["perfect_people", "people", "attempts"]


class Ranking(TypedDict):
    order: list[Literal["score", "prediction", "duration", "submitted", "attempts"]]
    one_prize: Annotated[
        Literal["contest", "no"], Field(description="Whether a person wins one weekly prize in the contest.")
    ]
    final: Annotated[bool, Field(description="Whether people are ranked over all weeks too.")]


class Category(TypedDict):
    """People whom the contest tells apart."""

    name: CategoryName
    title: str
    title_en: str
    obliged: Annotated[bool, Field(description="Measured against the headcount of the unit.")]
    unit: Annotated[
        Literal["required", "optional", "none"],
        Field(description="Whether such a person has to name a unit, may name one, or belongs to none."),
    ]


class Prize(TypedDict):
    name: str
    title: str
    count: Annotated[int, Field(ge=1)]
    when: Literal["week", "final"]
    categories: Annotated[list[CategoryName], Field(description="Whose the prize is; everybody's if empty.")]
    verified: Annotated[
        list[Literal["provider", "roster"]],
        Field(description="Only for people verified by one of these, if there is any."),
    ]
    min_score: Score


class Weights(TypedDict):
    participation: float
    volume: float
    quality: float


class UnitScore(TypedDict):
    weights: Weights
    volume: Annotated[
        Literal["obliged", "people", "attempts"],
        Field(description="Obliged people, people of all categories, or attempts of obliged people."),
    ]
    participation_min_score: Annotated[
        Score, Field(description="What one counted attempt needs for its person to have taken part.")
    ]


class RateStep(TypedDict):
    up_to: Annotated[Count | None, Field(description="So many obliged people, included; null: any more.")]
    rate: Annotated[float, Field(ge=0, le=1)]


class UnitPrize(TypedDict):
    """Given ``count`` times, each week or once at the end, to the best units that qualify."""

    name: str
    title: str
    when: Literal["week", "final"]
    count: Annotated[int, Field(ge=1)]
    by: Annotated[
        Literal["score", "rate", "people", "attempts", "winners"],
        Field(description="What units are compared by; people are distinct ones of all categories."),
    ]
    once: Annotated[bool, Field(description="Whether a unit wins it in one week only.")]
    level: Annotated[
        Literal["top", "leaf"],
        Field(description="Whether units without a parent or units without children compete for it."),
    ]
    blocs: Annotated[list[str], Field(description="Whose the prize is; that of all blocs if empty.")]
    obliged_from: Count
    obliged_to: Count | None
    min_rate: list[RateStep]
    min_people: Count
    min_winners: Count


class Eligibility(TypedDict):
    min_age: Annotated[int, Field(ge=0, le=100)]
    proof_of_work: Annotated[
        Literal["off", "on", "high"],
        Field(description="Whether registering needs a solved challenge, and whether a dear one."),
    ]


class Identity(TypedDict):
    """The identity provider with which people may register."""

    title: Annotated[str, Field(description="What people call their account there.")]
    require: Annotated[bool, Field(description="Whether nobody registers without it.")]
    fallback: Annotated[bool, Field(description="Whether people may, unverified, while it is down.")]


class NextRules(Week):
    """The rules from that week on."""

    paper: PaperRules
    prediction: Prediction | None
    ranking: Ranking
    prizes: list[Prize]
    unit_prizes: list[UnitPrize]
    bank_digest: Digest


class Picture(TypedDict):
    """Its size in pixels, known before it is fetched."""

    file: str
    width: Count
    height: Count


class Colours(TypedDict):
    """Shades of the organiser's colour, each readable on its ground; `dark_…`: on dark ones."""

    brand: str
    brand_deep: str
    tint: str
    dark_brand: str
    dark_brand_deep: str
    dark_brand_ink: str
    dark_tint: str


class Contest(TypedDict):
    """The public definition with the server's time."""

    id: str
    title: str
    title_en: str
    organiser: str
    organiser_en: str
    hotline: str
    timezone: Annotated[str, Field(description="A name of the IANA time zone database.")]
    emblem: Annotated[Picture | None, Field(description="The organiser's, below `/data/`.")]
    banner: Picture | None
    colours: Annotated[Colours | None, Field(description="null where the page keeps its own.")]
    portal: Annotated[str | None, Field(description="The organiser's own site.")]
    categories: Annotated[list[Category], Field(min_length=1, max_length=6)]
    period: Annotated[Literal["tuần", "đợt", "kỳ"], Field(description="The word for a week.")]
    notice: Annotated[str | None, Field(description="The organisers' words to everybody.")]
    stopped: Annotated[list[Switch], Field(description="What is stopped for the time being.")]
    starts_at: Instant
    ends_at: Instant
    weeks: list[Week]
    cancelled: list[CancelledWeek]
    paper: PaperRules
    prediction: Prediction | None
    ranking: Ranking
    prizes: list[Prize]
    unit_score: UnitScore
    unit_prizes: list[UnitPrize]
    eligibility: Eligibility
    identity: Annotated[Identity | None, Field(description="null where the contest has no provider.")]
    bank_digest: Digest
    next_rules: Annotated[
        NextRules | None,
        Field(description="Where the week after the one in view has other questions or rules."),
    ]
    now: Instant
    week: Annotated[Week | None, Field(description="The week that is open now.")]
    next_change_at: Annotated[Instant | None, Field(description="When a week next opens or closes.")]


class Challenge(TypedDict):
    """ALTCHA, version 1: find n in 0…maxnumber with hex(SHA-256(salt + n)) = challenge, within 20 minutes."""

    algorithm: Annotated[str, Field(json_schema_extra={"const": "SHA-256"})]
    challenge: Digest
    maxnumber: Count
    salt: str
    signature: Digest


class Participant(TypedDict):
    participant_id: ParticipantKey
    full_name: str
    unit_code: str | None
    category: CategoryName
    verified: Annotated[
        Literal["provider", "roster", "none"],
        Field(description="What proves who it is: an identity provider, the unit's roster, or nothing."),
    ]


class Registered(TypedDict):
    participant: Participant


class Session(TypedDict):
    token: Annotated[str, Field(description="To be sent as `Authorization: Bearer <token>`.")]
    expires_at: Instant
    participant: Participant
    password_reset_at: NotRequired[
        Annotated[Instant, Field(description="When a code of the organisers set the password, for 30 days.")]
    ]


class ProviderFlow(TypedDict):
    """``url`` is at the identity provider; ``flow`` is kept by the page under the ``state`` in it."""

    url: Annotated[str, Field(json_schema_extra={"format": "uri"})]
    flow: str


class Known(TypedDict, total=False):
    """What the provider has proved."""

    citizen_id: Required[str]
    full_name: str
    date_of_birth: Annotated[str, Field(json_schema_extra={"format": "date"})]
    gender: Literal["male", "female"]
    phone: str


class Ticket(TypedDict):
    """What it takes to register as the person whom the provider has proved, for half an hour."""

    ticket: str
    known: Known
    missing: Annotated[
        list[
            Annotated[str, Field(json_schema_extra={"enum": ["full_name", "date_of_birth", "gender", "phone"]})]
        ],
        Field(description="What the registration still has to say, beside unit, category and password."),
    ]
    registered: Annotated[
        bool,
        Field(
            description="Whether somebody unproven has registered this citizen ID: if it was the same person, "
            "`POST /sessions` with the password and this ticket verifies that account."
        ),
    ]


Marked = Annotated[
    str,
    Field(
        description="Text with line breaks and, in pairs, the marks `<u>`, `<s>`, `<sub>`, `<sup>`; any other "
        "`<` is a sign like others."
    ),
]


class Option(TypedDict):
    key: Letter
    text: Marked


class Question(TypedDict):
    number: QuestionNumber
    id: str
    text: Marked
    options: Annotated[list[Option], Field(min_length=2, max_length=6)]
    multiple: Annotated[bool, Field(description="Whether several options are right; all must be chosen then.")]


class Attempt(TypedDict):
    """An open attempt: the paper as shown, with the saved answers and without the right ones."""

    attempt_id: AttemptKey
    week: WeekNumber
    number: AttemptNumber
    started_at: Instant
    deadline: Instant
    saved_answers: Chosen
    saved_prediction: Count | None
    revision: Revision
    questions: Annotated[list[Question], Field(min_length=1, max_length=100)]
    prediction_question: str | None
    counted_prediction: Annotated[
        Count | None, Field(description="The prediction of the week, fixed by an earlier attempt.")
    ]


class Started(TypedDict):
    attempt: Attempt


class Saved(TypedDict):
    revision: Revision
    save_after_s: Annotated[
        int, Field(ge=10, le=120, description="Seconds to wait before the next save; longer under load.")
    ]
    deadline: Annotated[Instant, Field(description="The organisers may have put it off since the start.")]


class Submission(TypedDict):
    counted: Annotated[bool, Field(description="false if the attempt is used up and not counted.")]
    score: Annotated[
        Score | None,
        Field(description="null for an attempt that is not counted, and until the close with `after_close`."),
    ]
    ruled_score: Annotated[
        Score | None,
        Field(description="Under the organisers' rulings, where they change it; null until the week is over."),
    ]
    total: QuestionNumber
    duration_ms: Milliseconds
    submitted_at: Instant
    late: Annotated[bool, Field(description="Received after the deadline, within the grace.")]


class ReceiptRecord(TypedDict):
    """The public leaf of the attempt: what it says of nobody, and commitments to the rest (docs/proof.md)."""

    contest: str
    duration_minutes: Count
    format: Literal[1]
    grading: Digest
    identity: Digest
    minute: Annotated[int, Field(description="Whole minutes since 1970 at which it was received.")]
    number: AttemptNumber
    prediction: Count | None
    pseudonym: Digest
    score: Digest
    status: Literal["submitted", "overdue", "blank", "discarded"]
    time: Digest
    week: WeekNumber


class GradingOpening(TypedDict):
    answers: Annotated[str, Field(pattern="^[A-Za-z0-9_-]*$", description="One character a question.")]
    attempt_id: AttemptKey


class IdentityOpening(TypedDict):
    category: CategoryName
    participant_id: ParticipantKey
    unit: str | None


class ScoreOpening(TypedDict):
    bank: Digest
    score: Score


class TimeOpening(TypedDict):
    duration_ms: Milliseconds
    received_at_ms: Milliseconds


class Openings(TypedDict):
    """Known to the participant alone; with its salt each opens the commitment of its name.

    That of the score is left out where scores are told after the close, until then.
    """

    grading: GradingOpening
    identity: IdentityOpening
    score: NotRequired[ScoreOpening]
    time: TimeOpening


class Salts(TypedDict):
    grading: Salt
    identity: Salt
    score: NotRequired[Salt]
    time: Salt
    pseudonym: Salt


class Told(TypedDict):
    """What the person was told with this receipt."""

    score: Score | None


class Receipt(TypedDict):
    """Proof of a submission; binary values in hex (docs/proof.md)."""

    record: ReceiptRecord
    openings: Openings
    salts: Salts
    told: Told
    leaf_hash: Digest
    signature: Signature
    key_id: KeyId


class Submitted(Submission):
    receipt: Receipt


class Numbered(Submission):
    attempt_id: AttemptKey
    week: WeekNumber
    number: AttemptNumber


class RuledQuestion(TypedDict):
    """A ruling of the organisers on a question of the paper; letters as the paper showed them."""

    number: QuestionNumber
    id: str
    text: Marked
    ruling: Annotated[
        Literal["key", "all_right"], Field(description="all_right: whoever had the question has the point.")
    ]
    keys: Annotated[list[list[Letter]], Field(description="The accepted ones; none with `all_right`.")]
    chosen: list[Letter]
    reason: str
    at: Instant


class ReviewedQuestion(TypedDict):
    """A question of the own paper, as it was shown, with what counts; letters as the paper showed them."""

    number: QuestionNumber
    id: str
    topic: str
    text: Marked
    options: list[Option]
    chosen: list[Letter]
    keys: Annotated[list[list[Letter]], Field(description="Each has the point; none if anything has it.")]
    right: Annotated[bool, Field(description="Whether the question has the point.")]
    reference: str


class Result(Numbered):
    questions: Annotated[
        list[ReviewedQuestion],
        Field(
            description="The own paper with its keys. Empty until the week is over and, where the bank is not "
            "published, until the last week is; and for an attempt that is not counted."
        ),
    ]
    rulings: Annotated[list[RuledQuestion], Field(description="Empty until the week is over.")]
    receipt: Annotated[
        Receipt | None, Field(description="As the submission gave it; null where nothing was submitted.")
    ]


class OpenAttempt(TypedDict):
    status: Literal["open"]
    attempt: Attempt


class FinishedAttempt(TypedDict):
    """``overdue``: not submitted in time; counted with its saved answers or not at all."""

    status: Literal["submitted", "overdue"]
    result: Result


class ListedFinished(Numbered):
    status: Literal["submitted", "overdue"]
    started_at: Instant


class ListedOpen(TypedDict):
    attempt_id: AttemptKey
    week: WeekNumber
    number: AttemptNumber
    status: Literal["open"]
    started_at: Instant
    deadline: Instant
    submitted_at: None
    counted: Literal[False]
    score: None
    ruled_score: None
    total: QuestionNumber
    duration_ms: None
    late: Literal[False]


class ThisWeek(TypedDict):
    number: WeekNumber
    attempts_used: Count
    attempts_left: Count
    best_score: Score | None
    open_attempt: AttemptKey | None


class NameInWeek(TypedDict):
    """The person's pseudonym in what is published of a week: SHA-256(salt ‖ contest|week|participant id).

    ``signature``: that the pseudonym is of the person called ``full_name``, and in the unit of the name
    ``unit`` (docs/proof.md, “Certificates”); empty outside all units.
    """

    week: Count
    pseudonym: Digest
    salt: Salt
    unit: str
    signature: Signature
    key_id: KeyId


class Me(TypedDict):
    """All attempts of all weeks, oldest first; ``week`` is null while none is open.

    ``pseudonyms``: of the weeks that have begun.
    """

    participant: Participant
    week: ThisWeek | None
    attempts: list[ListedFinished | ListedOpen]
    pseudonyms: list[NameInWeek]


class Problem(TypedDict):
    """RFC 9457; title and detail are Vietnamese, ``code`` is stable and for programs.

    ``request_id`` finds the request in the logs.
    """

    type: Annotated[str, Field(pattern="^urn:cuoc-thi:[a-z_]+$")]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    code: str
    request_id: str


class FieldFault(TypedDict):
    field: Annotated[str, Field(description="A dotted path into the body.")]
    message: str


class InvalidProblem(Problem):
    errors: Annotated[list[FieldFault], Field(min_length=1)]


class StaleProblem(Problem):
    """Other answers were saved since: merge these with yours and send them again with this ``revision``."""

    saved_answers: Chosen
    prediction: Count | None
    revision: Revision


class ProofRequiredProblem(Problem):
    challenge: Annotated[Challenge, Field(description="Send the request again with its solution as `proof`.")]


class StoppedProblem(Problem):
    notice: Annotated[str, Field(description="The organisers' words to everybody; empty if there are none.")]


class ProviderDownProblem(Problem):
    lasting: Annotated[bool, Field(description="People may now register without it, where they may at all.")]


class FinishedProblem(Problem):
    result: Result
