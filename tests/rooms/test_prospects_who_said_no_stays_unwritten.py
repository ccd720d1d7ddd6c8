"""Nobody who said no is written to, whatever happens afterwards; every touch is noted once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import IllegalTransition, NotFound
from outrider.kernel.ids import new_id
from outrider.prospects import consent, read, register, touch
from outrider.prospects.identity import Suppressor
from outrider.prospects.states import (
    AccountEvent,
    ContactEvent,
    next_account_status,
    next_contact_status,
)
from outrider.prospects.types import (
    AccountStatus,
    Channel,
    Contact,
    ContactId,
    ContactStatus,
    Direction,
    ImportRow,
    SuppressionReason,
    Touch,
)

SUPPRESSOR = Suppressor(b"k" * 32)


async def people(tx: Tx, *emails: str) -> list[Contact]:
    rows = [
        ImportRow(line=i, company="Acme", email=email, domain="acme.example")
        for i, email in enumerate(emails, start=1)
    ]
    await register.add(tx, rows, SUPPRESSOR, "test")
    (account,) = await read.accounts(tx)
    contacts = await read.contacts(tx, account.id)
    return [next(c for c in contacts if c.email == email) for email in emails]


@pytest.mark.parametrize(
    ("reason", "status", "said"),
    [
        (SuppressionReason.OPT_OUT, "opted_out", "this person asked not to be written to"),
        (SuppressionReason.COMPLAINT, "opted_out", "this person reported a mail as spam"),
        (SuppressionReason.MANUAL, "opted_out", "this address is on the suppression list"),
        (SuppressionReason.HARD_BOUNCE, "invalid", "mail to this address bounced for good"),
    ],
)
async def test_a_suppressed_person_is_not_written_to_and_the_reason_is_told(
    tx: Tx, reason: SuppressionReason, status: str, said: str
) -> None:
    ann, bo = await people(tx, "ann@acme.example", "bo@acme.example")
    assert await consent.may_write(tx, [ann.id, bo.id]) == {ann.id: None, bo.id: None}
    assert await consent.suppress(tx, SUPPRESSOR, ann.id, reason, "message 7")
    assert await consent.may_write(tx, [ann.id, bo.id]) == {ann.id: said, bo.id: None}
    assert (await read.contact(tx, ann.id)).status == status
    assert [c.id for c in await read.next_contacts(tx, [ann.account_id])] == [bo.id]


async def test_suppressing_twice_changes_nothing(tx: Tx) -> None:
    (ann,) = await people(tx, "ann@acme.example")
    opt_out = SuppressionReason.OPT_OUT
    assert await consent.suppress(tx, SUPPRESSOR, ann.id, opt_out, "a click")
    before = [dict(row) for row in await tx.rows("select * from suppressions")]
    events = len(await tx.rows("select id from audit_events"))
    assert not await consent.suppress(tx, SUPPRESSOR, "ANN@acme.example", opt_out, "a reply")
    assert [dict(row) for row in await tx.rows("select * from suppressions")] == before
    assert len(await tx.rows("select id from audit_events")) == events


async def test_a_persons_word_replaces_a_bounce_and_a_bounce_replaces_nothing(tx: Tx) -> None:
    (ann,) = await people(tx, "ann@acme.example")
    for reason in (
        SuppressionReason.HARD_BOUNCE,
        SuppressionReason.OPT_OUT,
        SuppressionReason.HARD_BOUNCE,
    ):
        await consent.suppress(tx, SUPPRESSOR, ann.id, reason, "a test")
    (row,) = await tx.rows("select reason from suppressions")
    assert row["reason"] == "opt_out"
    assert (await read.contact(tx, ann.id)).status is ContactStatus.OPTED_OUT


async def test_one_mailbox_under_two_addresses_is_closed_as_a_whole(tx: Tx) -> None:
    ann, tagged, bo = await people(
        tx, "ann@acme.example", "ann+news@acme.example", "bo@acme.example"
    )
    await consent.suppress(
        tx, SUPPRESSOR, "Ann@Acme.example", SuppressionReason.OPT_OUT, "a letter"
    )
    answers = await consent.may_write(tx, [ann.id, tagged.id, bo.id])
    assert [answers[c.id] is None for c in (ann, tagged, bo)] == [False, False, True]


async def test_the_list_and_the_log_hold_no_address(tx: Tx) -> None:
    (ann,) = await people(tx, "ann.reed@acme.example")
    await consent.suppress(tx, SUPPRESSOR, ann.id, SuppressionReason.OPT_OUT, "a click")
    for table in ("suppressions", "audit_events"):
        for row in await tx.rows(f"select * from {table}"):
            assert "ann.reed" not in str(dict(row))


async def test_an_address_that_nobody_has_can_be_suppressed_and_asked_about(tx: Tx) -> None:
    await consent.suppress(
        tx, SUPPRESSOR, "cy@gamma.example", SuppressionReason.MANUAL, "a phone call"
    )
    assert await consent.is_suppressed(tx, SUPPRESSOR, ["CY@gamma.example", "dee@x.example"]) == {
        "CY@gamma.example": True,
        "dee@x.example": False,
    }


async def test_a_contact_that_was_written_without_its_hash_is_closed_too(tx: Tx) -> None:
    (ann,) = await people(tx, "ann@acme.example")
    await tx.run("update contacts set address_hash = null")
    await consent.suppress(tx, SUPPRESSOR, "ann@acme.example", SuppressionReason.OPT_OUT, "a click")
    assert (await consent.may_write(tx, [ann.id]))[ann.id] is not None


async def test_whom_nobody_knows_is_not_written_to(tx: Tx) -> None:
    nobody = ContactId(new_id(tx.now))
    assert await consent.may_write(tx, [nobody]) == {nobody: "there is no such contact"}
    with pytest.raises(NotFound):
        await consent.suppress(tx, SUPPRESSOR, nobody, SuppressionReason.OPT_OUT, "a click")


async def test_a_reply_of_one_who_opted_out_opens_nothing(tx: Tx) -> None:
    ann, bo = await people(tx, "ann@acme.example", "bo@acme.example")
    await consent.suppress(tx, SUPPRESSOR, ann.id, SuppressionReason.OPT_OUT, "a click")
    assert await consent.replied(tx, [ann.id, bo.id]) == [bo.id]
    assert (await read.contact(tx, ann.id)).status is ContactStatus.OPTED_OUT
    assert (await read.contact(tx, bo.id)).status is ContactStatus.REPLIED
    assert await consent.may_write(tx, [bo.id]) == {bo.id: None}
    assert await read.next_contacts(tx, [ann.account_id]) == []


@pytest.mark.parametrize("event", ContactEvent)
@pytest.mark.parametrize("status", [ContactStatus.OPTED_OUT, ContactStatus.INVALID])
def test_no_event_leads_back_to_a_person_who_may_be_written_to(
    status: ContactStatus, event: ContactEvent
) -> None:
    assert next_contact_status(status, event) in (ContactStatus.OPTED_OUT, ContactStatus.INVALID)


def test_a_step_that_the_table_lacks_is_an_error() -> None:
    with pytest.raises(IllegalTransition, match="An account that is new cannot become exhausted"):
        next_account_status(AccountStatus.NEW, AccountEvent.EXHAUSTED)


def mail(contact: Contact, tx: Tx, reference: str, days: int = 0, **more: object) -> Touch:
    return Touch.model_validate(
        {
            "account_id": contact.account_id,
            "contact_id": contact.id,
            "channel": Channel.EMAIL,
            "direction": Direction.OUT,
            "reference": reference,
            "at": tx.now + timedelta(days=days),
            **more,
        }
    )


async def test_a_touch_is_noted_once(tx: Tx) -> None:
    ann, bo = await people(tx, "ann@acme.example", "bo@acme.example")
    touches = [
        mail(ann, tx, "<1@x>"),
        mail(ann, tx, "<1@x>"),
        mail(ann, tx, "<1@x>", channel=Channel.CRM),
        mail(bo, tx, "<2@x>", days=2, direction=Direction.IN),
    ]
    assert await touch.record(tx, touches) == 3
    assert await touch.record(tx, touches) == 0
    assert {t.channel for t in await touch.of_contact(tx, ann.id)} == {"email", "crm"}
    assert len(await touch.of_account(tx, ann.account_id)) == 3
    assert await touch.of_account(tx, ann.account_id, tx.now + timedelta(days=1)) == [touches[3]]
    by_contact = await touch.of_contacts(tx, [ann.id, bo.id])
    assert {key: len(value) for key, value in by_contact.items()} == {ann.id: 2, bo.id: 1}


async def test_those_reached_out_to_least_come_next(tx: Tx) -> None:
    ann, bo = await people(tx, "ann@acme.example", "bo@acme.example")
    await touch.record(tx, [mail(ann, tx, "<1@x>"), mail(bo, tx, "<2@x>", direction=Direction.IN)])
    assert [c.id for c in await read.next_contacts(tx, [ann.account_id])] == [bo.id, ann.id]
