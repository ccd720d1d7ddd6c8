"""How a mail opens and closes: the line that greets its reader, and the lines that sign it.

In: a body and the names of the mail. Out: the pieces that state nothing. Never: a greeting to somebody
else, for that is a mistake to be seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from outrider.guardrails.reading.harmless import ADDRESSES
from outrider.guardrails.types import Names

_WORDS = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_FIRST_LINE = re.compile(r"\s*([^\n]{2,60}?)[ ]*[,!:.]?[ ]*(?:\n|$)")
_SENTENCE = re.compile(r"[?!]|\.(?=\s|$)(?<!\b\w\.)|\d")
_MOST_WORDS = 6
_MOST_CLOSING = 4


def courtesies(body: str, names: Names) -> Iterator[tuple[int, int]]:
    """The offsets of the greeting and of the lines that sign, where there are any.

    A greeting has the reader's name as it is stored, or nobody's: `Dear Madam`. `Dear Sarah` to a
    Dana is none, and `Bob Ruiz` is not Dana Ruiz. The lines that sign end with the sender's name or
    initials; the line before it, `Saludos,`, belongs to them.
    """
    opening = _FIRST_LINE.match(body)
    if opening:
        # `Ingeniero, a brief message:` greets up to the comma.
        for words in dict.fromkeys((opening[1], opening[1].partition(",")[0])):
            if _is_greeting(_WORDS.findall(words), names):
                yield opening.start(1), opening.start(1) + len(words)
                break
    yield from _closing(body, names)


def _is_greeting(words: list[str], names: Names) -> bool:
    folded = [word.casefold() for word in words]
    if not folded or len(folded) > _MOST_WORDS or "and" in folded:
        return False
    first, last = _split(names.contact_first), _split(names.contact_last)
    own = [place for place, word in enumerate(folded) if word in first or word in last]
    if not own:
        return all(word in ADDRESSES for word in folded)
    after = folded[own[-1] + 1 :]
    between = folded[own[0] : own[-1] + 1]
    if not all(word in ADDRESSES for word in after):
        return False
    if not all(word in first or word in last or word in ADDRESSES for word in between):
        return False
    if folded[own[0]] in first:
        return True
    # Before a surname alone stands a title, or nothing with a capital.
    before = own[0] - 1
    return before < 0 or folded[before] in ADDRESSES or words[before].islower()


def _closing(body: str, names: Names) -> Iterator[tuple[int, int]]:
    """The lines at the end that hold no sentence, from the one before the sender's name on."""
    sender = _split(names.sender)
    if not sender:
        return
    lines: list[tuple[int, int]] = []
    end = len(body.rstrip())
    while end > 0 and len(lines) < _MOST_CLOSING:
        start = body.rfind("\n", 0, end) + 1
        line = body[start:end]
        if len(line) > 60 or line[-1] in "?!" or _SENTENCE.search(line):
            return
        lines.append((start, end))
        if _is_signature([word.casefold() for word in _WORDS.findall(line)], sender):
            yield start, end
            yield from _line_before(body, start)
            return
        end = len(body[: max(0, start - 1)].rstrip())


def _line_before(body: str, start: int) -> Iterator[tuple[int, int]]:
    end = len(body[: max(0, start - 1)].rstrip())
    low = body.rfind("\n", 0, end) + 1
    line = body[low:end]
    if line and len(line.split()) <= _MOST_WORDS and not _SENTENCE.search(line):
        yield low, end


def _is_signature(words: list[str], sender: list[str]) -> bool:
    """`Stefan Amann`, `S. Amann`, `Stefan`, `SA`: nothing but the sender's own names."""
    initials = "".join(word[0] for word in sender)
    if words == [initials]:
        return True
    return bool(words) and all(
        word in sender or (len(word) == 1 and word in initials) for word in words
    )


def _split(name: str) -> list[str]:
    if name.isalpha():
        return [name.casefold()]
    return [word.casefold() for word in _WORDS.findall(name)]
