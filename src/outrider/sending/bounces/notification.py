"""Amazon SES: a bounce, a complaint or a delivery as JSON, mailed by its notification service.

In: the words of a mail. Out: a `Report`, or None. Never: an answer to the links in it.
Source: Amazon SES developer guide, "notification contents".
"""

from __future__ import annotations

import json
import re
from typing import Any

from outrider.sending.bounces.codes import reply_in, status_in
from outrider.sending.bounces.dsn import Told
from outrider.sending.bounces.prose import tidy
from outrider.sending.bounces.types import Kind, Outcome, Report

LONGEST = 200_000
MOST = 200

_STARTS = re.compile(
    r"\{\s{0,40}\\?\"(?:notificationType|eventType|Type|bounce|complaint|mail|delivery)\b"
)
_MESSAGE_ID = re.compile(r"^message-id$", re.I)


def read(text: str) -> tuple[list[Told], Report | None, tuple[str, ...]]:
    """The failed recipients, or a finished report for complaints and deliveries, and Message-IDs."""
    data = _loaded(text)
    kind = str(data.get("notificationType") or data.get("eventType") or "").lower()
    ids = _message_ids(data.get("mail"))
    if kind == "bounce":
        return _bounced(_dict(data.get("bounce"))), None, ids
    if kind == "complaint":
        about = _dict(data.get("complaint"))
        whom = tuple(Outcome(_whom(one), action="") for one in _list(about, "complainedRecipients"))
        stated = str(about.get("complaintFeedbackType") or "abuse")[:40].lower()
        return [], Report(Kind.COMPLAINT, whom, stated, ids), ids
    if kind == "delivery":
        about = _dict(data.get("delivery"))
        named = about.get("recipients")
        whom = tuple(
            Outcome(tidy(str(one)), action="delivered", status="2.0.0")
            for one in (named[:MOST] if isinstance(named, list) else ())
        )
        return [], Report(Kind.DELIVERED, whom, message_ids=ids), ids
    return [], None, ()


def _loaded(text: str) -> dict[str, Any]:
    """The first JSON object that looks like a notification; mail may have broken its lines."""
    start = _STARTS.search(text[:LONGEST])
    if start is None:
        return {}
    body = text[start.start() : start.start() + LONGEST]
    for candidate in (body, body.replace("\n", "")):
        try:
            found, _ = json.JSONDecoder().raw_decode(candidate)
        except (ValueError, RecursionError):
            continue
        inner = found.get("Message") if isinstance(found, dict) else None
        if isinstance(inner, str) and len(inner) < len(body):
            return _loaded(inner)
        return _dict(found)
    return {}


def _bounced(about: dict[str, Any]) -> list[Told]:
    is_transient = str(about.get("bounceType") or "").lower() == "transient"
    told = []
    for one in _list(about, "bouncedRecipients"):
        words = str(one.get("diagnosticCode") or about.get("bounceSubType") or "")[:2000]
        words = words.partition(";")[2].strip() or words
        action = str(one.get("action") or "failed").lower()
        told.append(
            Told(
                recipient=_whom(one),
                original="",
                action="delayed" if action == "delayed" else "failed",
                status=str(one.get("status") or "")[:12]
                or status_in(words)
                or ("4.0.0" if is_transient else ""),
                reply=reply_in(words),
                words=words,
            )
        )
    return told


def _message_ids(mail: object) -> tuple[str, ...]:
    """The Message-ID of the mail; SES's own id is the local part of the one that it sets."""
    about = _dict(mail)
    found = [str(_dict(about.get("commonHeaders")).get("messageId") or "")]
    found += [
        str(one.get("value") or "")
        for one in _list(about, "headers")
        if _MESSAGE_ID.match(str(one.get("name") or ""))
    ]
    return tuple(dict.fromkeys(one for one in found if one.startswith("<") and one.endswith(">")))


def _whom(one: dict[str, Any]) -> str:
    stated = str(one.get("emailAddress") or "")
    return tidy(stated.partition("<")[2].partition(">")[0] or stated)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = value.get(name)
    return [one for one in found[:MOST] if isinstance(one, dict)] if isinstance(found, list) else []
