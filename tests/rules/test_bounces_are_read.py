"""A machine's report is read for what it says: who, why, and whether the address is dead."""

from __future__ import annotations

import json
from datetime import date

import pytest

from outrider.sending.bounces.detect import detect
from outrider.sending.bounces.types import Kind, Outcome, Reason, Report
from tests.mails import bounce, complaint, read_receipt, reply

OURS = "<o1@try-brand.example>"
DANA = "dana@acme.example"
RETURNED = (
    "Return-Path: <sam@try-brand.example>\nReceived: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\n"
    f"Message-ID: {OURS}\nFrom: sam@try-brand.example\nTo: {DANA}\nSubject: Lease\n\nHi Dana\n"
)


def mail(sender: str, subject: str, body: str, headers: str = "") -> bytes:
    return (
        f"From: {sender}\nTo: sam@try-brand.example\nSubject: {subject}\n"
        f"Date: Mon, 2 Mar 2026 09:00:00 +0000\n{headers}\n{body}"
    ).encode()


def read(raw: bytes) -> Report:
    report = detect(raw)
    assert report is not None
    return report


def only(raw: bytes, kind: Kind = Kind.BOUNCE) -> Outcome:
    report = read(raw)
    assert report.kind is kind
    assert len(report.outcomes) == 1
    return report.outcomes[0]


def dsn(status: str, diagnostic: str, action: str = "failed") -> bytes:
    return bounce(OURS, DANA, status=status, diagnostic=diagnostic, action=action)


def test_a_standard_bounce_names_recipient_code_reply_reason_and_our_mail() -> None:
    report = read(dsn("5.1.1", "smtp; 550 5.1.1 <dana@acme.example>: User unknown"))
    assert report.kind is Kind.BOUNCE
    assert report.message_ids == (OURS,)
    outcome = report.outcomes[0]
    assert (outcome.recipient, outcome.status, outcome.reply) == (DANA, "5.1.1", "550")
    assert (outcome.reason, outcome.is_hard) == (Reason.USER_UNKNOWN, True)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_receipt_of_delivery_is_no_bounce(action: str) -> None:
    assert read(dsn("2.1.5", "smtp; 250 OK", action)).kind is Kind.DELIVERED


def test_a_delay_is_no_bounce_and_never_hard() -> None:
    outcome = only(dsn("4.4.1", "smtp; 550 5.1.1 User unknown", "delayed"), Kind.DELAY)
    assert not outcome.is_hard


@pytest.mark.parametrize(
    ("status", "diagnostic", "reason", "hard"),
    [
        ("5.1.1", "550 5.1.1 No such user", Reason.USER_UNKNOWN, True),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Reason.USER_UNKNOWN, True),
        ("5.1.6", "551 5.1.6 not our customer", Reason.USER_UNKNOWN, True),
        ("5.4.4", "Host or domain name not found", Reason.HOST_UNKNOWN, True),
        ("5.1.2", "", Reason.HOST_UNKNOWN, True),
        ("5.0.0", "550 No such user here", Reason.USER_UNKNOWN, False),
        ("5.0.0", "550 Unknown user (in reply to end of DATA command)", Reason.POLICY, False),
        ("5.2.1", "550 5.2.1 account is disabled", Reason.MAILBOX_INACTIVE, False),
        ("5.2.2", "552 5.2.2 Mailbox full", Reason.MAILBOX_FULL, False),
        ("5.1.1", "552 5.1.1 user is over quota", Reason.MAILBOX_FULL, False),
        ("5.3.4", "552 message size exceeds fixed maximum", Reason.TOO_LARGE, False),
        ("5.7.1", "550 5.7.1 message rejected as spam", Reason.CONTENT, False),
        ("5.7.1", "550 5.7.1 Relaying denied", Reason.POLICY, False),
        ("4.4.7", "", Reason.EXPIRED, False),
        ("4.4.1", "connection refused", Reason.NETWORK, False),
        ("4.7.1", "450 4.7.1 greylisted, try again later", Reason.RATE_LIMITED, False),
        ("5.3.0", "554 5.3.0 internal error", Reason.SYSTEM, False),
        ("", "something happened", Reason.UNKNOWN, False),
    ],
)
def test_code_and_words_together_give_the_reason(
    status: str, diagnostic: str, reason: Reason, hard: bool
) -> None:
    outcome = only(dsn(status, f"smtp; {diagnostic}"))
    assert (outcome.reason, outcome.is_hard) == (reason, hard)


@pytest.mark.parametrize(
    ("status", "diagnostic"),
    [
        ("5.7.515", "550 5.7.515 Access denied, sending domain doesn't meet the required level"),
        ("5.7.26", "550-5.7.26 Unauthenticated email from try-brand.example is not accepted"),
        ("5.7.25", "550 5.7.25 the IP address sending this message does not have a PTR record"),
        ("5.1.1", "550 5.1.1 rejected, poor reputation of 192.0.2.1"),
        ("5.1.3", "553 https://www.spamhaus.org/query/ip/192.0.2.1"),
        ("5.1.8", "553 5.1.8 sender domain does not exist"),
        ("5.0.0", "550 no such domain (in reply to MAIL FROM command)"),
        ("5.7.1", "554 5.7.1 Service unavailable; client host [192.0.2.1] blocked using zen"),
    ],
)
def test_what_we_are_blamed_for_never_damns_the_address(status: str, diagnostic: str) -> None:
    outcome = only(dsn(status, f"smtp; {diagnostic}"))
    assert (outcome.reason, outcome.is_hard) == (Reason.REPUTATION, False)


