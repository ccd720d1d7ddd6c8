"""What an SDR does, in order; every level that applies is worked through (A-21).

In: a shift. Out: drafts, enrollments, actions. Never: a send, or a level passed over in silence.

`PRIORITIES` is the whole order. P1 stops the run when too many mails bounce; P2 writes follow-ups;
P3 opens new accounts, best first; P4 turns to the next person where the first said nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping

from outrider.agents import rules, turns
from outrider.agents.propose import propose
from outrider.agents.research import research_new
from outrider.agents.roster import CHECK_BOUNCES, DUE_FOLLOW_UPS, ENROLL, SCORE
from outrider.agents.shift import Shift
from outrider.agents.steps import STOPS_THE_RUN, sentence
from outrider.agents.toolbox.types import DRY_RUN, CallStatus
from outrider.agents.types import ActionKind
from outrider.campaigns import enrol
from outrider.campaigns.types import Enrollment, EnrollmentStatus, StopReason
from outrider.conversations import read as conversations
from outrider.kernel.errors import Refused
from outrider.prospects import read as prospects
from outrider.prospects import register, score
from outrider.prospects.states import AccountEvent
from outrider.prospects.types import AccountId, Contact
from outrider.sending.types import MailboxId

MOST_DUE = 10_000
PAGE = 1000


async def check_bounces(shift: Shift) -> None:
    """P1: before anything new, see whether our mails arrive (A-24).

    Raises:
        Refused: too many bounced; nothing is written until a person has looked.
    """
    async with shift.recorder.tool(CHECK_BOUNCES, {}) as call:
        health = await conversations.bounce_health(call.tx)
        text = f"{health.hard_bounces} of {health.sent} mails bounced hard in the last seven days"
        call.said(shift.act(ActionKind.BOUNCE_CHECK, text))
        call.output["health"] = health.model_dump(mode="json")
    if health.reason is not None:
        raise Refused(f"The bounce limit is passed: {health.reason}. Clean the list first.")


async def follow_up(shift: Shift) -> None:
    """P2: write the follow-ups that are due."""
    asked = {"campaign_id": str(shift.campaign.id)}
    async with shift.recorder.tool(DUE_FOLLOW_UPS, asked) as call:
        due = await enrol.due(call.tx, shift.campaign.id, MOST_DUE)
        waiting = [one for one in due if one.next_step > 1 and _is_open(shift, one)]
        waiting = waiting[: shift.request.follow_ups]
        call.output["enrollments"] = [str(one.id) for one in waiting]
    await _write_all(shift, waiting)


async def reach_out(shift: Shift) -> None:
    """P3: research, rank, enrol the right person at the best accounts, write first touches."""
    failed = await research_new(shift)
    async with shift.env.begin() as tx:
        due = await enrol.due(tx, shift.campaign.id, MOST_DUE)
        known = {one.account_id for one in await enrol.of_campaign(tx, shift.campaign.id)}
    known |= failed
    left_over = [one for one in due if one.next_step == 1 and _is_open(shift, one)]
    left_over = left_over[: shift.request.new_accounts]
    best = await _best_accounts(shift, known)
    wanted = min(shift.request.new_accounts - len(left_over), len(best))
    fresh = await _enrol_first(shift, best, await turns.allot(shift, wanted))
    await _write_all(shift, [*left_over, *_by_mail(fresh)])


async def multi_thread(shift: Shift) -> None:
    """P4: where every enrolled person is done, turn to the next one; with none left, move on."""
    async with shift.env.begin() as tx:
        enrollments = await enrol.of_campaign(tx, shift.campaign.id)
        quiet = _quiet_accounts(enrollments)
        people = _by_account(await prospects.next_contacts(tx, quiet))
    tried = {one.contact_id for one in enrollments}
    left = {id_: [one for one in people.get(id_, []) if one.id not in tried] for id_ in quiet}
    next_ones = [rules.best_first(candidates)[0] for candidates in left.values() if candidates]
    next_ones = next_ones[: shift.request.next_contacts]
    fresh: list[Enrollment] = []
    for person, mailbox_id in zip(
        next_ones, await turns.allot(shift, len(next_ones)), strict=False
    ):
        fresh += await _enrol(shift, person, mailbox_id)
    await _exhaust(shift, [id_ for id_, candidates in left.items() if not candidates])
    await _write_all(shift, _by_mail(fresh))


def _by_mail(enrollments: list[Enrollment]) -> list[Enrollment]:
    """Those whose next step is a mail; a call or a message is a task for a person."""
    return [one for one in enrollments if one.next_channel == "email"]


Priority = Callable[[Shift], Awaitable[None]]

PRIORITIES: tuple[tuple[str, Priority], ...] = (
    ("P1", check_bounces),
    ("P2", follow_up),
    ("P3", reach_out),
    ("P4", multi_thread),
)


def _is_open(shift: Shift, enrollment: Enrollment) -> bool:
    return not shift.is_written(enrollment.id, enrollment.next_step)


def _by_account(contacts: Iterable[Contact]) -> dict[AccountId, list[Contact]]:
    found: dict[AccountId, list[Contact]] = defaultdict(list)
    for contact in contacts:
        found[contact.account_id].append(contact)
    return found


def _quiet_accounts(enrollments: Iterable[Enrollment]) -> list[AccountId]:
    """Accounts where nothing is under way and nobody answered or complained.

    After an answer a person decides how the account goes on; after an opt-out a colleague is not
    written to at once by a machine.
    """
    by_account: dict[AccountId, list[Enrollment]] = defaultdict(list)
    for one in enrollments:
        by_account[one.account_id].append(one)
    return [account for account, theirs in by_account.items() if all(map(_is_quiet, theirs))]


def _is_quiet(enrollment: Enrollment) -> bool:
    is_bounced = enrollment.stop_reason is StopReason.BOUNCED
    is_done = enrollment.status is EnrollmentStatus.FINISHED and not enrollment.replies_at
    return is_done or is_bounced


async def _best_accounts(shift: Shift, known: set[AccountId]) -> list[AccountId]:
    """Accounts that this campaign has not touched, best first."""
    async with shift.recorder.tool(SCORE, {"accounts": "all that are not exhausted"}) as call:
        scores = await score.rank(call.tx)
        call.output["best"] = [
            {"account_id": str(one.account_id), "points": str(one.points)} for one in scores[:50]
        ]
        call.said(shift.act(ActionKind.RANKED, f"ranked {len(scores)} accounts"))
    return [one.account_id for one in scores if one.account_id not in known]


async def _enrol_first(
    shift: Shift, best: list[AccountId], owners: list[MailboxId]
) -> list[Enrollment]:
    """Enrol the right person at each of the best accounts, until no mailbox has room."""
    room = len(owners)
    fresh: list[Enrollment] = []
    for start in range(0, len(best), PAGE):
        if len(fresh) >= room:
            break
        page = best[start : start + PAGE]
        async with shift.env.begin() as tx:
            people = _by_account(await prospects.next_contacts(tx, page))
        for account_id in page:
            if len(fresh) >= room:
                break
            if people.get(account_id):
                person = rules.best_first(people[account_id])[0]
                fresh += await _enrol(shift, person, owners[len(fresh)])
                room -= shift.env.is_dry_run
    return fresh


async def _enrol(shift: Shift, contact: Contact, mailbox_id: MailboxId) -> list[Enrollment]:
    asked = {"contact_id": str(contact.id), "campaign_id": str(shift.campaign.id)}
    if shift.env.is_dry_run:
        await _would_enrol(shift, contact, asked)
        return []
    async with shift.recorder.tool(ENROLL, asked) as call:
        fresh = await enrol.enrol(call.tx, shift.campaign.id, [contact.id], mailbox_id)
        await register.mark(call.tx, [contact.account_id], AccountEvent.SEQUENCED)
        account = await prospects.account(call.tx, contact.account_id)
        for one in fresh:
            call.output["enrollment_id"] = str(one.id)
            text = f"{account.name}: enrolled {contact.title or 'a contact'}"
            call.said(shift.action(ActionKind.ENROLLED, text, account.id))
    shift.actions += call.actions
    shift.given[mailbox_id] += len(fresh)
    return fresh


async def _would_enrol(shift: Shift, contact: Contact, asked: Mapping[str, str]) -> None:
    """In a dry run nobody is enrolled; what would have been done is kept (A-52, A-53)."""
    async with shift.recorder.tool(ENROLL, asked) as call:
        account = await prospects.account(call.tx, contact.account_id)
        message = DRY_RUN.format(name=ENROLL)
        call.output |= {"status": CallStatus.DRY_RUN.value, "content": {"message": message}}
        call.said(shift.act(ActionKind.SKIPPED, f"{account.name}: {message}", account.id))


async def _exhaust(shift: Shift, account_ids: list[AccountId]) -> None:
    async with shift.env.begin() as tx:
        moved = await register.mark(tx, account_ids, AccountEvent.EXHAUSTED)
        names = [(await prospects.account(tx, id_)).name for id_ in moved]
    for account_id, name in zip(moved, names, strict=True):
        shift.act(ActionKind.EXHAUSTED, f"{name}: every contact was written to", account_id)


async def _write_all(shift: Shift, enrollments: list[Enrollment]) -> None:
    """Write for each; one that fails is noted, and the next one is written."""
    for done, enrollment in enumerate(enrollments):
        shift.tell(done, len(enrollments), "writing")
        try:
            await propose(shift, enrollment)
        except STOPS_THE_RUN:
            raise
        except Exception as error:  # noqa: BLE001 - a writer is a stranger's code, one account's trouble
            await _failed(shift, enrollment, error)
    if enrollments:
        shift.tell(len(enrollments), len(enrollments))


async def _failed(shift: Shift, enrollment: Enrollment, error: Exception) -> None:
    async with shift.env.begin() as tx:
        account = await prospects.account(tx, enrollment.account_id)
    shift.act(ActionKind.FAILED, f"{account.name}: {sentence(error)}", account.id)
