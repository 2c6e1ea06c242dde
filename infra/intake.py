"""Puts a file, or a contest folder as a zip, into the desk's inbox and prints the answer.

python -m infra.intake units.xlsx              to the running local stack
python -m infra.intake units.xlsx --stage prod to AWS
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import time
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.readers.contest_files import LARGEST, TOO_LARGE, archive
from chalicelib.readers.tables import ContestFaults
from chalicelib.services.intake.place import Place, rightly
from infra.cloudformation import outputs
from infra.local.stackfile import local_desk
from infra.place import say_where
from infra.progress import span, waiting
from infra.stage import stack_name

_PATIENCE = 930.0  # the function may take fifteen minutes: it may close weeks again to see what would change
_SHOWN = 50


def send(s3: Any, desk: str, name: str, data: bytes, patience: float = _PATIENCE) -> dict[str, Any] | None:
    """Returns the report about exactly this file, or None if there is none in time."""
    place = rightly(name)
    version = s3.put_object(Bucket=desk, Key=place.key, Body=data)["VersionId"]
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        report = _report(s3, desk, place._replace(version=version))
        if report:
            return report
        time.sleep(0.1)
    return None


def last_report(s3: Any, desk: str, name: str) -> dict[str, Any] | None:
    """The report about the newest version of the file, or None if there is no such file or no report yet."""
    place = rightly(name)
    try:
        version = s3.head_object(Bucket=desk, Key=place.key)["VersionId"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return None
        raise
    return _report(s3, desk, place._replace(version=version))


def _report(s3: Any, desk: str, place: Place) -> dict[str, Any] | None:
    key = f"{place.answer}.json"
    try:
        report: dict[str, Any] = json.loads(s3.get_object(Bucket=desk, Key=key)["Body"].read())
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    return report


def fault_lines(report: dict[str, Any], shown: int = _SHOWN) -> list[str]:
    """A line for each fault: its place, the value there, the remedy."""
    lines = [_line(fault) for fault in report["faults"][:shown]]
    more = report.get("fault_count", len(report["faults"])) - len(lines)
    return [*lines, f"… {more} more, in the answer's workbook"] if more > 0 else lines


def _line(place: dict[str, Any]) -> str:
    where = [place["file"], f"dòng {place['row']}" if place["row"] else "", place["column"], place["value"]]
    return ": ".join([*(part for part in where if part), place["message"]])


def _changes(consequences: dict[str, Any]) -> list[str]:
    """A line for each close that would be made again."""
    lines = []
    for close in consequences["closes"]:
        people, figures = len(close["prizes"]), len(close["figures"])
        units = sum(map(_passes, close["units"]))
        who = f"{people} {'person' if people == 1 else 'people'} and {units} unit{'' if units == 1 else 's'}"
        what = f"{figures} figure{' changes' if figures == 1 else 's change'}"
        lines.append(f"  {close['what']}: {who} lose or gain a prize, {what}")
    return lines


def _passes(unit: dict[str, Any]) -> bool:
    return bool(unit["prize_before"] != unit["prize_after"])


def words(report: dict[str, Any]) -> list[str]:
    """The report for a terminal."""
    taken = report["taken"]
    if not report["accepted"] and "code" in taken:
        changes = _changes(report["consequences"]) if report["consequences"] else []
        why = "it would change published results" if changes else "it takes two people"
        who = "somebody else has to send" if "second_person" in taken else "send"
        return [
            f"{report['file']} was NOT taken over yet: {why}.",
            *changes,
            f"To carry it out, {who} confirm-{taken['code']}.txt with the reason in it.",
        ]
    if not report["accepted"]:
        return [f"{report['file']} was NOT taken over; nothing has changed.", *fault_lines(report)]
    if taken.keys() == {"confirmed"}:
        return [f"{report['file']}: this change was carried out before; nothing more has changed."]
    if "missing" in taken:
        missing = "; ".join(taken["missing"])
        return [f"{report['file']} was kept for the first contest. Still missing: {missing}"]
    from_week = taken.get("from_week")
    counts = [
        f"{count} {name.replace('_', ' ')}"
        for name, count in taken.items()
        if isinstance(count, int) and name != "from_week"
    ]
    if "answers" in taken:
        return [
            f"{report['file']} was answered: {', '.join(counts)}. See {taken['answers']} in the desk bucket."
        ]
    lines = [f"{report['file']} was taken over: {', '.join(counts)}."]
    if from_week:
        lines.append(f"The new questions and rules apply from week {from_week} on.")
    if report["consequences"]:
        lines += [
            "For the weeks that are published it holds only by confirmation; it would change them:",
            *_changes(report["consequences"]),
            f"To do that, send confirm-{taken['code']}.txt with the reason in it.",
        ]
    if report["warnings"]:
        lines += ["Please look at:", *map(_line, report["warnings"])]
    return lines


def content(path: Path) -> tuple[str, bytes]:
    """The name and bytes to send. Ends the program with a sentence if there is nothing to send."""
    if not path.exists():
        beside = sorted(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, beside, n=1)
        hint = f" Is it {path.parent / near[0]}?" if near else ""
        sys.exit(
            f"There is no {path} here, so nothing was sent.{hint} Give its path: make intake FILE=units.xlsx"
        )
    if path.is_dir():
        return "contest.zip", archive(path)
    return path.name, path.read_bytes()


def main() -> None:
    """Exits with 1 if the file was refused."""
    parser = argparse.ArgumentParser(prog="python -m infra.intake", description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="contest.toml, questions.xlsx, …, or a contest folder")
    say_where(parser)
    options = parser.parse_args()
    try:
        name, data = content(options.file)
        if len(data) > LARGEST:
            sys.exit(f"{name} was not sent: {TOO_LARGE}")
        if options.stage == "local":
            s3, desk = local_desk(options.stack)
        else:
            desk = outputs(boto3.client("cloudformation"), stack_name(options.stage))["DeskBucket"]
            s3 = boto3.client("s3")
        with waiting(f"Waiting for the answer about {name}, at most {span(_PATIENCE)}"):
            report = send(s3, desk, name, data)
    except OSError as error:
        sys.exit(f"{options.file} cannot be read: {error.strerror}.")
    except ContestFaults as refused:
        sys.exit(str(refused))
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"Not sent. {error}")
    if report is None:
        sys.exit("No answer: the function `intake` gave no report. Its log says why.")
    print("\n".join(words(report)))
    sys.exit(0 if report["accepted"] else 1)


if __name__ == "__main__":
    main()
