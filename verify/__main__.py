"""``python -m verify receipt | rank | final | watch | witness`` (docs/proof.md, “With the verifier”).

Exits with 0 if everything holds, 1 if something does not, 2 if something could not be checked.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cache
from io import TextIOWrapper
from pathlib import Path
from time import time
from typing import Any, TypeVar

from verify import final, log, note, receipt, watch, week, witness
from verify.folder import Folder
from verify.outcome import CannotCheck, Failed, Passed, plain
from verify.site import Fetch, over_http, parsed, read_json


def main(
    arguments: Sequence[str], site: Callable[[str], Fetch] = over_http, clock: Callable[[], float] = time
) -> int:
    """``clock``: seconds since 1970."""
    options = _options(arguments)
    try:
        for passed in _checks(options, site, clock):
            print(f"✓ {plain(passed.vi)}\n  ({plain(passed.en)})", flush=True)
    except CannotCheck as unknown:
        print(f"? CHƯA KIỂM TRA ĐƯỢC: {plain(unknown.vi)}\n  NOT CHECKED: {plain(unknown.en)}")
        return 2
    except Failed as failed:
        print(f"✗ SAI: {plain(failed.vi)}\n  WRONG: {plain(failed.en)}")
        return 1
    except (RecursionError, MemoryError) as error:
        print(
            f"? CHƯA KIỂM TRA ĐƯỢC: dữ liệu quá lớn hoặc lồng nhau quá sâu ({type(error).__name__}).\n"
            "  NOT CHECKED: the data are too large or nested too deeply."
        )
        return 2
    except Exception as error:  # noqa: BLE001 - a file of another shape or with other values than docs/proof.md says
        print(
            f"✗ SAI: dữ liệu không đúng dạng quy định ({plain(repr(error))}).\n"
            "  WRONG: the data do not have the form that docs/proof.md requires."
        )
        return 1
    print("ĐÚNG: mọi bước kiểm tra đều khớp.\nRIGHT: everything that was checked holds.")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m verify", description="Kiểm tra cuộc thi. Checks a contest (docs/proof.md)."
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="receipt | rank | final | watch | witness"
    )
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
    watcher = commands.add_parser("watch", help="theo dõi nhật ký, nên chạy mỗi mười phút · watches the log")
    watcher.add_argument(
        "site", metavar="URL", nargs="?", help="địa chỉ trang web cuộc thi · the contest's site"
    )
    for command in (one, watcher):
        command.add_argument(
            "--vkey", help="khóa của nhật ký trong thông báo in · the log's key as announced in print"
        )
    watcher.add_argument("--all", action="store_true", help="đọc lại tất cả · reads everything again")
    watcher.add_argument(
        "--new-key", metavar="NAME", help="tạo khóa riêng vào tệp --key · makes a key in --key"
    )
    keeper = commands.add_parser("witness", help="ký xác nhận khi nhật ký hỏi · cosigns when the log asks")
    keeper.add_argument("--log", metavar="VKEY", required=True, help="khóa của nhật ký · the log's key")
    keeper.add_argument("--listen", metavar="HOST:PORT", default="127.0.0.1:8080")
    for command in (watcher, keeper):
        own = command is keeper
        command.add_argument("--folder", type=Path, required=own, help="thư mục lưu · what is kept")
        command.add_argument("--key", type=Path, required=own, help="tệp khóa riêng · the private key's file")
    options = parser.parse_args(arguments)
    if options.command == "watch" and not (options.key if options.new_key else options.site and options.folder):
        parser.error("cần URL --folder, hoặc --new-key --key · URL --folder, or --new-key --key are needed")
    if options.command == "rank" and options.root and options.week is None:
        parser.error("--root cần --week · --root needs --week")
    return options


def _checks(
    options: argparse.Namespace, site: Callable[[str], Fetch], clock: Callable[[], float]
) -> Iterator[Passed]:
    if options.command == "witness":
        yield from _witness(options, clock)
        return
    if options.command == "watch" and options.new_key:
        yield _new_key(options)
        return
    fetch = site(options.site)
    if options.command == "watch":
        vkey = _given(lambda: note.read_key(options.vkey)) if options.vkey else None
        signer = _signer(options.key) if options.key else None
        visit = watch.Visit(Folder(options.folder), int(clock()), vkey, signer, options.all)
        yield from watch.check(fetch, visit)
        return
    if options.command == "receipt":
        vkey = _given(lambda: note.read_key(options.vkey)) if options.vkey else None
        whole = cache(lambda: log.read_log(fetch, vkey))
        for one in _receipts(Path(options.receipt)):
            yield from receipt.check(one, fetch, options.root, whole)
    elif options.command == "rank" and options.week is not None:
        yield from week.check(fetch, options.week, options.root)
    else:
        index = read_json(fetch, "data/results/index.json")
        page = final.fetch_page(fetch) if options.command == "final" and index["final"] else None
        weeks = yield from _weeks(fetch, index, page)
        if page:
            yield from final.check(fetch, page, weeks)
        elif options.command == "final":
            raise CannotCheck("Cuộc thi chưa chốt kết quả chung cuộc.", "The end is not closed yet.")


T = TypeVar("T")


def _given(read: Callable[[], T]) -> T:
    """What is wrong with somebody's own key or file proves nothing about the contest."""
    try:
        return read()
    except (OSError, ValueError) as error:
        raise CannotCheck(str(error), str(error)) from None
    except Failed as failed:
        raise CannotCheck(failed.vi, failed.en) from None


def _signer(path: Path) -> note.Signer:
    return _given(lambda: note.read_signer(path.read_text(encoding="utf-8")))


def _new_key(options: argparse.Namespace) -> Passed:
    """Never over another key."""

    def make() -> note.Signer:
        signer = note.new_signer(options.new_key)
        with os.fdopen(os.open(options.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{signer.text}\n")
        return signer

    key = _given(make).key.text
    return Passed(
        f"Khóa riêng ở {options.key}: giữ kín. Khóa kiểm tra để công bố: {key}",
        f"Keep {options.key} secret, and publish the verifier key above",
    )


def _witness(options: argparse.Namespace, clock: Callable[[], float]) -> Iterator[Passed]:
    """Runs until it is interrupted."""
    signer, vkey = _signer(options.key), _given(lambda: note.read_key(options.log))
    keeper = witness.Witness(Folder(options.folder), vkey, signer, clock)
    host, _, port = options.listen.rpartition(":")
    with _given(lambda: witness.server(keeper, host, int(port))) as serving:
        address = f"http://{host}:{serving.server_address[1]}"
        yield Passed(
            f"Đang nghe ở {address}; khóa kiểm tra: {signer.key.text}",
            f"Listening; the newest checkpoint is at {address}{keeper.path}",
        )
        with contextlib.suppress(KeyboardInterrupt):
            serving.serve_forever()


def _weeks(fetch: Fetch, index: Any, page: Any) -> Generator[Passed, None, list[week.Checked]]:
    """``page``: of the end, if that is checked too."""
    if not index["weeks"]:
        raise CannotCheck("Chưa có tuần nào được chốt.", "No week is closed yet.")
    weeks = []
    for listed in index["weeks"]:
        later = final.times_of(page, listed["week"]) if page else ()
        weeks.append((yield from week.check(fetch, listed["week"], None, later)))
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
