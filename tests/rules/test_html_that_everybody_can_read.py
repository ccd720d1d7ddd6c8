"""The HTML of a mail is readable for everybody, by the criteria of WCAG 2.2."""

from __future__ import annotations

import pytest

from outrider.guardrails.mail.colours import colour, contrast, pixels
from outrider.guardrails.types import Severity
from tests.guarded import findings, mail, severities, with_html

NAME = "html_accessibility"
TEXT = "<p>A lease schedule is only as good as the last amendment somebody read, and nobody reads it.</p>"


def test_the_mail_that_we_compose_is_readable() -> None:
    assert findings(mail(), NAME) == []


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#767676", "#fff", 4.54),
        ("#777777", "white", 4.48),
        ("rgb(255, 0, 0)", "#fff", 4.0),
        ("#595959", "#fff", 7.0),
        ("#1a1a1a", "#fff", 17.4),
        ("#fff", "#fff", 1.0),
    ],
)
def test_contrast_is_the_ratio_of_wcag(one: str, other: str, ratio: float) -> None:
    first, second = colour(one), colour(other)
    assert first is not None
    assert second is not None
    assert contrast(first, second) == pytest.approx(ratio, abs=0.01 if ratio < 17 else 0.05)
    assert contrast(second, first) == contrast(first, second)


@pytest.mark.parametrize(
    ("written", "seen"),
    [("#abc", (170, 187, 204)), ("RGBA(0,0,0,0.5)", (128, 128, 128)), ("#00000080", (127, 127, 127)), ("inherit", None),
     ("rgb(300,0,0)", (255, 0, 0)), ("Gray", (128, 128, 128)), ("#12345", None)],
)  # fmt: skip
def test_colours_are_read_as_they_are_seen_on_white(
    written: str, seen: tuple[int, int, int] | None
) -> None:
    assert colour(written) == seen


@pytest.mark.parametrize(
    ("written", "size"),
    [("12px", 12.0), ("9pt", 12.0), ("0.5em", 8.0), ("50%", 8.0), ("1rem", 16.0), ("x-small", 10.0), ("huge", None)],
)  # fmt: skip
def test_sizes_are_read_in_pixels(written: str, size: float | None) -> None:
    assert pixels(written, 16.0) == size


@pytest.mark.parametrize(
    ("inside", "severity"),
    [
        (TEXT + '<p style="color:#999">fine print of the thing</p>', Severity.BLOCK),
        (TEXT + '<p style="color:#808080">fine print of the thing</p>', Severity.WARN),
        (TEXT + '<p style="font-size:11px">fine print of the thing</p>', Severity.WARN),
        (TEXT + '<p style="font-size:8px">fine print of the thing</p>', Severity.BLOCK),
        (TEXT + '<font size="1">fine print</font>', Severity.WARN),
        (TEXT + '<a href="https://ledgerway.example"></a>', Severity.BLOCK),
        (TEXT + '<a href="https://ledgerway.example">click here</a>', Severity.WARN),
        (TEXT + "<table><tr><td>x</td></tr></table>", Severity.WARN),
        (TEXT * 3 + '<img src="https://x.example/l.png">' '<img src="https://x.example/m.png" alt="">', Severity.WARN),
        (TEXT + '<img src="https://x.example/l.png">', Severity.BLOCK),
        (TEXT + '<a href="https://ledgerway.example"><img src="l.png" alt=""></a>', Severity.BLOCK),
    ],
)  # fmt: skip
def test_what_keeps_somebody_from_reading_is_found(inside: str, severity: Severity) -> None:
    assert severities(with_html(inside))[NAME] is severity


@pytest.mark.parametrize(
    "inside",
    [
        TEXT + '<p style="font-size:24px;color:#808080">Large text needs less</p>',
        TEXT + '<p style="color:#fff;background-color:#003366">Light on dark</p>',
        TEXT + '<p style="color:#fff;background:url(x.png)">Over a picture nobody can say</p>',
        TEXT + '<table role="presentation"><tr><td>x</td></tr></table>',
        TEXT + "<table><tr><th>Site</th></tr><tr><td>x</td></tr></table>",
        TEXT + '<a href="https://ledgerway.example"><img src="l.png" alt="Our site"></a>',
        TEXT + '<img src="https://x.example/l.png" alt>',
        TEXT + '<p style="color:">nothing set</p>',
    ],
)
def test_what_everybody_can_read_passes(inside: str) -> None:
    assert severities(with_html(inside)) == {}


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("<html><head><title>Leases</title></head>", "names no language"),
        ('<html lang="en"><head></head>', "no title"),
    ],
)
def test_a_page_without_language_or_title_warns(head: str, said: str) -> None:
    [found] = findings(with_html(TEXT, head), NAME)
    assert found.severity is Severity.WARN
    assert said in found.message


def test_a_mail_without_html_has_nothing_to_read() -> None:
    assert severities(mail().model_copy(update={"html": ""})) == {}
