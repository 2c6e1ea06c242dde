"""The public face of a definition: what ``GET /contest`` and ``data/contest.json`` show."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.times import span_ms
from chalicelib.services.reference import Reference


def _week(definition: Definition, week: Week) -> dict[str, Any]:
    return {
        "number": week.number,
        "opens_at": definition.rfc3339(week.opens),
        "closes_at": definition.rfc3339(week.closes),
    }


def public_definition(reference: Reference) -> dict[str, Any]:
    """Everything that a participant may know, JSON-ready; nothing of it depends on the time."""
    definition = reference.definition
    contest, paper, units = definition.contest, definition.paper, definition.unit_prizes
    prediction = definition.prediction
    return {
        **contest.model_dump(
            include={"id", "title", "title_en", "organiser", "organiser_en", "hotline", "timezone"}
        ),
        "starts_at": definition.rfc3339(definition.weeks[0].opens),
        "ends_at": definition.rfc3339(definition.weeks[-1].closes),
        "weeks": [_week(definition, week) for week in definition.weeks],
        "paper": {
            "questions": paper.questions,
            "time_limit_seconds": span_ms(paper.time_limit) // 1000,
            "grace_seconds": definition.grace // 1000,
            "attempts_per_week": paper.attempts_per_week,
            "publish_bank": paper.publish_bank,
        },
        "prediction": prediction and prediction.model_dump(include={"question", "target"}),
        "ranking": {
            "order": list(definition.ranking.order),
            "one_prize_per_person": definition.ranking.one_prize_per_person,
        },
        "prizes": [prize.model_dump() for prize in definition.prizes],
        "unit_prizes": {
            "weekly": units.weekly,
            "final": units.final,
            "weights": {name: float(weight) for name, weight in units.weights},
            "min_rate": float(units.min_rate),
            "min_people": units.min_people,
        },
        "eligibility": definition.eligibility.model_dump(include={"min_age", "proof_of_work"}),
        "bank_digest": reference.bank.digest,
    }


def contest_now(reference: Reference, now: int) -> dict[str, Any]:
    """The public definition with the server's time, the open week and the next opening or closing."""
    definition = reference.definition
    week, change = definition.week_at(now), definition.next_change(now)
    return {
        **public_definition(reference),
        "now": definition.rfc3339(now),
        "week": week and _week(definition, week),
        "next_change_at": change and definition.rfc3339(change),
    }


def public_units(reference: Reference) -> list[dict[str, Any]]:
    return [
        {"code": unit.code, "name": unit.name, "bloc": unit.bloc, "kind": unit.kind} for unit in reference.units
    ]


def public_bank(reference: Reference) -> dict[str, Any]:
    """The bank with its answers, for contests that publish it before they open (R5)."""
    letters = "ABCDEF"
    return {
        "digest": reference.bank.digest,
        "questions": [
            {
                "id": question.id,
                "topic": question.topic,
                "text": question.text,
                "options": [
                    {"key": letter, "text": option}
                    for letter, option in zip(letters, question.options, strict=False)
                ],
                "answer": list(question.answer_letters),
                "reference": question.reference,
            }
            for question in reference.bank.questions
        ],
    }
