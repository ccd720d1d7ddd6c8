"""Who told what in a run: people and rows of ours, or strangers (design, section 2.7).

In: the task, and the outcome of each tool. Out: whether an argument may have come from a stranger.
Never: a judgement of what a text means; a stranger's words are not made harmless by looking honest.

The rule is the one of "after reading untrusted text, no consequential action may be triggered by
it": once something untrusted was read, what an acting call says must have been said by people or by
our own rows. What the model said itself proves nothing, however it comes back: as a note, an echo,
an error. Of a stranger's text only the ids and names of rows count, each whole and never in part.

Words of its own a call may find only where an effect was planned before the first stranger was
read, and only in fields that say how and not to whom; whatever they refer to must have been told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from outrider.agents.toolbox.types import ACTING, CallStatus, Outcome, Takes, Tool

_INSIDE = frozenset("@/:+-_")
"""Characters that join a word to its neighbours: half an address is another address."""

_REFERENCE = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}"  # an address
    r"|(?:https?://|www\.)[^\s<>\"')\]]+"  # a link
    r"|\b(?:[\w-]{1,63}\.){1,9}[a-z]{2,}\b(?:/[^\s<>\"')\]]*)?"  # a domain
    r"|\b[a-z]{2}\d{2}[a-z0-9]{11,30}\b"  # an account (IBAN, ISO 13616), and as people space it
    r"|\b[a-z]{2}\d{2}(?: [a-z0-9]{4}){2,7}(?: [a-z0-9]{1,3})?\b"
    r"|\+?\d(?:[ ().-]{0,2}\d){8,40}"  # a phone, a card, a passport
)
"""What words may point to, in text without capitals; every part has an end, for the text has none."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY = re.compile(
    r"\d{4}-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"
    rf"|\b(?P<name>{_MONTH})\.? (?P<after>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"|\b(?P<before>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<named>{_MONTH})\b"
)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[t ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:z|[+-]\d{2}:\d{2})?)?"
)


class Trust:
    """What was told by whom so far, in one run."""

    def __init__(
        self, task: str, *, plan: Collection[str] = (), reads_strangers: bool = False
    ) -> None:
        """`task` is what a person or a schedule asked for, `plan` what they meant it to act with.

        `reads_strangers` from the start: a tool that is not ours describes itself to the model.
        """
        self.has_read_strangers = reads_strangers
        self.planned = frozenset(plan) if plan else None
        self._texts = [_plain(task)]
        self._whole = {self._texts[0]}

    def read(self, outcome: Outcome) -> None:
        """Take note of a tool's outcome before the model sees it."""
        if outcome.plans is not None and self.planned is None and not self.has_read_strangers:
            self.planned = outcome.plans
        self.has_read_strangers = self.has_read_strangers or outcome.is_untrusted
        # A refusal repeats what the model wrote; only what was done tells anything.
        if outcome.status is not CallStatus.OK:
            return
        is_ours = not outcome.is_untrusted and not outcome.is_echo
        for path, text in leaves(outcome.content):
            if is_ours or path in outcome.trusted:
                plain = _plain(text)
                self._whole.add(plain)
                if is_ours:
                    self._texts.append(plain)

    def unnamed(self, tool: Tool, asked: Mapping[str, Any]) -> str | None:
        """The field that names a row which nobody trusted has named; None when all were."""
        if not tool.refs:
            return None
        for path, text in leaves(asked):
            if path in tool.refs and not self._is_told(_plain(text)):
                return path
        return None

    def is_unplanned(self, tool: Tool) -> bool:
        """Whether it acts after strangers were read, though a plan was made and has it not."""
        if tool.effect not in ACTING or not self.has_read_strangers:
            return False
        return self.planned is not None and tool.name not in self.planned

    def derived(self, tool: Tool, asked: Mapping[str, Any]) -> str | None:
        """The field whose words may be a stranger's where that matters; None when there is none.

        That is every field of an acting call, and of any call the fields that name places outside.
        """
        if not self.has_read_strangers:
            return None
        is_acting = tool.effect in ACTING
        if not is_acting and not tool.places:
            return None
        is_planned = self.planned is not None and tool.name in self.planned
        for field, value in asked.items():
            if not is_acting and field not in tool.places:
                continue
            is_free = is_planned and field in tool.free
            for path, text in (*leaves(value, field), *_open_names(tool, value, field)):
                plain = _plain(text)
                fits = self._refers_to_told(plain) if is_free else self._is_said(plain)
                if not fits:
                    return path
        return None

    def _is_told(self, wanted: str) -> bool:
        """Whether it was told whole, or stands as words of its own in what people and rows said."""
        if not wanted or wanted in self._whole:
            return True
        return any(wanted in text and _stands_in(wanted, text) for text in self._texts)

    def _is_said(self, wanted: str) -> bool:
        """Whether it was told, or is a day that was: people write days in other ways than tools."""
        if self._is_told(wanted):
            return True
        if not _INSTANT.fullmatch(wanted):
            return False
        days = _days(wanted)
        return any(days & _days(text) for text in self._texts)

    def _refers_to_told(self, text: str) -> bool:
        found = (
            hit.group().rstrip(".,;:!?") for hit in _REFERENCE.finditer(_INSTANT.sub(" ", text))
        )
        return all(self._is_told(one) for one in found)


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value as text, with the name of the field that holds it, the innermost one."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves(value, str(key))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from leaves(value, path)
    elif node is not None and not isinstance(node, bool):
        yield path, str(node)


def _open_names(tool: Tool, node: Any, path: str) -> Iterator[tuple[str, str]]:
    """Names of fields that a form of strangers leaves open: they are as good as words."""
    if not tool.is_foreign:
        return
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key not in _declared(tool.takes):
                yield path, str(key)
            yield from _open_names(tool, value, str(key))
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _open_names(tool, value, path)


@lru_cache(maxsize=512)
def _declared(takes: type[Takes]) -> frozenset[str]:
    """Every name that the form itself gives to a field, however deep."""
    found: set[str] = set()
    asked: list[Any] = [takes.model_json_schema()]
    while asked:
        node = asked.pop()
        if isinstance(node, Mapping):
            names = node.get("properties")
            found.update(names if isinstance(names, Mapping) else ())
            asked.extend(node.values())
        elif isinstance(node, list | tuple):
            asked.extend(node)
    return frozenset(found)


def _stands_in(wanted: str, text: str) -> bool:
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        before, after = text[max(at - 2, 0) : at][::-1], text[end : end + 2]
        if not _joins(wanted[0], before) and not _joins(wanted[-1], after):
            return True
        at = text.find(wanted, at + 1)
    return False


def _joins(edge: str, beside: str) -> bool:
    """Whether the two characters beside a word's edge, the nearer first, make it part of a longer one."""
    near, far = beside[:1], beside[1:]
    if near.isalnum() or near in _INSIDE:
        return True
    if near == ",":
        return edge.isdigit() and far.isdigit()
    return near == "." and far.isalnum()


def _days(text: str) -> set[tuple[int, int]]:
    """Months and days that a text names; years are left out, as people leave them out."""
    found = set()
    for hit in _DAY.finditer(text):
        month = hit["m"] or _MONTHS[hit["name"] or hit["named"]]
        found.add((int(month), int(hit["d"] or hit["after"] or hit["before"])))
    return found


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
