"""Reading one file of the inbox: everything strange that people send is met here and nowhere else."""

from __future__ import annotations

from chalicelib.documents.canonical import digest
from chalicelib.readers.contest_files import LARGEST
from chalicelib.readers.plain import read_file
from chalicelib.storage.file_reader import read_key
from chalicelib.wiring.buckets import bucket
from chalicelib.wiring.environment import ReadingEnvironment, read


def read_one(key: str, version: str, delivery: str) -> str:
    """Puts what is in this version of the object where the intake looks for it.

    Returns its digest, by which the intake knows it again; empty if there is no such object.
    """
    environment = read(ReadingEnvironment)
    desk = bucket(environment.aws_region, environment.desk_bucket)
    data = desk.get(key, LARGEST + 1, version)  # a file must fit into memory
    if data is None:
        return ""
    told = read_file(key.rpartition("/")[2], data).encode()
    desk.put(read_key(delivery), told)
    return digest(told)
