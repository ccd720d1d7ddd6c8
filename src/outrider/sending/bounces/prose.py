"""Reports in words: whom they name, and what is said of each.

In: the words of a notice. Out: the notice without the returned mail, and its blocks. Never: a guess
from the sender's side: addresses that the notice names as senders are left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_LOCAL = r"(?:\"[^\"\n@]{1,64}\"|[^\s<>\"(),:;@\[\]\\|]{1,128})"
ADDRESS = re.compile(
    rf"{_LOCAL}@(?:[A-Za-z0-9_\u00c0-\u04ff-]{{1,63}}\.){{1,12}}[A-Za-z0-9\u00c0-\u04ff-]{{2,63}}"
)
LOOSE = re.compile(rf"{_LOCAL}@(?:\[[0-9A-Fa-f.:]{{3,60}}\]|[A-Za-z0-9_.\u00c0-\u04ff-]{{1,255}})")
"""Also hosts without a dot and literals; only where nothing but an address can stand."""

_BELOW = re.compile(
    r"^[ \t>]{0,8}(?:[-=_*]{2,}[ \t]{0,4})?(?:this is a copy of|copy of (?:the"
    r"|your) (?:original )?message"
    r"|(?:your )?(?:original|unsent|returned|undelivered) (?:message|mail"
    r"|header)s?\b(?! (?:was|could|has|to|id|is|from|received|cannot)\b)"
    r"|below this line|included (?:below )?is (?:a copy|the)|(?:the )?(?:full )?(?:text"
    r"|header|body)s? of (?:the |your )?(?:original |undelivered )?(?:message|mail|header)"
    r"|message (?:text|header|body)? ?(?:follows|below)"
    r"|(?:the )?(?:original )?message headers? (?:follow|are)|original (?:mail"
    r"|message) (?:as )?follows|forwarded message|start of (?:the )?(?:original|returned)"
    r"|for your reference|a copy of (?:the|your) (?:original )?(?:message|mail)"
    r"|the first \d{1,5} lines|original mail|元のメッセージ|original-header|以下[^\n]{0,20}メール)",
    re.I | re.M,
)
_HEADER_LINE = re.compile(
    r"^[ \t>]{0,8}(?:return-path|received|x-(?!postfix|failed|actual|outbound"
    r"|supplementary|display)[\w-]{1,60}|dkim-signature|arc-[\w-]{1,40}|mime-version"
    r"|delivered-to|content-type|authentication-results):[ \t]",
    re.I | re.M,
)
_ANNOUNCED = re.compile(
    r"(?:following|these|this|intended|listed|some|one or more|all|to the|for the|failed"
    r"|affected|original)\s{1,3}(?:of (?:the |its )?|other |e-?mail |mail |local "
    r"|intended |invalid |failed )?(?:address|recipient|destination|user|person|mailbox"
    r"|addressee)\w*"
    r"|(?:was|were|be|been) (?:not )?(?:delivered|sent|relayed"
    r"|reached)(?:\s{1,3}\w{1,12}){0,3}\s{0,3}to\b|was not relayed to|recipients? (?:were"
    r"|was) affected|undeliverable to|couldn't be delivered to|wasn't delivered to"
    r"|can(?:no|')t (?:be )?deliver(?:ed)? to|failed recipient"
    r"|permanent fatal errors|transient non-fatal errors|delivery problems|(?:unable"
    r"|failed|impossible) to deliver (?:the |your |this )?(?:message|mail|it)? ?to"
    r"|delivery (?:failed )?(?:to|for)\b|could not be reached|宛先|受信者|送信先|あて先|destinataire"
    r"|empf[äa]nger|destinatari|geadresseerde|получател",
    re.I,
)
_STANDING = re.compile(
    r"^[ \t]{0,16}(?:[-*>•·]{1,3}[ \t]{0,4})?(?:(?:smtp"
    r"|rfc822)[:;][ \t]{0,2})?(?:\d{3} (?:\d\.\d{1,2}\.\d{1,3} )?"
    r"(?=<?[^\s<>@]{1,128}@[^\s<>]{1,255}>?\.\.\.))?[<\"'(\[]{0,2}"
    rf"({LOOSE.pattern})[>\"')\]]{{0,2}}(?P<tail>[^\n]{{0,400}})$",
    re.M,
)
_LABELLED = re.compile(
    r"(?:recipient(?:'s)?(?: address| e-?mail| name)?|failed (?:recipient|address)"
    r"|(?:e-?mail |mail )?address|delivery to|deliver(?:ed)?(?: \w{1,12}){0,3} (?:to|for)"
    r"|sent to|undeliverable to|unknown user|user unknown|mail to|message to|mailbox"
    r"|not known at this site"
    r"|failed for|account|user|reject\w*|rcpt to|destinataire|adresse|destinatario"
    r"|(?:couldn't|could not|cannot|can't) (?:be )?(?:deliver\w*|reach\w*"
    r"|sent?)(?: \w{1,10}){0,3}(?: to)?)\W{1,16}"
    rf"({ADDRESS.pattern})",
    re.I,
)
_LIST = re.compile(
    rf"\b(?:mailing list|message-id in|posting to)\W{{1,10}}({ADDRESS.pattern})", re.I
)
_ASKED = re.compile(rf"rcpt to\s{{0,3}}:\s{{0,3}}<?({LOOSE.pattern})", re.I)
_SENDER_SIDE = re.compile(
    r"(?:mail from|sent by|sent from|message from|mail from|from|sender|envelope-from"
    r"|contact|reply-to|on behalf of|return-path|help|postmaster|mailto|administrator"
    r"|by)\s{0,3}[:=]?\W{0,6}$",
    re.I,
)
_REWRITTEN = re.compile(
    r"(?:expanded from|ultimately generated from|generated (?:by|from)"
    r"|original(?:ly)? (?:address|to|recipient)|forwarded (?:from|by)|alias for)"
    rf"\s{{0,3}}:?\s{{0,3}}<?({LOOSE.pattern})",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Block:
    """What a notice says of one recipient."""

    recipient: str
    words: str
    original: str = ""
    stands: bool = False
    """Whether it stands alone at the beginning of a line, as in a list of recipients."""


def split(notice: str) -> tuple[str, str]:
    """The report's own words, and the returned mail below them."""
    first = _HEADER_LINE.search(notice)
    marker = _BELOW.search(notice)
    starts = [found.start() for found in (first, marker) if found and found.start() > 0]
    if not starts:
        return notice, ""
    cut = min(starts)
    if not notice[:cut].strip():
        return notice, ""
    return notice[:cut], notice[cut:]


