"""Machines' reports on mail of ours: bounces, delays, complaints.

In: a parsed message. Out: `Report`, or None when it is no report.
Never: a verdict from free text alone; what a report does not state in its fields stays unknown.

Two shapes are read: the standard ones (RFC 3464 delivery status, RFC 5965 feedback) in any part,
and the plain-text report of servers that return the original below a sentence that says so.
"""

from __future__ import annotations

import email
import re
from email.message import Message

from outrider.conversations.types import DeliveryStatus, Report

LONGEST_PLAIN_REPORT = 64_000

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_RETURNED_ID = re.compile(r"(?im)^[ >]*message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,500}>)")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS = re.compile(r"[^\s<>\",;:()\[\]]+@[^\s<>\",;:()\[\]]+\.[A-Za-z]{2,}")
_MACHINE = re.compile(
    r"\b(?:mailer-daemon|pp?oo?st_?master|mail (?:delivery|administrat\w+)|system administrator"
    r"|sysadmin)\b",
    re.I,
)
_SAYS_SO = re.compile(
    r"undeliver|delivery (?:status )?(?:notification|failure|report|error)|returned mail"
    r"|failure notice"
    r"|fail(?:ed|ure) (?:of )?delivery|deliver\w* (?:has )?fail|mail system error|mail failure"
    r"|unzustellbar"
    r"|(?:could|can) ?not be (?:delivered|sent)|undelivered|non remis|no se puede entregar"
    r"|did not reach the following|error occurred while trying to deliver|trouble delivering"
    r"|error sending your mail|unable to deliver|was not delivered|returned to sender"
    r"|delivery to the following recipient|recipient name is not recognized",
    re.I,
)
_RETURNED_MAIL = re.compile(
    r"(?im)^[ >]*(?:received|return-path|message-id|dkim-signature|x-[a-z-]+):[ \t]"
)
_WAITING = re.compile(
    r"delayed|will (?:be retried|keep trying|try again)|still trying|warning", re.I
)
_ANNOUNCED = re.compile(
    r"did not reach the following|following (?:recipient|address|destination)|permanent fatal errors"
    r"|these recipients|could not be (?:delivered|reached)|unable to deliver|failed recipient",
    re.I,
)
_RETURNED_TO = re.compile(r"(?im)^[ >]*to:[ \t]*(.+)$")
_REPLY_CODE = re.compile(r"(?m)\b(5[0-9]{2})[ -](?!\d)")


def report_of(message: Message, sender: str, subject: str, text: str) -> Report | None:
    """What a machine reports about an earlier mail; None when the message is none.

    `sender`, `subject` and `text` are those of the message, decoded.
    """
    return _standard(message) or _plain(message, sender, f"{subject}\n{text}")


def _standard(message: Message) -> Report | None:
    statuses: list[DeliveryStatus] = []
    complaint = ""
    returned: list[str] = []
    seen = False
    for part in message.walk():
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            seen = True
            statuses += _statuses(part)
        elif kind == "message/feedback-report":
            seen = True
            complaint, ids, whom = _feedback(part)
            returned += ids
            statuses += whom
        elif kind in ("text/rfc822-headers", "message/rfc822", "message/rfc822-headers"):
            returned += _returned_ids(part)
    if not seen:
        return None
    return Report(
        statuses=tuple(statuses),
        complaint=complaint,
        returned_message_ids=tuple(dict.fromkeys(returned)),
    )


def _statuses(part: Message) -> list[DeliveryStatus]:
    """One per group of recipient fields; the group about the message itself names no recipient."""
    groups = part.get_payload()
    if isinstance(groups, str):
        groups = [email.message_from_string(block) for block in re.split(r"\r?\n\r?\n", groups)]
    found = []
    for group in groups if isinstance(groups, list) else []:
        if not isinstance(group, Message) or not (group["action"] or group["final-recipient"]):
            continue
        diagnostic = " ".join(str(group["diagnostic-code"] or "").split())
        status = _STATUS.search(str(group["status"] or "")) or _STATUS.search(diagnostic)
        recipient = str(group["final-recipient"] or group["original-recipient"] or "")
        found.append(
            DeliveryStatus(
                recipient=_address(recipient),
                action=str(group["action"] or "").split(";")[0].strip().lower()[:20],
                status=status.group(1) if status else "",
                diagnostic=diagnostic[:2000],
            )
        )
    return found


def _feedback(part: Message) -> tuple[str, list[str], list[DeliveryStatus]]:
    """Feedback-Type, and the Message-IDs and recipients that the report itself names."""
    payload = part.get_payload()
    if isinstance(payload, list):
        fields = payload[0] if payload and isinstance(payload[0], Message) else Message()
    else:
        fields = email.message_from_string(str(payload))
    kind = str(fields["feedback-type"] or "abuse").strip().lower()[:40]
    named = (*fields.get_all("original-rcpt-to", ()), *fields.get_all("removal-recipient", ()))
    whom = [DeliveryStatus(recipient=_address(str(value))) for value in named]
    return kind, _MESSAGE_ID.findall(str(fields["original-message-id"] or "")), whom


def _returned_ids(part: Message) -> list[str]:
    """The Message-ID of the mail that came back; deeper ones belong to what it answered."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return _MESSAGE_ID.findall(str(payload[0]["message-id"] or ""))[:1]
    decoded = part.get_payload(decode=True)
    text = decoded.decode("latin-1") if isinstance(decoded, bytes) else str(payload)
    return _RETURNED_ID.findall(text)[:1]


def _plain(message: Message, sender: str, text: str) -> Report | None:
    """A report in words only: sent by a machine, saying so near its top, our mail below it."""
    failed = str(message["x-failed-recipients"] or "")
    has_null_path = str(message["return-path"] or "").replace(" ", "") == "<>"
    is_machine = _MACHINE.search(f"{sender} {message['from'] or ''}") or has_null_path or failed
    if not is_machine or not _SAYS_SO.search(text[:1500]):
        return None
    text = text[:LONGEST_PLAIN_REPORT]
    returned = _RETURNED_ID.search(text)
    below = _RETURNED_MAIL.search(text)
    above = text[: below.start()] if below else text
    status, code = _STATUS.search(above), _REPLY_CODE.search(above)
    is_waiting = _WAITING.search(above) is not None
    is_failed = status.group(1)[0] == "5" if status else bool(code or failed) or not is_waiting
    ids = [returned.group(1)] if returned else _nested_ids(message)
    found = DeliveryStatus(
        recipient=_address(failed) or _named_recipient(above) or _returned_to(text, message),
        action="failed" if is_failed else "",
        status=status.group(1) if status else "",
        diagnostic=" ".join(above.split())[:2000],
    )
    return Report(statuses=(found,), returned_message_ids=tuple(ids))


def _nested_ids(message: Message) -> list[str]:
    nested = (part for part in message.walk() if part.get_content_type() == "message/rfc822")
    return [found for part in nested for found in _returned_ids(part)][:1]


def _named_recipient(text: str) -> str:
    """The address below the sentence that announces it, else the first one of all."""
    announced = _ANNOUNCED.search(text)
    return (_address(text[announced.end() :]) if announced else "") or _address(text)


def _returned_to(text: str, message: Message) -> str:
    """To whom the returned mail was addressed."""
    for part in message.walk():
        inner = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner:
            return _address(str(getattr(inner[0], "get", lambda _: "")("to") or ""))
    found = _RETURNED_TO.search(text)
    return _address(found.group(1)) if found else ""


def _address(text: str) -> str:
    found = _ADDRESS.search(text)
    return found.group(0).rstrip(".").lower()[:320] if found else ""
