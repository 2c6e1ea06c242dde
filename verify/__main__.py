"""``python -m verify receipt.json --site URL`` or ``python -m verify --rank URL [--week K]``.

Exits with 0 if everything holds, 1 if something does not, 2 if something could not be checked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from verify import final, receipt, week
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, over_http, read_json

# The errors that the code below raises for a file whose shape differs from docs/proof.md.
MISSHAPEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, EOFError, OSError)


def main(arguments: Sequence[str], site: Callable[[str], Fetch] = over_http) -> int:
    options = _options(arguments)
    try:
        for passed in _checks(options, site):
            print(f"✓ {passed.vi}\n  ({passed.en})")
    except CannotCheck as unknown:
        print(f"? CHƯA KIỂM TRA ĐƯỢC: {unknown.vi}\n  NOT CHECKED: {unknown.en}")
        return 2
    except Failed as failed:
        print(f"✗ SAI: {failed.vi}\n  WRONG: {failed.en}")
        return 1
    except MISSHAPEN as error:
        print(
            f"✗ SAI: dữ liệu không đúng dạng quy định ({type(error).__name__}: {error}).\n"
            "  WRONG: the data do not have the form that docs/proof.md requires."
        )
        return 1
    print("ĐÚNG: mọi bước kiểm tra đều khớp.\nRIGHT: everything that was checked holds.")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m verify",
        description="Kiểm tra biên nhận bài thi, hoặc xếp hạng lại một tuần. "
        "Checks a receipt, or ranks a week again (docs/proof.md).",
    )
    parser.add_argument(
        "receipt", nargs="?", help="tệp biên nhận · the file with the receipt, or a list of them"
    )
    parser.add_argument("--site", metavar="URL", help="địa chỉ trang web cuộc thi · the contest's site")
    parser.add_argument(
        "--rank", metavar="URL", help="xếp hạng lại từ trang web này · rank again what this site shows"
    )
    parser.add_argument("--week", type=int, metavar="K", help="chỉ tuần này · this week only")
    parser.add_argument(
        "--root", metavar="HEX", help="mã xác thực trong thông báo in · the root as announced in print"
    )
    options = parser.parse_args(arguments)
    if bool(options.rank) == bool(options.receipt) or bool(options.site) != bool(options.receipt):
        parser.error(
            "cần: receipt.json --site URL, hoặc --rank URL · needed: receipt.json --site URL, or --rank URL"
        )
    if options.root and options.rank and options.week is None:
        parser.error("--root cần --week · --root needs --week")
    return options


def _checks(options: argparse.Namespace, site: Callable[[str], Fetch]) -> Iterator[Passed]:
    if options.receipt:
        fetch = site(options.site)
        for one in _receipts(Path(options.receipt)):
            yield from receipt.check(one, fetch, options.root)
        return
    fetch = site(options.rank)
    if options.week is not None:
        yield from week.check(fetch, options.week, options.root)
        return
    index = read_json(fetch, "data/results/index.json")
    if not index["weeks"]:
        raise CannotCheck("Chưa có tuần nào được chốt.", "No week is closed yet.")
    weeks = []
    for listed in index["weeks"]:
        weeks.append((yield from week.check(fetch, listed["week"], options.root)))
    if index["final"]:
        yield from final.check(fetch, weeks)


def _receipts(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotCheck(f"Không đọc được {path}: {error}.", f"Cannot read {path}: {error}.") from None
    receipts = content if isinstance(content, list) else [content]
    if not receipts:
        raise CannotCheck(f"{path} không có biên nhận nào.", f"There is no receipt in {path}.")
    return receipts


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):  # Windows would use a code page without Vietnamese
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
