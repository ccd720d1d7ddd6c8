"""Small received mails, built by hand, for tests of what comes back."""

from __future__ import annotations

from email.utils import format_datetime

from tests.conftest import MONDAY

SENT_LATER = format_datetime(MONDAY)


def reply(
    to: str,
    text: str,
    *,
    sender: str = "Dana Cole <dana@acme.example>",
    message_id: str = "<reply-1@acme.example>",
    headers: str = "",
    subject: str = "Re: Lease data at Acme",
    references: bool = True,
) -> bytes:
    """A reply to the mail with the Message-ID `to`."""
    parents = (
        f"In-Reply-To: {to}\r\nReferences: <older@acme.example> {to}\r\n" if references else ""
    )
    return (
        f"From: {sender}\r\nTo: sam@try-brand.example\r\nSubject: {subject}\r\n"
        f"Date: {SENT_LATER}\r\nMessage-ID: {message_id}\r\n{parents}{headers}"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{text}\r\n\r\nOn Mon, 2 Mar 2026 at 09:12, Sam Hill <sam@try-brand.example> wrote:\r\n"
        "> Hi Dana,\r\n> To stop these mails, unsubscribe: https://try-brand.example/u/1\r\n"
    ).encode()


def bounce(
    returned: str,
    recipient: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
) -> bytes:
    """A delivery status notification (RFC 3464) for the mail with the Message-ID `returned`."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>\r\nTo: sam@try-brand.example\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nDate: {SENT_LATER}\r\n"
        f"Message-ID: <dsn-{abs(hash((returned, status)))}@mx.acme.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry. Your mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.acme.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {diagnostic}\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"From: sam@try-brand.example\r\nTo: {recipient}\r\nMessage-ID: {returned}\r\n\r\n--b--\r\n"
    ).encode()


def complaint(returned: str) -> bytes:
    """A feedback report (RFC 5965) about the mail with the Message-ID `returned`."""
    return (
        "From: feedback@isp.example\r\nTo: sam@try-brand.example\r\nSubject: FW: Lease data\r\n"
        f"Date: {SENT_LATER}\r\nMessage-ID: <arf-1@isp.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        "Feedback-Type: abuse\r\nUser-Agent: Feedback/1\r\nVersion: 1\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: sam@try-brand.example\r\n"
        f"Message-ID: {returned}\r\nSubject: Lease data\r\n\r\nHi Dana\r\n--b--\r\n"
    ).encode()


def read_receipt(to: str) -> bytes:
    """A read receipt (RFC 8098), sent by the person's mail program for the mail `to`."""
    return (
        "From: Dana Cole <dana@acme.example>\r\nTo: sam@try-brand.example\r\n"
        f"Subject: Read: Lease data\r\nDate: {SENT_LATER}\r\nMessage-ID: <mdn-1@acme.example>\r\n"
        f"In-Reply-To: {to}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message was read.\r\n"
        "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
        f"Final-Recipient: rfc822; dana@acme.example\r\nOriginal-Message-ID: {to}\r\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
    ).encode()
