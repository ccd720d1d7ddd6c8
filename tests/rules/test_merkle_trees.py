"""The tree of the audit log is the one of RFC 9162, and its proofs hold only for the truth."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outrider.kernel.audit.merkle import (
    BLOCK,
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    subtree_over,
    verify_consistency,
    verify_inclusion,
)

# The inputs and roots that Certificate Transparency implementations of RFC 6962 agree on.
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243",
        "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(data) for data in INPUTS]


def many(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word: slow and plain."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_proof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_proof(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], False), naive_root(leaves[:k])]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing_as_root() -> None:
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


@given(st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_the_root_is_that_of_the_recursive_definition(size: int) -> None:
    leaves = many(size)
    assert root_of(leaves) == naive_root(leaves)


@given(st.integers(0, 700), st.integers(0, 700))
@settings(max_examples=60, deadline=None)
def test_a_frontier_that_was_stored_grows_into_the_same_tree(first: int, second: int) -> None:
    leaves = many(first + second)
    tree = Frontier()
    blocks = tree.extend(leaves[:first])
    tree = Frontier.decode(first, tree.encode())
    blocks += tree.extend(leaves[first:])
    assert tree.root() == naive_root(leaves)
    assert blocks == [
        naive_root(leaves[at : at + BLOCK]) for at in range(0, len(leaves) - BLOCK + 1, BLOCK)
    ]


@pytest.mark.parametrize(("size", "data"), [(3, b"x" * 32), (4, b""), (-1, b""), (1, b"x" * 31)])
def test_bytes_that_are_no_frontier_are_refused(size: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="no frontier"):
        Frontier.decode(size, data)


@given(st.data(), st.integers(1, 300))
@settings(max_examples=80, deadline=None)
def test_an_inclusion_proof_holds_for_its_leaf_and_for_nothing_else(
    data: st.DataObject, size: int
) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = many(size)
    root = naive_root(leaves)
    path = inclusion_proof(index, size, subtree_over(leaves))
    assert path == naive_path(index, leaves)
    assert verify_inclusion(leaves[index], index, size, path, root)
    assert not verify_inclusion(leaf_hash(b"forged"), index, size, path, root)
    assert not verify_inclusion(leaves[index], index, size, path, EMPTY_ROOT)
    assert not verify_inclusion(leaves[index], index, size, [*path, root], root)
    if path:
        assert not verify_inclusion(leaves[index], index, size, path[:-1], root)
        other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
        assert not verify_inclusion(leaves[other], other, size, path, root)


@given(st.data(), st.integers(1, 300))
@settings(max_examples=80, deadline=None)
def test_a_consistency_proof_holds_only_when_nothing_old_changed(
    data: st.DataObject, new: int
) -> None:
    old = data.draw(st.integers(1, new))
    leaves = many(new)
    path = consistency_proof(old, new, subtree_over(leaves))
    assert path == naive_proof(old, leaves)
    before, after = naive_root(leaves[:old]), naive_root(leaves)
    assert verify_consistency((old, before), (new, after), path)
    rewritten = [leaf_hash(b"rewritten"), *leaves[1:]]
    assert not verify_consistency((old, naive_root(rewritten[:old])), (new, after), path)
    assert not verify_consistency((old, before), (new, naive_root(rewritten)), path)
    assert not verify_consistency((old, before), (new, after), [*path, before])


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_there_is_no_proof_for_a_leaf_outside_the_tree(index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, 8, subtree_over(LEAVES))
    assert not verify_inclusion(LEAVES[0], index, 8, [], LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(0, 8), (8, 7), (-1, 3)])
def test_there_is_no_proof_between_trees_that_did_not_grow(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="grew"):
        consistency_proof(old, new, subtree_over(LEAVES))
    assert not verify_consistency((old, EMPTY_ROOT), (new, EMPTY_ROOT), [])
