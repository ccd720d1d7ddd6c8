"""Whatever a person pastes into an edit gets one plain sentence, or comes out right."""

from __future__ import annotations

import pytest

from outrider.drafts import decide, read
from outrider.drafts.types import Draft, DraftStatus
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.ids import PersonId
from tests.drafts_world import build, offline_draft


@pytest.fixture
async def draft(tx: Tx, person: PersonId) -> Draft:
    return await offline_draft(tx, await build(tx))


BAD = {
    "two megabytes": (
        {"body": "Hi Dana. " * 250_000},
        r"The body has 2,249,999 characters: shorten",
    ),
    "an emoji as subject": ({"subject": "🚀🔥"}, r"The subject '🚀🔥' has no letter and no digit"),
    "dots as subject": ({"subject": "..."}, r"The subject '\.\.\.' has no letter"),
    "a script": (
        {"body": "Hi Dana, <script>alert(1)</script> who reads your leases?"},
        r"The body has HTML \(<script>\): write plain text",
    ),
    "pasted HTML": ({"body": "<p>Hi Dana,</p><p>who reads?</p>"}, r"The body has HTML \(<p>\)"),
    "an image": ({"body": "Hi <img src=x onerror=alert(1)> Dana"}, "The body has HTML"),
    "a tag in the subject": ({"subject": "Leases <b>now</b>"}, "The subject has HTML"),
    "nothing but hidden signs": ({"body": "\u200b\u202e\u2066"}, "The body is empty"),
}


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_mail_is_refused_in_one_sentence(
    tx: Tx, draft: Draft, person: PersonId, what: str
) -> None:
    words, sentence = BAD[what]
    with pytest.raises(InvalidInput, match=sentence) as refused:
        await decide.edit(tx, draft.id, person, words.get("subject"), words.get("body"))
    assert len(refused.value.message) < 200
    assert (await read.find(tx, str(draft.id))).status is DraftStatus.PENDING
    assert len(await read.listing(tx)) == 1


async def test_signs_that_are_no_html_stay_as_they_are(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    body = "Hi Dana,\n\nWe see 5 < 7 leases and R&D sites > 3; who reads <all> of it?"
    edited = await decide.edit(tx, draft.id, person, body=body)
    assert edited.body == body
    assert "R&amp;D" in edited.content.html
    assert "&lt;all&gt;" in edited.content.html


async def test_words_from_right_to_left_keep_their_direction_and_lose_hidden_turns(
    tx: Tx, draft: Draft, person: PersonId
) -> None:
    body = "שלום דנה,\n\nמי קורא את החוזים \u202eHarbor\u202c אצלכם?\n\nThank you, Dana."
    edited = await decide.edit(tx, draft.id, person, subject="החוזים של Harbor", body=body)
    assert "\u202e" not in edited.body
    html = edited.content.html
    assert '<p dir="rtl">שלום דנה,</p>' in html
    assert "<p>Thank you, Dana.</p>" in html
    assert edited.content.subject == "החוזים של Harbor"


async def test_an_emoji_beside_words_is_no_mistake(tx: Tx, draft: Draft, person: PersonId) -> None:
    edited = await decide.edit(tx, draft.id, person, subject="Leases 📄 at Harbor")
    assert "📄" in edited.content.subject
