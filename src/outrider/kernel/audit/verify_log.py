"""Check an exported audit log. Needs Python 3.9 or newer and nothing else: no Outrider, no network.

In: the folder of an export. Out: one sentence, and exit code 0 when everything holds, 1 when not.
Never: trust in a hash that came along. Every event is hashed anew, the root is computed anew from all
leaves, and the signature on the checkpoint is checked.

    python verify_log.py [--key HEX] [--checkpoint FILE] [FOLDER]

The key in the folder proves only that the export agrees with itself. Give a key that you know
(`outrider audit key` prints it; an older one leads to the present one by changes that both keys signed)
and a checkpoint that you kept (a copy of an older `checkpoint`): then a log that was cut, or written and
signed anew, is found too.

Formats: RFC 6962 section 2.1 (the tree), C2SP tlog-checkpoint (the note), RFC 8032 (Ed25519).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ORIGIN = "outrider/audit"
FIELDS = ("id", "workspace_id", "at", "actor", "action", "subject", "correlation_id", "body")

# Edwards curve 25519: RFC 8032, section 5.1.
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)

_Point = tuple[int, int, int, int]


class Wrong(Exception):
    """What does not hold, as one sentence."""


class Note(NamedTuple):
    """A signed checkpoint."""

    size: int
    root: bytes
    text: str
    key_id: bytes
    signature: bytes


class Change(NamedTuple):
    """One key follows another: whatever is longer than `size` leaves bears the one after."""

    number: int
    size: int
    root: bytes
    before: bytes
    after: bytes


def check(folder: Path, key: bytes | None = None, kept: Path | None = None) -> str:
    """Check everything; returns what holds.

    Raises:
        Wrong: the first thing that does not.
    """
    given = key or bytes.fromhex(_text(folder / "public-key").strip())
    changes = _changes(folder / "keys.jsonl", given)
    note = read_note(_text(folder / "checkpoint"))
    _signed(note, _key(changes, given, note.size), "The checkpoint")
    leaves = _leaves(folder / "leaves.bin", note.size)
    if kept is not None:
        older = read_note(_text(kept))
        _signed(older, _key(changes, given, older.size), "The kept checkpoint")
        if older.size > note.size:
            raise Wrong(
                f"The log was cut: it had {older.size} leaves once and has {note.size} now."
            )
        if root_of(leaves[: older.size]) != older.root:
            raise Wrong("The log was rewritten: it does not begin with the kept checkpoint's.")
    if root_of(leaves) != note.root:
        raise Wrong("The leaves do not give the signed root: hashes were changed or exchanged.")
    for one in changes:
        if root_of(leaves[: one.size]) != one.root:
            raise Wrong(f"The change of the key after leaf {one.size} is another log's.")
    count = 0
    before = -1
    for event in _events(folder / "events.jsonl"):
        number = event["leaf_no"]
        if type(number) is not int or not before < number < note.size:
            raise Wrong(f"Event {event.get('id')} stands at the wrong place ({number}).")
        if leaf_of(event) != leaves[number]:
            raise Wrong(f"Event {event['id']} (leaf {number}) is not what was sealed.")
        before, count = number, count + 1
    known = "a key that you gave" if key else "the key in the folder"
    return (
        f"{count} events hold: each is a leaf of the sealed tree of {note.size}, signed by {known}."
    )


def leaf_of(event: dict[str, Any]) -> bytes:
    """The hash of one event: each field with its length, SHA-256(0x00 || fields)."""
    fields = [event[name].encode() for name in FIELDS]
    data = b"".join(len(field).to_bytes(4, "big") + field for field in fields)
    return hashlib.sha256(b"\x00" + data).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The root over leaf hashes: a binary counter of perfect subtrees, then folded from the right."""
    stack: list[bytes] = []
    for number, leaf in enumerate(leaves):
        node, position = leaf, number
        while position & 1:
            node = hashlib.sha256(b"\x01" + stack.pop() + node).digest()
            position >>= 1
        stack.append(node)
    if not stack:
        return hashlib.sha256(b"").digest()
    root = stack.pop()
    while stack:
        root = hashlib.sha256(b"\x01" + stack.pop() + root).digest()
    return root


def read_note(text: str) -> Note:
    """The parts of a checkpoint note."""
    try:
        origin, size, root, at, blank, signed, end = text.split("\n")
        name, raw = signed[2:].split(" ")
        data = base64.b64decode(raw, validate=True)
        if origin != ORIGIN or name != ORIGIN or blank or end or signed[:2] != "\u2014 ":
            raise ValueError(text)
        body = f"{origin}\n{size}\n{root}\n{at}\n"
        return Note(int(size), base64.b64decode(root, validate=True), body, data[:4], data[4:])
    except ValueError:
        raise Wrong("The checkpoint is not one that Outrider wrote, or it was changed.") from None


