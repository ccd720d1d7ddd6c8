"""Whether everybody can read the HTML of a mail (WCAG 2.2, levels A and AA).

In: a page. Out: findings `html_accessibility`. Never: a block for what a reader can still use.

Blocked is what takes the message away: a link nobody can name, a picture that stands for words, text
of less than 3:1 contrast or under nine pixels. The rest of the criteria warn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from outrider.guardrails.mail.colours import contrast
from outrider.guardrails.mail.page import EASY_CONTRAST, EASY_SIZE, Page, Style
from outrider.guardrails.mail.whole import MOST_FINDINGS, block, warn
from outrider.guardrails.types import Finding

_NAME = "html_accessibility"
ENOUGH, ENOUGH_LARGE = EASY_CONTRAST, 3.0
"""Success criterion 1.4.3: contrast of text, and of large text."""
LARGE, LARGE_BOLD = 24.0, 18.66
"""CSS pixels from which text is large: 18 and 14 points."""
SMALLEST, FAR_TOO_SMALL = EASY_SIZE, 9.0
"""CSS pixels. The limits are ours: WCAG has none."""
UNSEEN = 1.1
"""Contrast below which text is not faint but hidden; `spam_structure` judges it."""

_VAGUE = re.compile(
    r"(?:click )?(?:here|this|this link|link|more|read more|learn more|see more|details|go|hier|mehr|ici|aquí)[.!]?",
    re.IGNORECASE,
)


def html_accessibility(page: Page) -> Iterator[Finding]:
    """What keeps somebody from reading or using the page."""
    if page.is_document:
        if not page.language:
            yield warn(
                _NAME,
                "The HTML names no language, so a screen reader guesses one.",
                'Put `lang="en"`, or the mail\'s own language, on the html element (WCAG 3.1.1).',
            )
        if not page.title:
            yield warn(_NAME, "The HTML has no title.", "Repeat the subject there (WCAG 2.4.2).")
    yield from _images(page)
    yield from _links(page)
    if page.layout_tables:
        yield warn(
            _NAME,
            "A table has no heading cells and does not say that it is for layout.",
            'Put role="presentation" on it (WCAG 1.3.1).',
        )
    for style, words in list(page.texts.items())[:50]:
        if not style.is_hidden:
            yield from _text(style, words)


def _images(page: Page) -> Iterator[Finding]:
    silent = sum(1 for text in page.images if text is None)
    if not silent:
        return
    say = block if silent == len(page.images) and page.shown < 200 else warn
    yield say(
        _NAME,
        f"{silent} of {len(page.images)} images have no alternative text.",
        'Say in `alt` what each shows; `alt=""` for an ornament (WCAG 1.1.1).',
    )


def _links(page: Page) -> Iterator[Finding]:
    nameless = [link for link in page.links if not link.text and not link.image_text]
    for link in nameless[:MOST_FINDINGS]:
        yield block(
            _NAME,
            f"A link has no text: {link.target[:80]}",
            "Give it words that say where it goes (WCAG 2.4.4).",
        )
    vague = [link for link in page.links if link.text and _VAGUE.fullmatch(link.text)]
    for link in vague[:MOST_FINDINGS]:
        yield warn(
            _NAME,
            f"The text of a link does not say where it goes: {link.text}",
            "Name the target (WCAG 2.4.4).",
        )


def _text(style: Style, words: str) -> Iterator[Finding]:
    if 1 < style.size < SMALLEST:
        say = block if style.size < FAR_TOO_SMALL else warn
        yield say(
            _NAME,
            f"Text of {style.size:g} pixels is hard to read: {words[:40]}",
            f"Use {SMALLEST:g} pixels or more.",
        )
    if style.ground is None:
        return
    ratio = contrast(style.ink, style.ground)
    is_large = style.size >= (LARGE_BOLD if style.is_bold else LARGE)
    needed = ENOUGH_LARGE if is_large else ENOUGH
    if UNSEEN <= ratio < needed:
        say = block if ratio < ENOUGH_LARGE else warn
        yield say(
            _NAME,
            f"Text has a contrast of {ratio:.1f}:1 to its ground, {needed:g}:1 is needed: {words[:40]}",
            "Choose a darker colour or a lighter ground (WCAG 1.4.3).",
        )
