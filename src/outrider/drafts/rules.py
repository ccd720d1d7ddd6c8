"""What a mail looks like whole, and the hash that an approval is bound to.

In: words, a recipient, a sender, a thread. Out: `MailContent`, its hash, the text for judging.
Never: a clock, a row, or a word that the recipient would read and the hash would not cover.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from urllib.parse import quote

from outrider.drafts import form, rich
from outrider.drafts.types import Draft, MailContent, Recipient, Sender, Thread, Wording
from outrider.guardrails.content import clean
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
    subject = " ".join(rich.composed(subject).split())
    body = rich.composed(body).strip()
    body = "\n".join(line.rstrip() for line in body.split("\n"))
    for name, text, most in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        if not text:
            raise InvalidInput(f"The {name} is empty: write one, or reject the draft with a note.")
        if len(text) > most:
            raise InvalidInput(
                f"The {name} has {len(text):,} characters: shorten it to {most:,} at most."
            )
    return Wording(subject=subject, body=body, language=language)


def as_stored(draft: Draft) -> Wording:
    """The words of a draft, in their form."""
    return Wording(
        subject=draft.content.subject, body=draft.body, language=draft.language, rich=draft.rich
    )


def compose(
    words: Wording, recipient: Recipient, sender: Sender, step: int, thread: Thread
) -> MailContent:
    """The whole mail around the words: signature, lawful footer, HTML of the same words, headers.

    The footer says who writes, from where, and how to stop it (15 USC 7704(a)(5)); the headers
    offer the same to a mail program (RFC 2369, RFC 8058) and thread a follow-up on the mails
    before it (RFC 5322, 3.6.4).

    Raises:
        InvalidInput: subject or body cannot be used, or the words in form are not those of the body.
    """
    in_form = words.rich
    words = wording(words.subject, words.body, words.language)
    subject = words.subject
    if thread.message_ids and step > 1:
        subject = "Re: " + _bare(clean(thread.subject or subject))
    signature = _signature(words.body, sender)
    blocks = [*_PARAGRAPHS.split(words.body), signature]
    links = own_links(sender)
    made = [form.paragraph(block, links) for block in blocks]
    if in_form is not None:
        said = rich.of_words(in_form, words.body, links)
        made = [*form.written(said, links), form.paragraph(signature, links)]
    footer = _footer(sender)
    return MailContent(
        recipient=recipient,
        sender=sender,
        subject=subject,
        text="\n\n".join([*blocks, footer]) + "\n",
        html=_html(words.model_copy(update={"subject": subject}), made, footer, links),
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


def own_links(sender: Sender) -> tuple[str, ...]:
    """The links that are made real wherever they stand."""
    return tuple(link for link in (sender.booking_link, sender.unsubscribe_url) if link)


def _html(words: Wording, made: list[str], footer: str, links: tuple[str, ...]) -> str:
    """The same words in plain, accessible HTML: a language, a title, paragraphs, real links."""
    paragraphs = "\n".join(made)
    style = "font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5;color:#1a1a1a;overflow-wrap:anywhere"
    small = "font-size:12px;color:#595959"
    # The footer is ours and English, whatever the mail is written in (WCAG 2.2, 3.1.2).
    own = "" if words.language == "en" else ' lang="en"'
    return (
        f'<!doctype html>\n<html lang="{html.escape(words.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<title>{html.escape(words.subject)}</title>\n</head>\n'
        f'<body style="{style}">\n{paragraphs}\n'
        f'<p{own} style="{small}">{form.inline(footer, links)}</p>\n</body>\n</html>\n'
    )
