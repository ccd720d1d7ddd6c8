"""Links and addresses in a mail's words, also those that only a mail program makes clickable.

In: the words, links that are the sender's own, names that may look like a domain. Out: where the
others stand. Never: a look at the network, or a pattern whose time grows faster than the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_ENDINGS = "com|net|org|io|co|ai|app|dev|ly|biz|info|xyz|top|site|online|link|shop|click|cloud|page|example"
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}:(?://|\\\\)|www\.)[^\s<>\"')\]]{1,2000}"
    r"|(?<![\w@.+-])(?:[a-z0-9-]{1,63}\.){1,6}(?:[a-z]{2,24}/[^\s<>\"')\]]{1,2000}"
    rf"|(?:{_ENDINGS})(?![\w-]|\.\w))",
    re.IGNORECASE,
)
_MAY_LINK = re.compile(r"\.(?<=[\w-]\.)(?:[^\W\d]|(?<=[wW]{3}\.)[^\s<>\"')\]])|:[/\\]")
"""What every link has, and `$1.2 billion` has not; few mails have it outside their signature. A literal stands
first, as that is found fast."""
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


def foreign_links(text: str, own: Collection[str], names: str) -> Iterator[tuple[int, str]]:
    """Offset and words of each link that is neither the sender's own nor a name such as `Acme.com`.

    Mail programs link a bare `evil.example/pay` as well, so no scheme is needed to count.
    """
    if not _MAY_LINK.search(text):
        return
    known = names.casefold()
    for found in _LINK.finditer(text):
        link = found[0].rstrip(".,;:!?")
        if link not in own and not ("/" not in link and link.casefold() in known):
            yield found.start(), link


def addresses(text: str) -> Iterator[tuple[int, str]]:
    """Offset and words of each e-mail address."""
    found_at = _ADDRESS.finditer(text) if "@" in text else iter(())
    return ((found.start(), found[0]) for found in found_at)
