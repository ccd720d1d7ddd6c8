"""Codes in a server's answer: the enhanced status (RFC 3463) and the SMTP reply (RFC 5321).

In: a server's words. Out: codes as text. Never: a verdict.
"""

from __future__ import annotations

import re

STATUS = re.compile(r"(?<![\d.])([245]\.[0-9]{1,2}\.[0-9]{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(
    r"(?:^|[;:<>(\"'\]=#]|\bsaid|\breason|\bcode|\berror|\bfailed with|\bSMTP|\bresponse)[ \t:=]{0,4}"
    r"([245][0-5]\d)(?=[ \t:;,.#>)\"'-]|$)",
    re.I | re.M,
)
_VAGUE = re.compile(r"[245]\.0\.0\b")


def status_in(text: str) -> str:
    """The first enhanced status that says something, else the first one; empty without any."""
    found: list[str] = STATUS.findall(text[:4000])
    return next((code for code in found if not _VAGUE.match(code)), found[0] if found else "")


def reply_in(text: str) -> str:
    """The first SMTP reply code that tells of a failure, else the first one; empty without any."""
    found: list[str] = _REPLY.findall(text[:4000])
    return next((code for code in found if code[0] != "2"), found[0] if found else "")


def is_vague(status: str) -> bool:
    """Whether a status only names its class (RFC 3463, section 3.1)."""
    return not status or status.endswith(".0.0")


def class_of(status: str, reply: str, action: str) -> str:
    """`4` while it may still be delivered, `5` for good, `2` delivered, empty if nothing says so."""
    if action == "delayed":
        return "4"
    return next((code[0] for code in (status, reply) if code), "")
