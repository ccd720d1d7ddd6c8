"""A condition of a policy is understood whole, or refused in one sentence that says where and why."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outrider.drafts.review import cel
from outrider.drafts.review.conditions import NAMES, Kind
from outrider.kernel.errors import InvalidInput

ROOT = Path(__file__).resolve().parent.parent.parent
VALUES: dict[str, object] = {"deal_value": 120_000.0, "step": 2, "checks": ["reading_ease"]}


@pytest.mark.parametrize(
    "condition",
    [
        "deal_value > 100000",
        "research_confidence < 0.7",
        "prospect_response_contains_objection",
        "'sensitive_pricing' in checks",
        "findings.exists(f, f.check == 'length' && f.severity == 'warn')",
        "scores.tone < 3 || scores.mean < 3.5",
        "account.country in ['DE', 'AT'] && !is_reply",
        "'tier' in account.attributes && account.attributes['tier'] == 'gold'",
        "contact.title.matches('(?i)chief|vp')",
        "has_deal_value ? deal_value > 5e4 : account.is_regulated",
    ],
)
def test_what_the_documents_name_can_be_written(condition: str) -> None:
    cel.check(condition)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("deal_vlue > 1", "column 1: 'deal_vlue' is not known: perhaps deal_value is meant"),
        ("step == 1 &&\n  acount.name == 'x'", "line 2, column 9: 'acount.name'"),
        ("account.indstry == 'x'", "perhaps account.industry is meant"),
        ("scores > 3", "not a value by itself: take scores.mean"),
        ("deal_value >", "column 13: it ends too early"),
        ("deal_value = 3", "column 12"),
        ("", "it ends too early"),
        ("deal_value", "the whole is a number, but a condition is true or false"),
        ("campaign", "the whole is a text"),
        ("language == 1", "column 10: == cannot take a text and a number"),
        ("deal_value > 'much'", "> cannot take a number and a text"),
        ("findings.exists(f, f.chek == 'x')", "'chek' is not among the keys"),
        ("language.matches('(a')", "regular expression"),
        ("has('length')", '"its_name" in checks'),
        ("now() > 3", "'now' is not known"),
        ("[1].map(x, x + 1)[0] == 2", "`map` is not offered"),
        ("'a' == 'b' || ['a'] . map /* */", "column"),
        ("(" * 40 + "true" + ")" * 40, "nested more than 32 deep"),
        ("true || " * 300 + "true", "2,404 characters: shorten it to 2,000"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(condition: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        cel.check(condition)
    assert said in refused.value.message
    assert "\n" not in refused.value.message


@given(st.text(max_size=200) | st.from_regex(r"[a-z_.\[\]()'<>=!&|+ 0-9]{0,80}", fullmatch=True))
def test_no_text_gets_anything_but_an_answer_or_a_sentence(condition: str) -> None:
    said = "understood"
    try:
        cel.check(condition)
    except InvalidInput as error:
        said = error.message
    assert "\n" not in said
    assert 0 < len(said) < 400


def test_a_condition_holds_or_does_not() -> None:
    assert cel.holds("deal_value > 100000", VALUES)
    assert not cel.holds("deal_value > 200000.5", VALUES)
    assert cel.holds("'reading_ease' in checks && step == 2", VALUES)


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ("scores.tone < 3", "scores.tone is not known for this draft"),
        ("1 / (step - 2) > 0", "divide by zero"),
        ("nothing > 3", "'nothing' is not known"),
    ],
)
def test_what_is_not_known_is_neither_true_nor_false(condition: str, why: str) -> None:
    with pytest.raises(cel.CannotTell, match=re.escape(why)):
        cel.holds(condition, VALUES)


def test_a_known_side_settles_an_or_and_an_and() -> None:
    assert cel.holds("scores.tone < 3 || step == 2", VALUES)
    assert not cel.holds("scores.tone < 3 && step == 1", VALUES)


def test_a_hostile_condition_ends_soon() -> None:
    many = "[0,1,2,3,4,5,6,7,8,9]"
    condition = "true"
    for depth in range(8):
        condition = f"{many}.all(x{depth}, {condition})"
    start = time.process_time()
    with pytest.raises(cel.CannotTell, match="takes too long"):
        cel.holds(condition, VALUES)
    assert time.process_time() - start < 20


def test_an_expression_reaches_nothing_outside() -> None:
    for attempt in ("__import__('os')", "open('/etc/passwd')", "step.__class__ == 'x'", "env('A')"):
        with pytest.raises(InvalidInput):
            cel.check(attempt)


def test_the_page_lists_every_name_with_its_type_and_no_other() -> None:
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z_.]+)` \| ([^|]+) \| ([^|]+) \|$", page, re.M)
    assert rows == [(item.name, str(item.kind), item.meaning) for item in NAMES]
    assert {item.kind for item in NAMES} == set(Kind)
