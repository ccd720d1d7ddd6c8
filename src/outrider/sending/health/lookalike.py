"""Whether an outbound domain only looks like the brand's (decision 0035).

In: a domain, and those of the brand. Out: why it is a look-alike, or None. Never: a query.

A second domain that carries the brand's name whole beside another word (`try-brand.example`) is
normal practice and the brand's own. One that a hurried reader takes for the brand's is what
phishers use, and receivers treat it so: a letter more or less, another alphabet, `rn` for `m`.
"""

from __future__ import annotations

import unicodedata

_SUFFIXES = frozenset(
    "co.uk org.uk ac.uk me.uk com.au net.au org.au co.nz co.jp co.kr co.in co.za com.br com.mx"
    " com.ar com.tr com.cn com.hk com.sg com.tw co.il com.pl com.ua co.at or.at".split()
)
"""The commonest public suffixes of two labels (publicsuffix.org); others count as one label."""

_SAME = str.maketrans(
    {
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "l", "ј": "j",
        "ѕ": "s", "ԁ": "d", "һ": "h", "ӏ": "l", "ԛ": "q", "ԝ": "w", "в": "b", "к": "k", "м": "m",
        "н": "h", "т": "t", "ь": "b", "г": "r", "п": "n", "α": "a", "ο": "o", "ρ": "p", "ν": "v",
        "ι": "l", "κ": "k", "τ": "t", "υ": "u", "ω": "w", "η": "n", "ε": "e", "χ": "x", "ɑ": "a",
        "ɡ": "g", "ı": "l", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŀ": "l", "ß": "b",
        "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "i": "l",
    }
)  # fmt: skip
"""Letters that are drawn alike (a part of Unicode TS 39, confusables), and figures for letters."""

_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"))
_TYPED = {"com": ("co", "cm", "om", "con", "comm"), "net": ("ne", "nte"), "org": ("ogr", "og")}
"""Endings that a slip of the finger makes of another one."""

_SHORTEST = 4
"""Shorter names have too many honest neighbours for an edit to mean anything."""


def organizational(domain: str) -> str:
    """The domain that somebody registered: `example.com` of `mail.example.com` (RFC 7489, 3.2)."""
    labels = domain.lower().strip(".").split(".")
    many = 3 if ".".join(labels[-2:]) in _SUFFIXES else 2
    return ".".join(labels[-many:])


def is_within(domain: str, guarded: str) -> bool:
    """Whether a domain is the guarded one or lies below it."""
    return domain == guarded or domain.endswith(f".{guarded}")


def look_alike(domain: str, brands: list[str]) -> str | None:
    """Why a domain looks like one of these without carrying its name; None when it does not.

    Args:
        domain: the outbound domain, as DNS writes it.
        brands: the brand's domains.
    """
    for brand in brands:
        why = _like(organizational(domain), organizational(brand))
        if why is not None:
            return f"{domain} looks like {brand}: {why}"
    return None


def _like(domain: str, brand: str) -> str | None:
    if domain == brand:
        return None
    name, _, ending = domain.partition(".")
    own, _, own_ending = brand.partition(".")
    shown, own = _shown(name), _shown(own)
    if shown == own:
        typed = ending in _TYPED.get(own_ending, ())
        return f"the ending .{ending} is a slip for .{own_ending}" if typed else None
    if not shown.isascii():
        folded = skeleton(shown)
        if skeleton(own) in folded:
            return "it spells the name in letters of another alphabet"
    words = shown.split("-")
    if own in words or _holds(shown, own):
        return None
    for word in (shown.replace("-", ""), shown, *words):
        why = _near(word, own)
        if why is not None:
            return why
    return None


def _holds(name: str, own: str) -> bool:
    """Whether the name stands whole at an end, with at least two letters of another word."""
    is_at_an_end = name.startswith(own) or name.endswith(own)
    return len(own) >= _SHORTEST and is_at_an_end and len(name) - len(own) >= 2


def _near(word: str, own: str) -> str | None:
    if word == own:
        return "a hyphen splits the name"
    if skeleton(word) == skeleton(own):
        return "it is drawn almost the same"
    if len(own) < _SHORTEST:
        return None
    reach = 1 if len(own) < 9 else 2
    if distance(word, own, reach) <= reach:
        return "it is a slip of the finger away"
    return None


def _shown(label: str) -> str:
    """A label as a reader sees it: punycode decoded, marks kept."""
    if label.startswith("xn--"):
        try:
            label = label.removeprefix("xn--").encode("ascii").decode("punycode")
        except UnicodeError:
            return label
    return unicodedata.normalize("NFKC", label).casefold()


def skeleton(label: str) -> str:
    """What a name looks like at a glance: without marks, one letter for all that are drawn alike."""
    plain = unicodedata.normalize("NFD", label)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for pair, one in _PAIRS:
        plain = plain.replace(pair, one)
    return plain.translate(_SAME)


def distance(one: str, other: str, most: int) -> int:
    """Letters to add, drop, change or swap with a neighbour (Damerau 1964); above `most`, most + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], most + 1)
