"""What an annual report says of its company: figures, auditor, dates and sentences to quote.

In: one filed HTML document. Out: facts, each with the words that a reader finds in the filing.
Never: a figure of a segment, of another registrant, or of a day after the period that it covers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from outrider.prospects.types import FactKind, FoundFact
from outrider.vendors.sec_edgar import amounts, prose
from outrider.vendors.sec_edgar import inline_xbrl as ix
from outrider.vendors.sec_edgar.documents import Filed, Unreadable, padded_cik

LONGEST_QUOTE = 300


@dataclass(frozen=True)
class AnnualReport:
    """One read report. Lease and revenue stay amounts until other documents are heard too."""

    filed: Filed
    cik: str
    name: str
    ticker: str | None
    form: str
    period_end: date | None
    lease: amounts.LeaseLiability | None
    revenue: amounts.Reported | None
    facts: tuple[FoundFact, ...]


def read_annual_report(filed: Filed) -> AnnualReport:
    """Read one report (10-K, 20-F, 40-F, their amendments, or a 10-Q) from its inline XBRL.

    Raises:
        Unreadable: the document is broken, has no inline XBRL, or does not say whose it is.
    """
    document = ix.read_inline_xbrl(filed.raw.content)
    cover = _Cover(document)
    cik = cover.cik()
    if cik is None:
        raise Unreadable("does not say which company it is of: it has no CIK")
    form = (cover.value("dei:DocumentType") or "").upper()
    if not form:
        raise Unreadable("does not say which form it is, so it may be no report at all")
    period_end = cover.period_end()
    own = [
        number
        for number in document.numbers
        if number.context.plain
        and number.context.cik == cik
        and (period_end is None or number.context.end <= period_end)
    ]
    name = cover.value("dei:EntityRegistrantName") or ""
    return AnnualReport(
        filed=filed,
        cik=cik,
        name=name,
        ticker=cover.ticker(),
        form=form,
        period_end=period_end,
        lease=amounts.newest_lease_liability(_reported(own, amounts.LEASE_TAGS)),
        revenue=amounts.newest_revenue(_reported(own, frozenset(amounts.REVENUE_TAGS))),
        facts=(
            *_cover_facts(filed, cover, period_end),
            *_prose_facts(filed, document, period_end),
        ),
    )


class _Cover:
    """The cover page's tagged texts (taxonomy `dei`) of the company itself."""

    def __init__(self, document: ix.InlineXbrl) -> None:
        """Keep the first text of each name, those without a dimension before the others."""
        self._texts: dict[str, ix.Text] = {}
        ranked = sorted(
            (text for text in document.texts if text.tag.startswith("dei:") and text.value),
            key=lambda text: text.context is None or not text.context.plain,
        )
        for text in ranked:
            self._texts.setdefault(text.tag, text)

    def text(self, tag: str) -> ix.Text | None:
        """The tagged text, or None."""
        return self._texts.get(tag)

    def value(self, tag: str) -> str | None:
        """Its words, or None."""
        text = self._texts.get(tag)
        return text.value if text else None

    def cik(self) -> str | None:
        """The registrant's CIK; None when the cover and its own context do not agree."""
        text = self.text("dei:EntityCentralIndexKey") or self.text("dei:EntityRegistrantName")
        if text is None or text.context is None or not text.context.plain:
            return None
        if text.tag == "dei:EntityRegistrantName":
            return text.context.cik
        stated = padded_cik(text.value)
        return stated if text.context.cik in {stated, None} else None

    def period_end(self) -> date | None:
        """The last day of the period that the report covers."""
        text = self.text("dei:DocumentPeriodEndDate")
        stated = ix.day_of(text.value, text.format) if text else None
        if stated is None and text is not None and text.context is not None:
            return text.context.end
        return stated

    def ticker(self) -> str | None:
        """The trading symbol in capitals; None when the report has none."""
        symbol = (self.value("dei:TradingSymbol") or "").upper()
        return symbol if re.fullmatch(r"[A-Z0-9][A-Z0-9.\-/]{0,9}", symbol) else None


def _reported(numbers: Iterable[ix.Number], tags: frozenset[str]) -> Iterator[amounts.Reported]:
    """One amount per tag, unit and period: the most exact one, with the row that names it best.

    Two different amounts of the same exactness are a fault of the filing; neither is used.
    """
    groups: dict[tuple[str, str, ix.Context], list[ix.Number]] = defaultdict(list)
    for number in numbers:
        if number.tag in tags:
            groups[(number.tag, number.unit, number.context)].append(number)
    for (tag, unit, context), group in groups.items():
        exactness = max(number.decimals for number in group)
        exact = [number for number in group if number.decimals == exactness]
        if len({number.amount for number in exact}) != 1:
            continue
        quotes = [_quote(number.element) for number in _same_amount(exact[0], groups)]
        yield amounts.Reported(
            tag=tag,
            unit=unit,
            start=context.start,
            end=context.end,
            amount=exact[0].amount,
            quote=max(quotes, key=lambda quote: _tells(*quote))[0],
        )


