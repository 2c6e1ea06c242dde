"""The hash tree against the vectors of Certificate Transparency's own tests."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import merkle
from chalicelib.domain.merkle import LeafHashes, hashes, leaf_hash, packed_root, root

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root([leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


def test_hashes_come_out_in_ascending_order_however_they_came_in() -> None:
    leaves = [sha256(bytes([k])).digest() for k in range(200)]
    gathered = LeafHashes()
    for start in range(0, 200, 60):
        gathered.add(b"".join(sorted(leaves[start : start + 60])))
    assert len(gathered) == 200
    assert hashes(b"".join(gathered.ordered())) == sorted(leaves)


@given(size=st.integers(0, 70), chunk=st.sampled_from([1, 2, 4, 16]))
def test_packed_leaves_have_the_same_root_however_many_are_unpacked_at_once(size: int, chunk: int) -> None:
    leaves = [sha256(str(k).encode()).digest() for k in range(size)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(merkle, "CHUNK", chunk)
        assert packed_root([b"".join(leaves[:7]), b"".join(leaves[7:])]) == root(leaves) == of_the_rfc(leaves)


def of_the_rfc(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, of leaf hashes: the largest power of two below their number is on the left."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + of_the_rfc(leaves[:left]) + of_the_rfc(leaves[left:])).digest()
