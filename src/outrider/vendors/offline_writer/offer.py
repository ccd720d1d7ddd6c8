"""What the mail says of the sender: the campaign's own words, or nothing but who is writing.

In: a request. Out: a sentence; what the reviewer should know of it. Never: a product or a capability
that the campaign's text does not name.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from outrider.drafts.types import WriteRequest
from outrider.vendors.offline_writer import dossier_words

_LEASE_WORDS = re.compile(r"\bleas(?:e|es|ing)\b|\basc ?842\b|\bifrs ?16\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_LABEL = re.compile(
    r"(?:(?:our|the) )?(?:offer|offering|pitch|product|value|value proposition|what we do|about us|"
    r"we sell|summary)\s*:\s*",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"(?:target|focus|mention|avoid|do not|don't|use|never|always|keep|ask|tone|audience|readers?|"
    r"write|be|lead|open|close|stress|emphasi[sz]e|goal|persona|industry|prospects?|competitors?)\b",
    re.IGNORECASE,
)
_SUBJECTS = re.compile(
    r"(?:It|The (?:product|platform|software|tool|service|company|team)|Our (?:product|platform|software"
    r"|tool|service)|This) (?=[a-z]+s\b)"
)
_MOST_WORDS = 32

_ANSWERING = (
    "I'm with {brand}, and before I pitch anything I'd like to hear how that goes at {company}.",
    "That's the reason I'm writing from {brand}, and I'd rather ask than assume.",
    "I'm asking for {brand}, because from the outside nobody can see that part.",
    "It's the part I'd like to understand, and why I'm writing from {brand}.",
    "I'm writing from {brand}, and I'd sooner hear it from you than guess.",
    "It's nothing I can read up on, so I'm asking, from {brand}.",
    "I'm at {brand}, and it's the first thing I'd want to know about leases at {company}.",
    "That's what I'd like to ask about, on behalf of {brand}.",
)
_ALONE = (
    "I'm with {brand}, and I'd like to hear how that goes at {company} before I pitch anything.",
    "I'm asking for {brand}, and I'd sooner hear it from you than guess.",
    "Since I can't see that from {brand}, I thought I'd ask you directly.",
    "I'm at {brand}, and an honest answer would help me more than a polite one.",
)
_ABOUT = ("I'm writing from {brand} about {topic}, and I'd rather ask than assume.",)
_SHOW = (
    "No filing answers that, so I'm asking you.",
    "I can't see that from the outside, so I'd rather ask.",
    "I'm asking because I can't guess it from here.",
)
_SHOW_OFFER = (
    "If that's a sore point, I'm glad to show you what we do about it at {brand}.",
    "If that sounds familiar, it's what I'd like to show you from {brand}.",
    "It's where I'd start if we ever spoke about {brand}.",
)


@dataclass(frozen=True)
class Own:
    """The campaign's sentence on what the sender does, and where it came from."""

    sentence: str | None
    remark: str | None
    """What the reviewer is told when there is no such sentence."""


def theme_of(request: WriteRequest) -> str:
    """`leases` when the campaign is about leases, else `any`."""
    about = f"{request.campaign} {request.campaign_context or ''}"
    return "leases" if _LEASE_WORDS.search(about) else "any"


def own(request: WriteRequest) -> Own:
    """What the campaign's text says that the sender does."""
    brand = request.sender.brand or "the sender"
    context = " ".join(dossier_words.plain(request.campaign_context or "").split())
    if not context:
        return Own(
            None,
            f"The campaign has no context, so the mail doesn't say what {brand} offers: a context "
            "in one sentence (--context) would be used in its own words.",
        )
    rivals = [name.casefold() for name in request.competitors if name.strip()]
    for sentence in _SENTENCE.split(context):
        if any(name in sentence.casefold() for name in rivals):
            continue
        said = _said(sentence.strip().rstrip(".!"), request.sender.brand)
        if said:
            return Own(said, None)
    return Own(
        None,
        f"The campaign's context has no plain sentence on what {brand} does, so the mail doesn't "
        "say it: begin one with We.",
    )


def sentences(request: WriteRequest, turn: int) -> dict[str, str]:
    """The places that speak of the sender: `offer`, `pitch`, `show`."""
    mine = own(request).sentence
    if mine:
        told = _led(mine, request.sender.brand, turn)
        return {
            "offer": told,
            "pitch": told,
            "show": _pick(_SHOW_OFFER, turn, "show").format(brand=request.sender.brand),
        }
    first, *others = request.campaign.split() or ["this"]
    lowered = first if first.isupper() or first.isdigit() else first[:1].lower() + first[1:]
    words = {
        "brand": request.sender.brand,
        "company": dossier_words.company(request.dossier),
        "topic": " ".join([lowered, *others]),
    }
    any_theme = theme_of(request) != "leases"
    answering = _ABOUT if any_theme else _ANSWERING
    return {
        "offer": _pick(answering, turn, "offer").format(**words),
        "pitch": _pick(_ABOUT if any_theme else _ALONE, turn, "pitch").format(**words),
        "show": _pick(_SHOW, turn, "show"),
    }


def _said(sentence: str, brand: str) -> str | None:
    """A sentence that says what the sender does, made to stand in a mail; None for all else."""
    bare = _LABEL.sub("", sentence, count=1) if _LABEL.match(sentence) else sentence
    labelled = bare != sentence
    if not 3 <= len(bare.split()) <= _MOST_WORDS or bare.endswith("?") or not brand:
        return None
    if re.match(rf"(?:We|Our|At {re.escape(brand)}|{re.escape(brand)})\b", bare):
        return f"{bare}."
    for verb, said in (("help", "We help"), ("sell|offer", f"{brand} offers")):
        found = re.match(rf"(?:{verb})(?:s|ing)? (\w.*)", bare, re.IGNORECASE)
        if found:
            return f"{said} {found[1]}."
    if _SUBJECTS.match(bare):
        return f"{_SUBJECTS.sub(f'{brand} ', bare, count=1)}."
    if labelled or not _ORDERS.match(bare):
        return _fragment(bare, brand)
    return None


def _fragment(bare: str, brand: str) -> str | None:
    """`Lease data extraction for controllers` is no sentence yet."""
    first, *others = bare.split()
    if len(others) > 14 or re.search(r"\b(?:is|are|has|have|should|must|want|wants|will)\b", bare):
        return None
    lowered = first if first[1:2].isupper() or first.isdigit() else first[:1].lower() + first[1:]
    return f"What we do at {brand}: {' '.join([lowered, *others])}."


def _led(sentence: str, brand: str, turn: int) -> str:
    """The same words with another beginning, so that ten mails do not read like one."""
    if not sentence.startswith("We ") or not brand:
        return sentence
    leads = ("We ", f"At {brand} we ", f"I'm with {brand}. We ", f"That's our part at {brand}: we ")
    return _pick(leads, turn, "lead") + sentence[3:]


def _pick(variants: tuple[str, ...], turn: int, place: str) -> str:
    return variants[hashlib.sha256(f"{turn}|{place}".encode()).digest()[0] % len(variants)]
