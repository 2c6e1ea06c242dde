"""CPU of putting an object of 30 KB by boto3, as closes do, against the same by a signed request; no network.

A separate process, because it stubs where requests leave; prints medians of milliseconds: signed, boto3.
"""

from __future__ import annotations

import statistics

import boto3
from stubs import REGION, milliseconds, stub, stub_signed

from chalicelib.storage.objects import Bucket
from chalicelib.storage.signed_bucket import SignedBucket
from chalicelib.storage.signed_http import SignedHttp

ROUNDS, CALLS = 9, 50
OBJECT = bytes(30_000)


def main() -> None:
    stub_signed()
    client = boto3.client("s3", region_name=REGION)
    stub(client)
    signed, bucket = (
        SignedBucket(SignedHttp(REGION, connect=1, read=2, retries=1), "desk"),
        Bucket(client, "desk"),
    )
    measured = [lambda: signed.put("results/a.xlsx", OBJECT), lambda: bucket.put("results/a.xlsx", OBJECT)]
    rounds = [[milliseconds(function, CALLS) for function in measured] for _ in range(ROUNDS + 1)]
    print(*(statistics.median(times[1:]) for times in zip(*rounds, strict=True)))


if __name__ == "__main__":
    main()
