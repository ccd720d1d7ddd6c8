"""Whoever answers the writing tasks keeps these promises; the offline writer is the first."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import product
from uuid import UUID

import pytest

from outrider.campaigns.types import Blueprint, BlueprintId, CampaignId, Rule, Strength
from outrider.drafts.check import check, grounds_of
from outrider.drafts.rewrite import REWRITE_TASK
from outrider.drafts.rules import compose, wording
from outrider.drafts.types import Briefing, Note, RewriteRequest, Thread, WriteRequest, WrittenMail
from outrider.drafts.write import WRITE_TASK
from outrider.kernel.asking import Asking, Task, Tier
from outrider.kernel.errors import Refused
from outrider.prospects.types import FactKind
from outrider.vendors.offline_writer.compose import ANGLES
from outrider.vendors.offline_writer.dossier_words import company, owned
from outrider.vendors.offline_writer.shape import FREE_SLOTS, SLOTS, places
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import NOW, dossier, recipient, write_request

CONTEXT = "We read lease documents, pull out the terms, and keep every number linked to its page."
NOTE = "shorter, and do not open with filing data"
COMPANIES = (
    "Harbor Outfitters", "BLUE MESA FOODS, INC.", "Tidewater Freight Corp", "Oak & Iron Gyms",
    "Paper Lantern Hotels", "Granite Peak Rail Co", "Sunfield Clinics, Inc.", "Juniper Cinemas",
    "Copper Kettle Stores", "Larkspur Books Ltd",
)  # fmt: skip


@pytest.fixture
def writer() -> Asking:
    return OfflineWriter()


def faults(request: WriteRequest, mail: WrittenMail) -> list[str]:
    words = wording(mail.subject, mail.body)
    content = compose(words, request.recipient, request.sender, request.step, Thread())
    return [item.message for item in check(content, words.body, mail.claims, grounds_of(request))]


def requests() -> list[WriteRequest]:
    found = []
    for number, name in enumerate(COMPANIES):
        for step in (1, 2, 3):
            about = dossier(name, competitor="LeaseKit" if number % 4 == 3 else None)
            to = recipient(
                ("Dana", "Omar", "Priya")[number % 3], "Ruiz", ("Controller", "CFO")[number % 2]
            )
            found.append(
                write_request(about, to=to, step=step, context=CONTEXT if number % 2 else None)
            )
    return found


REQUESTS = requests()
NAMES = [f"{item.dossier.account.name}/{item.step}" for item in REQUESTS]


@pytest.mark.parametrize("request_", REQUESTS, ids=NAMES)
async def test_every_mail_passes_every_check(writer: Asking, request_: WriteRequest) -> None:
    answer = await writer.ask(WRITE_TASK, request_)
    assert faults(request_, answer.output) == []


@pytest.mark.parametrize("request_", REQUESTS[::4], ids=NAMES[::4])
async def test_every_claim_cites_a_fact_and_its_source_is_shown(
    writer: Asking, request_: WriteRequest
) -> None:
    mail = (await writer.ask(WRITE_TASK, request_)).output
    facts = {fact.id: fact for fact in request_.dossier.facts}
    for claim in mail.claims:
        assert claim.span in mail.body
        assert claim.fact_id in facts
    assert bool(mail.claims) == bool(mail.sources)
    assert 3 <= len(mail.reasoning) <= 5


async def test_the_same_request_gives_the_same_mail_and_costs_nothing(writer: Asking) -> None:
    first, second = [await writer.ask(WRITE_TASK, write_request()) for _ in range(2)]
    assert first == second
    assert (first.model, first.cost_usd) == ("offline", Decimal(0))


async def test_of_ten_mails_side_by_side_no_three_share_a_subject_or_an_opening(
    writer: Asking,
) -> None:
    asked = [item for item in REQUESTS if item.step == 1]
    mails = [(await writer.ask(WRITE_TASK, item)).output for item in asked]
    openings = Counter(pattern(mail.body.split("\n\n")[1], item)
                       for mail, item in zip(mails, asked, strict=True))  # fmt: skip
    subjects = Counter(pattern(mail.subject, item) for mail, item in zip(mails, asked, strict=True))
    assert len({mail.angle for mail in mails}) >= 4
    assert max(openings.values()) <= 2
    assert max(subjects.values()) <= 2


def pattern(text: str, request: WriteRequest) -> str:
    """A text without the names and figures of one account."""
    name = company(request.dossier)
    return re.sub(r"[$\d][\d,.]*", "N", owned(text, name).replace(name, "X").replace("X's", "X'"))


@pytest.mark.parametrize("request_", [r for r in REQUESTS if r.step == 1], ids=NAMES[::3])
async def test_a_first_mail_is_short_and_asks_one_question_at_its_end(
    writer: Asking, request_: WriteRequest
) -> None:
    mail = (await writer.ask(WRITE_TASK, request_)).output
    assert mail.body.count("?") == 1
    assert mail.body.endswith("?")
    assert 40 <= len(mail.body.split()) <= 110
    assert 3 <= len(mail.subject.split()) <= 7
    assert not set(mail.body + mail.subject) & set("\u2014\u2013\u201c\u2019!")


async def test_a_thread_never_repeats_an_angle(writer: Asking) -> None:
    used: tuple[str, ...] = ()
    for step in (1, 2, 3):
        mail = (await writer.ask(WRITE_TASK, write_request(step=step, angles_used=used))).output
        assert mail.angle not in used
        used += (mail.angle,)


@pytest.mark.parametrize("request_", REQUESTS, ids=NAMES)
async def test_the_note_of_the_reviewer_is_followed(writer: Asking, request_: WriteRequest) -> None:
    first = (await writer.ask(WRITE_TASK, request_)).output
    again = await rewritten(writer, request_, first, NOTE)
    assert len(again.body.split()) < len(first.body.split())
    opening = again.body.split("\n\n")[1]
    assert not any(claim.span in opening for claim in again.claims)
    assert not re.search(r"[$\d]|annual report|filing", opening)
    assert again.unmet == () or request_.step > 1
    assert faults(request_, again) == []


async def rewritten(
    writer: Asking, request: WriteRequest, mail: WrittenMail, note: str
) -> WrittenMail:
    question = RewriteRequest(
        original=request,
        subject=mail.subject,
        body=mail.body,
        claims=mail.claims,
        angle=mail.angle,
        note=note,
    )
    return (await writer.ask(REWRITE_TASK, question)).output


async def test_common_notes_are_followed(writer: Asking) -> None:
    request = write_request()
    first = (await writer.ask(WRITE_TASK, request)).output

    async def by(note: str) -> WrittenMail:
        mail = await rewritten(writer, request, first, note)
        assert faults(request, mail) == []
        assert mail.unmet == ()
        assert (mail.subject, mail.body) != (first.subject, first.body)
        return mail

    assert (await by("less formal")).body.startswith("Hey Dana,")
    formal = await by("more formal please")
    assert formal.body.startswith("Dear Dana,")
    assert "I'd" not in formal.body
    assert not (await by("no greeting")).body.startswith(("Hi", "Hello", "Hey", "Dear"))
    assert (await by("other angle")).angle != first.angle
    assert len((await by("under 50 words")).body.split()) <= 50
    assert "$" not in (await by("drop the numbers")).body
    assert (await by("different question at the end")).body.split("\n\n")[-1] != first.body.split(
        "\n\n"
    )[-1]
    assert "15 minutes" in (await by("ask for a meeting")).body


@pytest.mark.parametrize(
    "note", ["mention our office in Boston", "find their latest funding round", "add a joke"]
)
async def test_what_cannot_be_followed_is_said_plainly(writer: Asking, note: str) -> None:
    request = write_request()
    first = (await writer.ask(WRITE_TASK, request)).output
    again = await rewritten(writer, request, first, f"{note}; shorter")
    assert any(note in line for line in again.unmet)
    assert len(again.body.split()) < len(first.body.split())


async def test_three_rejections_in_a_row_give_four_different_mails(writer: Asking) -> None:
    request = write_request()
    mail = (await writer.ask(WRITE_TASK, request)).output
    bodies = [mail.body]
    for _ in range(3):
        question = RewriteRequest(
            original=request, subject=mail.subject, body=mail.body, claims=mail.claims,
            angle=mail.angle, note="try again", earlier=tuple(bodies[:-1]),
        )  # fmt: skip
        mail = (await writer.ask(REWRITE_TASK, question)).output
        bodies.append(mail.body)
        assert faults(request, mail) == []
    assert len(set(bodies)) == 4


async def test_what_people_taught_is_followed_from_the_first_version(writer: Asking) -> None:
    notes = (
        Note(text="Never lead with SEC data", support=3),
        Note(text="Say Hey {FirstName}", support=2),
    )
    for name in COMPANIES:
        request = write_request(dossier(name), briefing=Briefing(notes=notes))
        mail = (await writer.ask(WRITE_TASK, request)).output
        assert mail.body.startswith("Hey Dana,")
        assert not re.search(r"\$|annual report", mail.body.split("\n\n")[1])


async def test_the_blueprint_s_ranges_are_kept(writer: Asking) -> None:
    def rule(name: str, low: int, high: int) -> Rule:
        return Rule(
            name=name, text=name, low=Decimal(low), high=Decimal(high), support=9, out_of=10,
            confidence=Decimal("0.6"), strength=Strength.STRONG,
        )  # fmt: skip

    blueprint = Blueprint(
        id=BlueprintId(UUID(int=1)), campaign_id=CampaignId(UUID(int=2)), version=1, status="active",
        dos=(), donts=(), cadence=(), structure=(rule("body_words", 30, 60), rule("subject_words", 3, 4)),
        sufficiency=Decimal("0.5"), created_at=NOW,
    )  # fmt: skip
    for name in COMPANIES:
        request = write_request(dossier(name)).model_copy(update={"blueprint": blueprint})
        mail = (await writer.ask(WRITE_TASK, request)).output
        assert len(mail.body.split()) <= 60, mail.body
        assert len(mail.subject.split()) <= 5


async def test_without_facts_it_says_nothing_that_would_need_one(writer: Asking) -> None:
    bare = dossier(without=tuple(FactKind))
    for step in (1, 2, 3):
        request = write_request(bare, step=step)
        mail = (await writer.ask(WRITE_TASK, request)).output
        assert (mail.claims, mail.sources) == ((), ())
        assert faults(request, mail) == []


async def test_a_contact_without_a_name_is_greeted_all_the_same(writer: Asking) -> None:
    request = write_request(to=recipient(first="", last="", title=""))
    mail = (await writer.ask(WRITE_TASK, request)).output
    assert mail.body.startswith("Hello,")
    assert faults(request, mail) == []


async def test_other_themes_have_mails_of_their_own(writer: Asking) -> None:
    for name in COMPANIES:
        for step in (1, 2, 3):
            request = write_request(dossier(name), campaign="Payroll", step=step)
            mail = (await writer.ask(WRITE_TASK, request)).output
            assert faults(request, mail) == []
            own = re.sub(r'".*?"', "", mail.body.split("\n\n", 1)[1])
            assert "lease" not in own.lower()


async def test_a_system_that_the_account_uses_is_met_obliquely(writer: Asking) -> None:
    met = 0
    for name, first in product(COMPANIES, ("Dana", "Omar", "Priya", "Noor")):
        request = write_request(dossier(name, competitor="LeaseKit"), to=recipient(first))
        mail = (await writer.ask(WRITE_TASK, request)).output
        assert "leasekit" not in (mail.subject + mail.body).lower()
        assert faults(request, mail) == []
        if mail.angle == "beside_your_system":
            assert "already has a lease system" in [claim.span for claim in mail.claims]
            met += 1
    assert 2 <= met <= 20


async def test_another_task_is_refused_plainly(writer: Asking) -> None:
    task = Task("conversations/classify@1", WriteRequest, WriteRequest, Tier.LIGHT, Decimal("0.01"))
    with pytest.raises(Refused, match="cannot answer conversations/classify@1"):
        await writer.ask(task, write_request())


def test_every_angle_is_whole_and_plain() -> None:
    for angle in ANGLES:
        texts = [
            text
            for shape in angle.shapes
            for lines in shape.paragraphs
            for line in lines
            for text in line.variants
        ]
        texts += [text for shape in angle.shapes for text in shape.questions]
        for text in (*texts, *angle.subjects):
            assert places(text) <= SLOTS.keys() | FREE_SLOTS
            assert not set(text) & set("\u2014\u2013\u201c\u201d\u2019!"), text
            assert not re.search(r"\d", text), text
        assert all(text.endswith("?") for shape in angle.shapes for text in shape.questions)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 2, 20), " closed "),
        (date(2026, 7, 1), "books|ends"),
        (date(2026, 12, 1), " clos"),
    ],
)
async def test_the_year_end_is_told_by_the_day_of_writing(
    writer: Asking, day: date, told: str
) -> None:
    timed = []
    for name, first in product(COMPANIES, ("Dana", "Omar", "Priya", "Noor")):
        request = write_request(dossier(name), to=recipient(first))
        request = request.model_copy(update={"today": day})
        mail = (await writer.ask(WRITE_TASK, request)).output
        assert faults(request, mail) == []
        if mail.angle == "year_end_clock":
            timed.append(mail.body)
    assert timed
    assert all(re.search(told, body) for body in timed)
    assert all("end of January" in body for body in timed)
