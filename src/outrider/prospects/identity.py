"""What makes two addresses, two web sites or two names the same.

In: text as people write it. Out: keys that can be compared. Never: a guess by likeness: a wrong
merge mixes two companies' facts, so names count as one only when they are equal once normalised.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from outrider.kernel.secrets.blind_index import blind

# Providers whose domain says nothing of an employer.
FREE_MAIL = frozenset(
    """
    126.com 163.com aim.com aol.com att.net bellsouth.net bluewin.ch btinternet.com charter.net
    comcast.net cox.net duck.com earthlink.net fastmail.com fastmail.fm foxmail.com free.fr
    freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk
    hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.com
    inbox.ru juno.com laposte.net libero.it list.ru live.co.uk live.com live.de live.fr live.nl
    mac.com mail.com mail.ru me.com msn.com mweb.co.za naver.com ntlworld.com o2.pl online.de
    optonline.net orange.fr outlook.com outlook.de outlook.es outlook.fr pm.me proton.me
    protonmail.ch protonmail.com qq.com rediffmail.com rocketmail.com sbcglobal.net seznam.cz
    sfr.fr sina.com sky.com t-online.de terra.com.br tuta.io tutanota.com uol.com.br verizon.net
    virgilio.it wanadoo.fr web.de wp.pl xtra.co.nz yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk
    yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru
    ymail.com zoho.com
    """.split()
)

# Pages about a company, not of it.
_OTHERS_SITES = frozenset(
    """
    angel.co bloomberg.com crunchbase.com facebook.com github.com glassdoor.com google.com
    indeed.com instagram.com linkedin.com sec.gov tiktok.com twitter.com wikipedia.org x.com
    xing.com yelp.com youtube.com
    """.split()
)

_SECOND_LEVEL = frozenset("ac co com edu gob gouv gov gv ltd mil ne net nhs nom or org plc".split())
_LEGAL_FORMS = frozenset(
    """
    ab ag as asa bhd bv co company corp corporation cv doo eg ev gbr gmbh inc incorporated kft kg
    kgaa kk lda limited limitada llc llp lp ltd ltda nv oy oyj plc pllc pte pty sa sab sae sarl sas
    se spa spzoo srl sro ug zrt
    """.split()
)
# Written with dots or blanks, these fall apart into single letters.
_SPELLED_FORMS = re.compile(
    r"\b(?:l l c|l l p|l p|p l c|s a r l|s a s|s r l|s p a|n v|b v|a g|s a|sp z o o|d o o|pty ltd)$"
)
_STATE_TAIL = re.compile(r"\s*[/\\][a-z]{2,4}[/\\]?\s*$")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?=.*[a-z])[a-z0-9-]{2,63}"
)


class NotAnAddress(ValueError):
    """The text is no e-mail address; the message says why."""


def mail_address(text: str) -> str:
    """The address in its one spelling: domain in small letters, local part as it was written.

    Names that are reserved for examples and tests (RFC 2606) are allowed; nothing is looked up.

    Raises:
        NotAnAddress: with the reason in words.
    """
    given = _bare(text)
    local, at, domain = given.rpartition("@")
    if len(local) > 64:
        raise NotAnAddress("The part before the @-sign is longer than 64 characters")
    if at and len(given) <= 254 and _LOCAL.fullmatch(local):
        problem = _domain_problem(domain)
        if problem is None:
            return f"{local}@{domain.lower()}"
    try:
        return validate_email(given, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise NotAnAddress(str(error).rstrip(".")) from None


@lru_cache(maxsize=65536)
def _domain_problem(domain: str) -> str | None:
    """What is wrong with a domain in plain ASCII, or None; other scripts take the long way."""
    if not domain.isascii() or "xn--" in domain.lower():
        return "needs normalising"
    try:
        validate_email(f"a@{domain}", check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        return str(error)
    return None


def _bare(text: str) -> str:
    """Without `mailto:` and without the angle brackets that mail programs put round it."""
    given = text.strip()
    if given.endswith(">") and "<" in given:
        given = given[given.rindex("<") + 1 : -1].strip()
    return given[7:].strip() if given[:7].lower() == "mailto:" else given


def address_key(address: str) -> str:
    """What makes two addresses one contact: the whole address in small letters.

    RFC 5321 lets a host tell letters' cases apart; in practice none does. A domain in its ASCII form
    (`xn--…`, RFC 5891) is the same as in its own letters: answers come back from the one, lists and
    people write the other.
    """
    if address.isascii():
        folded = address.lower()
        return _folded(folded) if "@xn--" in folded or ".xn--" in folded else folded
    return _folded(address)


def _folded(address: str) -> str:
    local, at, domain = unicodedata.normalize("NFKC", address).casefold().rpartition("@")
    domain = ".".join(_in_letters(label) for label in domain.split("."))
    return f"{local}{at}{domain}"


def _in_letters(label: str) -> str:
    """A label of a domain in its own letters (RFC 3492); one that is malformed stays as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label
    return unicodedata.normalize("NFKC", letters).casefold()


