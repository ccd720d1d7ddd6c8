"""What a person wrote in a reply, without what the mail program put below it.

In: the text of a mail. Out: its new words. Never: a loss of words that stand above the quote.

An opt-out counts only in new words: the quoted mail below carries our own unsubscribe line.
Patterns are data, one line per habit of mail programs; new ones are added here.
"""

from __future__ import annotations

import re

LONGEST_LINE = 2_000

_WROTE = (
    r"wrote|writes|schrieb|a écrit|écrivait|ha scritto|escribió|escreveu|schreef|napisał(?:\(a\))?"
    r"|skrev"
    r"|kirjoitti|написала?|пише|yazdı|írta|napsal(?:\(a\))?|scrisse|さんは書きました"
)
_MONTH = (
    r"jan|feb|m[aä]r|apr|ma[yij]|jun|jul|aug|sep|o[ck]t|nov|de[czs]|янв|фев|мар|апр|ма[йя]|ию[нл]"
    r"|авг"
    r"|сен|окт|ноя|дек"
)
_HEADER = {
    "from": r"from|von|de|da|van|fra|från|od|от|lähettäjä|gönderen|发件人|差出人",
    "other": (
        r"sent|date|message du|to|subject|cc|gesendet|datum|an|betreff|envoyé(?: le)?|à|a|objet"
        r"|copie à|sujet|inviato|data"
        r"|oggetto|verzonden|aan|onderwerp|til|dato|emne|sendt|skickat|till|ämne|enviado|para"
        r"|asunto|assunto"
        r"|wysłano|do|temat|дата|кому|тема"
    ),
}
_LEAD = r"^[ \t>*_]*"

_FROM_LINE = re.compile(rf"{_LEAD}(?:{_HEADER['from']})[ \t\xa0]*:[ \t*\xa0]*\S", re.I)
_OTHER_LINE = re.compile(rf"{_LEAD}(?:{_HEADER['other']})[ \t\xa0]*:", re.I)
_SEPARATOR = re.compile(
    r"^[ \t>]*(?:-{2,}[ \t]*\S[^\n]{2,60}?[ \t]*-{2,}|_{5,}|={4,}|-{10,}|\*{10,})[ \t]*$"
)
_TOPIC = re.compile(r"^[ \t>]*-{2,}.*(?:message|nachricht|besked|messaggio|mensaje|mensagem"
                    r"|meddelande"
                    r"|bericht|wiadomość|viesti|wrote|сообщение).*-{2,}[ \t]*$", re.I)  # fmt: skip
_SENT_FROM = re.compile(
    r"^[ \t]*(?:sent (?:from|via|with) (?:my |the |yahoo|outlook|gmail|proton|mail|typeapp|iphone"
    r"|samsung|\S+ ?mail)"
    r"|get outlook for |von meinem .{1,40} gesendet|gesendet (?:von|mit) |envoyé (?:de(?:puis)? "
    r"|à partir de )"
    r"|inviato da |enviado desde |enviado do |verzonden vanaf |sendt fra |skickat från |wysłane z "
    r"|lähetetty )",
    re.I,
)
_SIGNATURE = re.compile(r"^[ \t]*(?:--|__)[ \t]*$")
_CLOSING = re.compile(
    r"^[ \t]*(?:(?:kind|best|warm|many)?[ \t]*regards|best|cheers|thanks|thank you|sincerely"
    r"|yours(?: truly)?"
    r"|mit freundlichen grüßen|viele grüße|cordialement|saludos|met vriendelijke groet"
    r"|bien à vous)[ \t]*[,!.]?[ \t]*$",
    re.I,
)
_HAS_ADDRESS = re.compile(r"<?[^\s<>@\"]+@[^\s<>@\"]+\.[^\s<>@\"]+>?")
_HAS_DATE = re.compile(
    rf"\b\d{{1,2}}[:.]\d{{2}}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b"
    rf"|\b\d{{1,2}}\.?[ ]+(?:de[ ]+)?(?:{_MONTH})|\b(?:{_MONTH})\w*\.?[ ]+\d{{1,2}}\b",
    re.I,
)
_WROTE_END = re.compile(rf"(?:\b|\s)(?:{_WROTE})(?:[ \t]*-+)?[ \t]*:?[ \t]*$", re.I)
_DATED_COLON = re.compile(r":[ \t]*$")


def new_text(text: str) -> str:
    """The words above the first quote, separator or signature; trimmed.

    A reply written below or between the quoted lines keeps its own lines, without the quoted ones.
    When nothing stands above the quote and nothing between it, the result is empty.
    """
    lines = [line[:LONGEST_LINE] for line in text.replace("\r\n", "\n").split("\n")]
    cut = next((i for i in range(len(lines)) if _starts_quote(lines, i)), len(lines))
    above = "\n".join(_unquoted(lines[:cut])).strip()
    if above:
        return _without_signature(above)
    below = _unquoted(lines[cut + _announcement_lines(lines, cut) :])
    has_quotes = any(line.lstrip().startswith(">") for line in lines[cut:])
    return _without_signature("\n".join(below).strip()) if has_quotes else ""


def _unquoted(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(">")]


def _starts_quote(lines: list[str], at: int) -> bool:
    line = lines[at]
    if not line.strip():
        return False
    if _TOPIC.match(line) or _is_headers(lines, at) or _SENT_FROM.match(line):
        return True
    if _SEPARATOR.match(line) and _is_headers(lines, _next_words(lines, at)):
        return True
    return _announcement_lines(lines, at) > 0


def _announcement_lines(lines: list[str], at: int) -> int:
    """How many lines, from this one on, announce a quote; 0 when none do or they start later."""
    for count in (1, 2, 3):
        if at + count > len(lines):
            return 0
        parts = [line.strip(" >\t*") for line in lines[at : at + count]]
        if all(parts) and _announces(" ".join(parts)):
            later = [" ".join(parts[start:]) for start in range(1, count)]
            starts_later = any(_announces(line) and _HAS_DATE.search(line) for line in later)
            return 0 if starts_later else count
    return 0


def _announces(line: str) -> bool:
    """`On <date>, <name> <address> wrote:` in the languages above."""
    if len(line) >= 500:
        return False
    has_date, has_address = _HAS_DATE.search(line), _HAS_ADDRESS.search(line)
    if _WROTE_END.search(line) and (has_date or has_address):
        return True
    return bool(has_date and has_address and _DATED_COLON.search(line) and len(line) < 200)


def _next_words(lines: list[str], at: int) -> int:
    return next((i for i in range(at + 1, min(at + 4, len(lines))) if lines[i].strip()), at)


def _is_headers(lines: list[str], at: int) -> bool:
    """A block of quoted mail headers: a sender's line and another within five lines."""
    line = lines[at]
    near = lines[at + 1 : at + 6]
    if _FROM_LINE.match(line):
        return any(_OTHER_LINE.match(other) for other in near)
    is_first = _OTHER_LINE.match(line) and any(_FROM_LINE.match(other) for other in near[:2])
    return bool(is_first)


def _without_signature(text: str) -> str:
    """Without a signature that is marked as one, or a closing formula with a few lines below."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if at == 0 or not (_SIGNATURE.match(line) or _is_closing(lines, at)):
            continue
        return "\n".join(lines[:at]).rstrip()
    return text


def _is_closing(lines: list[str], at: int) -> bool:
    rest = [line for line in lines[at + 1 :] if line.strip()]
    return bool(_CLOSING.match(lines[at])) and len(rest) <= 6 and all(len(r) < 80 for r in rest)