def _same_amount(
    wanted: ix.Number, groups: Mapping[tuple[str, str, ix.Context], list[ix.Number]]
) -> Iterator[ix.Number]:
    """Where an amount stands. Revenue may stand under another tag too, in a row that tells more."""
    tags = amounts.REVENUE_TAGS if wanted.tag in amounts.REVENUE_TAGS else (wanted.tag,)
    for tag in tags:
        for number in groups.get((tag, wanted.unit, wanted.context), ()):
            if (number.amount, number.decimals) == (wanted.amount, wanted.decimals):
                yield number


def _tells(row: str, shown: str) -> tuple[bool, bool, bool, bool]:
    """How well a row names its amount to a reader who does not see the whole table."""
    text = row.lower()
    first_figure = re.search(r"\d[\d,.]*", row)
    return (
        "operating lease" in text,
        "lease" in text or "revenue" in text or "sales" in text,
        first_figure is not None and first_figure[0].startswith(shown),
        "total" in text,
    )


def _quote(element: ix.Element) -> tuple[str, str]:
    """The row or the sentence that holds a tagged text, and the text as it is shown."""
    text, shown = ix.row_text(element), ix.visible_text(element)
    if len(text) <= LONGEST_QUOTE:
        return text, shown
    for sentence in prose.sentences(text):
        if shown in sentence and len(sentence) <= LONGEST_QUOTE:
            return sentence, shown
    start = max(text.find(shown) - LONGEST_QUOTE // 2, 0)
    return text[start : start + LONGEST_QUOTE].strip(), shown


def _cover_facts(filed: Filed, cover: _Cover, period_end: date | None) -> Iterator[FoundFact]:
    name = cover.text("dei:EntityRegistrantName")
    if name is not None:
        yield _fact(filed, FactKind.COMPANY_NAME, name.value, name.value, period_end)
    year_end = cover.text("dei:CurrentFiscalYearEndDate")
    month_day = ix.month_day_of(year_end.value, year_end.format) if year_end else None
    if year_end is not None and month_day is not None:
        fact = _fact(filed, FactKind.FISCAL_YEAR_END, month_day, year_end.value, period_end)
        yield fact.model_copy(update={"unit": "MM-DD"})
    ended = cover.text("dei:DocumentPeriodEndDate")
    if ended is not None and period_end is not None:
        yield _fact(filed, FactKind.PERIOD_END, period_end.isoformat(), ended.value, period_end)
    auditor = cover.text("dei:AuditorName")
    if auditor is not None:
        yield _fact(
            filed, FactKind.AUDITOR, _auditor_name(auditor.value), _auditor_quote(cover), period_end
        )


def _auditor_name(value: str) -> str:
    """The firm's name without the mark of a signature."""
    return re.sub(r"^/s/\s*", "", value, flags=re.IGNORECASE)


def _auditor_quote(cover: _Cover) -> str:
    """The firm and its place as the report shows them; ` … ` where other words stand between."""
    name = cover.text("dei:AuditorName")
    place = cover.text("dei:AuditorLocation")
    if name is None:
        return ""
    shown, _ = _quote(name.element)
    if len(shown) > LONGEST_QUOTE // 2 or name.value not in shown:
        shown = name.value
    if place is None or place.value in shown:
        return shown
    return f"{shown} … {place.value}"


def _prose_facts(
    filed: Filed, document: ix.InlineXbrl, period_end: date | None
) -> Iterator[FoundFact]:
    paragraphs = list(ix.paragraphs(document.root))
    year = period_end.year if period_end else None
    count = prose.head_count(paragraphs, year)
    if count is not None:
        fact = _fact(filed, FactKind.EMPLOYEES, str(count.people), count.sentence, period_end)
        yield fact.model_copy(update={"unit": "people"})
    for statement in prose.statements(paragraphs, year):
        fact = _fact(filed, FactKind.STATEMENT, statement.text, statement.text, period_end)
        yield fact.model_copy(update={"topic": statement.topic})


def _fact(
    filed: Filed, kind: FactKind, value: str, quote: str, period_end: date | None
) -> FoundFact:
    return FoundFact(kind=kind, value=value, as_of=period_end, evidence=filed.evidence(quote))
