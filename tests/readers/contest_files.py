"""A small contest folder as bytes, to be spoilt in one place at a time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from chalicelib.readers.contest_files import unpack
from chalicelib.readers.contest_folder import ContestFolder, read_files
from chalicelib.readers.contest_tables import File
from chalicelib.readers.plain import as_plain, plain_files
from chalicelib.readers.tables import ContestFaults, Fault

TOML = """[contest]
pause = "PT0S"
id = "thi-thu"
title = "Thi thử"
organiser = "UBND tỉnh"
hotline = "0238 000 000"
start = 2022-08-22T08:00:00+07:00
weeks = 4

[paper]
questions = 3
time_limit = "PT10M"
attempts_per_week = 3
publish_bank = true

[unit_score]
weights = { participation = 0.5, volume = 0.2, quality = 0.3 }

[eligibility]
proof_of_work = "off"
excluded_roles = ["Ban Tổ chức", "Tổ ra đề"]
"""
QUESTION_HEADER = (
    "id,topic,text,option_a,option_b,option_c,option_d,option_e,option_f,answer,reference,status\n"
)
QUESTIONS = (
    QUESTION_HEADER
    + """Q1,luật,Một?,a,b,c,d,,,B,Điều 1,approved
Q2,luật,Hai?,a,b,c,,,,AC,Điều 2,approved
Q3,phí,Ba?,a,b,,,,,A,Điều 3,approved
Q4,phí,"Bốn, hay ""năm""?",a,b,,,,,A,Điều 4,approved
Q5,phí,Sáu?,a,b,,,,,A,Điều 5,draft
"""
)
UNIT_HEADER = "code,name,bloc,kind,headcount,exempt\n"
UNITS = UNIT_HEADER + "SO-A,Sở A,Sở,department,10,2\nSO-B,Sở B,Sở,department,4,0\n"
EXCLUSIONS = (
    "citizen_id,role,effect,note\n040080000001,Ban Tổ chức,,Trưởng ban\n040080000002,Tổ ra đề,no_prize,\n"
)

Content = str | bytes


def contest_files(**changed: Content | None) -> dict[str, bytes]:
    """``toml=…``, ``questions=…``, ``units=…``, ``exclusions=…``, ``guide=…``.

    None leaves a file out.
    """
    contents: dict[str, Content | None] = {
        "toml": TOML,
        "questions": QUESTIONS,
        "units": UNITS,
        "exclusions": EXCLUSIONS,
        "guide": "# Thể lệ\n",
        **changed,
    }
    names = {"toml": "contest.toml", "guide": "guide.md"}
    return {
        names.get(key, f"{key}.csv"): content.encode() if isinstance(content, str) else content
        for key, content in contents.items()
        if content is not None
    }


def read_archive(file: str, data: bytes) -> ContestFolder:
    """The contest in a zip, as the intake reads it. Raises ``ContestFaults``."""
    return read_sent(unpack(file, data))


def sent_file(name: str, data: bytes) -> File:
    """The file as it is read once it was sent."""
    return File(name, as_plain(name, data))


def read_sent(files: Mapping[str, bytes]) -> ContestFolder:
    """The contest in these files as they are sent. Raises ``ContestFaults``."""
    return read_files(plain_files(files))


def faults(**changed: Content | None) -> list[Fault]:
    """The faults of the folder with these files in place of its own."""
    with pytest.raises(ContestFaults) as refused:
        read_sent(contest_files(**changed))
    return refused.value.faults


def toml(old: str, new: str) -> dict[str, bytes]:
    """The folder with one place of contest.toml changed."""
    assert TOML.count(old) == 1, old
    return contest_files(toml=TOML.replace(old, new))


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(zipfile.ZipInfo(name, (2022, 8, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
