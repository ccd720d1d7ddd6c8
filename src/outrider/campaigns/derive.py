"""Past mail to rules: how mails of a campaign are built, timed and sequenced (D-26, D-43 to D-52).

In: the evidence of brand and competitor. Out: rules. Never: a model, a word of what a mail says.

The names that a writer may ask a blueprint for, with `blueprint.rule(name, step)`:

| name | holds | by step |
| --- | --- | --- |
| `subject_words` | low and high, words | |
| `subject_form` | choice: statement, question | |
| `body_words` | low and high, words from greeting to closing question | 1, 2, 3 |
| `paragraphs` | low and high, blocks besides the greeting | |
| `sentence_words` | low and high, words of a usual (median) sentence | |
| `grade_level` | low and high, Flesch-Kincaid grade | |
| `greeting` | choice: hi, hello, hey, dear; with the first name | |
| `opening` | choice: prospect_fact, question, statement | |
| `cta_type` | choice: question, reply | 1, 2, 3 |
| `cta_count` | low and high, asks | |
| `personalization` | low and high, facts about the reader | |
| `value_led` | choice: problem_then_value | |
| `steps` | low and high, mails of a sequence | |
| `step_delay_business_days` | low and high, since the mail before | 2, 3 |
| `step_variation` | low, share of words that differ from the mail before, 0 to 1 | |
| `send_weekday` | choice: days, e.g. `tue,wed,thu` | |
| `send_hour` | low and high, hour of the reader's day | |

Not to do: `hard_meeting_ask` (step 1), `generic_phrases`, `generic_subject`, `fake_reply` (step 1),
`many_links`, `over_personalization`. Against the competitor, choice align or differentiate:
`compared_subject_words`, `compared_body_words`, `compared_cta_type`, `compared_cadence`.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from outrider.campaigns.measure import percentile
from outrider.campaigns.rules import safe, wilson_lower
from outrider.campaigns.types import CadenceBucket, CtaType, Features, Rule, Strength
from outrider.campaigns.weigh import (
    LEAST_MAILS,
    Asked,
    Evidence,
    avoided,
    chosen,
    default,
    ranged,
    strength,
)

STEPS = (1, 2, 3)
_WHICH = {1: "first mail", 2: "second mail", 3: "last mail"}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = dict(
    zip(_DAYS, "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), strict=True)
)
_BUCKETS = {
    CadenceBucket.FIRST: "once",
    CadenceBucket.SAME_DAY: "on the same day",
    CadenceBucket.DAYS_1: "after 1 day",
    CadenceBucket.DAYS_2_3: "after 2 to 3 days",
    CadenceBucket.DAYS_4: "after 4 days",
    CadenceBucket.DAYS_5_7: "after 5 to 7 days",
    CadenceBucket.LONGER: "after more than a week",
}
_MID_WEEK = "tue,wed,thu"
_MOST_LINKS = 1


def structure(brand: Evidence) -> tuple[Rule, ...]:
    """Length, paragraphs, sentences, subject."""
    basis, own = brand.basis, brand.one_to_one if brand.teaches_structure else ()
    bulk = not brand.teaches_structure
    others = brand.others
    lengths = tuple(
        ranged(
            Asked(
                "body_words",
                f"Write {{low}} to {{high}} words in the {_WHICH[step]}, never more than"
                f" {safe('body_words', step).risky_above}",
                step,
                others=tuple(f.word_count for f in others) if step == 1 else (),
            ),
            [f.word_count for f in brand.step(step)],
        )
        for step in STEPS
    )
    return (
        ranged(
            Asked("subject_words", "Keep the subject to {low} to {high} words", bulk=bulk),
            [f.subject_words for f in basis],
        ),
        chosen(
            Asked("subject_form", "Write the subject as a {choice}", bulk=bulk),
            [str(f.subject_form) for f in basis],
            ("statement", "question"),
            why="it is the usual form of this brand",
        ),
        *lengths,
        ranged(
            Asked(
                "paragraphs",
                "Use {low} to {high} short paragraphs",
                others=tuple(f.paragraphs for f in others),
            ),
            [f.paragraphs for f in own],
        ),
        ranged(
            Asked("sentence_words", "Let most sentences have {low} to {high} words"),
            [f.sentence_words_median for f in own],
        ),
        ranged(
            Asked("grade_level", "Write for a reading grade of {low} to {high}"),
            [round(f.grade_level) for f in own if f.grade_level is not None],
        ),
    )


def dos(brand: Evidence) -> tuple[Rule, ...]:
    """Greeting, opening, value, ask, personalization."""
    own = brand.one_to_one if brand.teaches_structure else ()
    return (
        chosen(
            Asked("greeting", "Greet with “{choice}” and the first name"),
            [f.greeting for f in own],
            ("hi", "hello", "hey", "dear"),
            why="plain and personal",
        ),
        chosen(
            Asked("opening", "Open with one fact about the reader or their company"),
            [f.opening for f in brand.step(1)],
            ("prospect_fact",),
            why="it shows research",
        ),
        chosen(
            Asked("value_led", "Name one problem of the reader, then what they gain"),
            [
                "problem_then_value"
                if f.problem_words and f.value_words
                else "no problem or no gain named"
                for f in own
            ],
            ("problem_then_value",),
            why="it speaks from the reader's side",
        ),
        *(_ask(brand, step) for step in STEPS),
        ranged(Asked("cta_count", "Ask for one thing only"), [f.cta_count for f in own]),
        ranged(
            Asked("personalization", "Use {low} to {high} facts about the reader"),
            [len(f.personalization) + len(f.subject_tokens) for f in own],
        ),
    )


def _ask(brand: Evidence, step: int) -> Rule:
    # "Reply" asks for an answer outright; on a first touch only a question is soft enough.
    allowed = ("question",) if step == 1 else ("question", "reply")
    return chosen(
        Asked("cta_type", f"Close the {_WHICH[step]} with one easy {{choice}}", step),
        [str(f.cta_type) for f in brand.step(step)],
        allowed,
        why="an easy yes or no gets more answers than a date",
    )


def donts(brand: Evidence) -> tuple[Rule, ...]:
    """What past mail or plain caution forbids."""
    own = brand.one_to_one if brand.teaches_structure else ()
    first = brand.step(1)
    return (
        avoided(
            Asked("hard_meeting_ask", "Do not ask for a meeting in the first mail", 1),
            [f.cta_type is not CtaType.MEETING for f in first],
            "interest comes before a date",
        ),
        avoided(
            Asked("generic_phrases", "Do not write phrases such as “hope this finds you well”"),
            [f.generic_phrases == 0 for f in own],
            "they could stand in anybody's mail",
        ),
        avoided(
            Asked("generic_subject", "Do not use subjects such as “quick question”"),
            [not f.subject_generic for f in own],
            "they promise nothing",
        ),
        default(
            Asked("fake_reply", "", 1),
            "Do not begin the first subject with “Re:” or “Fwd:”; it deceives (15 USC 7704(a)(2)).",
            None,
            (sum(1 for f in first if not f.is_reply), len(first)),
        ),
        avoided(
            Asked("many_links", f"Do not put more than {_MOST_LINKS} link in a mail"),
            [f.links <= _MOST_LINKS for f in own],
            "links cost trust and deliverability",
        ),
        avoided(
            Asked("over_personalization", "Do not use more than 2 facts about the reader"),
            [len(f.personalization) + len(f.subject_tokens) <= 2 for f in own],
            "more reads like surveillance",
        ),
    )


def cadence(brand: Evidence) -> tuple[Rule, ...]:
    """How many mails, how far apart, how different, when."""
    own = brand.one_to_one if brand.teaches_structure else ()
    longest: Counter[str] = Counter()
    for f in own:
        longest[f.series] = max(longest[f.series], f.follow_up_index + 1)
    followed = [mails for mails in longest.values() if mails > 1]
    delays = tuple(
        ranged(
            Asked(
                "step_delay_business_days",
                f"Send the {_WHICH[step]} {{low}} to {{high}} business days after the one before",
                step,
            ),
            [f.gap_business_days for f in brand.step(step) if f.gap_business_days is not None],
        )
        for step in STEPS[1:]
    )
    hours = [f.sent_hour for f in own if f.sent_hour is not None]
    return (
        ranged(Asked("steps", "Plan {low} to {high} mails"), followed),
        *delays,
        _variation(brand, len(followed)),
        _weekdays(own),
        ranged(Asked("send_hour", "Send between {low} and {high} o'clock of the reader"), hours),
    )


def _variation(brand: Evidence, series: int) -> Rule:
    asked = Asked(
        "step_variation", "Give every follow-up a new thought: at least half its words new"
    )
    half = Decimal("0.5")
    if brand.variation is None or series < LEAST_MAILS:
        rule = default(asked, f"{asked.says}; the same pitch again is ignored.", None, (0, series))
    else:
        percent = round(100 * brand.variation)
        text = f"{asked.says}; in {series} past series {percent} % of the words differed."
        rule = default(asked, text, None, (series, series))
    return rule.model_copy(update={"low": half, "high": Decimal(1)})


def _weekdays(own: tuple[Features, ...]) -> Rule:
    """The fewest working days that hold 60 % of one-to-one mail; mid-week when unclear (D-45)."""
    asked = Asked("send_weekday", "Send on {choice}")
    days = [f.sent_weekday for f in own if f.sent_weekday is not None]
    counts = Counter(day for day in days if day < 5)
    best: list[int] = []
    for day, _ in counts.most_common():
        best.append(day)
        if sum(counts[d] for d in best) >= 0.6 * len(days):
            break
    support = sum(counts[day] for day in best)
    confidence = wilson_lower(support, len(days))
    if len(days) < LEAST_MAILS or len(best) > 4:
        text = "Send on Tuesday, Wednesday or Thursday; the middle of the week is the safe default."
        held = sum(counts[day] for day in (1, 2, 3))
        return default(asked, text, _MID_WEEK, (held, len(days)))
    names = ",".join(_DAYS[day] for day in sorted(best))
    shown = ", ".join(_DAY_NAMES[_DAYS[day]] for day in sorted(best))
    return Rule(
        name=asked.name,
        text=f"Send on {shown}; {support} of {len(days)} past mails were.",
        choice=names,
        support=support,
        out_of=len(days),
        confidence=confidence,
        strength=strength(confidence, len(days), bulk=False),
    )


def compared(brand: Evidence, rival: Evidence) -> tuple[Rule, ...]:
    """The competitor's norms, and whether to keep to them; never more than weak (D-50)."""
    mails = rival.basis
    if len(mails) < LEAST_MAILS:
        return ()
    kind = "mails" if rival.teaches_structure else "newsletters"
    return (
        _norm(
            "subject_words",
            [f.subject_words for f in mails],
            f"Subjects of the competitor's {kind}",
        ),
        _norm("body_words", [f.word_count for f in mails], f"Bodies of the competitor's {kind}"),
        _norm_ask(mails, kind),
        *_norm_cadence(rival, kind),
    )


