"""Opt-outs in what people write back.

In: the text of a reply. Out: a finding with the words that ask us to stop, or None.
Never: a guess from quoted text below the reply, or from a sentence that asks us to go on.

A miss here costs more than a false alarm: whoever asks to be left alone must be (15 USC 7704(a)(4),
GDPR art. 21(2)). A rule finds plain requests at once; a model may add softer ones later.
"""

from __future__ import annotations

import re

from outrider.guardrails.types import Finding, Severity, Span

_JUDGED_CHARACTERS = 10_000

_QUOTE_STARTS = re.compile(
    r"^[ \t]*(?:>|-{2,}[ \t]*(?:original message|forwarded message|ursprüngliche nachricht|"
    r"message d'origine|mensaje original)|_{10,}[ \t]*$|"
    r"(?:on|am|le|el|il|op|den|em)\b[^\n]{5,200}"
    r"(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu)[^\n]{0,120}:[ \t]*$|"
    r"from:[ \t]*\S[^\n]*\n(?:[^\n]*\n){0,2}[ \t]*(?:sent|date|to):)",
    re.IGNORECASE | re.MULTILINE,
)

_MAILS = (
    r"(?:e-?mail(?:s|ing)?|mail(?:s|ing)?|messag(?:e|es|ing)|contact(?:ing)?|writ(?:e|ing)|"
    r"send(?:ing)?|reach(?:ing)? out|spam(?:ming)?|bother(?:ing)?|follow(?:ing)?[ -]?ups?|"
    r"call(?:s|ing)?|solicit(?:ing|ations?)?)"
)
_REQUESTS = (
    r"\bunsubscribe\b(?! (?:link|button|rate|page|feature|footer))",
    r"\b(?:opt|opting)(?: me| us)?[ -]?out\b(?! (?:rate|link|clause|option|of (?:the )?lease))",
    rf"\b(?:please |kindly |just |pls )*(?:stop|cease|quit)(?: all| any| with)?(?: the| these|"
    rf" your| further)? {_MAILS}\b",
    rf"\b(?:do not|don't|dont|never|no need to)(?: ever)? (?:{_MAILS}) (?:me|us|here|to me|anyone|again|this|any)\b"
    r"(?!,? (?:just |please |but )?(?:e-?mail|write|text|message) me)",
    r"\b(?:do not|don't|dont|never)(?: ever)? (?:contact|email|e-mail|mail|write|call|"
    r"follow[ -]?up)\b(?=[ \t]*(?:[.!\n]|$|again))",
    r"\b(?:remove|delete|take|drop|scratch|strike)\b[^.!?\n]{0,40}\b(?:from|off)\b[^.!?\n]{0,30}"
    r"\b(?:list|lists|database|crm|mailing|distribution|sequence|cadence|campaign|records)\b",
    r"\b(?:be|get) (?:removed|deleted|taken|dropped)\b[^.!?\n]{0,30}\b(?:from|off)\b[^.!?\n]{0,30}"
    r"\b(?:lists?|database|crm|mailing|records)\b",
    r"(?:^|[.!,] )[ \t]*remove[ \t]*[.!]*[ \t]*$|\bcease and desist\b|\breport(?:ing|ed)? (?:you|this|it) "
    r"(?:as|for) spam\b|\b(?:lose|forget|delete) my (?:number|e-?mail|address|contact)\b",
    r"\b(?:please |kindly |pls )(?:remove|delete) (?:me|us|my (?:e-?mail|address|details|data|name))\b",
    r"^[ \t]*(?:please )?(?:remove|delete) (?:me|us)\b",
    r"\btake (?:me|us) off\b",
    r"\bno (?:more|further) (?:e-?mails?|messages?|contact|communications?|follow[ -]?ups?|outreach)\b"
    r"(?! (?:address|person))",
    r"\b(?:do not|don't|dont|no longer) (?:want|wish|care)(?: to)? (?:receive|get|hear|be contacted|be e-?mailed)\b",
    r"\b(?:do not|don't|dont) want (?:your|these|this|any|more|any more)(?: more)? (?:e-?mails?|"
    r"messages?|spam|mails?)\b",
    r"\bleave (?:me|us) alone\b",
    r"\b(?:gdpr|ccpa)\b[^.!?\n]{0,60}\b(?:delete|erase|remove|object)|\bobject to (?:the |any )?"
    r"(?:processing|direct marketing)\b",
    r"\bstop\b[ \t]*(?:it|this|please|now)?[ \t]*[.!]*[ \t]*$(?<!non-stop)",
    # German, French, Spanish, Italian, Dutch, Portuguese, Swedish
    r"\b(?:abmelden|austragen|abbestellen|keine (?:weiteren )?(?:e-?mails?|mails|nachrichten|werbung)|"
    r"nicht mehr (?:kontaktieren|anschreiben|schreiben)|aus (?:ihrem|dem|eurem) verteiler)\b",
    r"\b(?:me |nous )?d[ée]sabonner\b|\bd[ée]sinscri(?:re|vez|ption)\b|\bne (?:plus|pas) (?:me|nous) "
    r"(?:contacter|[ée]crire|envoyer)\b|\bne (?:me|nous) (?:contactez|[ée]crivez) (?:plus|pas)\b|"
    r"\bretire[zr](?:-| )(?:moi|nous)\b",
    r"\b(?:darme|darse|denme|d[ée]me) de baja\b|\bno (?:me|nos) (?:contacten?|escriban?|env[ií]en?)\b|"
    r"\bcancelar (?:mi |la )?suscripci[óo]n\b",
    r"\bcancell?(?:ami|atemi|are) (?:dalla|la mia)\b|\bdisiscriv\w{1,10}\b|\bnon (?:contattatemi|scrivetemi)\b",
    r"\b(?:uitschrijven|afmelden)\b|\bgeen (?:e-?mails?|berichten) meer\b",
    r"\b(?:descadastrar|remover da lista)\b|\bn[ãa]o (?:me )?(?:contacte|contate|envie)\w{0,3}\b",
    r"\b(?:avregistrera|avprenumerera)\b|\binga fler (?:mejl|mail)\b",
)
_REQUEST = re.compile("|".join(f"(?:{item})" for item in _REQUESTS), re.IGNORECASE | re.MULTILINE)

