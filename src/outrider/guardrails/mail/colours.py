"""Colours and lengths of inline CSS, as far as mail programs read them, and the contrast of two colours.

In: values as they stand in a `style`. Out: sRGB triples, pixels, a ratio.
Never: a style sheet, an image; what cannot be read is None.
"""

from __future__ import annotations

import re
from functools import lru_cache

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
LINK: Colour = (0, 0, 238)
"""What browsers give a link that has no colour of its own."""

_NAMED: dict[str, Colour] = {
    "white": WHITE, "black": BLACK, "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255),
    "yellow": (255, 255, 0), "gray": (128, 128, 128), "grey": (128, 128, 128), "silver": (192, 192, 192),
    "maroon": (128, 0, 0), "navy": (0, 0, 128), "purple": (128, 0, 128), "teal": (0, 128, 128),
    "olive": (128, 128, 0), "lime": (0, 255, 0), "aqua": (0, 255, 255), "fuchsia": (255, 0, 255),
    "orange": (255, 165, 0), "lightgray": (211, 211, 211), "lightgrey": (211, 211, 211),
    "darkgray": (169, 169, 169), "darkgrey": (169, 169, 169), "whitesmoke": (245, 245, 245),
    "dimgray": (105, 105, 105), "snow": (255, 250, 250), "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255), "gainsboro": (220, 220, 220),
}  # fmt: skip
_HEX = re.compile(r"#([0-9a-f]{3,8})\b")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*(?:[,/]\s*([\d.]{1,6})(%?)\s*)?\)"
)
_LENGTH = re.compile(r"(-?\d{0,5}(?:\.\d{1,4})?)(px|pt|em|rem|%|)")
_KEYWORDS = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
    "xx-large": 32.0,
}  # fmt: skip
_FONT_SIZES = (10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)
"""Pixels of `<font size=1>` to `7`."""


@lru_cache(maxsize=1024)
def colour(value: str, below: Colour = WHITE) -> Colour | None:
    """A colour as it is seen over `below`; None for what is no colour, e.g. an image or `inherit`."""
    value = value.strip().lower()
    if value in _NAMED:
        return _NAMED[value]
    found = _HEX.search(value)
    if found:
        return _of_hex(found[1], below)
    found = _RGB.search(value)
    if found:
        alpha = float(found[4]) / (100 if found[5] else 1) if found[4] else 1.0
        red, green, blue = (min(255, int(part)) for part in found.group(1, 2, 3))
        return _over((red, green, blue), min(1.0, alpha), below)
    return None


def _of_hex(digits: str, below: Colour) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(sign * 2 for sign in digits)
    if len(digits) not in (6, 8):
        return None
    red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    alpha = int(digits[6:], 16) / 255 if len(digits) == 8 else 1.0
    return _over((red, green, blue), alpha, below)


def _over(above: Colour, alpha: float, below: Colour) -> Colour:
    if alpha >= 1:
        return above
    red, green, blue = (
        round(a * alpha + b * (1 - alpha)) for a, b in zip(above, below, strict=True)
    )
    return red, green, blue


@lru_cache(maxsize=1024)
def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definitions, `contrast ratio`)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(seen: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, definitions, `relative luminance`)."""
    parts = (part / 255 for part in seen)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pixels(value: str, parent: float) -> float | None:
    """A font size in CSS pixels; relative ones are of `parent`, also in pixels."""
    value = value.strip().lower()
    if value in _KEYWORDS:
        return _KEYWORDS[value]
    found = _LENGTH.match(value)
    if not found or not found[1].strip("-."):
        return None
    number = float(found[1])
    factor = {"px": 1.0, "": 1.0, "pt": 4 / 3, "em": parent, "%": parent / 100, "rem": 16.0}
    return number * factor[found[2]]


def font_pixels(size: str) -> float | None:
    """The pixels of `<font size>`: 1 to 7, or relative to 3."""
    found = re.fullmatch(r"\s*([+-]?)(\d)\s*", size)
    if not found:
        return None
    step = int(found[2]) if not found[1] else 3 + int(found[1] + found[2])
    return _FONT_SIZES[min(7, max(1, step)) - 1]
