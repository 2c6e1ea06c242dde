"""The public face of a contest: the answer to ``GET /contest``, and the site's files under ``data/``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import canonical_json
from chalicelib.domain.bank import letters_of
from chalicelib.domain.colours import shades
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.definition import Definition, UnitPrize, Week
from chalicelib.domain.identity_provider import Identity
from chalicelib.domain.pictures import BOUNDS
from chalicelib.domain.times import span_ms
from chalicelib.services.contest.reference import Current, Reference, same_rules

CONTEST, RULES = "data/contest.json", "data/rules.html"
# Decisions that name nobody.
_OPEN_DECISIONS = ("rulings", "recognitions", "confirmations", "calendar", "switches", "notices", "mergers")


def _week(definition: Definition, week: Week) -> dict[str, Any]:
    return {
        "number": week.number,
        "title": definition.own_title(week.number),
        "opens_at": definition.rfc3339(week.opens),
        "closes_at": definition.rfc3339(week.closes),
        "reason": definition.reason_of(week.number),
    }


def _cancelled(definition: Definition, number: int) -> dict[str, Any]:
    return {
        "number": number,
        "title": definition.own_title(number),
        "reason": definition.reason_of(number),
    }


def _unit_prize(prize: UnitPrize) -> dict[str, Any]:
    steps = [{"up_to": step.up_to, "rate": float(step.rate)} for step in prize.min_rate]
    return {**prize.model_dump(mode="json"), "min_rate": steps}


def _rules(reference: Reference) -> dict[str, Any]:
    """The rules that may differ from week to week."""
    definition = reference.definition
    paper, prediction = definition.paper, definition.prediction
    return {
        "paper": {
            "questions": paper.questions,
            "time_limit_seconds": span_ms(paper.time_limit) // 1000,
            "grace_seconds": definition.grace // 1000,
            "attempts_per_week": paper.attempts_per_week,
            "publish_bank": paper.publish_bank,
            "show_score": "at_once" if paper.score_at_once else "after_close",
        },
        "prediction": prediction and prediction.model_dump(include={"question", "target"}),
        "ranking": {
            "order": list(definition.ranking.order),
            "one_prize": definition.ranking.one_prize,
            "final": definition.ranking.final,
        },
        "prizes": [prize.model_dump(mode="json") for prize in definition.prizes],
        "unit_prizes": [_unit_prize(prize) for prize in definition.unit_prizes],
        "bank_digest": reference.bank.digest,
    }


def _next_week(reference: Current, now: int) -> Week | None:
    """The week after the one in view, if its questions or rules differ."""
    view = reference.definition.week_in_view(now)
    after = reference.definition.week_after(view.number)
    if after is None or same_rules(reference.of_week(view.number), reference.of_week(after.number)):
        return None
    return after


def _look(reference: Current) -> dict[str, Any]:
    """The organiser's emblem, banner, colours and own site."""
    contest = reference.definition.contest
    pictures = {kind: reference.pictures.get(kind) for kind in BOUNDS}
    return {
        **{kind: picture and picture._asdict() for kind, picture in pictures.items()},
        "colours": contest.colours and shades(contest.colours.brand)._asdict(),
        "portal": contest.portal or None,
    }


def public_definition(reference: Current, now: int) -> dict[str, Any]:
    """Everything that a participant may know, JSON-ready, with the rules of the week in view.

    ``next_rules``: those of the week after it, if they differ.
    """
    definition = reference.definition
    contest = definition.contest
    after = _next_week(reference, now)
    return {
        **contest.model_dump(
            include={"id", "title", "title_en", "organiser", "organiser_en", "hotline", "timezone", "period"}
        ),
        **_look(reference),
        "categories": [category.model_dump() for category in definition.categories],
        "notice": reference.decisions.notice or None,
        "stopped": list(reference.decisions.stopped),
        "starts_at": definition.rfc3339(definition.weeks[0].opens),
        "ends_at": definition.rfc3339(definition.weeks[-1].closes),
        "weeks": [_week(definition, week) for week in definition.weeks],
        "cancelled": [_cancelled(definition, number) for number in definition.cancelled],
        **_rules(reference.of_week(definition.week_in_view(now).number)),
        "next_rules": after and {**_week(definition, after), **_rules(reference.of_week(after.number))},
        "unit_score": {
            "weights": {name: float(weight) for name, weight in definition.unit_score.weights},
            "volume": definition.unit_score.volume,
            "participation_min_score": definition.unit_score.participation_min_score,
        },
        "eligibility": definition.eligibility.model_dump(include={"min_age", "proof_of_work"}),
        "identity": _identity(definition.identity),
    }


def _identity(identity: Identity) -> dict[str, Any] | None:
    if not identity.used:
        return None
    return {
        "title": identity.title,
        "require": identity.require,
        "fallback": identity.fallback == "unverified",
    }


def contest_now(reference: Current, now: int) -> dict[str, Any]:
    """The public definition with the server's time, the open week and the next opening or closing."""
    definition = reference.definition
    week, change = definition.week_at(now), definition.next_change(now)
    return {
        **public_definition(reference, now),
        "now": definition.rfc3339(now),
        "week": week and _week(definition, week),
        "next_change_at": change and definition.rfc3339(change),
    }


