"""Reading one file of the inbox: everything strange that people send is met here and nowhere else."""

from __future__ import annotations

from chalicelib.readers.contest_files import LARGEST
from chalicelib.readers.plain import read_file
from chalicelib.storage.file_reader import read_key
from chalicelib.wiring.aws import bucket
from chalicelib.wiring.environment import ReadingEnvironment, read


def read_one(key: str, version: str, delivery: str) -> bool:
    """Puts what is in this version of the object where the intake looks for it; False if there is none."""
    environment = read(ReadingEnvironment)
    desk = bucket(environment.aws_region, environment.desk_bucket)
    data = desk.get(key, LARGEST + 1, version)  # a file must fit into memory
    if data is None:
        return False
    desk.put(read_key(delivery), read_file(key.rpartition("/")[2], data).encode())
    return True
