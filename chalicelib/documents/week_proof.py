"""The files of a week's proof: the tree's root on the desk, and what the site shows of it (docs/proof.md)."""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.typed import Document, Part

# The files of a week's proof, as the close leaves them on the desk.
AUDIT, MERKLE, RANKING = "audit.jsonl.gz", "merkle.json", "ranking.json"
# The number of the log's batch that has each line of the bundle, four bytes each, big-endian.
BATCHES = "batches.bin"


class Tree(Document, frozen=True, kw_only=True):
    """``merkle.json`` beside a closed week: root and size of the records' tree, digests of the files around it.

    ``bank``: the digest of the week's, to which the scores are committed together with it.
    """

    format: Literal[1] = 1
    contest: str
    week: int
    bank: str
    tree: Literal["RFC 6962"] = "RFC 6962"
    hash: Literal["SHA-256"] = "SHA-256"
    leaf_order: Literal["ascending"] = "ascending"
    root: str
    size: int
    audit_sha256: str
    audit_bytes: int
    batches_sha256: str
    ranking_sha256: str
    order_sha256: str

    @property
    def folder(self) -> str:
        """The week's folder on the site in which the files below stand."""
        return self.root[:16]

    @property
    def audit_file(self) -> str:
        """What the site calls the bundle: the root stays under a ruling, and the bundle does not."""
        return f"audit-{self.audit_sha256[:16]}.jsonl.gz"

    @property
    def batches_file(self) -> str:
        return f"batches-{self.batches_sha256[:16]}.bin"

    @property
    def ranking_file(self) -> str:
        return f"ranking-{self.ranking_sha256[:16]}.json"


class AuditFile(Part, frozen=True):
    """The bundle under a name made of its digest; ``bytes`` as it is packed."""

    file: str
    sha256: str
    bytes: int


class NamedFile(Part, frozen=True):
    """A file under a name made of its digest."""

    file: str
    sha256: str


class ProofIndex(Document, frozen=True, kw_only=True):
    """``data/proof/week-<k>/index.json``; ``root`` and ``size``: of the tree over the bundle's records."""

    format: Literal[1] = 1
    contest: str
    week: int
    revision: int
    bank: str
    root: str
    size: int
    folder: str
    audit: AuditFile
    batches: NamedFile
    ranking: NamedFile