def _norm(name: str, values: list[int], what: str) -> Rule:
    bounds = safe(name, 1)
    middle = percentile(sorted(values), 0.5)
    support = sum(1 for value in values if bounds.low <= value <= bounds.high)
    align = bounds.low <= middle <= bounds.high
    hits = support if align else len(values) - support
    advice = "readers know this length, so keep to it" if align else "be shorter and stand out"
    if middle < bounds.low:
        advice = "say a little more than they do"
    return _weak(
        f"compared_{name}",
        f"{what} have a median of {middle} words; {advice}.",
        "align" if align else "differentiate",
        (hits, len(values)),
    )


def _norm_ask(mails: tuple[Features, ...], kind: str) -> Rule:
    kinds = Counter(str(f.cta_type) for f in mails)
    common, times = kinds.most_common(1)[0]
    align = common in ("question", "reply")
    advice = "a question fits as well" if align else "a plain question to one person stands out"
    return _weak(
        "compared_cta_type",
        f"The competitor's {kind} mostly ask by {common} ({times} of {len(mails)}); {advice}.",
        "align" if align else "differentiate",
        (times, len(mails)),
    )


def _norm_cadence(rival: Evidence, kind: str) -> tuple[Rule, ...]:
    later = [f for f in rival.basis if f.cadence_bucket is not CadenceBucket.FIRST]
    if len(later) < LEAST_MAILS:
        return ()
    common, times = Counter(str(f.cadence_bucket) for f in later).most_common(1)[0]
    safe_buckets = (CadenceBucket.DAYS_2_3, CadenceBucket.DAYS_4, CadenceBucket.DAYS_5_7)
    align = common in safe_buckets and rival.teaches_structure
    shown = _BUCKETS[CadenceBucket(common)]
    advice = "keep to it" if align else "do not take this as a rhythm for one-to-one mail"
    text = f"The competitor's {kind} follow each other most often {shown}; {advice}."
    return (
        _weak("compared_cadence", text, "align" if align else "differentiate", (times, len(later))),
    )


def _weak(name: str, text: str, choice: str, seen: tuple[int, int]) -> Rule:
    return Rule(
        name=name,
        text=text,
        choice=choice,
        support=seen[0],
        out_of=seen[1],
        confidence=wilson_lower(*seen),
        strength=Strength.WEAK,
    )
