"""Words that a person with the right role must read first: prices, contracts, law, regulation (B-30).

In: a mail's words, and what its cited facts quote. Out: warnings `sensitive_*`, on which a policy sends
the draft to a person. Never: a block; whether a price may be named is not for a rule to say.

A word alone is seldom a claim: `price of entry`, `contract manufacturing` and `lease contracts` pass.
What a cited source says itself is a fact, not a promise of ours, so it passes as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from outrider.guardrails.mail.whole import MOST_FINDINGS, Whole, warn
from outrider.guardrails.types import Finding

_I = re.IGNORECASE
_OBJECT = (
    r"(?:user|seat|month|mo|year|yr|quarter|licen[cs]e|lease|unit|site|store|location|document|page|head|"
    r"employee|agent|contract)s?\b"
)
_SMALL = (
    r"[$€£]\s?\d[\d,.]*+(?:\s?(?:k|thousand)\b)?+(?!\w|\s?(?:million|billion|trillion|bn|m\b|b\b))"
)
"""An amount below a million: those above are seldom a price of ours, and figures of filings are."""
_PAPER = (
    r"(?:contract|agreement|msa|nda|dpa|sow|order form|letter of intent|loi|statement of work|"
    r"addendum|paperwork)s?\b"
)
_RULEBOOK = (
    r"(?:gdpr|ccpa|hipaa|soc ?[12]|sox|sarbanes[- ]oxley|pci(?:[- ]dss)?|iso ?\d{4,5}|fedramp|finra|"
    r"sec|fda|asc ?\d{3}|ifrs ?\d{1,2}|gasb ?\d{1,2}|dora|nis ?2|ai act|can-spam)"
)


@dataclass(frozen=True)
class Told:
    """One way to say it. The pattern runs only where a word of each set stands; most mails have none."""

    triggers: tuple[frozenset[str], ...]
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Subject:
    """One kind of words: how it is said, and what only sounds like it."""

    check: str
    said: str
    ways: tuple[Told, ...]
    harmless: re.Pattern[str]


def _told(triggers: str, *patterns: str) -> Told:
    """`triggers` are words; a `+` divides sets of which each must have one; none: it always runs."""
    sets = tuple(frozenset(words.split()) for words in triggers.split("+") if words)
    told = "|".join(patterns)
    # Words begin where a word does, which is asked once: most places of a text begin none.
    return Told(sets, re.compile(rf"\b(?=\w)(?:{told})" if sets else told, _I))


_PRICING = Subject(
    "sensitive_pricing",
    "prices",
    (
        _told(
            "price prices priced pricing quote quotes discount card schedule fee fees",
            r"\b(?:our|my|special|introductory|starting|list|fixed|flat|reduced|preferred|best|launch|first[- "
            r"]year|"
            r"published|monthly|annual|setup|implementation|subscription|licen[cs]e) (?:price|prices|pricing|"
            r"fees?|quote)\b",
            r"\bpricing (?:starts?|begins?|is|are|for|will|stays?|plans?|page|model|tiers?|options?|proposal|sheet|"
            r"list|details|depends|per|goes|below|from)\b|\bpric(?:e|es) (?:starts?|begins?|per|list|sheet|match|"
            r"lock|guarantee|cut|break|hold)\b|\bpriced (?:at|per|by|from)\b",
            r"\b(?:send|share|give|see|discuss|show|offer|extend|match|beat|quote|propose|talk|hear|get)\b(?: "
            r"\w+){0,4} "
            r"(?:pric(?:e|es|ing)|quotes?|discount|rate card|fee schedule)\b(?! (?:of|to pay|from|by)\b)",
        ),
        _told(
            "",
            # The sign comes first, because few mails have one; what stands before it is looked back at.
            rf"{_SMALL}\s?(?:/|per|an?|each|every|for each)\s?{_OBJECT}",
            r"[$€£](?:(?<=\bonly .)|(?<=\bjust .)|(?<=little as .)|(?<=\bcosts .)|(?<=\bcost .)|(?<=cost you .)|"
            r"(?<=costs you .)|(?<=starts at .)|(?<=start at .)|(?<=starts from .)|(?<=begins at .)|(?<=priced at .))"
            rf"{_SMALL.removeprefix('[$€£]')}",
        ),
        _told(
            "dollars euros pounds usd eur gbp",
            rf"\b\d[\d,.]* (?:dollars|euros|pounds|usd|eur|gbp) (?:per|an?|each) {_OBJECT}",
        ),
        _told(
            "discount discounts discounted rebate off cheaper less percent half",
            r"\bdiscount(?:s|ed)?\b(?! (?:rates?|factors?|curves?|cash|stores?|retail\w*|chains?|grocers?|brands?|"
            r"brokers?\w*|periods?|airlines?|at the|lease|payments?|to present|using|department|future|"
            r"supermarkets?))",
            r"\b\d{1,2} ?(?:%|percent) (?:off|discount|rebate|cheaper|less than)\b|\bhalf[- ]price\b|"
            r"\bcheaper than\b"
            r"|\bless than (?:what )?you pay\b",
        ),
        _told(
            "free charge cost fee fees",
            r"\bfree (?:trial|pilot|month|months|of charge|setup|onboarding|migration|consultation|for (?:the|"
            r"a|\d))\b"
            r"|\b(?:at no|no|zero|without) (?:extra |additional |up-?front |set-?up )?(?:cost|charge|fees?)\b"
            r"|\bwaive\w*(?: \w+){0,3} fees?\b",
        ),
        _told(
            "refund money",
            r"\bmoney[- ]back\b|\byour money back\b|\bfull refund\b|\brefund (?:you|your|every|the)\b",
        ),
        _told(
            "preis preise preisen festpreis rabatt prix remise tarif tarifs precio precios descuento",
            r"\b(?:unser\w*|zum|einen?|den) (?:\w+ )?(?:preis\w*|festpreis|rabatt)\b|\b\d+ ?% rabatt\b"
            r"|\b(?:notre|nos|une?|le|la) (?:\w+ )?(?:tarifs?|prix|remise)\b|\b(?:nuestros?|un|el) "
            r"(?:precios?|descuento)\b",
        ),
    ),
    re.compile(
        r"\b(?:price of (?:entry|admission|doing|being|waiting|a |the )|transfer pricing|(?:share|stock|"
        r"market|oil|fuel|"
        r"commodity|steel|food|house|energy) prices?|pricing power|price (?:to pay|tag)|at any price"
        r"|(?:late|legal|audit|bank|professional|franchise) fees)\b",
        _I,
    ),
)
_CONTRACT = Subject(
    "sensitive_contract",
    "a contract",
    (
        _told(
            "sign signed signing esign countersign countersigned execute executed redline amend amended "
            "renew renewed cancel "
            "canceled cancelled terminate terminated send sent finalize finalise extend extended draft "
            "drafted prepare return "
            "+ contract contracts agreement agreements msa nda dpa sow form intent loi statement addendum "
            "paperwork",
            r"\b(?:e-?sign|sign|countersign|execute|redline|amend|renew|cancel|terminate|send|finali[sz]e|extend|"
            rf"draft|prepare|return)(?:ed|ing)?\b (?:\w+ )?(?:over )?(?:an?|the|our|your|my|this|that|of)?"
            rf"(?: ?[\w'-]+){{0,2}}? {_PAPER}",
        ),
        _told(
            "our my your enclosed attached standard + contract contracts agreement agreements msa nda dpa "
            "sow form loi "
            "statement addendum paperwork intent",
            rf"\b(?:our|my|your current|your existing|the enclosed|the attached|attached|standard) {_PAPER}",
        ),
        _told(
            "form statement agreement agreements intent",
            r"\b(?:order form|statement of work|master (?:services?|subscription) agreement|non-?disclosure "
            r"agreement|"
            r"letter of intent|data processing agreement|service[- ]level agreements?)\b",
        ),
        _told(
            "terms docusign net sla slas payment uptime convenience termination",
            r"\b(?:terms of service|terms (?:and|&) conditions|docusign|net[- ](?:15|30|45|60|90)|payment "
            r"terms|slas?)\b"
            r"|\b\d\d(?:\.\d+)? ?% uptime\b|\bterminate for convenience\b|\bearly termination fee\b",
        ),
        _told(
            "no without zero month year annual multi multiyear monthly years months "
            "+ contract contracts commitment commitments lock lockin obligation obligations agreement "
            "subscription deal",
            r"\b(?:no|without(?: an?| any)?|zero) (?:long[- ]term |annual |multi-?year |minimum )?"
            r"(?:contracts?|commitments?|lock-?in|obligations?)\b",
            r"\b(?:\d{1,2}|one|two|three|five|six|twelve)[- ](?:month|year)s? (?:contract|commitment|agreement|"
            r"subscription|deal)\b|\b(?:annual|multi-?year|monthly) (?:contract|commitment|agreement|"
            r"subscription)\b",
        ),
        _told(
            "cancel month",
            r"\bcancel (?:at )?any ?time\b|\bmonth[- ]to[- ]month\b(?! (?:lease|tenan|rent|basis under))",
        ),
        _told(
            "guarantee guarantees guaranteed warrant commit indemnify indemnity indemnification binding liability "
            "contractually contractual",
            r"\b(?:we|i)(?:'ll| will| can| do)? (?:\w+ )?(?:guarantee|warrant|commit to|indemnify)\b"
            r"|\b(?:our|satisfaction|performance|accuracy|money-back) guarantees?\b"
            r"|\bguaranteed (?!residual|lease|debt|loan|notes|minimum|payments?)\w+",
            r"\bcontractual(?:ly)? (?:commit|bound|guarantee|oblig)\w*|\b(?:legally )?binding (?:offer|agreement|"
            r"commitment|quote)\b|\bindemni(?:fy|ty|fication)\b|\blimitation of liability\b|\bliability cap\b",
        ),
        _told(
            "vertrag vertrags contrat contrato",
            r"\b(?:unser\w*|den|einen?|der) (?:\w+ )?vertrag\w*(?= (?:unter|kündig|verläng))"
            r"|\b(?:signer|résilier) (?:le|un|votre|notre) contrat\b|\bfirmar (?:el|un|su|nuestro) contrato\b",
        ),
    ),
    re.compile(
        r"\b(?:leas(?:e|es|ing)|rental|tenancy|sublease|loan|credit|labou?r|union|franchise|supply|"
        r"construction|employment|"
        r"government|manufacturing|merger|vendor|supplier|customer|property|real estate|amended|underlying) "
        r"(?:contracts?|agreements?|commitments?)\b|\bcontract (?:manufactur\w+|research|logistics|labou?r|"
        r"workers?|"
        r"staff\w*|drug|packag\w+|data|abstraction|analytics|management|lifecycle|terms in)\b",
        _I,
    ),
)
_LEGAL = Subject(
    "sensitive_legal",
    "legal matters",
    (
        _told(
            "lawsuit lawsuits litigation subpoena subpoenas defamation defamatory negligence negligent class "
            "sue sued "
            "suing court",
            r"\b(?:lawsuits?|litigation|subpoena\w*|defamation|defamatory|negligen(?:t|ce)|class[- ]action)\b",
            r"\b(?:sued|suing)\b|\bsue (?:you|us|them|your|the|for|over)\b"
            r"|\b(?:take|taken|taking|end up in|went to) (?:\w+ )?court\b",
        ),
        _told(
            "legal legally lawyer lawyers attorney attorneys liable illegal illegally unlawful unlawfully",
            r"\blegal(?:ly)? (?:action|advice|exposure|risks?|liabilit\w+|claims?|opinion|obligat\w+|trouble|"
            r"threat|"
            r"proceedings?|dispute|required|bound|responsible)\b|\b(?:our|your|my|the) (?:lawyers?|attorneys?)\b",
            r"\b(?:held |be |are |is )(?:\w+ )?liable\b|\b(?:illegal|unlawful)(?:ly)?\b",
        ),
        _told(
            "infringe infringes infringed infringing infringement patent patents patented trademark "
            "trademarked copyright",
            r"\binfring(?:e|es|ed|ing|ement)\b|\b(?:patent(?:ed)?[- ]pending|patented|our patents?|your patents?|"
            r"trademark(?:ed)? (?:claim|infring)\w*|copyright (?:claim|infring)\w*)\b",
        ),
        _told(
            "breach breached breaches violate violates violated violating violation violations prejudice",
            r"\b(?:breach(?:ed|es)? of|in breach)\b|\bviolat(?:e|es|ed|ing|ions?)\b(?= (?:of|the|your|our|a|any|"
            r"section|law|gdpr|hipaa|rule)\b)|\bwithout prejudice\b",
        ),
        _told(
            "fraud fraudulent settlement bankruptcy scandal layoffs",
            r"\b(?:accounting|securities|wire|commit\w*|accused of|alleged) fraud\b|\bfraudulent\b"
            r"|\b(?:your|the|its|their) (?:recent |pending )?(?:settlement (?:with|of)|bankruptcy|scandal|"
            r"layoffs)\b",
        ),
        _told(
            "rechtliche klage poursuites acciones",
            r"\b(?:rechtliche (?:schritte|folgen|beratung)|klage gegen|poursuites judiciaires|acciones legales)\b",
        ),
    ),
    re.compile(
        r"\b(?:legal (?:team|department|counsel|name|entity|entities)|general counsel|patent leather)\b",
        _I,
    ),
)
_REGULATORY = Subject(
    "sensitive_regulatory",
    "regulation",
    (
        _told(
            "compliant compliance comply complies complying certified certification approved approval "
            "registered attested "
            "cleared violation violations penalty penalties fine fines investigation inspection enforcement",
            rf"\b{_RULEBOOK}[- ](?:compliant|compliance|certified|certification|approved|approval|registered|"
            rf"attested|"
            r"cleared|violations?|penalt\w+|fines?|investigation|inspection|enforcement)\b",
            r"\b(?:compliant|complies|comply|complying|in compliance|compliance) with\b"
            r"|\b(?:guarantee|ensure|assure|achieve|prove)\w* (?:\w+ )?compliance\b",
            r"\b(?:guarantee|ensure|keep|make|stay|remain|become|get|be|being|is|are|fully|non-?)\b(?:[ "
            r"-]\w+){0,2}[ -]?"
            r"compliant\b",
            r"\b(?:regulatory|compliance) (?:approval|penalt\w+|fines?|action|risk|exposure|breach|"
            r"violations?|obligations?|"
            r"requirements?|scrutiny|sanctions?|deadline)\b|\b(?:avoid|face|risk|facing|pay)\w* (?:\w+ )?"
            r"(?:fines?|penalt(?:y|ies))\b|\benforcement action\b",
        ),
        _told(
            "meet meets satisfy satisfies fulfil fulfils fulfill pass passes certified approved accredited "
            "authorised "
            "authorized registered regulated fined investigated audited regulatory",
            rf"\b(?:meets?|satisf(?:y|ies)|fulfil\w*|pass(?:es)?) (?:\w+ )?(?:{_RULEBOOK}|regulatory|"
            rf"regulations?)\b",
            rf"\b(?:certified|approved|accredited|authori[sz]ed|registered|regulated|fined|investigated|"
            rf"audited) (?:by|under|"
            rf"with|to) (?:the )?(?:{_RULEBOOK}|regulators?|irs|ftc|doj)\b",
            r"\bregulatory (?:scrutiny|approval|action|requirements?|risk|exposure|obligations?|sanctions?)\b",
        ),
        _told(
            "decree weakness weaknesses restatement restatements restated misstatement misstatements recall "
            "nonpublic "
            "public insider advice",
            r"\b(?:consent decree|material weakness\w*|restatements?|misstatements?|product recall|"
            r"non-?public information|insider information)\b|\brestated (?:its|your|their|the)\b"
            r"|\b(?:tax|investment|medical) advice\b",
        ),
        _told("konform conforme dsgvo rgpd", r"\b(?:dsgvo|rgpd)[- ]?(?:konform|conforme)\b"),
    ),
    re.compile(
        r"\b(?:(?:regulatory|compliance) (?:team|affairs|officer|department|filings?)|(?:head|vp|director) of "
        r"compliance)\b",
        _I,
    ),
)
SUBJECTS = (_PRICING, _CONTRACT, _LEGAL, _REGULATORY)
_MONEY = "$€£"
"""What the ways without trigger words start with."""
_WAYS = [(subject.check, way) for subject in SUBJECTS for way in subject.ways]
_ALWAYS = [place for place, (_, way) in enumerate(_WAYS) if not way.triggers]
_BY_WORD: dict[str, list[int]] = {}
"""The places in `_WAYS` of those whose first set has the word: few mails have more than one such word."""
for _place, (_, _way) in enumerate(_WAYS):
    for _word in _way.triggers[0] if _way.triggers else ():
        _BY_WORD.setdefault(_word, []).append(_place)
_FIRST = frozenset(_BY_WORD)


def sensitive(words: Whole, quoted: Sequence[str]) -> Iterator[Finding]:
    """Warnings on prices, contracts, law and regulation.

    Args:
        words: subject and body.
        quoted: quotes and values of the facts that the mail cites; their own words pass.
    """
    said: dict[str, list[tuple[int, int]]] = {}
    for check, way in _possible(words):
        for found in way.pattern.finditer(words.text):
            said.setdefault(check, []).append(found.span())
    for subject in SUBJECTS if said else ():
        if subject.check in said:
            yield from _of(subject, words, sorted(said[subject.check]), quoted)


def _possible(words: Whole) -> Iterator[tuple[str, Told]]:
    """The ways that have a word of each of their sets in the mail, and the check that each belongs to."""
    places = {place for word in words.tokens & _FIRST for place in _BY_WORD[word]}
    if any(sign in words.text for sign in _MONEY):
        places.update(_ALWAYS)
    for place in places:
        check, way = _WAYS[place]
        if not any(map(words.tokens.isdisjoint, way.triggers)):
            yield check, way


def _of(
    subject: Subject, words: Whole, said: list[tuple[int, int]], quoted: Sequence[str]
) -> Iterator[Finding]:
    harmless = [item.span() for item in subject.harmless.finditer(words.text)]
    sources = [_plain(source) for source in quoted]
    end_before = count = 0
    for start, end in said:
        # A phrase that only reaches into a harmless one (`send the lease agreement`) is harmless.
        if start < end_before or any(start < last and first < end for first, last in harmless):
            continue
        written = " ".join(words.text[start:end].split())
        if any(_plain(written) in source for source in sources):
            continue
        yield warn(
            subject.check,
            f"The {words.span(start, end).part} speaks of {subject.said}: {written[:80]}",
            "Take it out, or have it approved by somebody who may promise it.",
            words.span(start, end),
        )
        end_before, count = end, count + 1
        if count == MOST_FINDINGS:
            return


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
