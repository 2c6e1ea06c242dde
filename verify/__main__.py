"""``python -m verify receipt FILE --site URL``, ``rank URL [--week K]`` or ``final URL`` (docs/proof.md).

Exits with 0 if everything holds, 1 if something does not, 2 if something could not be checked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from verify import final, receipt, week
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, over_http, parsed, read_json


def main(arguments: Sequence[str], site: Callable[[str], Fetch] = over_http) -> int:
    options = _options(arguments)
    try:
        for passed in _checks(options, site):
            print(f"✓ {_plain(passed.vi)}\n  ({_plain(passed.en)})")
    except CannotCheck as unknown:
        print(f"? CHƯA KIỂM TRA ĐƯỢC: {_plain(unknown.vi)}\n  NOT CHECKED: {_plain(unknown.en)}")
        return 2
    except Failed as failed:
        print(f"✗ SAI: {_plain(failed.vi)}\n  WRONG: {_plain(failed.en)}")
        return 1
    except (RecursionError, MemoryError) as error:
        print(
            f"? CHƯA KIỂM TRA ĐƯỢC: dữ liệu quá lớn hoặc lồng nhau quá sâu ({type(error).__name__}).\n"
            "  NOT CHECKED: the data are too large or nested too deeply."
        )
        return 2
    except Exception as error:  # noqa: BLE001 - a file of another shape or with other values than docs/proof.md says
        print(
            f"✗ SAI: dữ liệu không đúng dạng quy định ({_plain(repr(error))}).\n"
            "  WRONG: the data do not have the form that docs/proof.md requires."
        )
        return 1
    print("ĐÚNG: mọi bước kiểm tra đều khớp.\nRIGHT: everything that was checked holds.")
    return 0


def _plain(text: str) -> str:
    """Without what moves the cursor or cannot be written: a site's words stand in what is said of it."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[:1000])


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m verify", description="Kiểm tra cuộc thi. Checks a contest (docs/proof.md)."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="receipt | rank | final")
    one = commands.add_parser("receipt", help="kiểm tra biên nhận bài thi · checks receipts")
    one.add_argument(
        "receipt", metavar="FILE", help="tệp biên nhận · the file with the receipt, or a list of them"
    )
    one.add_argument(
        "--site", metavar="URL", required=True, help="địa chỉ trang web cuộc thi · the contest's site"
    )
    rank = commands.add_parser("rank", help="xếp hạng lại các tuần · ranks the weeks again")
    rank.add_argument("--week", type=int, metavar="K", help="chỉ tuần này · this week only")
    for command in (one, rank):
        command.add_argument(
            "--root", metavar="HEX", help="mã xác thực trong thông báo in · the root as announced in print"
        )
    end = commands.add_parser(
        "final", help="xếp hạng lại các tuần và cả cuộc thi · ranks the weeks and the end again"
    )
    for command in (rank, end):
        command.add_argument("site", metavar="URL", help="địa chỉ trang web cuộc thi · the contest's site")
    options = parser.parse_args(arguments)
    if options.command == "rank" and options.root and options.week is None:
        parser.error("--root cần --week · --root needs --week")
    return options


def _checks(options: argparse.Namespace, site: Callable[[str], Fetch]) -> Iterator[Passed]:
    fetch = site(options.site)
    if options.command == "receipt":
        for one in _receipts(Path(options.receipt)):
            yield from receipt.check(one, fetch, options.root)
    elif options.command == "rank" and options.week is not None:
        yield from week.check(fetch, options.week, options.root)
    else:
        index = read_json(fetch, "data/results/index.json")
        weeks = yield from _weeks(fetch, index)
        if options.command == "final":
            if not index["final"]:
                raise CannotCheck("Cuộc thi chưa chốt kết quả chung cuộc.", "The end is not closed yet.")
            yield from final.check(fetch, weeks)


def _weeks(fetch: Fetch, index: Any) -> Generator[Passed, None, list[week.Checked]]:
    if not index["weeks"]:
        raise CannotCheck("Chưa có tuần nào được chốt.", "No week is closed yet.")
    weeks = []
    for listed in index["weeks"]:
        weeks.append((yield from week.check(fetch, listed["week"], None)))
    return weeks


def _receipts(path: Path) -> list[Any]:
    try:
        content = parsed(path.read_bytes(), str(path))
    except (OSError, Failed) as error:
        raise CannotCheck(f"Không đọc được {path}: {error}.", f"Cannot read {path}: {error}.") from None
    receipts = content if isinstance(content, list) else [content]
    if not receipts:
        raise CannotCheck(f"{path} không có biên nhận nào.", f"There is no receipt in {path}.")
    return receipts


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):  # Windows would use a code page without Vietnamese
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
