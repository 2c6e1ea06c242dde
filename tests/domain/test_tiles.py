"""Tiles against the definition of the tree in RFC 6962, section 2.1."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.merkle import leaf_hash, root
from chalicelib.domain.tiles import BadTile, Edge, consistency, tile_at, tile_path

LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]


def mth(leaves: list[bytes]) -> bytes:
    """The definition, word by word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()


def extends(old: int, new: int, first: bytes, second: bytes, proof: list[bytes]) -> bool:
    """Verifies a consistency proof as RFC 9162, section 2.1.4.2, says."""
    if old == new:
        return not proof and first == second
    path = [first, *proof] if old & (old - 1) == 0 else list(proof)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for one in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\x01" + one + fr).digest(), sha256(b"\x01" + one + sr).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\x01" + sr + one).digest()
        fn, sn = fn >> 1, sn >> 1
    return fr == first and sr == second and sn == 0


def test_paths_are_those_of_the_specification() -> None:
    assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tile_path(1, 7, 112) == "tile/1/007.p/112"
    assert tile_path("entries", 0, 1) == "tile/entries/000.p/1"
    assert tile_at(70_000, 0, 273) == ("tile/0/273.p/112", 112)
    assert tile_at(70_000, 1, 0) == ("tile/1/000", 256)


@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
def test_an_edge_has_the_root_and_its_tiles_make_it_again(steps: list[int]) -> None:
    edge, site = Edge(), dict[str, bytes]()
    for step in steps:
        site |= edge.append(LEAVES[edge.size : edge.size + step]) | edge.tiles()
        assert edge.root() == root(LEAVES[: edge.size]) == mth(LEAVES[: edge.size])
        again = Edge.read(edge.size, site.get)
        assert (again.root(), again.levels) == (edge.root(), edge.levels)


def test_a_tree_of_three_levels() -> None:
    edge, site = Edge(), dict[str, bytes]()
    site |= edge.append(LEAVES[:65_000]) | edge.tiles()
    site |= edge.append(LEAVES[65_000:]) | edge.tiles()
    assert edge.root() == root(LEAVES)
    assert site["tile/2/000.p/1"] == root(LEAVES[:65_536])
    assert len([path for path in site if path.startswith("tile/0/") and ".p/" not in path]) == 273
    for old in (1, 255, 256, 257, 65_000, 65_536, 65_537, 70_000):
        assert extends(old, 70_000, root(LEAVES[:old]), edge.root(), consistency(old, 70_000, site.get))


@given(st.data())
def test_every_size_is_proved_to_extend_every_earlier_one(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 1500))
    old = data.draw(st.integers(1, size))
    edge = Edge()
    site = edge.append(LEAVES[:size]) | edge.tiles()
    assert extends(old, size, mth(LEAVES[:old]), mth(LEAVES[:size]), consistency(old, size, site.get))


def test_a_tile_that_is_missing_or_short_is_named() -> None:
    edge = Edge()
    site = edge.append(LEAVES[:300]) | edge.tiles()
    for broken in (None, b"", site["tile/0/001.p/44"][:-1]):
        with pytest.raises(BadTile, match=r"tile/0/001\.p/44"):
            Edge.read(300, {**site, "tile/0/001.p/44": broken}.get)
