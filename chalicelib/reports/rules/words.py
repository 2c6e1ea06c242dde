"""Sentences in two languages, and the numbers, spans and moments in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from html import escape
from typing import Literal, NamedTuple

from chalicelib.domain.definition import Definition
from chalicelib.domain.times import day
from chalicelib.reports.numbers import decimal
from chalicelib.reports.vietnamese import comma, span, whole

# What a week is called in English.
_PERIODS_EN = {"tuần": "week", "đợt": "round", "kỳ": "session"}
_UNITS = ((86_400, "ngày", "day"), (3_600, "giờ", "hour"), (60, "phút", "minute"))


class Said(NamedTuple):
    """The same in Vietnamese and in English, as HTML."""

    vi: str
    en: str


class Block(NamedTuple):
    """A part of an article: a numbered clause, a lettered point of a clause, an example or a table."""

    kind: Literal["clause", "point", "example", "table"]
    said: Said


class Article(NamedTuple):
    """``title`` is plain text."""

    title: Said
    blocks: tuple[Block, ...]


def clause(vi: str, en: str) -> Block:
    return Block("clause", Said(vi, en))


def point(vi: str, en: str) -> Block:
    return Block("point", Said(vi, en))


def points(said: Sequence[Said]) -> list[Block]:
    """Points that make up one sentence."""
    ends = [*[";"] * (len(said) - 1), "."][: len(said)]
    return [point(f"{one.vi}{end}", f"{one.en}{end}") for one, end in zip(said, ends, strict=True)]


def example(vi: str, en: str) -> Block:
    return Block("example", Said(f"<i>Ví dụ:</i> {vi}", f"<i>Example:</i> {en}"))


def table(header: Sequence[tuple[str, str]], rows: Sequence[Sequence[Said | str]], align: str) -> Block:
    """``align``: one letter per column, l, n (numbers, right) or c; a cell that is a text says it in both."""

    def html(language: int) -> str:
        head = "".join(f'<th scope="col">{titles[language]}</th>' for titles in header)
        body = "".join(
            "<tr>"
            + "".join(
                f'<td class="{how}">{cell if isinstance(cell, str) else cell[language]}</td>'
                for cell, how in zip(row, align, strict=True)
            )
            + "</tr>"
            for row in rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    return Block("table", Said(html(0), html(1)))


def period(definition: Definition) -> Said:
    """The contest's word for a week."""
    word = definition.contest.period
    return Said(word, _PERIODS_EN[word])


def title_of(definition: Definition, number: int) -> Said:
    """What a week is called, as HTML: its own title, else its number."""
    title = escape(definition.title_of(number))
    own = definition.own_title(number) is not None
    return Said(title, title if own else f"{period(definition).en.capitalize()} {number}")


def duration(milliseconds: int) -> Said:
    """``725005`` → ``12:05,005``, minutes and seconds."""
    told = span(milliseconds)
    return Said(told, told.replace(",", "."))


def span_in_words(length: timedelta) -> Said:
    """``PT1H30M`` → ``1 giờ 30 phút``; exact to the millisecond."""
    left, vi, en = length // timedelta(milliseconds=1), [], []
    for seconds, unit, unit_en in _UNITS:
        number, left = divmod(left, 1000 * seconds)
        if number:
            vi.append(f"{whole(number)} {unit}")
            en.append(counted(number, unit_en))
    if left or not vi:
        told = Fraction(left, 1000)
        vi.append(f"{exact(told).vi} giây")
        en.append(f"{exact(told).en} second{'' if told == 1 else 's'}")
    return Said(" ".join(vi), " ".join(en))


def exact(value: Fraction) -> Said:
    """``131/2`` → ``65,5``; where no decimals are exact, ``≈`` and four of them. Not for negative values."""
    for places in range(7):
        if (value * 10**places).denominator == 1:
            if not places:
                return Said(whole(int(value)), f"{int(value):,}")
            return Said(comma(value, places), decimal(value, places))
    return Said(f"≈ {comma(value, 4)}", f"≈ {decimal(value, 4)}")


def per_cent(value: Fraction) -> Said:
    """``25%``, with as many decimals as it has."""
    vi, en = exact(100 * value)
    return Said(f"{vi}%", f"{en}%")


def counted(number: int, word: str) -> str:
    """``1 week``, ``4 weeks``, in English."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def listed(words: Sequence[str], last: str) -> str:
    """``a, b và c``; ``last`` is the word before the last."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def quoted(words: Sequence[str], last: str) -> str:
    """Free texts in quotation marks, as a list."""
    return listed([f"“{escape(word)}”" for word in words], last)


def moment(at: datetime) -> Said:
    """``08:00 ngày 22/8/2022``; with seconds where it has any."""
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return Said(f"{clock} ngày {day(at)}", f"{clock} on {at.day} {at:%B} {at.year}")


def clock(milliseconds: int) -> str:
    """``32405000`` → ``09:00:05``, a time of day."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
