"""Merkle trees over a list that only grows, as RFC 9162 (and RFC 6962 before it) define them.

In: leaf hashes. Out: roots, proofs, and whether a proof holds. Never: a database, a clock, a key.

A tree of n leaves is kept as its *frontier*: the roots of the perfect subtrees that n's binary
digits name, widest first. It is all that is needed to append and to compute the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
BLOCK_LEVEL = 8
BLOCK = 1 << BLOCK_LEVEL
"""Leaves under one stored subtree root; proofs read these roots instead of every leaf."""

Subtree = Callable[[int, int], bytes]
"""The root of the leaves in a half-open range (start, end) of the tree."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): RFC 9162, section 2.1.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): RFC 9162, section 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """A growing tree: `size` leaves, and the roots of its perfect subtrees, widest first."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> bytes | None:
        """Add one leaf hash; returns the root of the `BLOCK`-leaf subtree it completed, if any."""
        roots = self.roots
        sha256 = hashlib.sha256
        block = None
        level = 0
        position = self.size
        while position & 1:
            leaf = sha256(b"\x01" + roots.pop() + leaf).digest()
            position >>= 1
            level += 1
            if level == BLOCK_LEVEL:
                block = leaf
        roots.append(leaf)
        self.size += 1
        return block

    def extend(self, leaves: Iterable[bytes]) -> list[bytes]:
        """Add leaf hashes; returns the roots of the `BLOCK`-leaf subtrees that they completed."""
        return [block for leaf in leaves if (block := self.append(leaf)) is not None]

    def root(self) -> bytes:
        """The root of the whole tree; of an empty one, the hash of nothing."""
        if not self.roots:
            return EMPTY_ROOT
        total = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            total = node_hash(left, total)
        return total

    def encode(self) -> bytes:
        """The roots, one after the other, 32 bytes each."""
        return b"".join(self.roots)

    @classmethod
    def decode(cls, size: int, data: bytes) -> Frontier:
        """The frontier of `size` leaves that `encode` wrote.

        Raises:
            ValueError: the bytes do not hold one root for each digit 1 of `size`.
        """
        if size < 0 or len(data) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"{len(data)} bytes are no frontier of a tree of {size} leaves")
        return cls(size, split(data))

    def copy(self) -> Frontier:
        """An independent copy."""
        return Frontier(self.size, list(self.roots))


def split(data: bytes) -> list[bytes]:
    """Hashes that were joined one after the other."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over these leaf hashes."""
    tree = Frontier()
    tree.extend(leaves)
    return tree.root()


def subtree_over(leaves: Sequence[bytes]) -> Subtree:
    """Roots of ranges computed from all leaf hashes."""
    return lambda start, end: root_of(leaves[start:end])


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes from leaf `index` up to the root: PATH(m, D_n) of RFC 9162, section 2.1.3.1.

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split_point(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    path.reverse()
    return path


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show the first `old` leaves unchanged: PROOF(m, D_n), section 2.1.4.1.

    Raises:
        ValueError: not 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"no tree of {new} leaves grew from one of {old}")
    path: list[bytes] = []
    start, end = 0, new
    whole = True
    while end > old:
        middle = start + _split_point(end - start)
        if old <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree(start, end))
    path.reverse()
    return path


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof shows `leaf` at `index` in the tree: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    here, last = index, size - 1
    total = leaf
    for node in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            total = node_hash(node, total)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            total = node_hash(total, node)
        here >>= 1
        last >>= 1
    return last == 0 and total == root


def verify_consistency(
    old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]
) -> bool:
    """Whether the tree `new` (size, root) begins with the tree `old`: RFC 9162, section 2.1.4.2."""
    old_size, old_root = old
    new_size, new_root = new
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    here, last = old_size - 1, new_size - 1
    while here & 1:
        here >>= 1
        last >>= 1
    before = after = hashes[0]
    for node in hashes[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            before, after = node_hash(node, before), node_hash(node, after)
            while not here & 1 and here:
                here >>= 1
                last >>= 1
        else:
            after = node_hash(after, node)
        here >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == new_root


def _split_point(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
