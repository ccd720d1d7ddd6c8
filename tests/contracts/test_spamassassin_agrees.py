"""A filter that we did not write finds our mails fair, and dislikes what our guards block.

SpamAssassin reads the exact bytes that would be sent, with its own rules alone: no network, no learning.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outrider.drafts.rules import compose, mail_text
from outrider.drafts.types import MailContent, Thread, Wording
from outrider.guardrails import guards
from outrider.guardrails.types import Severity
from outrider.sending.mail import build
from outrider.vendors.offline_writer.writer import write
from tests.drafts_world import dossier, recipient, sender, write_request
from tests.guarded import BODY, NAMES

SPAM_FROM = 5.0
"""The score from which SpamAssassin takes a mail for spam, as it is shipped."""
FAIR = 2.0
"""Measured with 4.0.1: ours score 0.0 to 1.0; `LIST_PARTIAL_SHORT_MSG` is the whole of it."""
COMPANIES = (
    "Harbor Outfitters",
    "BLUE MESA FOODS, INC.",
    "COCA-COLA CO",
    "Oak & Iron Gyms",
    "Juniper Cinemas",
)
SCORE = re.compile(
    rb"^X-Spam-Status: (?:Yes|No), score=(-?[\d.]+).*?^Message-ID: <([0-9a-f]{32})@",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
BUY = "BUY NOW AND SAVE BIG MONEY ON YOUR LEASES TODAY BEFORE THIS OFFER EXPIRES FOREVER!!! ACT NOW!!!"
WORDS = f"<p>{BODY}</p>"
SPAM = {
    "shouting": ("SAVE BIG MONEY ON LEASES NOW", f"{BUY}\n\n{BUY}", f"<p>{BUY}</p><p>{BUY}</p>"),
    "image only": (
        "A picture for you",
        "See the picture.",
        '<a href="http://x.example/b"><img src="http://x.example/a.png" width="600" height="800"></a>',
    ),
    "hidden": (
        "Lease terms",
        BODY,
        f'{WORDS}<font size="1" color="white">{"casino viagra loans " * 20}</font>'
        f'<span style="font-size:0px">{"cheap pills " * 20}</span>',
    ),
    "lying link": (
        "Verify your account",
        "Dear customer, verify your account.",
        "<p>Dear customer, verify your account: "
        '<a href="http://192.0.2.7/login">https://www.bank.example/login</a></p>',
    ),
}
"""What both judge. Scripts and runs of `$$$` are blocked by us as well; the filter's own rules score neither."""


@pytest.fixture(scope="module")
def assassin() -> str:
    program = shutil.which("spamassassin")
    if program is None:
        pytest.skip("spamassassin is not installed; Debian has it in the package spamassassin")
    return program


def scores(program: str, contents: list[MailContent], home: Path) -> list[float]:
    """The score of each mail as it would be sent, in one run of the filter."""
    at = datetime(2026, 3, 2, 15, tzinfo=UTC)
    box = b""
    for number, content in enumerate(contents):
        raw = build(content, f"<{number:032x}@try-ledgerway.example>", at)
        box += b"From sam Mon Mar  2 15:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n\n"
    done = subprocess.run(
        [program, "--local", "--test-mode", "--nocreate-prefs", "--mbox"],
        input=box,
        capture_output=True,
        check=True,
        timeout=240,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C"},
    )
    # The answers come in an order of the filter's own.
    found = {int(number, 16): float(score) for score, number in SCORE.findall(done.stdout)}
    assert sorted(found) == list(range(len(contents))), done.stderr.decode()[-500:]
    return [found[number] for number in sorted(found)]


def ours() -> list[MailContent]:
    made = []
    for company in COMPANIES:
        for step in (1, 2, 3):
            request = write_request(dossier(company), step=step)
            written = write(request)
            words = Wording(subject=written.subject, body=written.body)
            made.append(compose(words, request.recipient, request.sender, step, Thread()))
    return made


def spam(name: str) -> MailContent:
    subject, text, inside = SPAM[name]
    fair = compose(Wording(subject="Lease terms", body=BODY), recipient(), sender(), 1, Thread())
    page = f"<html><head><title>x</title></head><body>{inside}</body></html>"
    return fair.model_copy(update={"subject": subject, "text": text, "html": page})


@pytest.mark.parametrize("name", SPAM)
def test_our_guards_block_what_the_filter_is_asked_about(name: str) -> None:
    content = spam(name)
    found = guards.check(mail_text(content, content.text), NAMES)
    assert ("spam_structure", Severity.BLOCK) in {(item.check, item.severity) for item in found}


def test_the_filter_finds_our_mails_fair_and_likes_the_blocked_ones_less(
    assassin: str, tmp_path: Path
) -> None:
    fair, blocked = ours(), [spam(name) for name in SPAM]
    found = scores(assassin, [*fair, *blocked], tmp_path)
    good, bad = found[: len(fair)], found[len(fair) :]
    assert max(good) < FAIR < SPAM_FROM, good
    assert min(bad) > max(good), dict(zip(SPAM, bad, strict=True))
    assert sum(bad) / len(bad) > FAIR, dict(zip(SPAM, bad, strict=True))
