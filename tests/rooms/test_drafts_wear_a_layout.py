"""A mailbox's layout is on every draft that is written after it, and on none that was written before."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import ProgrammingError

from outrider.drafts import decide, dress, handover, vary, version, write
from outrider.drafts.review import seed
from outrider.drafts.rules import compose, content_hash
from outrider.drafts.types import Draft, DraftStatus, Thread, Wording, WriteRequest
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import Broken, InvalidInput
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.sending import mailboxes, send
from outrider.sending.types import OutboxStatus
from outrider.vendors.offline_writer.writer import OfflineWriter
from tests.drafts_world import World, answer, build
from tests.rules.test_a_layout_holds_the_approved_words import PLAIN
from tests.sending_world import FORM, Wire, make_world, means

OTHER = PLAIN.replace("Georgia", "Verdana")
MARK = "Georgia, serif"


def request(world: World, layout: str | None) -> WriteRequest:
    asked = world.request()
    return asked.model_copy(update={"sender": asked.sender.model_copy(update={"layout": layout})})


async def written(tx: Tx, world: World, layout: str | None) -> Draft:
    asked = request(world, layout)
    answer = await OfflineWriter().ask(write.WRITE_TASK, asked)
    return await write.save(tx, world.enrollment, asked, answer)


def plain_of(draft: Draft) -> str:
    words = Wording(subject=draft.content.subject, body=draft.body, language=draft.language)
    content = draft.content
    return compose(words, content.recipient, content.sender, draft.step, Thread()).text


async def test_a_draft_wears_the_layout_and_its_hash_covers_it(tx: Tx, person: PersonId) -> None:
    world = await build(tx)
    draft = await written(tx, world, await dress.keep(tx, PLAIN))
    assert MARK in draft.content.html
    assert draft.content.text == plain_of(draft)
    assert draft.content_hash == content_hash(draft.content)
    assert (await decide.approve(tx, draft.id, person)).status is DraftStatus.APPROVED
    (approved,) = await handover.take(tx, 10, now=True)
    assert approved.approved_hash == draft.content_hash


async def test_an_edit_a_variant_and_a_test_draft_wear_it_too(tx: Tx, person: PersonId) -> None:
    world = await build(tx)
    layout = await dress.keep(tx, PLAIN)
    draft = await written(tx, world, layout)
    copy = await seed.plant(tx, draft.id)
    assert copy is not None
    assert MARK in copy.content.html
    made = await vary.save(
        tx, draft, request(world, layout),
        answer("Lease terms at Harbor", f"{draft.body} Or is it solved?"),
    )  # fmt: skip
    assert made is not None
    chosen = await vary.choose(tx, draft.id, person, made.number)
    edited = await decide.edit(tx, chosen.id, person, body=f"{chosen.body} Is it?")
    again = await version.again(tx, edited, "the same")
    for one in (chosen, edited, again):
        assert MARK in one.content.html
        assert "Or is it solved?" in one.content.html
        assert one.content_hash == content_hash(one.content)


async def test_the_layout_of_another_mailbox_changes_nothing_that_was_written(
    tx: Tx, person: PersonId
) -> None:
    world = await build(tx)
    old, new = await dress.keep(tx, PLAIN), await dress.keep(tx, OTHER)
    assert old != new
    assert await dress.keep(tx, PLAIN) == old
    draft = await written(tx, world, old)
    mailbox_id = draft.content.sender.mailbox_id
    assert await dress.waiting_without(tx, mailbox_id, new) == 1
    assert await dress.waiting_without(tx, mailbox_id, old) == 0
    assert (await decide.approve(tx, draft.id, person)).content == draft.content


async def test_an_approved_mail_leaves_as_it_was_though_the_layout_changed(
    database: Database, workspace: WorkspaceId, person: PersonId, objects: Objects
) -> None:
    world = await make_world(database, workspace, person)
    async with world.begin() as tx:
        world.mailbox, none = await mailboxes.lay_out(tx, world.mailbox, PLAIN)
    assert none == 0
    (ready,) = await world.approved(1)
    async with world.begin() as tx:
        world.mailbox, kept = await mailboxes.lay_out(tx, world.mailbox, OTHER)
    assert kept == 1
    wire = Wire()
    report = await send.drain(means(world, objects, wire))
    assert [item.status for item in report.sent] == [OutboxStatus.SENT]
    assert report.sent[0].content_hash == content_hash(ready.content)
    async with world.begin() as tx:
        back, _ = await mailboxes.lay_out(tx, world.mailbox, None)
        assert (await mailboxes.find(tx)).layout is back.layout is None


async def test_a_layout_outlives_a_change_of_anything_else(tx: Tx) -> None:
    mailbox = await mailboxes.add(tx, FORM)
    laid, _ = await mailboxes.lay_out(tx, mailbox, PLAIN)
    changed = mailboxes.changed(mailboxes.form_of(laid), {"name": "Sam P."})
    assert (await mailboxes.add(tx, changed, replace=True)).layout == laid.layout
    with pytest.raises(InvalidInput, match="begin with <mjml>"):
        await mailboxes.lay_out(tx, laid, "<script>1</script>")
    assert (await mailboxes.find(tx)).layout == laid.layout


async def test_an_agent_cannot_add_a_layout(database: Database, workspace: WorkspaceId) -> None:
    agent = Actor(ActorKind.AGENT, "sdr")
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with database.transaction(workspace, agent, role=Role.AGENT) as tx:
            await dress.keep(tx, PLAIN)
    async with database.transaction(workspace, SYSTEM) as tx:
        with pytest.raises(Broken, match="no layout"):
            await dress.mjml_of(tx, "ab" * 32)
