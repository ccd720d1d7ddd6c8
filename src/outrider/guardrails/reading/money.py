"""Currencies and scale words as people write them: `SEK 2.5 billion`, `Rs 186 crore`, `R$ 92m`, `12 MEUR`.

In: a sign, a code or a word. Out: the code that it may stand for. Never: a rate of exchange.

A bare `$` or `kr` may mean several currencies; it agrees with each of them, and `US$` only with one.
"""

from __future__ import annotations

SCALES = {
    "thousand": 3, "k": 3, "million": 6, "m": 6, "mm": 6, "mn": 6, "mio": 6, "mil": 6, "billion": 9,
    "b": 9, "bn": 9, "trillion": 12, "tn": 12, "t": 12, "lakh": 5, "lakhs": 5, "lac": 5, "crore": 7,
    "crores": 7, "cr": 7, "lakh crore": 12,
}  # fmt: skip
"""Powers of ten."""

CODES = frozenset(
    "USD EUR GBP CAD AUD NZD CHF JPY CNY RMB HKD SGD INR SEK NOK DKK ISK PLN CZK HUF RON BGN TRY ILS ZAR BRL "
    "MXN ARS CLP COP PEN KRW TWD THB MYR IDR PHP VND AED SAR QAR EGP NGN KES PKR "
    "GHS UGX TZS ZMW BWP MAD TND LKR BDT KZT UAH RSD KWD OMR".split()
)
"""Codes of ISO 4217 that reports are written in."""

_DOLLARS = "USD CAD AUD NZD HKD SGD TWD"
_MAY_BE = {
    "$": _DOLLARS, "kr": "SEK NOK DKK ISK", "\u00a5": "JPY CNY", "rs": "INR PKR", "rmb": "CNY",
    "pound": "GBP EGP", "franc": "CHF", "crown": "SEK NOK DKK ISK CZK", "peso": "MXN ARS CLP COP PHP", "dinar": "KWD",
}  # fmt: skip
"""What stands for more than one currency, or for one by another name."""
_MEANT = {sign: frozenset(codes.split()) for sign, codes in _MAY_BE.items()}

SIGNS = {
    "US$": "USD", "U.S.$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "$": "$", "\u20ac": "EUR", "\u00a3": "GBP",
    "\u00a5": "\u00a5", "\u20b9": "INR", "\u20a9": "KRW", "\u20ba": "TRY", "\u20aa": "ILS", "Rs": "rs", "Rs.": "rs",
    "kr": "kr", "kr.": "kr", "K\u010d": "CZK", "Fr.": "franc", "SFr.": "CHF", "z\u0142": "PLN", "R": "ZAR",
    "KSh": "KES", "Ksh": "KES", "RM": "MYR", "Rp": "IDR", "NKr": "NOK", "SKr": "SEK", "DKr": "DKK", "Ft": "HUF",
    "S/": "PEN", "TL": "TRY", "\u20a6": "NGN", "\u20b1": "PHP", "\u0e3f": "THB",
}  # fmt: skip
_WORDS = {
    "dollar": "$", "dollars": "$", "euro": "EUR", "euros": "EUR", "pounds": "pound", "sterling": "GBP",
    "yen": "JPY", "yuan": "CNY", "renminbi": "CNY", "won": "KRW", "rupee": "rs", "rupees": "rs", "krona": "SEK",
    "kronor": "SEK", "kroner": "kr", "krone": "kr", "kr": "kr", "francs": "franc", "franc": "franc", "reais": "BRL",
    "real": "BRL", "rand": "ZAR", "pesos": "peso", "zloty": "PLN", "zlotys": "PLN", "crowns": "crown", "shekels": "ILS",
    "lira": "TRY", "dirhams": "AED", "forint": "HUF", "naira": "NGN", "shillings": "KES", "ringgit": "MYR",
    "rupiah": "IDR", "baht": "THB", "lei": "RON", "hryvnia": "UAH", "tenge": "KZT",
}  # fmt: skip
WORDS = frozenset(_WORDS) - {"won", "real"}
"""Words of currencies that may follow a figure; `won` and `real` are too common to be one."""


def currency(written: str) -> str | None:
    """The code for a sign, a code or a word, or a mark for what may be several; None for no money."""
    sign = written.strip()
    if sign in SIGNS:
        return SIGNS[sign]
    if sign.upper() in CODES:
        return sign.upper()
    return _WORDS.get(sign.lower()) or (sign.upper()[1:] if sign.upper()[1:] in CODES else None)


def is_same_money(one: str | None, other: str | None) -> bool:
    """Whether two currencies may be the same; `$` may be Canadian, `US$` may not."""
    if one == other:
        return True
    if one is None or other is None:
        return False
    return not _codes(one).isdisjoint(_codes(other))


def _codes(mark: str) -> frozenset[str]:
    return _MEANT.get(mark) or frozenset({mark})
