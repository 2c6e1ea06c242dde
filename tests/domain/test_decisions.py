"""Which of several decisions on one matter is in force."""

from __future__ import annotations

from chalicelib.documents.compiled_contest import decode_decisions, encode_decisions
from chalicelib.domain.decisions import Annulment, Confirmation, Decisions, Effect, Recognition, Ruling


def ruling(weeks: tuple[int, ...], answers: tuple[int, ...]) -> Ruling:
    return Ruling("CH-001", weeks, answers, "sai đáp án", "2022-09-06T09:00:00+07:00")


def annulment(weeks: tuple[int, ...], effect: Effect) -> Annulment:
    return Annulment("p1", weeks, effect, "2022-09-06", "thi hộ")


def test_the_last_ruling_on_a_question_holds_in_the_weeks_that_it_names() -> None:
    decisions = Decisions(rulings=(ruling((1, 2), (1,)), ruling((2,), ())))
    assert decisions.rulings_in(1)["CH-001"].answers == (1,)
    assert decisions.rulings_in(2)["CH-001"].answers == ()
    assert decisions.rulings_in(3) == {}


def test_of_two_annulments_the_stricter_holds() -> None:
    for pair in ((), (1,)), ((1,), ()):
        strict, mild = annulment(pair[0], "not_counted"), annulment(pair[1], "no_prize")
        for both in ((strict, mild), (mild, strict)):
            assert Decisions(annulments=both).annulled_in(1)["p1"] is strict
    assert Decisions(annulments=(annulment((2,), "no_prize"),)).annulled_in(1) == {}


def test_a_recognition_holds_until_it_is_withdrawn() -> None:
    first = Recognition("week-1", "12/QĐ-BTC", "2022-09-09", withdrawn=False, reason="")
    gone = first._replace(withdrawn=True, reason="sai sót")
    assert Decisions(recognitions=(first,)).recognition("week-1") is first
    assert Decisions(recognitions=(first, gone)).recognition("week-1") is None
    assert Decisions(recognitions=(first, gone, first)).recognition("week-1") is first
    assert Decisions(recognitions=(first,)).recognition("final") is None


def test_decisions_survive_their_document() -> None:
    decisions = Decisions(
        (ruling((1, 2), (1, 6)),),
        (annulment((), "no_prize"),),
        (Recognition("final", "12/QĐ-BTC", "2022-09-09", withdrawn=False, reason=""),),
        (Confirmation("0123abcd", "lý do", "2022-09-09T08:00:00+07:00", "ruling", ("week-1", "final")),),
    )
    assert decode_decisions(encode_decisions(decisions)) == decisions