def _signed(note: Note, public: bytes, what: str) -> None:
    named = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + public).digest()[:4]
    if named != note.key_id:
        raise Wrong(f"{what} is signed by another key than the one given.")
    if not ed25519_holds(public, note.text.encode(), note.signature):
        raise Wrong(f"{what} does not bear a valid signature.")


def _changes(file: Path, given: bytes) -> list[Change]:
    """How the key of the log was replaced; each change follows the last, and one leads to `given`."""
    if not file.exists():
        return []
    changes: list[Change] = []
    try:
        for line in _text(file).splitlines():
            change, last = _change(line), changes[-1] if changes else None
            follows = last is None or (
                (last.number + 1, last.after) == (change.number, change.before)
                and last.size <= change.size
            )
            if not follows:
                raise ValueError(line)
            changes.append(change)
    except (ValueError, KeyError, TypeError):
        raise Wrong(
            "A change of the log's key is not signed by both keys: it was forged."
        ) from None
    if changes and given not in {key for one in changes for key in (one.before, one.after)}:
        raise Wrong("The changes of the log's key do not lead to the key given.")
    return changes


def _change(line: str) -> Change:
    """One change that both keys signed; else a ValueError."""
    told = json.loads(line)
    origin, number, size, root, before, after, _, end = told["text"].split("\n")
    change = Change(
        int(number),
        int(size),
        base64.b64decode(root, validate=True),
        bytes.fromhex(before),
        bytes.fromhex(after),
    )
    text = told["text"].encode()
    if (
        origin != f"{ORIGIN}/key"
        or end
        or not ed25519_holds(change.before, text, bytes.fromhex(told["signed_before"]))
        or not ed25519_holds(change.after, text, bytes.fromhex(told["signed_after"]))
    ):
        raise ValueError(line)
    return change


def _key(changes: list[Change], given: bytes, size: int) -> bytes:
    """The key that signs a checkpoint of this size."""
    for one in changes:
        if size <= one.size:
            return one.before
    return changes[-1].after if changes else given


def _leaves(file: Path, size: int) -> list[bytes]:
    data = _bytes(file)
    if len(data) != 32 * size:
        raise Wrong(f"{file.name} holds {len(data) // 32} leaves, and the checkpoint {size}.")
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def _events(file: Path) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                number += 1
                event = json.loads(line)
                if not all(isinstance(event[name], str) for name in FIELDS):
                    raise ValueError(line)
                yield event
    except FileNotFoundError:
        raise Wrong(f"{file.name} is missing.") from None
    except (ValueError, KeyError, TypeError):
        raise Wrong(f"Line {number} of {file.name} is no event.") from None


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature holds (RFC 8032, section 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, half = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or half is None or scalar >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    factor = int.from_bytes(digest, "little") % _ORDER
    left, right = _times(scalar, _generator()), _sum(half, _times(factor, key))
    return (
        left[0] * right[2] % _P == right[0] * left[2] % _P
        and left[1] * right[2] % _P == right[1] * left[2] % _P
    )


def _generator() -> _Point:
    y = 4 * pow(5, _P - 2, _P) % _P
    point = _point(y.to_bytes(32, "little"))
    assert point is not None
    return point


def _point(data: bytes) -> _Point | None:
    """The point that 32 bytes name (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _sum(one: _Point, other: _Point) -> _Point:
    """The sum of two points in extended coordinates (RFC 8032, section 5.1.4)."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        factor >>= 1
    return total


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode()
    except UnicodeDecodeError:
        raise Wrong(f"{file.name} is not text.") from None


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Wrong(f"{file.name} cannot be read: {error.strerror}.") from None


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Check an exported audit log of Outrider.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", help="a public key that you know, 64 hexadecimal digits")
    parser.add_argument("--checkpoint", type=Path, help="an older checkpoint that you kept")
    given = parser.parse_args()
    try:
        key = bytes.fromhex(given.key) if given.key else None
        if key is not None and len(key) != 32:
            raise ValueError
    except ValueError:
        parser.error("--key is not 64 hexadecimal digits; `outrider audit key` prints it")
    try:
        sys.stdout.write(check(given.folder, key, given.checkpoint) + "\n")
    except Wrong as wrong:
        sys.stdout.write(f"The log does not hold. {wrong}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
