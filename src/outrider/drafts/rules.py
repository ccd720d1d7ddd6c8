"""What a mail looks like whole, and the hash that an approval is bound to.

In: words, a recipient, a sender, a thread. Out: `MailContent`, its hash, the text for judging.
Never: a clock, a row, or a word that the recipient would read and the hash would not cover.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import unicodedata
from urllib.parse import quote

from outrider.drafts.types import MailContent, Recipient, Sender, Thread, Wording
from outrider.guardrails.content import clean
from outrider.guardrails.letters import plain
from outrider.guardrails.types import MailText
from outrider.kernel.errors import InvalidInput

HASH_PREFIX = b"outrider.mail.v1\n"
"""Goes before the canonical bytes, so that no other hash of ours can be taken for an approval's."""

LONGEST_SUBJECT = 200
LONGEST_BODY = 20_000

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")
_REPLY_MARK = re.compile(r"\s*re\s*:\s*", re.IGNORECASE)


def wording(subject: str, body: str, language: str = "en") -> Wording:
    """The words as they are kept: clean typography (A-56), one line of subject, plain line ends.

    Letters with accents are in one piece (Unicode's normal form C), as fonts and searches want them.

    Raises:
        InvalidInput: the subject or the body is empty, or far too long for a mail.
    """
    subject = " ".join(clean(_composed(subject)).split())
    body = clean(_composed(body)).strip()
    body = "\n".join(line.rstrip() for line in body.split("\n"))
    for name, text, most in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        if not text:
            raise InvalidInput(f"The {name} is empty: write one, or reject the draft with a note.")
        if len(text) > most:
            raise InvalidInput(
                f"The {name} has {len(text):,} characters: shorten it to {most:,} at most."
            )
    return Wording(subject=subject, body=body, language=language)


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", plain(text))


def compose(
    words: Wording, recipient: Recipient, sender: Sender, step: int, thread: Thread
) -> MailContent:
    """The whole mail around the words: signature, lawful footer, HTML of the same words, headers.

    The footer says who writes, from where, and how to stop it (15 USC 7704(a)(5)); the headers
    offer the same to a mail program (RFC 2369, RFC 8058) and thread a follow-up on the mails
    before it (RFC 5322, 3.6.4).

    Raises:
        InvalidInput: subject or body cannot be used.
    """
    words = wording(words.subject, words.body, words.language)
    subject = words.subject
    if thread.message_ids and step > 1:
        subject = "Re: " + _bare(clean(thread.subject or subject))
    blocks = [*_PARAGRAPHS.split(words.body), _signature(words.body, sender)]
    footer = _footer(sender)
    return MailContent(
        recipient=recipient,
        sender=sender,
        subject=subject,
        text="\n\n".join([*blocks, footer]) + "\n",
        html=_html(words.model_copy(update={"subject": subject}), blocks, footer, sender),
        step=step,
        headers=_headers(sender, thread if step > 1 else Thread()),
    )


def content_hash(content: MailContent) -> str:
    """SHA-256, hex, over every field in a canonical encoding: sorted keys, ASCII, no white space."""
    whole = content.model_dump(mode="json")
    # Came later than the first approvals: a mail without it hashes as it always did.
    if content.sender.layout is None:
        del whole["sender"]["layout"]
    canonical = json.dumps(whole, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(HASH_PREFIX + canonical.encode("ascii")).hexdigest()


def mail_text(content: MailContent, body: str) -> MailText:
    """The mail in the words of the guardrails."""
    return MailText(
        subject=content.subject,
        body=body,
        text=content.text,
        html=content.html,
        step=content.step,
        is_reply="In-Reply-To" in content.headers,
        booking_link=content.sender.booking_link,
        postal_address=clean(content.sender.postal_address),
        unsubscribe_url=content.sender.unsubscribe_url,
    )


def _bare(subject: str) -> str:
    while found := _REPLY_MARK.match(subject):
        subject = subject[found.end() :]
    return " ".join(subject.split())


def _signature(body: str, sender: Sender) -> str:
    own = clean(sender.signature).strip()
    lines = [own] if own else [part for part in (clean(sender.name), clean(sender.brand)) if part]
    link = sender.booking_link
    if link and link not in body and link not in own:
        lines.append(f"Book a time: {link}")
    return "\n".join(lines)


def _footer(sender: Sender) -> str:
    brand, address = clean(sender.brand), " ".join(clean(sender.postal_address).split())
    name = clean(sender.name)
    who = f"{name}, {brand}" if name and brand and name != brand else name or brand
    return (
        f"{who}, {address}\n"
        f"If you'd rather not hear from me again, unsubscribe here: {sender.unsubscribe_url}\n"
        "or reply with the word stop."
    )


def _headers(sender: Sender, thread: Thread) -> dict[str, str]:
    # What has a meaning of its own in a link is written as %XX (RFC 6068, 2).
    address = quote(sender.address, safe="@!$'*+-._~")
    headers = {
        "List-Unsubscribe": f"<{sender.unsubscribe_url}>, <mailto:{address}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if thread.message_ids:
        headers["In-Reply-To"] = thread.message_ids[-1]
        headers["References"] = " ".join(thread.message_ids)
    return headers


def _html(words: Wording, blocks: list[str], footer: str, sender: Sender) -> str:
    """The same words in plain, accessible HTML: a language, a title, paragraphs, real links."""
    links = [link for link in (sender.booking_link, sender.unsubscribe_url) if link]
    paragraphs = "\n".join(f"<p{direction(block)}>{inline(block, links)}</p>" for block in blocks)
    style = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1a1a1a;overflow-wrap:anywhere"
    small = "font-size:12px;color:#595959"
    # The footer is ours and English, whatever the mail is written in (WCAG 2.2, 3.1.2).
    own = "" if words.language == "en" else ' lang="en"'
    return (
        f'<!doctype html>\n<html lang="{html.escape(words.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{html.escape(words.subject)}</title>\n</head>\n'
        f'<body style="{style}">\n{paragraphs}\n'
        f'<p{own} style="{small}">{inline(footer, links)}</p>\n</body>\n</html>\n'
    )


def direction(block: str) -> str:
    """The attribute of a paragraph that runs from right to left: its first strong letter says so (UAX 9, P2)."""
    strong = (unicodedata.bidirectional(letter) for letter in block)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else ' dir="rtl"'


def inline(block: str, links: list[str]) -> str:
    """A paragraph as HTML: escaped, its own lines kept, the sender's own links made real."""
    escaped = html.escape(block)
    targets = sorted({html.escape(link) for link in links}, key=len, reverse=True)
    if targets:
        # One pass, longest first: a link that begins another must not be wrapped twice.
        pattern = "|".join(re.escape(target) for target in targets)
        escaped = re.sub(pattern, lambda found: f'<a href="{found[0]}">{found[0]}</a>', escaped)
    return escaped.replace("\n", "<br>\n")
