"""Which company is meant: by CIK, else by ticker, else by name.

In: what a list says of a company. Out: one CIK or None. Never: a choice between two companies.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from outrider.vendors.sec_edgar.documents import padded_cik

# Lists mix up the American forms freely, so they count as one; `Ltd` or `GmbH` beside `Inc` tells
# of another company.
_LEGAL_FORMS = {
    **dict.fromkeys(("inc", "incorporated", "corp", "corporation", "co", "company"), "us"),
    **dict.fromkeys(("cos", "companies"), "us"),
    **dict.fromkeys(("ltd", "limited"), "ltd"),
    **dict.fromkeys(("lp", "llp"), "lp"),
    **{
        form: form
        for form in "llc plc sa ag nv se spa ab asa oyj gmbh kgaa bv pte pty sarl sas srl".split()
    },
}
_STATE_TAIL = re.compile(r"\s*[/\\][A-Za-z]{2,4}[/\\]?\s*$")


def name_keys(name: str) -> tuple[str, str, str]:
    """The whole name, the name without its legal form, and that form, all fit to compare.

    Spaces go too: `Amazon.com` and `AMAZON COM` are one name.
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", _STATE_TAIL.sub("", name))
        if not unicodedata.combining(letter)
    ).casefold()
    plain = re.sub(r"['’`.]", lambda mark: " " if mark[0] == "." else "", plain)
    plain = re.sub(r"(?<=\b\w) (?=\w\b)", "", plain.replace("&", " and "))
    words = re.findall(r"[^\W_]+", plain)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    whole = "".join(words)
    form = ""
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        form = form or _LEGAL_FORMS[words[-1]]
        words = words[:-1]
    if len(words) > 1 and words[-1] == "and":
        words = words[:-1]
    return whole, "".join(words), form


def ticker_key(ticker: str) -> str:
    """A ticker fit to compare: capitals, no exchange before it, `BRK.B` as `BRK-B`."""
    return re.sub(r"[./\s]+", "-", ticker.rpartition(":")[2].strip().upper())


class Companies:
    """An index of companies by their names and tickers."""

    def __init__(self) -> None:
        """Start empty."""
        self._by_ticker: dict[str, set[str]] = defaultdict(set)
        self._tickers: dict[str, list[str]] = defaultdict(list)
        self._names: dict[str, list[str]] = defaultdict(list)
        self._by_whole: dict[str, set[str]] = defaultdict(set)
        self._by_short: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def add(self, cik: str, names: Iterable[str], tickers: Iterable[str]) -> None:
        """Let a company be found by these names and tickers too."""
        for name in filter(None, names):
            whole, short, form = name_keys(name)
            if not short:
                continue
            self._by_whole[whole].add(cik)
            self._by_short[short].add((cik, form))
            if name not in self._names[cik]:
                self._names[cik].append(name)
        for ticker in filter(None, map(ticker_key, tickers)):
            self._by_ticker[ticker].add(cik)
            if ticker not in self._tickers[cik]:
                self._tickers[cik].append(ticker)

    def __contains__(self, cik: str) -> bool:
        """Whether anything is known of this CIK."""
        return cik in self._names or cik in self._tickers

    def name_of(self, cik: str) -> str | None:
        """The first name learnt of a company."""
        return next(iter(self._names.get(cik, ())), None)

    def ticker_of(self, cik: str) -> str | None:
        """The first ticker learnt of a company."""
        return next(iter(self._tickers.get(cik, ())), None)

    def find(self, *, name: str, cik: str | None, ticker: str | None) -> str | None:
        """The CIK of the company that is meant, or None.

        A CIK alone decides where it is given. A ticker decides unless the name is the very name of
        another company. A name must belong to one company only, and not gainsay a given ticker.
        """
        if cik:
            return padded_cik(cik)
        named = self._by_name(name)
        symbol = ticker_key(ticker) if ticker else ""
        of_ticker = self._by_ticker.get(symbol, set()) if symbol else set()
        if of_ticker:
            if len(of_ticker) > 1:
                return named if named in of_ticker else None
            found = next(iter(of_ticker))
            return found if named in {None, found} else None
        if named is not None and symbol and self._tickers.get(named):
            return None
        return named

    def _by_name(self, name: str) -> str | None:
        whole, short, form = name_keys(name)
        exact = self._by_whole.get(whole, set()) if whole else set()
        if len(exact) == 1:
            return next(iter(exact))
        near = self._by_short.get(short, set()) if short else set()
        fitting = {cik for cik, known in near if not form or not known or form == known}
        return next(iter(fitting)) if len(fitting) == 1 else None
