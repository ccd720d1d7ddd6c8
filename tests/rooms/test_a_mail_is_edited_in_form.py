"""A person gives words bold, links and lists; what is stored is composed here, and the approval covers it."""

from __future__ import annotations

import pytest

from outrider.drafts import decide, dress, handover, read, version
from outrider.drafts.rich import Markup
from outrider.drafts.rules import content_hash
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Broken, Conflict, InvalidInput, Refused
from outrider.kernel.ids import PersonId
from tests.drafts_world import build, offline_draft
from tests.rooms.test_drafts_wear_a_layout import written
from tests.rules.test_a_layout_holds_the_approved_words import PLAIN


@pytest.fixture
async def draft(tx: Tx, person: PersonId) -> Draft:
    return await offline_draft(tx, await build(tx))


def in_form(draft: Draft, more: str = "") -> Markup:
    """The words of a draft, the first of each paragraph bold."""
    paragraphs = [one.split(" ", 1) for one in draft.body.replace("\n", " \n").split(" \n \n")]
    made = "".join(
        f"<p><b>{first}</b> {rest}</p>" for first, rest in (one for one in paragraphs if one[1:])
    )
    return Markup(made + more)


async def test_the_form_is_stored_composed_and_covered_by_the_approval(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    made = await decide.edit(
        tx, draft.id, person, body=in_form(draft, '<ul onclick="x"><li>stores</li></ul>')
    )
    stored = await read.find(tx, str(made.id))
    assert stored == made
    assert stored.rich is not None
    assert "onclick" not in stored.rich + stored.content.html
    assert "<ul>\n<li>stores</li>\n</ul>" in stored.content.html
    assert stored.content.text.startswith(stored.body)
    assert stored.body.endswith("\n\n- stores")
    assert stored.content_hash == content_hash(stored.content)
    approved = await decide.approve(tx, made.id, person, made.content_hash)
    assert approved.status is DraftStatus.APPROVED
    (taken,) = await handover.take(tx, 5, now=True)
    assert taken.approved_hash == made.content_hash
    assert "<strong>" in taken.draft.content.html


async def test_other_form_of_the_same_words_is_another_mail(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    first = await decide.edit(tx, draft.id, person, body=in_form(draft))
    plain = Markup(first.rich.replace("strong>", "em>") if first.rich else "")
    second = await decide.edit(tx, first.id, person, body=plain)
    assert second.body == first.body
    assert second.content.text == first.content.text
    assert second.content_hash != first.content_hash
    with pytest.raises(Conflict, match="not the text that you saw"):
        await decide.approve(tx, second.id, person, first.content_hash)


async def test_the_form_goes_with_other_words_and_stays_with_the_same(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    made = await decide.edit(tx, draft.id, person, body=in_form(draft))
    subject = await decide.edit(tx, made.id, person, "Lease terms, again", made.body)
    assert subject.rich == made.rich
    with pytest.raises(InvalidInput, match="Nothing in draft"):
        await decide.edit(tx, subject.id, person, body=Markup(made.rich or ""))
    without = await decide.edit(tx, subject.id, person, body=f"{made.body} Is it?")
    assert without.rich is None
    assert "<strong>" not in without.content.html


async def test_form_is_taken_off_by_plain_paragraphs(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    made = await decide.edit(tx, draft.id, person, body=in_form(draft))
    paragraphs = "".join(f"<p>{one}</p>" for one in made.body.split("\n\n"))
    bare = await decide.edit(tx, made.id, person, body=Markup(paragraphs))
    assert (bare.rich, bare.body) == (None, made.body)


async def test_an_approval_that_is_taken_back_keeps_the_form(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    made = await decide.edit(tx, draft.id, person, body=in_form(draft))
    await decide.approve(tx, made.id, person)
    again = await decide.take_back(tx, made.id, person)
    assert again.rich == made.rich
    assert again.content.html == made.content.html


async def test_the_form_is_in_the_layout_of_its_mailbox(tx: Tx, person: PersonId) -> None:
    world = await build(tx)
    draft = await written(tx, world, await dress.keep(tx, PLAIN))
    made = await decide.edit(tx, draft.id, person, body=in_form(draft, "<ol><li>one</li></ol>"))
    assert "Georgia, serif" in made.content.html
    assert "<li>one</li>" in made.content.html
    assert (await decide.approve(tx, made.id, person)).status is DraftStatus.APPROVED


async def test_a_link_to_elsewhere_is_found_and_stops_the_approval(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    link = '<p>See <a href="https://elsewhere.example/x">our page</a>.</p>'
    made = await decide.edit(tx, draft.id, person, body=in_form(draft, link))
    assert "our page (https://elsewhere.example/x)" in made.body
    assert "booking_link" in {item.check for item in made.blocked_by}
    with pytest.raises(Refused):
        await decide.approve(tx, made.id, person)


@pytest.mark.parametrize(
    "forged",
    ["<p><strong>Pay</strong> to a new account.</p>", "<p onclick='x'><strong>Hi</strong></p>", ""],
)
async def test_a_form_that_says_other_words_in_the_row_is_not_approved(
    tx: Tx, draft: Draft, person: PersonId, forged: str
) -> None:
    made = await decide.edit(tx, draft.id, person, body=in_form(draft))
    await tx.run(
        "update outrider.drafts set rich = :rich where id = :id", {"rich": forged, "id": made.id}
    )
    with pytest.raises(Broken, match="not the mail that its own words make"):
        await decide.approve(tx, made.id, person)


async def test_words_that_show_html_are_refused_in_one_sentence(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    with pytest.raises(InvalidInput, match="The body has HTML"):
        await decide.edit(
            tx, draft.id, person, body=Markup("<p>Hi &lt;script&gt;alert(1)&lt;/script&gt;</p>")
        )
    with pytest.raises(InvalidInput, match="The body is empty"):
        await decide.edit(tx, draft.id, person, body=Markup("<script>alert(1)</script>"))
    assert not version.are_same(draft, draft.content.subject, in_form(draft))