def public_units(reference: Current, now: int) -> list[dict[str, Any]]:
    """The units that people may choose: without those that are merged by the week in view."""
    gone = reference.decisions.merged_in(reference.definition.week_in_view(now).number)
    return [
        {"code": unit.code, "name": unit.name, "bloc": unit.bloc, "kind": unit.kind, "parent": unit.parent}
        for unit in reference.units
        if unit.code not in gone
    ]


def public_bank(reference: Reference) -> dict[str, Any]:
    """The bank with its answers if the contest publishes it before opening (R5); else only its digest."""
    letters = "ABCDEF"
    if not reference.definition.paper.publish_bank:
        return {"digest": reference.bank.digest, "questions": [], "rulings": []}
    return {
        "digest": reference.bank.digest,
        "rulings": _rulings(reference),
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
                "weeks": list(question.weeks),
                "categories": list(question.categories),
            }
            for question in reference.bank.questions
        ],
    }


def public_banks(reference: Current, now: int) -> dict[str, Any]:
    """The bank of the week in view; ``next``: the bank of the week after it, if it differs, to prepare with."""
    bank = public_bank(reference.of_week(reference.definition.week_in_view(now).number))
    after = _next_week(reference, now)
    coming = after and {"week": after.number, **public_bank(reference.of_week(after.number))}
    return {**bank, "next": coming if coming and coming["digest"] != bank["digest"] else None}


def _rulings(reference: Reference) -> list[dict[str, Any]]:
    """The rulings in force, each with the weeks in which it is."""
    weeks: dict[Ruling, list[int]] = {}
    for week in reference.definition.weeks:
        for ruling in reference.decisions.rulings_in(week.number).values():
            weeks.setdefault(ruling, []).append(week.number)
    return [
        {
            "question": ruling.question,
            "weeks": in_force,
            "ruling": ruling.kind,
            "keys": [letters_of(answer) for answer in ruling.answers],
            "reason": ruling.reason,
            "at": ruling.at,
        }
        for ruling, in_force in sorted(weeks.items())
    ]


def site_files(reference: Current, now: int) -> dict[str, bytes]:
    """The site's files about the contest, by key; rules and bank are those of the week in view."""
    return {
        "data/units.json": canonical_json(public_units(reference, now)),
        "data/bank.json": canonical_json(public_banks(reference, now)),
        CONTEST: canonical_json(public_definition(reference, now)),
    }


def open_decisions(reference: Current) -> tuple[str, ...]:
    """The decisions that are published at once.

    A ruling names right answers, so where a bank is not published it is shown beside the week's result alone.
    """
    everything = [reference, *(reference.of_week(week) for week in sorted(reference.earlier))]
    known = all(each.definition.paper.publish_bank for each in everything)
    return tuple(name for name in _OPEN_DECISIONS if known or name != "rulings")


def committed_files(reference: Current) -> dict[str, bytes]:
    """The exact bytes that the log's facts name, by digest: checking them needs nothing else.

    They include a bank only if it is published, and never lists of people.
    """
    everything = [reference, *(reference.of_week(week) for week in sorted(reference.earlier))]
    decided = compiled.encode_decisions(reference.decisions)
    files = {_committed(reference.digests[kind]): decided[kind] for kind in open_decisions(reference)}
    counting = [reference, *(reference.of_week(week.number) for week in reference.definition.weeks)]
    for part_digest, units in {each.digests["units"]: each.units for each in counting}.items():
        files[_committed(part_digest)] = compiled.encode_units(units)
    for each in everything:
        files[_committed(each.digests["definition"])] = compiled.encode_definition(each.definition)
        if each.definition.paper.publish_bank:
            files[_committed(each.digests["bank"])] = compiled.encode_bank(each.bank.questions)
    return files


def withdrawn_files(before: Current, after: Current) -> set[str]:
    """Pictures and banks that are no longer published."""
    gone = picture_files(before) - picture_files(after)
    if after.definition.paper.publish_bank:
        return gone
    banks = {_committed(each) for each in _banks(before)}
    return gone | (banks & committed_files(before).keys() - committed_files(after).keys())


def picture_files(reference: Reference) -> set[str]:
    """The keys of the organiser's pictures on the site."""
    return {f"data/{picture.file}" for picture in reference.pictures.values()}


def _banks(reference: Current) -> set[str]:
    return {reference.digests["bank"], *(reference.of_week(k).digests["bank"] for k in reference.earlier)}


def _committed(part_digest: str) -> str:
    return f"data/reference/{part_digest}.json"


# The rules in words, as a page: of the definition, and of those that begun weeks keep.
ToRules = Callable[[Definition, Mapping[int, Definition]], str]


def rules_in_words(reference: Current, to_rules: ToRules) -> bytes:
    kept = {week: reference.of_week(week).definition for week in sorted(reference.earlier)}
    return to_rules(reference.definition, kept).encode()


def committed_rules(rules_digest: str) -> str:
    """Where the rules in words stay, under their digest, when others have replaced them."""
    return f"data/reference/{rules_digest}.html"
