"""Where a file of the inbox is, who put it there, and where its answer goes.

A file is at ``inbox/<folder>/<sub>/<file>``. ``<sub>`` is who put it there, as IAM enforces: an organiser's
own number, or ``account`` for people with rights in the account. Files about single people are below ``month``,
which the bucket empties after 30 days, all others below ``kept``; the answers are in folders of the same names.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import NamedTuple

from chalicelib.readers.contest_files import folder_of

ACCOUNT = "account"
_SUB = re.compile(r"[A-Za-z0-9:_-]{1,100}")
# In bytes, of 1,024 that S3 allows: the answer's key has an ending, and may be a folder.
_LONGEST = 960


class Place(NamedTuple):
    """``version``: of the file, as S3 names it; the answer is to this one alone."""

    folder: str
    sub: str
    file: str
    version: str = "null"

    @property
    def key(self) -> str:
        return f"inbox/{self.folder}/{self.sub}/{self.file}"

    @property
    def answer(self) -> str:
        """The key of the answer without its ending, and of the folder beside it; a long name is cut."""
        before, name = f"intake/{self.folder}/{self.sub}/", f"{self.file}.{self.version}"
        if len((before + name).encode()) > _LONGEST:
            name = f"{self.file[:100]}~{sha256(name.encode()).hexdigest()[:16]}"
        return before + name


def rightly(file: str, sub: str = ACCOUNT, version: str = "null") -> Place:
    """Where ``file`` belongs."""
    return Place(folder_of(file), sub, file, version)


def place_of(key: str, version: str) -> tuple[Place, str]:
    """The place of an object of the inbox, and why it is no place for it, with the remedy; empty if it is one.

    The answer to a file in no place goes where its sender reads it: elsewhere only ``account`` can have put it.
    """
    _, *folders, file = key.split("/")
    version = version or "null"
    named = len(folders) > 1 and folders[0] in ("kept", "month") and _SUB.fullmatch(folders[1])
    right = rightly(file, folders[1] if named else ACCOUNT, version)
    if folders == [right.folder, right.sub]:
        return right, ""
    why = f"tệp ở sai thư mục ({'/'.join(['inbox', *folders])}) nên không được nhận: hãy đưa vào {right.key}"
    if folders[:1] == ["kept"] and right.folder == "month":
        why += ", rồi xóa tệp đã đưa nhầm, vì thư mục kept không tự xóa"
    return right._replace(folder="month" if folders[:1] == ["month"] else "kept"), why