def test_each_of_several_recipients_has_its_own_outcome() -> None:
    fields = (
        "Final-Recipient: rfc822;dana@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "Original-Recipient: rfc822;sales@acme.example\r\n"
        "Final-Recipient: rfc822;<joe@acme.example>\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n"
        "Final-Recipient: rfc822;ann@acme.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n\r\n--b"
    )
    raw = bounce(OURS, DANA).decode()
    start = raw.index("Final-Recipient")
    raw = raw[:start] + fields + raw[raw.index("\r\n--b", start) + 5 :]
    outcomes = {one.recipient: one for one in read(raw.encode()).outcomes}
    assert outcomes[DANA].is_hard
    assert outcomes["joe@acme.example"].reason is Reason.MAILBOX_FULL
    assert outcomes["joe@acme.example"].original_recipient == "sales@acme.example"
    assert outcomes["ann@acme.example"].action == "delivered"


PROSE = {
    "qmail": (
        "MAILER-DAEMON@mx.acme.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.acme.example.\nI wasn't able to deliver your "
        f"message to the following addresses.\n\n<{DANA}>:\n192.0.2.1 does not like recipient.\n"
        f"Remote host said: 550 5.1.1 <{DANA}>: User unknown\nGiving up on 192.0.2.1.\n\n"
        f"--- Below this line is a copy of the message.\n\n{RETURNED}",
    ),
    "qmail, its own mailbox": (
        "MAILER-DAEMON@mx.acme.example",
        "failure notice",
        f"Hi. This is the qmail-send program.\n\n<{DANA}>:\nSorry, no mailbox here by that name.\n\n"
        f"--- Below this line is a copy of the message.\n\n{RETURNED}",
    ),
    "exim": (
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of its\nrecipients. "
        f"The following address(es) failed:\n\n  {DANA}\n    SMTP error from remote mail server "
        f"after RCPT TO:<{DANA}>:\n    host mx [192.0.2.1]: 550 unknown user\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{RETURNED}",
    ),
    "sendmail": (
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "Returned mail: see transcript for details",
        f"   ----- The following addresses had permanent fatal errors -----\n<{DANA}>\n"
        f"    (reason: 550 5.1.1 <{DANA}>... User unknown)\n\n"
        f"   ----- Original message follows -----\n{RETURNED}",
    ),
    "domino": (
        "postmaster@acme.example",
        "DELIVERY FAILURE",
        f"Your message\n\n  Subject: Lease\n\nwas not delivered to:\n\n  {DANA}\n\nbecause:\n\n"
        f"  User dana ({DANA}) not listed in Domino Directory\n\n{RETURNED}",
    ),
    "exchange, old": (
        "System Administrator <postmaster@acme.example>",
        "Undeliverable: Lease",
        "Your message\n\n  To:      sales@other.example\n  Subject: Lease\n\ndid not reach the "
        f"following recipient(s):\n\n{DANA} on Mon, 2 Mar 2026\n    The recipient name is not "
        f"recognized\n\n{RETURNED}",
    ),
    "messaging server": (
        "Internet Mail Delivery <postmaster@acme.example>",
        "Delivery Notification: Delivery has failed",
        "This report relates to a message you sent with the following header fields:\n\n"
        f"  Message-id: {OURS}\n  From: sam@try-brand.example\n  To: {DANA}\n\nYour message cannot "
        f"be delivered to the following recipients:\n\n  Recipient address: {DANA}\n  Reason: "
        "Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 unknown user\n",
    ),
    "imail": (
        "postmaster@acme.example",
        "undeliverable mail",
        f"Unknown user: {DANA}\n\n\nOriginal message follows.\n\n{RETURNED}",
    ),
    "groupwise": (
        "Mail Delivery System <postmaster@acme.example>",
        "Message status - undeliverable",
        f"The message that you sent was undeliverable to the following:\n\t{DANA} (user not "
        f"found)\n\nPossibly truncated original message follows:\n{RETURNED}",
    ),
    "gmail": (
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        f"Delivery to the following recipient failed permanently:\n\n     {DANA}\n\nTechnical "
        "details of permanent failure:\nThe error that the other server returned was:\n550 5.1.1 "
        f"The email account that you tried to reach does not exist.\n\n----- Original message -----\n"
        f"\n{RETURNED}",
    ),
}


@pytest.mark.parametrize("name", PROSE)
def test_notices_in_words_name_the_dead_address_and_our_mail(name: str) -> None:
    sender, subject, body = PROSE[name]
    report = read(mail(sender, subject, body))
    assert report.kind is Kind.BOUNCE
    assert [one.recipient for one in report.outcomes] == [DANA]
    assert report.outcomes[0].reason is Reason.USER_UNKNOWN
    assert report.outcomes[0].is_hard
    assert report.outcomes[0].status.startswith("5.1.")
    assert report.message_ids == (OURS,)


