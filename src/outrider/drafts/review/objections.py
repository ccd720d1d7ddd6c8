"""Whether somebody's own words hold an objection: price, timing, no need, a rival in use, no interest.

In: the new words of a reply. Out: yes or no. Never: a model, an action; the words are a stranger's.

English phrases, chosen for what people write to sellers; other languages count as no objection, and a
person reads them anyway.
"""

from __future__ import annotations

import re

_TOLD = re.compile(
    r"\bnot (?:interested|a (?:good )?(?:fit|priority|match)|relevant|looking|convinced|for us|"
    r"(?:the )?right (?:time|person|fit)|in (?:the )?(?:market|budget))\b"
    r"|\b(?:no|don'?t (?:see|have) (?:a|any|the)?) ?(?:interest|need|budget|use for|time for)\b"
    r"|\bdo(?:es)?n'?t (?:need|make sense|fit|apply)\b|\bwe(?:'re| are) (?:happy|fine|good|set)\b"
    r"|\b(?:too|very|quite) (?:expensive|pricey|costly|early|late|complex|small)\b"
    r"|\b(?:bad|wrong|poor) timing\b|\bmaybe (?:later|next (?:year|quarter))\b"
    r"|\b(?:out of|over|beyond|cut (?:our|the)) budgets?\b|\bbudgets? (?:is|are|was) (?:frozen|tight|gone|spent)\b"
    r"|\balready (?:use|using|have|has|work(?:ing)? with|bought|signed|chose|solved)\b"
    r"|\b(?:under|locked in(?:to)?|tied to|in) (?:a |our )?contract\b"
    r"|\b(?:concern(?:ed|s)?|worr(?:y|ied)|hesitant|sceptical|skeptical|doubt)\b"
    r"|\bhow (?:did|do) you (?:get|have) my\b|\bpass on this\b",
    re.IGNORECASE,
)


def contains_objection(words: str) -> bool:
    """Whether these words hold an objection."""
    return _TOLD.search(words.replace("’", "'")) is not None
