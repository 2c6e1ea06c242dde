"""The organisers' files, as the walk sends them: a whole contest, or one list or decision."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.bank import LETTERS, Question
from chalicelib.domain.definition import Definition
from chalicelib.domain.units import Unit

EXCLUSIONS = "citizen_id,role,effect,note\n"
ROSTERS = "unit_code,full_name,citizen_id,exempt\n"
ANNULMENTS = "citizen_id,participant_id,weeks,effect,decided_on,reason\n"
RULINGS = "question_id,weeks,ruling,answer,reason\n"
RECOGNITIONS = "what,decision,decided_on,withdraw,reason\n"
CALENDAR = "week,opens,closes,title,cancelled,reason\n"
SWITCHES = "switch,value,reason\n"
GUIDE = "# Hướng dẫn\n"


def toml_of(definition: Definition) -> str:
    """The ``contest.toml`` that says the same."""
    tables = definition.model_dump(mode="json", exclude_none=True)
    return "\n".join(f"{name} = {_value(table)}" for name, table in tables.items()) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):  # the last step of a minimum rate has no bound
        return "[" + ", ".join(_value(one) for one in value if one is not None) + "]"
    return json.dumps(value, ensure_ascii=False)


def questions_of(bank: Iterable[Question]) -> str:
    columns = [f"option_{letter.lower()}" for letter in LETTERS]
    rows = [f"id,topic,text,{','.join(columns)},answer,reference,status"]
    for one in bank:
        options = list(one.options) + [""] * (len(LETTERS) - len(one.options))
        rows.append(
            ",".join([one.id, one.topic, one.text, *options, one.answer_letters, one.reference, "approved"])
        )
    return "\n".join(rows) + "\n"


def units_of(units: Iterable[Unit]) -> str:
    rows = [
        f'{one.code},{one.name},"{one.bloc}",{one.kind},{one.headcount},{one.exempt},{one.parent}'
        for one in units
    ]
    return "\n".join(["code,name,bloc,kind,headcount,exempt,parent", *rows]) + "\n"


def zipped(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2022, 8, 1, 0, 0, 0)), text)
    return packed.getvalue()
