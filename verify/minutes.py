"""Checks a week's bundle against the log: in which minute each record stands, and that nothing else does."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from verify import facts, log, rules
from verify.bundle import Logged
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch
from verify.tree import root

# A record may take so long from the end of the grace to the log.
IN_TIME_S = 3 * 60


def check(
    fetch: Fetch,
    lines: Sequence[Logged],
    packed: bytes,
    published: dict[str, Any],
    page: dict[str, Any],
    bank: str,
) -> Iterator[Passed]:
    """``packed``: the batches of all lines, then of all starts; ``bank``: the one by which they are graded.

    Raises ``Failed`` or ``CannotCheck``.
    """
    starts = [one for one in lines if one.start]
    if len(packed) != 4 * (len(lines) + len(starts)):
        raise Failed(
            "Danh sách phút không khớp với bộ dữ liệu.", "The list of minutes does not fit the bundle."
        )
    batches = [number for (number,) in struct.iter_unpack(">I", packed)]
    whole = _log(fetch, published)
    leaves = whole.leaves
    end = datetime.fromisoformat(page["closes_at"]).timestamp() + published["rules"]["grace_ms"] / 1000
    if published["draw_size"] <= whole.minute(end):
        raise Failed(
            "Thứ tự của người bằng nhau theo một mốc có trước khi tuần kết thúc.",
            "Equals stand by a checkpoint from before the end of the week.",
        )
    yield Passed(
        f"Thứ tự của người bằng nhau theo mốc {published['draw_size']} của nhật ký: {published['draw_root']}",
        f"Equals stand by the log's checkpoint of {published['draw_size']} minutes",
    )
    if batches and max(batches) >= len(leaves):
        raise Failed("Có bài ở một phút mà nhật ký chưa có.", "A record stands in a minute that the log lacks.")
    first = whole.minute(datetime.fromisoformat(page["opens_at"]).timestamp())
    facts.compare(fetch, facts.told(leaves), len(leaves))
    yield rules.check(fetch, leaves, first, published, bank)
    yield rules.check_result(fetch, leaves, published, page)
    last = max([published["draw_size"] - 1, *batches])
    window = range(max(0, first), min(last + 1, len(leaves)))
    stand = [*(one.leaf for one in lines), *(one.start for one in starts if one.start)]
    others = _batches(fetch, leaves, stand, batches, window)
    # Each attempt that somebody handed in has a start, which the bundle does not name.
    more = others - (len(lines) - len(starts))
    rest = f"còn {more} mục không thuộc bộ dữ liệu này: bài của tuần khác, hoặc bài bị bỏ đi"
    rest_en = f"and {more} that are not of this bundle: of other weeks, or of attempts that were left out"
    if more < 0:
        rest, rest_en = f"thiếu lúc bắt đầu của {-more} bài", f"without the starts of {-more} of them"
    yield Passed(
        f"Nhật ký có đúng {len(lines)} bài này, mỗi bài trong phút đã nêu; ngoài lúc bắt đầu của các bài, "
        f"nhật ký {rest}",
        f"The log holds exactly these {len(lines)} records, each in its minute, their starts, {rest_en}",
    )
    yield _late(whole, lines, batches, published, whole.minute(end + IN_TIME_S))


def _log(fetch: Fetch, published: dict[str, Any]) -> log.Log:
    """The log, whose tree has the root of the draw at its size."""
    whole = log.read_log(fetch)
    if whole.checkpoint.size < published["draw_size"]:
        raise Failed(
            "Nhật ký ngắn hơn lúc chốt tuần: đã bị cắt.", "The log is shorter than when the week was closed."
        )
    if root(whole.hashes[: published["draw_size"]]).hex() != published["draw_root"]:
        raise Failed(
            "Thứ tự của người bằng nhau không theo mã xác thực của nhật ký lúc chốt tuần.",
            "Equal people do not stand by the log's root at the close.",
        )
    return whole


def _batches(
    fetch: Fetch,
    leaves: Sequence[log.Leaf],
    stand: Sequence[bytes],
    batches: Sequence[int],
    window: range,
) -> int:
    """Compares every minute of the week; returns how many other records stand there."""
    mine: dict[int, list[bytes]] = defaultdict(list)
    for leaf, number in zip(stand, batches, strict=True):
        mine[number].append(leaf)
    others = 0
    openings = cache(partial(log.fetch_openings, fetch))
    for number in sorted({*window, *mine}):
        opening = openings(number // log.TILE).get(number)
        if opening is None:
            raise CannotCheck(
                f"Phút thứ {number} của nhật ký chưa được mở: hãy thử lại sau nửa giờ.",
                f"Minute {number} of the log is not opened yet: try again in half an hour.",
            )
        hashed, size = log.opened(number, leaves[number], opening)
        own = sorted(mine[number])
        if len(own) != size or root(own) != hashed:
            others += _others(fetch, number, own, size, hashed)
    return others


def _others(fetch: Fetch, number: int, own: Sequence[bytes], size: int, hashed: bytes) -> int:
    there = log.fetch_hashes(fetch, f"{log.FOLDER}/batch/{number}", size)
    if root(there) != hashed or not set(own) <= set(there):
        raise Failed(
            f"Nhật ký không có một số bài của bộ dữ liệu trong phút thứ {number}: bài bị thêm hoặc sửa.",
            f"The log lacks records of the bundle in minute {number}: attempts were added or changed.",
        )
    return size - len(set(own))


def _late(
    whole: log.Log,
    lines: Sequence[Logged],
    batches: Sequence[int],
    published: dict[str, Any],
    last: int,
) -> Passed:
    """Who handed in what the log has too late is told, and wins nothing without the organisers' word.

    So is who has a paper that nobody handed in, if the log has its start too late, or the paper itself only
    since the week was first closed. ``last``: the number of the last minute in time.
    """
    last, closed = whole.told_in(last), published["draw_size"] - 1
    stand = [
        *((one, closed if one.start else last) for one in lines),
        *((one, last) for one in lines if one.start),
    ]
    late = {one.pseudonym for (one, until), number in zip(stand, batches, strict=True) if number > until}
    if sorted(late) != published["late"]:
        raise Failed(
            "Danh sách người có bài (hoặc lúc bắt đầu của bài không nộp) vào nhật ký muộn không đúng.",
            "The list of people whose papers (or starts of those not handed in) came late to the log is wrong.",
        )
    confirmed = len(late - set(published["no_prize"]))
    return Passed(
        f"{len(late)} người có bài vào nhật ký muộn; Ban Tổ chức xác nhận {confirmed} người, "
        "số còn lại không xét giải",
        f"{len(late)} people have papers that came late to the log; the organisers confirm {confirmed} of them",
    )
