"""The API's answers as JSON-ready values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.domain.attempt import AttemptId, Entry, Finished, deadline
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.definition import Definition
from chalicelib.domain.paper import shown_letters
from chalicelib.domain.receipt import attempt_id as id_of
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.exam.exam import OpenPaper
from chalicelib.services.exam.own_paper import OwnQuestion, own_paper
from chalicelib.services.ports import Participant

if TYPE_CHECKING:
    from chalicelib.domain.bank import Question
    from chalicelib.domain.decisions import Ruling
    from chalicelib.web import shapes


def participant(person: Participant, reference: Reference, now: int) -> shapes.Participant:
    """Unit and category are those that the organisers have decided since, if they have."""
    unit, category = reference.shown(person.participant_id, person.unit, person.category, now)
    return {
        "participant_id": person.participant_id,
        "full_name": person.full_name,
        "unit_code": unit or None,
        "category": category,
        "verified": person.verified,
    }


def deadline_of(attempt: AttemptId, definition: Definition) -> str:
    """By the end of the week that is in force now."""
    week = definition.week(attempt.week)
    assert week is not None  # noqa: S101  the attempt was found: its week has begun
    return definition.rfc3339(deadline(definition, week, attempt.started))


def attempt(opened: OpenPaper, definition: Definition) -> shapes.Attempt:
    """The paper as shown, without its right answers."""
    prediction = definition.prediction
    return {
        "attempt_id": str(opened.attempt),
        "week": opened.attempt.week,
        "number": opened.attempt.number,
        "started_at": definition.rfc3339(opened.attempt.started),
        "deadline": deadline_of(opened.attempt, definition),
        "saved_answers": opened.saved,
        "saved_prediction": opened.guess,
        "revision": opened.revision,
        "questions": [
            {
                "number": number,
                "id": question.id,
                "text": question.text,
                "options": _options(question, order),
                "multiple": question.multiple,
            }
            for number, (question, order) in enumerate(opened.paper, 1)
        ],
        "prediction_question": prediction.question if prediction else None,
        "counted_prediction": opened.counted_prediction,
    }


def submission(record: Finished, week: int, definition: Definition, now: int) -> shapes.Submission:
    """``score`` is None for an attempt that is not counted, and until the contest tells scores.

    ``record`` has the score under the rulings once its week is over.
    """
    told = record.counted and definition.tells_score(week, now)
    return {
        "counted": record.counted,
        "score": record.told_score if told else None,
        "ruled_score": record.score if record.told is not None and definition.is_over(week, now) else None,
        "total": definition.paper.questions,
        "duration_ms": record.duration,
        "submitted_at": definition.rfc3339(record.received),
        "late": record.late,
    }


def _listed(entry: Entry, record: Finished, definition: Definition, now: int) -> shapes.ListedFinished:
    return {
        "attempt_id": id_of(entry.week, record),
        "week": entry.week,
        "number": record.number,
        "status": "submitted" if record.handed_in else "overdue",
        "started_at": definition.rfc3339(record.started),
        **submission(record, entry.week, definition, now),
    }


def result(
    record: Finished,
    attempt_id: AttemptId,
    category: str,
    reference: Reference,
    receipt: shapes.Receipt | None,
    now: int,
) -> shapes.Result:
    """``category``: of the person, for whom the paper was drawn."""
    definition, week = reference.definition, attempt_id.week
    own = tuple(own_paper(reference, week, category, record)) if definition.is_over(week, now) else ()
    return {
        "attempt_id": str(attempt_id),
        "week": week,
        "number": attempt_id.number,
        **submission(record, week, definition, now),
        "rulings": [_ruled(one, one.ruling) for one in own if one.ruling],
        "questions": [_reviewed(one) for one in own] if definition.tells_keys(week, now) else [],
        "receipt": receipt,
    }


def _ruled(one: OwnQuestion, ruling: Ruling) -> shapes.RuledQuestion:
    """Letters are those of the paper as shown."""
    question, order = one.shown
    return {
        "number": one.number,
        "id": question.id,
        "text": question.text,
        "ruling": ruling.kind,
        "keys": [shown_letters(order, answer) for answer in ruling.answers],
        "chosen": shown_letters(order, one.chosen),
        "reason": ruling.reason,
        "at": ruling.at,
    }


def _options(question: Question, order: Sequence[int]) -> list[shapes.Option]:
    return [{"key": LETTERS[i], "text": question.options[index]} for i, index in enumerate(order)]


def _reviewed(one: OwnQuestion) -> shapes.ReviewedQuestion:
    """Letters are those of the paper as shown."""
    question, order = one.shown
    return {
        "number": one.number,
        "id": question.id,
        "topic": question.topic,
        "text": question.text,
        "options": _options(question, order),
        "chosen": shown_letters(order, one.chosen),
        "keys": [shown_letters(order, key) for key in one.keys],
        "right": one.right,
        "reference": question.reference,
    }


def history(
    person: Participant,
    entries: Sequence[Entry],
    reference: Current,
    named: list[shapes.NameInWeek],
    now: int,
) -> shapes.Me:
    """``GET /me``: the person, this week's attempts, and all attempts of all weeks, oldest first."""
    attempts: list[shapes.ListedFinished | shapes.ListedOpen] = []
    for entry in entries:
        definition = reference.of_week(entry.week).definition
        attempts += [_listed(entry, record, definition, now) for record in entry.finished]
        if entry.open is not None:
            attempt_id = AttemptId(entry.week, *entry.open[:3])
            attempts.append(
                {
                    "attempt_id": str(attempt_id),
                    "week": entry.week,
                    "number": attempt_id.number,
                    "status": "open",
                    "started_at": definition.rfc3339(attempt_id.started),
                    "deadline": deadline_of(attempt_id, definition),
                    "submitted_at": None,
                    "counted": False,
                    "score": None,
                    "ruled_score": None,
                    "total": definition.paper.questions,
                    "duration_ms": None,
                    "late": False,
                }
            )
    return {
        "participant": participant(person, reference, now),
        "week": _this_week(entries, reference, now),
        "attempts": attempts,
        "pseudonyms": named,
    }


def _this_week(entries: Sequence[Entry], reference: Current, now: int) -> shapes.ThisWeek | None:
    week = reference.definition.week_at(now)
    if week is None:
        return None
    definition = reference.of_week(week.number).definition
    entry = next((entry for entry in entries if entry.week == week.number), None)
    used = entry.used if entry else 0
    told = entry.counted if entry and definition.tells_score(week.number, now) else ()
    return {
        "number": week.number,
        "attempts_used": used,
        "attempts_left": max(definition.paper.attempts_per_week - used, 0),
        "best_score": max((record.told_score for record in told), default=None),
        "open_attempt": str(AttemptId(week.number, *entry.open[:3])) if entry and entry.open else None,
    }