def is_same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses reach one person, also when a gateway wrote its own host into one."""
    if mailbox_key(one) == mailbox_key(other):
        return True
    local, _, host = mailbox_key(one).rpartition("@")
    local_other, _, host_other = mailbox_key(other).rpartition("@")
    return local == local_other and site(host) is not None and site(host) == site(host_other)


def mailbox_key(address: str) -> str:
    """What makes two addresses one person who said no: without tags, and Gmail's dots.

    Wider than `address_key` on purpose: to write to `jane+news@` after `jane@` opted out would
    break a promise; to leave one address out costs nothing.
    """
    local, _, domain = address_key(address).rpartition("@")
    domain = domain.rstrip(".")
    if domain == "googlemail.com":
        domain = "gmail.com"
    base = local.split("+", 1)[0] or local
    return f"{base.replace('.', '') if domain == 'gmail.com' else base}@{domain}"


class Suppressor:
    """Hashes addresses for the suppression list with a key, so that the list cannot be read."""

    def __init__(self, key: bytes) -> None:
        """`key` has 32 bytes: `Keys.key("suppression")`.

        Raises:
            ValueError: it has another length.
        """
        if len(key) != 32:
            raise ValueError(f"the suppression key has {len(key)} bytes, not 32")
        self._key = key

    def hash(self, address: str) -> str:
        """HMAC-SHA-256 of the mailbox, in hex; the list keeps nothing else."""
        return blind(self._key, mailbox_key(address))

    def hash_phone(self, number: str) -> str:
        """The same of a phone number, by its digits alone."""
        digits = "".join(one for one in number if one.isdigit())
        return blind(self._key, f"tel:{digits}")


@lru_cache(maxsize=65536)
def site(website: str) -> str | None:
    """The registrable domain of a web address or a bare domain; None when it is neither.

    A country's second level (`co.uk`, `com.au`) is told by its label; no list is fetched.
    """
    text = website.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.strip(".").encode("idna").decode("ascii") if host else ""
    except ValueError:  # UnicodeError is one
        return None
    if not _HOST.fullmatch(host):
        return None
    labels = host.split(".")
    wide = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3 if wide else -2 :])


def employer_site(website: str | None, address: str) -> str | None:
    """The domain of a company, from its web site or else from a person's address; None if neither.

    Profile pages and free mail providers say nothing of the employer.
    """
    if website:
        domain = site(website)
        if domain and domain not in _OTHERS_SITES:
            return domain
    domain = site(address.rpartition("@")[2])
    return None if domain is None or domain in FREE_MAIL else domain


@lru_cache(maxsize=65536)
def name_key(company: str) -> str:
    """A company's name without what lists write differently: case, accents, `&`, legal form."""
    text = unicodedata.normalize("NFKD", company).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = _STATE_TAIL.sub("", text).replace("&", " and ").replace("'", "").replace("’", "")
    words = re.sub(r"[\W_]+", " ", text).split()
    if words and words[0] == "the" and len(words) > 1:
        words = words[1:]
    plain = " ".join(words)
    while True:
        shorter = _SPELLED_FORMS.sub("", plain).rstrip()
        head, _, last = shorter.rpartition(" ")
        # `Foo & Co.`: the form went, and its `and` with it.
        if head and (last in _LEGAL_FORMS or last == "and"):
            shorter = head
        if shorter in ("", plain):
            return plain
        plain = shorter


def account_key(company: str, domain: str | None) -> str:
    """What makes two rows one account: the domain where there is one, else the name.

    A name of signs alone keeps its own spelling, so that two of them stay two accounts.
    """
    if domain:
        return f"domain:{domain}"
    return f"name:{name_key(company) or company.strip().casefold()}"
