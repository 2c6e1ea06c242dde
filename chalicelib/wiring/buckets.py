"""Buckets to write to, by boto3: not for the API, in whose package it is not."""

from __future__ import annotations

import boto3

from chalicelib.storage.desk import Desk
from chalicelib.storage.objects import Bucket
from chalicelib.storage.pointers import Pointers
from chalicelib.storage.site import Site
from chalicelib.wiring.aws import dynamo


def bucket(region: str, name: str) -> Bucket:
    """A bucket to write to."""
    return Bucket(boto3.client("s3", region_name=region), name)


def desk_bucket(region: str, name: str, tallies: str, lock_days: int = 0) -> Desk:
    """The desk to write to; its pointers are in the table ``tallies``."""
    pointers = Pointers(dynamo(region), tallies)
    return Desk(boto3.client("s3", region_name=region), name, pointers, lock_days)


def site_bucket(region: str, name: str, tallies: str) -> Site:
    """The site; what is put there is noted in the table ``tallies``."""
    return Site(boto3.client("s3", region_name=region), name, dynamo(region), tallies)