def test_a_page_is_read_as_words() -> None:
    page = (
        f"<html><head><style>p{{}}</style></head><body><p>Your message to <a href='mailto:{DANA}'>"
        f"{DANA}</a> couldn't be delivered.</p><p>Reported error: 550 5.1.10 "
        "RESOLVER.ADR.RecipientNotFound</p></body></html>"
    )
    raw = mail("postmaster@acme.example", "Undeliverable", page, "Content-Type: text/html\n")
    assert only(raw).recipient == DANA
    assert only(raw).is_hard


def test_parts_behind_a_wrong_boundary_are_read_all_the_same() -> None:
    raw = bounce(OURS, DANA).replace(b'boundary="b"', b'boundary="c"')
    assert only(raw).recipient == DANA


def test_a_warning_in_words_is_a_delay() -> None:
    body = f"THIS IS A WARNING MESSAGE ONLY.\n\n<{DANA}>... Deferred: Connection timed out\n"
    raw = mail("MAILER-DAEMON@mx.example", "Warning: could not send message for past 4 hours", body)
    assert only(raw, Kind.DELAY).reason is Reason.EXPIRED


def ses(kind: str, about: dict[str, object]) -> bytes:
    data = {
        "notificationType": kind,
        kind.lower(): about,
        "mail": {"messageId": "0101", "headers": [{"name": "Message-ID", "value": OURS}]},
    }
    body = f"{json.dumps(data)}\n\n--\nIf you wish to stop receiving notifications, visit\n"
    return mail("SES <no-reply@sns.amazonaws.com>", "AWS Notification Message", body)


def test_a_bounce_that_comes_as_json_is_a_bounce() -> None:
    whom = {"emailAddress": DANA, "status": "5.1.1", "action": "failed",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown"}  # fmt: skip
    report = read(ses("Bounce", {"bounceType": "Permanent", "bouncedRecipients": [whom]}))
    assert report.message_ids == (OURS,)
    assert report.outcomes[0].is_hard
    accused = ses("Complaint", {"complainedRecipients": [{"emailAddress": DANA}]})
    assert only(accused, Kind.COMPLAINT).recipient == DANA
    assert only(ses("Delivery", {"recipients": [DANA]}), Kind.DELIVERED).recipient == DANA


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("abuse", Kind.COMPLAINT),
        ("fraud", Kind.COMPLAINT),
        ("opt-out", Kind.COMPLAINT),
        ("auth-failure", Kind.FEEDBACK),
        ("not-spam", Kind.FEEDBACK),
    ],
)
def test_only_feedback_that_accuses_is_a_complaint(stated: str, kind: Kind) -> None:
    raw = complaint(OURS).replace(b"Feedback-Type: abuse", f"Feedback-Type: {stated}".encode())
    report = read(raw)
    assert (report.kind, report.feedback) == (kind, stated)
    assert report.message_ids == (OURS,)


def test_a_mail_program_that_unsubscribes_for_a_person_is_an_opt_out() -> None:
    body = 'Apple Mail sent this email to unsubscribe from the message "Lease".\n'
    raw = mail(f"Dana <{DANA}>", "unsubscribe", body, "Auto-Submitted: auto-replied\n")
    report = read(raw)
    assert (report.kind, report.feedback) == (Kind.COMPLAINT, "opt-out")
    assert report.outcomes[0].recipient == DANA


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I am away until March 9, 2026.", date(2026, 3, 9)),
        ("Ich bin bis zum 13. März nicht im Büro.", date(2026, 3, 13)),
        ("I am out from 01.03.2026 to 12.03.2026.", date(2026, 3, 12)),
        ("Je suis absente jusqu'au 20 mars 2026.", date(2026, 3, 20)),
        ("Back on 2026-03-16", date(2026, 3, 16)),
        ("Back on 25/03/2026", date(2026, 3, 25)),
        ("Back on 05/04/2026", None),
        ("I am away for a while.", None),
    ],
)
def test_an_absence_notice_tells_when_the_person_is_back(text: str, day: date | None) -> None:
    report = read(mail(f"Dana <{DANA}>", "Automatic reply: Lease", text))
    assert (report.kind, report.returns_on) == (Kind.AUTO_REPLY, day)


def test_a_read_receipt_is_automatic() -> None:
    assert read(read_receipt(OURS)).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "raw",
    [
        reply(OURS, "We can talk on Monday."),
        reply(OURS, "Your last mail was returned: delivery failed, 550 user unknown."),
        mail("Joe <joe@acme.example>", "Fwd: failure notice",
             "Look at this:\n\n> Hi. This is the qmail-send program\n> <dana@acme.example>: no"),
        mail("Joe <joe@acme.example>", "out of stock", "All desks are sold until March 9."),
        b"",
    ],
)  # fmt: skip
def test_what_people_write_is_no_report(raw: bytes) -> None:
    assert detect(raw) is None
