"""At an edit and at an approval, a draft is judged by what its contact got before and who else is there."""

from __future__ import annotations

import pytest

from outrider.drafts import check, decide, write
from outrider.drafts.types import Draft
from outrider.guardrails.types import Severity
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Refused
from outrider.kernel.ids import PersonId
from tests.drafts_world import World, answer, build
from tests.guarded import BODY


@pytest.fixture
async def world(tx: Tx, person: PersonId) -> World:
    return await build(tx)


async def colleague(tx: Tx, world: World) -> None:
    """A second contact at the same account."""
    await tx.run(
        "insert into outrider.contacts (id, workspace_id, account_id, email, email_key, first_name,"
        " last_name, title, phone, status, source, created_at, updated_at) values (:id, :workspace,"
        " :account, :email, :email, 'Tom', 'Becker', 'CFO', '+1 415 555 0172', 'active', 'import', :now, :now)",
        {
            "id": tx.new_id(),
            "workspace": tx.workspace,
            "account": world.contact.account_id,
            "email": "tom@harbor.example",
            "now": tx.now,
        },
    )


async def saved(tx: Tx, world: World, step: int = 1, body: str = BODY) -> Draft:
    """A pending draft with these words."""
    request = world.request(step)
    return await write.save(tx, world.enrollment, request, answer("Lease terms", body))


def blocked_by(draft: Draft) -> set[str]:
    return {item.check for item in draft.findings if item.severity is Severity.BLOCK}


@pytest.mark.parametrize(
    "words",
    [
        "Tom Becker told me so.",
        "I wrote to tom@harbor.example too.",
        "I called 415 555 0172 first.",
    ],
)
async def test_an_edit_that_names_a_colleague_is_blocked(
    tx: Tx, world: World, person: PersonId, words: str
) -> None:
    draft = await saved(tx, world)
    await colleague(tx, world)
    version = await decide.edit(tx, draft.id, person, body=f"{draft.body}\n\n{words}")
    assert "foreign_contact" in blocked_by(version)
    with pytest.raises(Refused, match="cannot be approved"):
        await decide.approve(tx, version.id, person)


async def test_a_colleague_who_came_later_still_stops_the_approval(
    tx: Tx, world: World, person: PersonId
) -> None:
    draft = await saved(tx, world)
    named = await decide.edit(tx, draft.id, person, body=f"{draft.body}\n\nIs that Tom Becker's?")
    assert "foreign_contact" not in blocked_by(named)
    await colleague(tx, world)
    found = check.check(named.content, named.body, named.claims, await check.grounds(tx, named))
    assert "foreign_contact" in {item.check for item in found}


async def test_the_pitch_that_was_approved_before_is_not_approved_again(
    tx: Tx, world: World, person: PersonId
) -> None:
    first = await saved(tx, world)
    await decide.approve(tx, first.id, person)
    again = await saved(tx, world, 2)
    with pytest.raises(Refused, match="repeats 100%"):
        await decide.approve(tx, again.id, person)


async def test_a_new_version_of_one_mail_may_keep_its_words(
    tx: Tx, world: World, person: PersonId
) -> None:
    draft = await saved(tx, world)
    version = await decide.edit(tx, draft.id, person, body=draft.body.replace("Hi ", "Hello "))
    assert "repetition" not in {item.check for item in version.findings}
    assert (await decide.approve(tx, version.id, person)).id == version.id


async def test_mails_that_never_left_and_mails_to_others_do_not_count(
    tx: Tx, world: World, person: PersonId
) -> None:
    rejected = await saved(tx, world)
    await decide.reject(tx, rejected.id, person, "another angle please")
    other = await build_other(tx)
    theirs = await saved(tx, other)
    await decide.approve(tx, theirs.id, person)
    follow_up = await saved(tx, world, 2)
    assert (await check.grounds(tx, follow_up)).earlier == ()


async def build_other(tx: Tx) -> World:
    """A second account with its own contact, in the same workspace."""
    await tx.run("update outrider.campaigns set name = 'Leases before'")
    return await build(tx)


async def test_what_a_writers_mail_rests_on_can_be_known_before_it_is_stored(
    tx: Tx, world: World, person: PersonId
) -> None:
    first = await saved(tx, world)
    await decide.approve(tx, first.id, person)
    await colleague(tx, world)
    found = await check.grounds_now(tx, world.request(2), first.id)
    assert found.earlier == ()
    other = await saved(tx, world, 2, "Hi Dana,\n\nIs it you?")
    found = await check.grounds_now(tx, world.request(2), other.lineage_id)
    assert found.earlier == (first.body,)
    assert [contact.last for contact in found.names.other_contacts] == ["Becker"]