def address_in(text: str, *, loose: bool = False) -> str:
    """The first address of a text in lower case, empty without any."""
    found = (LOOSE if loose else ADDRESS).search(text[:2000])
    return tidy(found[0]) if found else ""


def tidy(address: str) -> str:
    """An address as it is compared: lower case, without what punctuation left at its ends."""
    return address.strip("<>'\"`.,;:* ").lower()[:320]


def blocks(words: str, ours: Collection[str]) -> list[Block]:
    """Whom the words name as not reached, each with what is said of it.

    Args:
        words: a notice without the returned mail.
        ours: addresses of the notice's own sender and recipient; they are named last.
    """
    about_list = _LIST.search(words[:1500])
    if about_list:
        return [Block(tidy(about_list[1]), words)]
    found = _standing(words, ours)
    return found or _named(words, ours)


def _standing(words: str, ours: Collection[str]) -> list[Block]:
    """Addresses at the beginning of a line, below the sentence that announces them."""
    announced = [found.end() for found in _ANNOUNCED.finditer(words)]
    places = [found for found in _STANDING.finditer(words) if _is_place(words, found)]
    if announced:
        after = [found for found in places if found.start() >= announced[0]]
        places = after or places
    places = [found for found in places if tidy(found[1]) not in ours] or places
    made: dict[str, Block] = {}
    for number, found in enumerate(places):
        end = places[number + 1].start() if number + 1 < len(places) else len(words)
        address = tidy(found[1])
        earlier = made.get(address)
        if earlier is None and "..." in found["tail"][:5]:
            end = found.end()  # one line of a dialogue; the next ones are about other hosts
        said = words[found.start() : end]
        original = _REWRITTEN.search(said)
        made[address] = Block(
            address,
            f"{earlier.words}\n{said}" if earlier else said,
            tidy(original[1]) if original else (earlier.original if earlier else ""),
            stands=found["tail"].strip()[:1] in ("", ":", ";", "(", "."),
        )
    originals = {block.original for block in made.values()}
    return [block for block in made.values() if block.recipient not in originals or len(made) == 1]


def _is_place(words: str, found: re.Match[str]) -> bool:
    """Whether an address at the beginning of a line is a recipient, not a wrapped sentence."""
    before = words[max(0, found.start() - 160) : found.start()].rstrip("\n \t")
    line = before.rpartition("\n")[2].strip()
    if _SENDER_SIDE.search(before[-60:]):
        return False
    tail = found["tail"].strip()
    if not tail or tail[0] in ":;,.(-<" or tail.startswith(("on ", "...")):
        return True
    is_fresh = found.start() == 0 or words[: found.start()].endswith("\n\n")
    return is_fresh or line.endswith((":", ".", "-")) or "@" in line


def _named(words: str, ours: Collection[str]) -> list[Block]:
    """Addresses within sentences: labelled ones, then those of the SMTP dialogue, then any."""
    for pattern in (_LABELLED, _ASKED):
        found = _unlike(pattern.finditer(words), words, ours)
        if found:
            return [Block(address, words) for address in found]
    found = _unlike(ADDRESS.finditer(words), words, ours)
    return [Block(address, words) for address in found[:1]]


def _unlike(matches: Iterable[re.Match[str]], words: str, ours: Collection[str]) -> list[str]:
    kept = []
    for found in matches:
        group = 1 if found.re.groups else 0
        before = words[max(0, found.start(group) - 60) : found.start(group)]
        address = tidy(found[group])
        if address not in ours and not _SENDER_SIDE.search(before):
            kept.append(address)
    return list(dict.fromkeys(kept))
