"""S3's multipart uploads with its own strictness about checksums, which no emulator has.

It stands where botocore is about to send: what it judges is what would go over the wire, with all that botocore
adds. The rules and most messages are those of S3's user guide and of S3's answers as people report them.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import md5, sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import fromstring

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

SMALLEST_PART = 5 * 1024 * 1024
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_CHECKSUM = re.compile(r"x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)")


class Refused(Exception):
    """Code and message of S3's answer."""


@dataclass
class Part:
    data: bytes
    etag: str
    checksum: str | None


@dataclass
class Upload:
    """``algorithm``: the declared one; ``locked``: with Object Lock."""

    algorithm: str | None
    locked: bool
    parts: dict[int, Part] = field(default_factory=dict)


@dataclass
class StrictS3:
    """``damage`` changes the body of a part on its way."""

    objects: dict[str, bytes] = field(default_factory=dict)
    checksums: dict[str, str | None] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    damage: Any = None

    def attach(self, client: Any) -> None:
        client.meta.events.register("before-send.s3", self.answer)

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        url = urlsplit(request.url)
        query = parse_qs(url.query, keep_blank_values=True)
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = request.body or b""
        data: bytes = body if isinstance(body, bytes) else body.read()
        try:
            more, text = self._answer(request.method, url.path, query, headers, data)
            return _answer(request.url, 200, more, text)
        except Refused as refused:
            code, message = refused.args
            text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
            return _answer(request.url, 400, {}, text)

    def _answer(
        self, method: str, path: str, query: dict[str, list[str]], headers: dict[str, str], data: bytes
    ) -> tuple[dict[str, str], str]:
        if method == "POST" and "uploads" in query:
            return {}, self._create(headers)
        if method == "PUT" and "uploadId" in query:
            return self._part(self._upload(query), int(query["partNumber"][0]), headers, data), ""
        if method == "POST" and "uploadId" in query:
            return {}, self._complete(path, query, data)
        if method == "DELETE" and "uploadId" in query:
            del self.uploads[query["uploadId"][0]]
            return {}, ""
        raise AssertionError(f"{method} {path}?{query} is not known here")

    def _upload(self, query: dict[str, list[str]]) -> Upload:
        try:
            return self.uploads[query["uploadId"][0]]
        except KeyError:
            raise Refused("NoSuchUpload", "The specified upload does not exist.") from None

    def _create(self, headers: dict[str, str]) -> str:
        if any(_CHECKSUM.fullmatch(name) for name in headers):
            raise Refused("InvalidRequest", "An upload that begins has no content yet.")
        algorithm = headers.get("x-amz-checksum-algorithm", "").lower() or None
        number = f"upload-{len(self.uploads)}"
        self.uploads[number] = Upload(algorithm, "x-amz-object-lock-mode" in headers)
        return f"<InitiateMultipartUploadResult><UploadId>{number}</UploadId></InitiateMultipartUploadResult>"

    def _part(self, upload: Upload, number: int, headers: dict[str, str], data: bytes) -> dict[str, str]:
        if self.damage:
            data = self.damage(data)
        given = {name: value for name, value in headers.items() if _CHECKSUM.fullmatch(name)}
        trailing = headers.get("x-amz-trailer")
        kinds = [name.removeprefix("x-amz-checksum-") for name in (*given, *([trailing] if trailing else []))]
        if len(kinds) > 1:
            raise Refused("InvalidRequest", "Expecting a single x-amz-checksum- header.")
        if upload.locked and not kinds and "content-md5" not in headers:
            raise Refused(
                "InvalidRequest",
                "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Part requests with Object Lock "
                "parameters",
            )
        if kinds and kinds[0] != upload.algorithm:
            expected = upload.algorithm or "null"
            raise Refused(
                "InvalidRequest",
                f"Checksum Type mismatch occurred, expected checksum Type: {expected}, "
                f"actual checksum Type: {kinds[0]}",
            )
        assert not kinds or kinds == ["sha256"], "other sums cannot be checked here"
        checksum = next(iter(given.values()), None)
        if checksum is not None and b64decode(checksum) != sha256(data).digest():
            raise Refused("BadDigest", "The SHA256 you specified did not match the calculated checksum.")
        etag = f'"{md5(data, usedforsecurity=False).hexdigest()}"'
        upload.parts[number] = Part(data, etag, checksum)
        return {"ETag": etag, **given}

    def _complete(self, path: str, query: dict[str, list[str]], data: bytes) -> str:
        upload = self._upload(query)
        named = fromstring(data).findall(f"{_NAMESPACE}Part")  # noqa: S314  botocore wrote it
        numbers = [int(part.findtext(f"{_NAMESPACE}PartNumber", "")) for part in named]
        if numbers != sorted(set(numbers)):
            raise Refused("InvalidPartOrder", "The list of parts was not in ascending order.")
        for number, part in zip(numbers, named, strict=True):
            self._check(upload, number, part, last=number == numbers[-1])
        del self.uploads[query["uploadId"][0]]
        whole = [upload.parts[number] for number in numbers]
        self.objects[path] = b"".join(part.data for part in whole)
        sums = [b64decode(part.checksum) for part in whole if part.checksum]
        self.checksums[path] = (
            f"{b64encode(sha256(b''.join(sums)).digest()).decode()}-{len(whole)}" if sums else None
        )
        return "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>"

    def _check(self, upload: Upload, number: int, part: Any, *, last: bool) -> None:
        given = {
            one.tag.removeprefix(f"{_NAMESPACE}Checksum").lower(): one.text
            for one in part
            if one.tag.startswith(f"{_NAMESPACE}Checksum")
        }
        there = upload.parts.get(number)
        if there is None or part.findtext(f"{_NAMESPACE}ETag") != there.etag:
            raise Refused("InvalidPart", "One or more of the specified parts could not be found.")
        if upload.algorithm and upload.algorithm not in given:
            raise Refused(
                "InvalidRequest",
                f"The upload was created using a {upload.algorithm} checksum. The complete request must "
                f"include the checksum for each part. It was missing for part {number} in the request.",
            )
        if any(kind != upload.algorithm or value != there.checksum for kind, value in given.items()):
            raise Refused("InvalidPart", "One or more of the specified parts could not be found.")
        if not last and len(there.data) < SMALLEST_PART:
            raise Refused("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self._content


def _answer(url: str, status: int, headers: dict[str, str], text: str) -> AWSResponse:
    return AWSResponse(url, status, {"content-type": "application/xml", **headers}, _Raw(text.encode()))
