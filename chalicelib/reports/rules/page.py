"""The rules as one self-contained page: Vietnamese first, English behind it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from html import escape

from chalicelib.domain.definition import Definition
from chalicelib.reports.rules.contest import of_the_contest, of_the_weeks
from chalicelib.reports.rules.paper import of_papers, of_predictions, of_time
from chalicelib.reports.rules.people import of_changes, of_participants, of_results
from chalicelib.reports.rules.ranking import of_prizes, of_the_ranking
from chalicelib.reports.rules.units import of_commendations, of_unit_prizes, of_unit_scores
from chalicelib.reports.rules.words import Article, Said, listed, title_of

_STYLE = """
@page { size: A4; margin: 20mm 15mm 20mm 30mm; @bottom-center { content: counter(page); } }
body { font: 13pt/1.4 "Times New Roman", "Liberation Serif", serif; color: #000; background: #fff; }
body { max-width: 165mm; margin: 10mm auto; }
header { display: grid; grid-template-columns: 2fr 3fr; gap: 2mm; }
header p { margin: 0; text-align: center; font-size: 12pt; }
header strong { white-space: nowrap; }
header b::after { content: ""; display: block; width: 40%; margin: 1mm auto 0; border-top: 1px solid; }
h1 { font-size: 14pt; text-align: center; margin: 8mm 0 0; }
h2 { font-size: 13pt; margin: 6mm 0 2mm; break-after: avoid; }
.about { text-align: center; font-weight: bold; margin: 0 10mm 6mm; }
p { text-align: justify; margin: 0 0 2mm; }
.point { margin-left: 7mm; }
.example { margin-left: 7mm; padding-left: 3mm; border-left: 2px solid #8a94a3; overflow-wrap: anywhere; }
.example { text-align: left; }
table { border-collapse: collapse; width: 100%; font-size: 11.5pt; margin: 1mm 0 4mm; }
th, td { border: 1px solid #000; padding: 1mm 1.5mm; vertical-align: top; }
th { background: #eef2f7; text-align: center; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
code { font: 11pt monospace; }
.n { text-align: right; white-space: nowrap; }
.c { text-align: center; white-space: nowrap; }
article + article { break-before: page; margin-top: 15mm; }
@media print { body { margin: 0; max-width: none; } th { print-color-adjust: exact; } }
@media screen and (max-width: 600px) { body { margin: 4mm; } header { grid-template-columns: 1fr; } }
@media screen and (max-width: 600px) { table { display: block; overflow-x: auto; } p { text-align: left; } }
@media screen and (max-width: 600px) { header strong { white-space: normal; } .point { margin-left: 2mm; } }
"""
# Allows the page's own style, and no other, where the site's policy forbids styles inside a page.
STYLE_SOURCE = f"sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}"
_LETTERS = ("abcdđeghiklmnopqrstuvxy", "abcdefghijklmnopqrstuvwxyz")

_ARTICLES = (
    of_the_contest,
    of_the_weeks,
    of_participants,
    of_papers,
    of_time,
    of_predictions,
    of_the_ranking,
    of_prizes,
    of_unit_scores,
    of_unit_prizes,
    of_commendations,
    of_results,
    of_changes,
)


def rules_page(definition: Definition, kept: Mapping[int, Definition]) -> str:
    """The rules of the contest. ``kept``: begun week → the definition under which it goes on.

    The same definitions give the same bytes.
    """
    contest = definition.contest
    articles = [write(definition) for write in _ARTICLES]
    special = _kept_rules(definition, articles, kept)
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="vi"><head><meta charset="utf-8"><title>Thể lệ: {escape(contest.title)}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<style>{_STYLE}</style></head><body>",
        f'<article lang="vi"><header><p>{escape(contest.organiser.upper())}<br><b>BAN TỔ CHỨC CUỘC THI</b></p>',
        (
            "<p><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br><b>Độc lập - Tự do - Hạnh "
            "phúc</b></p></header>"
        ),
        f'<h1>THỂ LỆ</h1><p class="about">Cuộc thi “{escape(contest.title)}”</p>',
        *_text(articles, special, 0),
        "</article>",
        f'<article lang="en"><h1>RULES</h1><p class="about">{escape(contest.title_en or contest.title)}</p>',
        "<p>The Vietnamese text is authoritative.</p>",
        *_text(articles, special, 1),
        "</article></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _kept_rules(
    definition: Definition, articles: Sequence[Article], kept: Mapping[int, Definition]
) -> list[tuple[Said, list[tuple[int, Article]]]]:
    """For each set of rules that begun weeks keep: whose, and the articles that differ, with their numbers."""
    groups: list[tuple[Definition, list[int]]] = []
    for week, rules in sorted(kept.items()):
        same = next((weeks for known, weeks in groups if known == rules), None)
        if same is None:
            groups.append((rules, [week]))
        else:
            same.append(week)
    found = []
    for rules, weeks in groups:
        theirs = [write(rules) for write in _ARTICLES]
        differing = [
            (number, one)
            for number, (one, other) in enumerate(zip(theirs, articles, strict=True), 1)
            if one != other
        ]
        titles = [title_of(definition, week) for week in weeks]
        if differing:
            whose = Said(listed([one.vi for one in titles], "và"), listed([one.en for one in titles], "and"))
            found.append((whose, differing))
    return found


def _text(
    articles: Sequence[Article], special: Sequence[tuple[Said, list[tuple[int, Article]]]], language: int
) -> Iterable[str]:
    names = [whose[language] for whose, _ in special]
    if names:
        yield (
            f"<p><b>{'; '.join(names)}: "
            + (
                "áp dụng quy định riêng ở cuối thể lệ."
                if language == 0
                else "see the special rules at the end."
            )
            + "</b></p>"
        )
    word = ("Điều", "Article")[language]
    for number, article in enumerate(articles, 1):
        yield f"<h2>{word} {number}. {escape(article.title[language])}</h2>"
        yield from _blocks(article, language)
    for whose, differing in special:
        for number, article in differing:
            which = (f"áp dụng cho {whose.vi}", f"for {whose.en}")[language]
            yield f"<h2>{word} {number} ({which}). {escape(article.title[language])}</h2>"
            yield from _blocks(article, language)


def _blocks(article: Article, language: int) -> Iterable[str]:
    """Clauses with their numbers, and points with their letters."""
    clauses = points = 0
    for kind, said in article.blocks:
        text = said[language]
        if kind == "clause":
            clauses, points = clauses + 1, 0
            yield f"<p>{clauses}. {text}</p>"
        elif kind == "point":
            letters = _LETTERS[language]
            letter = letters[points % len(letters)] * (points // len(letters) + 1)
            yield f'<p class="point">{letter}) {text}</p>'
            points += 1
        elif kind == "example":
            yield f'<p class="example">{text}</p>'
        else:
            yield text
