"""Why a server refused a mail, and whether the address is dead.

In: the server's own words and codes. Out: a `Reason`. Never: a verdict from a code alone when the
words name another reason; servers give 5.1.1 to blocked senders, too.
"""

from __future__ import annotations

import re
from functools import lru_cache

from outrider.sending.bounces.codes import STATUS
from outrider.sending.bounces.phrases import AFTER_CODES, BEFORE_CODES
from outrider.sending.bounces.types import DEAD, Reason

LONGEST = 600
"""Characters of a server's answer in which the reason is looked for."""

_NOISE = re.compile(
    r"https?://\S{1,500}|www\.\S{1,300}|[^\s<>,;:()\"]{1,100}@[^\s<>,;:()\"]{1,255}"
    r"|\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?|\(in reply to [^)\n]{0,60}\)"
    r"|(?:rcpt to|mail from) ?:? ?<[^<>\n]{0,200}>"
    r"|\b(?:[a-z0-9-]{1,63}\.){2,8}[a-z]{2,20}\b"
)
_BLOCKLIST_LINK = re.compile(
    r"https?://[^\s]{0,200}(?:spamhaus|spamcop|barracuda|sorbs|senderscore|uceprotect"
    r"|invaluement"
    r"|abuseat|dnsbl|\brbl\b|/bl\b|blacklist|blocklist|reputation|blocked)"
)
_BOILERPLATE = re.compile(r"[45]\.\d\.\d - [a-z0-9 ]{3,40} \d{3}-'([^\n]{3,600})")
"""Some gateways put a sentence of their own before the answer that they quote."""

_SENDER_STAGE = re.compile(
    r"after (?:mail from|initial connection|helo|ehlo|connect)|in reply to (?:mail from"
    r"|helo|ehlo"
    r"|initial)|while talking[^\n]{0,80}\n>>> mail from|reply to the mail from",
    re.I,
)
_CONTENT_STAGE = re.compile(
    r"after (?:end of )?data|in reply to (?:end of )?data|>>> (?:data|\.)\s{0,3}\n", re.I
)
_RECIPIENT_STAGE = re.compile(
    r"after rcpt to|in reply to rcpt|did not like our rcpt to|\[rcpt_to\]"
    r"|>>> rcpt to:[^\n]{0,300}\n"
    r"[^\n]{0,40}<<< 5|response to rcpt|rcpt to command",
    re.I,
)
_OWN_LOOKUP = re.compile(
    r"recipient name is not recognized|listed in (?:domino|public|the) "
    r"|^\W{0,4}address not found\W"
    r"|no valid recipients for this|invalid recipient\. [a-z]{3}\d{3}_416"
    r"|resolver\.adr\.\w{0,20}notfound|unrouteable address"
    r"|doesn't have an? \S{1,100} account"
    r"[^\n]{0,200}\[\d\] - |^550 (?:5\.1\.1 )?<[^<>\s]{3,320}>\.\.\. user unknown"
    r"|^\W{0,4}(?:smtp; ?)?550:? <[^<>\s]{3,320}>: user unknown\W{0,4}$"
    r"|rejected: access denied \[",
    re.I | re.M,
)
"""What a server says that looked the recipient up in its own directory, in its own words."""

_OWN_WORDS = re.compile(
    r"unknown (?:or illegal )?(?:user|alias|recipient|address|mailbox|addressee)\b|(?:user"
    r"|recipient|address|mailbox|alias)"
    r"(?: is)? unknown|user not found|no such (?:user|mailbox|address|recipient|person)"
    r"|no mailbox here"
    r"|(?:user|mailbox|address) does(?: not|n't) exist|is not (?:a )?(?:known"
    r"|valid) (?:user|mailbox|address|recipient)",
    re.I,
)
"""Without any code, a server speaks of its own users; filters answer with a code."""