_GO_ON = re.compile(
    r"(?:\b(?:should|would|can|could|will|must|did|does|do|is|are|was|were|have|has|had)(?: not|n't)\b|"
    r"\b(?:cannot|never|no reason to|not going to|rather than|instead of|without|unless|before|"
    r"hate to|sorry to|(?:i|we) (?:already )?(?:unsubscribed?|opted out)|"
    r"(?:our|my|their) (?:customers?|users?|people|clients|tenants|subscribers)|how (?:many|do|does|can)|"
    r"(?:do|don't) not (?:want to )?|not asking (?:you )?to|no need to)"
    r")[^.!?\n,;]{0,40}$",
    re.IGNORECASE,
)


def opt_out(text: str) -> Finding | None:
    """The request to stop in a reply, or None; text quoted below the reply does not count."""
    own = _own_words(text[:_JUDGED_CHARACTERS].translate({0x2019: "'", 0x00A0: " "}))
    for found in _REQUEST.finditer(own):
        before = own[max(0, found.start() - 60) : found.start()]
        if _GO_ON.search(before):
            continue
        return Finding(
            check="opt_out",
            severity=Severity.BLOCK,
            message=f"The reply asks us to stop: {found[0].strip()}",
            fix="Suppress the address and stop every sequence.",
            span=Span(part="text", start=found.start(), end=found.end()),
        )
    return None


def _own_words(text: str) -> str:
    """The reply without what it quotes: all from the first quote header, and every `>` line."""
    quote = _QUOTE_STARTS.search(text)
    if quote is None:
        return text
    if not quote[0].lstrip().startswith(">"):
        return text[: quote.start()]
    lines = text.split("\n")
    kept = "\n".join("" if line.lstrip().startswith(">") else line for line in lines)
    later = _QUOTE_STARTS.search(kept)
    return kept[: later.start()] if later else kept
