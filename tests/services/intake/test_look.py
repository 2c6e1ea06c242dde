"""The organiser's emblem, banner, colour and own site: from the folder to the site, at any time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.colours import shades
from chalicelib.services.log.facts import of_contest
from tests.readers.contest_files import TOML, contest_files, zipped
from tests.readers.pictures import jpeg, png, webp
from tests.services.intake.inbox import LATER, NOW, Desk

OPEN = datetime(2022, 8, 23, 1, 0, tzinfo=UTC)
WITH_LOOK = TOML.replace(
    'hotline = "0238 000 000"',
    'hotline = "0238 000 000"\nportal = "https://nghean.gov.vn/"\ncolours = { brand = "#1D5F8A" }',
)
LOOK = ("emblem", "banner", "colours", "portal")


def look(desk: Desk) -> dict[str, Any]:
    told = json.loads(desk.site.objects["data/contest.json"])
    return {name: told[name] for name in LOOK}


def sent(desk: Desk, now: datetime = NOW, **pictures: bytes) -> dict[str, Any]:
    """A whole contest with ``pictures``, by their names with _ for the point."""
    named = {name.replace("_", "."): data for name, data in pictures.items()}
    return desk.send("c.zip", zipped({**contest_files(toml=WITH_LOOK), **named}), now)


def test_the_site_has_the_pictures_with_their_sizes_the_shades_and_the_way_back() -> None:
    desk = Desk()
    answer = sent(desk, emblem_png=png(), banner_jpg=jpeg())
    assert look(desk) == {
        "emblem": {"file": "emblem.png", "width": 128, "height": 128},
        "banner": {"file": "banner.jpg", "width": 1200, "height": 300},
        "colours": shades("#1d5f8a")._asdict(),
        "portal": "https://nghean.gov.vn/",
    }
    assert desk.site.objects["data/emblem.png"] == png()
    assert desk.site.objects["data/banner.jpg"] == jpeg()
    assert answer["taken"]["pictures"] == ("emblem.png (128 × 128 điểm ảnh), banner.jpg (1200 × 300 điểm ảnh)")
    assert (answer["taken"]["brand"], answer["taken"]["portal"]) == ("#1d5f8a", "https://nghean.gov.vn/")


def test_a_contest_without_any_of_it_keeps_the_pages_own_look() -> None:
    desk = Desk()
    answer = desk.put()
    assert look(desk) == dict.fromkeys(LOOK)
    assert not {"pictures", "brand", "portal"} & set(answer["taken"])


def test_an_emblem_alone_replaces_the_one_before_while_a_week_is_open() -> None:
    desk = Desk()
    sent(desk, emblem_png=png(), banner_jpg=jpeg())
    answer = desk.send("emblem.webp", webp(256, 256), OPEN)
    assert answer["accepted"]
    assert look(desk)["emblem"] == {"file": "emblem.webp", "width": 256, "height": 256}
    assert look(desk)["banner"]["file"] == "banner.jpg"
    assert desk.site.objects["data/emblem.webp"] == webp(256, 256)
    assert desk.site.objects["data/emblem.png"] == b""  # nothing names it any more


def test_pictures_that_a_contest_no_longer_has_leave_the_site() -> None:
    desk = Desk()
    sent(desk, emblem_png=png(), banner_jpg=jpeg())
    desk.put(LATER)
    assert look(desk) == dict.fromkeys(LOOK)
    assert {desk.site.objects[key] for key in ("data/emblem.png", "data/banner.jpg")} == {b""}


def test_a_picture_may_come_before_the_rest_of_the_contest() -> None:
    desk = Desk()
    assert desk.send("emblem.png", png())["taken"]["gathered"] == ["emblem.png"]
    for name, data in contest_files().items():
        desk.send(name, data, NOW + timedelta(minutes=1))
    assert look(desk)["emblem"]["file"] == "emblem.png"


def test_a_spoilt_picture_leaves_everything_as_it_was() -> None:
    desk = Desk()
    sent(desk, emblem_png=png())
    before = desk.everything_but_reports()
    answer = desk.send("emblem.png", png()[:-12], LATER)
    assert not answer["accepted"]
    assert "không đọc được ảnh" in answer["faults"][0]["message"]
    assert desk.everything_but_reports() == before


def test_a_pale_colour_is_refused_at_its_line_with_one_that_can_be_read() -> None:
    desk = Desk()
    pale = WITH_LOOK.replace("#1D5F8A", "#FFCC00")
    answer = desk.send("c.zip", zipped(contest_files(toml=pale)))
    (fault,) = answer["faults"]
    assert (fault["file"], fault["column"], fault["value"]) == (
        "contest.toml",
        "contest.colours.brand",
        "#FFCC00",
    )
    assert WITH_LOOK.splitlines()[fault["row"] - 1].startswith("colours")
    assert 'hãy dùng "#8' in fault["message"]


def test_a_portal_that_is_no_web_address_is_refused() -> None:
    for address in ("http://nghean.gov.vn", "nghean.gov.vn", "https://a@nghean.gov.vn", "javascript:alert(1)"):
        toml = WITH_LOOK.replace("https://nghean.gov.vn/", address)
        answer = Desk().send("c.zip", zipped(contest_files(toml=toml)))
        assert [fault["column"] for fault in answer["faults"]] == ["contest.portal"], address


def test_no_result_and_no_fact_of_the_log_depends_on_the_pictures() -> None:
    plain, dressed = Desk(), Desk()
    plain.put()
    dressed.send("c.zip", zipped({**contest_files(), "emblem.png": png()}))
    one, other = plain.library().current(), dressed.library().current()
    assert of_contest(one, "v1") == of_contest(other, "v1")
    assert one.digests == other.digests


def test_no_result_depends_on_the_look_in_the_definition() -> None:
    plain, dressed = Desk(), Desk()
    plain.put()
    sent(dressed)
    one, other = plain.library().current(), dressed.library().current()
    week = one.definition.weeks[0]
    assert one.definition_of(week) == other.definition_of(week)
    assert one.definition_of_the_final() == other.definition_of_the_final()