_ADDRESS_STATUS = frozenset(
    {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.4.1", "5.4.4"}
)

_GROUP = re.compile(r"google groups|not (?:a )?member of th|permission to post|members?[- ]only")
"""Lists refuse strangers; some say in the same breath that the list may not exist."""

_NO_MAIL_AT_ALL = re.compile(
    r"host does not accept mail|(?:doesn't|does not) receive e-?mail according|null ?mx\b"
    r"|account or domain may not exist|domain (?:does not exist|has no mx"
    r"|couldn't be found)"
)
"""The sending server's own verdict about the recipient's domain (RFC 7505)."""

_NO_SUCH_RECIPIENT = re.compile(r"5\.4\.1\W{1,3}recipient address rejected: access denied")
"""Exchange Online's answer for an address that its directory does not hold."""

_DECISIVE = (
    (
        re.compile(r"5\.7\.(?:2[0-9]|50[0-9]|51[0-9]|60[0-9]|61[0-9]|64[0-9]|70[0-9])"),
        Reason.REPUTATION,
    ),
    (re.compile(r"[45]\.7\.650|5\.1\.[78]"), Reason.REPUTATION),
    (re.compile(r"5\.7\.(?:13|17)"), Reason.MAILBOX_INACTIVE),
    (re.compile(r"5\.1\.10"), Reason.USER_UNKNOWN),
)
"""RFC 7372, RFC 7505 and RFC 8601 (authentication, null MX of a sender), RFC 4954 and RFC 7293
(the mailbox has no user now), and what large operators document."""

_BY_CODE = {
    "1.1": Reason.USER_UNKNOWN, "1.2": Reason.HOST_UNKNOWN, "1.3": Reason.USER_UNKNOWN,
    "1.4": Reason.USER_UNKNOWN, "1.6": Reason.USER_UNKNOWN, "1.9": Reason.SYSTEM,
    "2.1": Reason.MAILBOX_INACTIVE, "2.2": Reason.MAILBOX_FULL, "2.3": Reason.TOO_LARGE,
    "2.4": Reason.POLICY, "3.1": Reason.SYSTEM, "3.2": Reason.SYSTEM, "3.3": Reason.SYSTEM,
    "3.4": Reason.TOO_LARGE, "3.5": Reason.SYSTEM, "4.1": Reason.NETWORK, "4.2": Reason.NETWORK,
    "4.3": Reason.NETWORK, "4.4": Reason.HOST_UNKNOWN, "4.5": Reason.RATE_LIMITED,
    "4.6": Reason.NETWORK, "4.7": Reason.EXPIRED, "5.3": Reason.RATE_LIMITED, "5.6": Reason.SYSTEM,
}  # fmt: skip
"""RFC 3463, sections 3.2 to 3.6: the last two numbers of a status."""

_BY_SUBJECT = {"6": Reason.CONTENT, "7": Reason.POLICY, "3": Reason.SYSTEM, "5": Reason.SYSTEM}
_NO_MAIL_STATUS = frozenset({"", "5.0.0", "5.3.2", "5.1.10"})
_BY_REPLY = {"552": Reason.MAILBOX_FULL}
"""RFC 7504: hosts that accept no mail at all; RFC 5321: storage."""


_AT_ANY_STAGE = DEAD | {Reason.UNKNOWN, Reason.POLICY, Reason.SYSTEM}


@lru_cache(maxsize=2048)
def reason_of(words: str, status: str, reply: str) -> Reason:
    """Why a recipient was refused.

    Args:
        words: what the server said, of this recipient only.
        status: enhanced status, empty when there is none.
        reply: SMTP reply code, empty when there is none.
    """
    reason = _reason(words, status, reply)
    if reason in _AT_ANY_STAGE and _SENDER_STAGE.search(words):
        return Reason.REPUTATION  # the recipient had not been named yet
    if reason is Reason.USER_UNKNOWN and _is_pretence(words, status):
        return Reason.POLICY
    return reason


def _is_pretence(words: str, status: str) -> bool:
    """A server that took the recipient and only then calls it unknown has read the mail."""
    is_certain = status.endswith((".1.1", ".1.10", ".1.6"))
    return not is_certain and _CONTENT_STAGE.search(words) is not None


def is_proven(reason: Reason, words: str, status: str, reply: str) -> bool:
    """Whether an address is dead for good, not only said to be unknown.

    Filters answer `550 User unknown` to mail that they do not like, so the words alone are no
    proof. A status about the address (RFC 3463, section 3.2) is one, and so is the stage: the
    answer to RCPT TO is given before the mail was seen. A status of policy (5.7) takes the proof
    away, one of the mailbox (5.2) does unless the stage is known.
    """
    if reason not in DEAD:
        return False
    if reason is Reason.HOST_UNKNOWN:
        return True
    if status.startswith("5.7."):
        return False
    if _RECIPIENT_STAGE.search(words[: 3 * LONGEST]):
        return True
    if status.startswith("5.2."):
        return False
    if status in _ADDRESS_STATUS or reply == "551":
        return True
    if not reply and not status and _OWN_WORDS.search(cleaned(words)):
        return True
    return _OWN_LOOKUP.search(words[: 3 * LONGEST]) is not None


def cleaned(words: str) -> str:
    """A server's words without addresses, links and hosts, whose names would be read as words."""
    text = words[: 2 * LONGEST].lower()
    quoted = _BOILERPLATE.search(text)
    text = _NOISE.sub(" ", quoted[1] if quoted else text)
    return " ".join(text.replace("_", " ").split())[:LONGEST]


def _reason(words: str, status: str, reply: str) -> Reason:
    if _BLOCKLIST_LINK.search(words[: 2 * LONGEST].lower()):
        return Reason.REPUTATION
    text = cleaned(words)
    if _GROUP.search(text):
        return Reason.POLICY
    if _NO_MAIL_AT_ALL.search(text) and "sender" not in text:
        return Reason.HOST_UNKNOWN
    if reply in ("521", "556") and status in _NO_MAIL_STATUS:
        return Reason.HOST_UNKNOWN
    for pattern, reason in _DECISIVE:
        if pattern.fullmatch(status):
            return reason
    if _NO_SUCH_RECIPIENT.search(text) or _OWN_LOOKUP.search(words[: 3 * LONGEST]):
        return Reason.USER_UNKNOWN
    plain = STATUS.sub(" . ", text)
    for reason, pattern in BEFORE_CODES:
        if pattern.search(plain):
            return reason
    return _by_code(status) or _by_words(plain) or _BY_REPLY.get(reply) or Reason.UNKNOWN


def _by_words(plain: str) -> Reason | None:
    return next((reason for reason, pattern in AFTER_CODES if pattern.search(plain)), None)


def _by_code(status: str) -> Reason | None:
    _, _, rest = status.partition(".")
    if not rest or rest == "0.0":
        return None
    return _BY_CODE.get(rest) or _BY_SUBJECT.get(rest.partition(".")[0])
