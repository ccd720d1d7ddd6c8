"""Whether a date states something, or is a day for a meeting or a season of the year.

In: a date of a mail, its text, the account's name, today's date. Out: yes or no. Never: whether it is true.
"""

from __future__ import annotations

import re
from datetime import date

from outrider.guardrails.reading.counted import clause_of, is_about
from outrider.guardrails.reading.mentions import Mention, sentence
from outrider.guardrails.reading.planned import is_soon
from outrider.guardrails.reading.stated import FIRST_PERSON, SUPPOSED

_WHETHER = re.compile(r"\b(?:whether|if|imagine|suppose)\b[^,;:]*$", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|had|did|went|took|came|made|saw|met|began|fell|rose|grew|sold|bought|left|ran|held|kept|lost|"
    r"won|paid|built|put|hit|got|gave|became|spoke|told|said|wrote|(?!need|feed|speed|indeed|hundred|embed|"
    r"exceed|proceed|succeed|schedul|unus)[a-z]{3,}ed)\b",
    re.IGNORECASE,
)
_BOOKS = re.compile(
    r"\b(?:fiscal|year-end|year (?:end|clos|ran|run|start|beg)\w*|books|clos(?:e[ds]?|ing)|ends?|ended|ending|"
    r"expir\w+|filed|runs? out|renew\w*|due|starts?|began|begins?|opens?|launch\w*)\b",
    re.IGNORECASE,
)
_IN_GENERAL = re.compile(
    r"\b(?:is|are|gets?|feels?) (?:when|where|about|always|usually|often|never|rarely|a|the|not|no)\b",
    re.IGNORECASE,
)
_ANYBODY = re.compile(
    r"\b(?:I|we|somebody|someone|nobody|everyone|everybody|anyone|people|most|my|our)\b",
    re.IGNORECASE,
)
_BACK = re.compile(r"^(?:last|since)\b", re.IGNORECASE)


_MY_PLAN = re.compile(
    r"\b(?:I|we)(?:'m|'ll|'re| am| are| will| shall|'d) |\b(?:could|may|can|shall|should|might) (?:I|we)\b|\blet's\b",
    re.IGNORECASE,
)


def is_of_talk(mention: Mention, text: str) -> bool:
    """`Could I stop by in August`, `what do you do when it rains on the 27th`: my plans, and what is asked.

    A date with a year, of the past or of the books is none of these.
    """
    if mention.year is not None or mention.month is None:
        return False
    low, high = sentence(text, mention.start, mention.end)
    first, last = clause_of(text, mention)
    near = text[first:last]
    if _PAST.search(near) or _BOOKS.search(near) or _BACK.match(mention.text):
        return False
    if _MY_PLAN.search(near) and not _YOURS.search(near):
        return True
    return text[low:high].rstrip().endswith("?") and not _YOURS.search(near)


_YOURS = re.compile(r"\byour\b", re.IGNORECASE)


def _is_about_sentence(said: str, account: str) -> bool:
    """Whether a sentence has the account in it, or nobody: `Founded in 1978.` is of the account."""
    return is_about(said, account) or _ANYBODY.search(said) is None


def is_stated_date(mention: Mention, text: str, account: str, today: date) -> bool:
    """Whether a date tells something; a day for a meeting or a season of the year does not."""
    low, high = sentence(text, mention.start, mention.end)
    first, last = clause_of(text, mention)
    said, near = text[low:high], text[first:last]
    about = is_about(said, account)
    if mention.month is None and not about and not _is_about_sentence(said, account):
        return False
    if mention.month is None:
        return (
            mention.year is None or mention.year < today.year or bool(_PAST.search(near) and about)
        )
    is_back = _BACK.match(mention.text) or _BACK.match(text[first : mention.start].lstrip()[-6:])
    if is_back and about:
        return True
    if about and _BOOKS.search(near):
        return not SUPPOSED.search(near) or "your" in near.casefold().split()
    if about and _PAST.search(near) and not (FIRST_PERSON.search(near) or _IN_GENERAL.search(near)):
        return _WHETHER.search(text[low : mention.start]) is None
    if mention.year is not None and mention.year < today.year:
        return True
    if mention.day_low != mention.day_high:
        return False
    return not is_soon(mention, today)
