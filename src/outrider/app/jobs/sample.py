"""The sample workspace, step by step. In: Outrider. Out: what each verb gave. Never: a real name or address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from outrider.agents.types import Progress, RunReport, RunRequest
from outrider.app.jobs.prepare import CampaignRequest, Prepared, prepare
from outrider.app.jobs.run_agent import run_agent
from outrider.app.sample import contents
from outrider.app.wiring import Begin, Outrider, person_actor
from outrider.campaigns import create as campaigns
from outrider.kernel import access
from outrider.kernel.access import Member
from outrider.kernel.errors import NotFound
from outrider.prospects import read as prospects
from outrider.prospects import register
from outrider.prospects.identity import Suppressor
from outrider.prospects.types import ImportReport
from outrider.sending import mailboxes
from outrider.sending.types import Mailbox, MailboxForm, OutboxItem

CAMPAIGN = "Leases"
BRAND = "Keystone Ledger"
COMPETITOR = "LeaseLoom"
OFFER = "We keep lease data and the lease accounting schedules in one place, ready for the audit."
REVIEWER = ("Robin Hale", "robin@keystoneledger.example")

ANSWERS = (
    (
        "Re: {subject}",
        "Thanks, this is timely. Could you send two times next week?\n\nBest,\n{name}\n",
    ),
    ("Re: {subject}", "Please take me off your list.\n"),
)

Steps = Callable[[int, int | None], None]


class Sample:
    """The fictional brand at work in one workspace."""

    def __init__(self, outrider: Outrider) -> None:
        """`outrider` is opened on the workspace that is to hold the sample."""
        self.outrider = outrider

    async def is_there(self) -> bool:
        """Whether the sample campaign exists already."""
        async with self.outrider.begin()() as tx:
            try:
                await campaigns.find(tx, CAMPAIGN)
            except NotFound:
                return False
        return True

    async def add_mailbox(self) -> Mailbox:
        """The address that the sample writes from; a Maildir takes its mail."""
        form = MailboxForm(
            address="ann@try-keystoneledger.example",
            name="Ann Reed",
            postal_address="210 Harbor Street, Suite 4, Portland ME 04101",
            booking_link="https://cal.keystoneledger.example/ann",
        )
        async with self.outrider.begin()() as tx:
            return await mailboxes.add(tx, form, replace=True)

    async def add_campaign(self, progress: Steps) -> Prepared:
        """Past mail of both sides, and the blueprint drawn from it."""
        wanted = CampaignRequest(
            CAMPAIGN,
            BRAND,
            [contents.brand_mail()],
            COMPETITOR,
            [contents.competitor_mail()],
            OFFER,
        )
        return await prepare(self.outrider, wanted, progress)

    async def import_leads(self, progress: Steps) -> ImportReport:
        """Forty companies; two rows are bad on purpose."""
        return await register.import_csv(
            self.outrider.begin(),
            register.ListFile(
                contents.leads(), self.outrider.settings.home / "rejects", contents.COLUMN_MAP
            ),
            Suppressor(self.outrider.keys.key("suppression")),
            lambda rows, share: progress(rows, round(rows / share) if share else None),
        )

    async def run(self, progress: Steps) -> RunReport:
        """One run of the agent `sdr` on the sample's filings."""

        def show(step: Progress) -> None:
            progress(step.done, step.total)

        request = RunRequest(campaign=CAMPAIGN)
        return await run_agent(self.outrider, "sdr", request, contents.filings(), show)

    async def reviewer(self) -> tuple[Member, Begin]:
        """The sample's reviewer, and transactions in that name."""
        async with self.outrider.begin()() as tx:
            found = await access.by_email(tx, REVIEWER[1])
            member = found or await access.add_person(tx, *REVIEWER, "approver")
        return member, self.outrider.begin(person_actor(member))

    async def write_replies(self, sent: Sequence[OutboxItem]) -> Path:
        """A folder with an answer to each of the first mails, as their recipients might write them."""
        folder = self.outrider.settings.home / "sample" / "replies"
        folder.mkdir(parents=True, exist_ok=True)
        for number, (item, (subject, text)) in enumerate(zip(sent, ANSWERS, strict=False)):
            async with self.outrider.begin()() as tx:
                contact = await prospects.contact(tx, item.contact_id)
                mailbox = await mailboxes.by_id(tx, item.mailbox_id)
            mail = EmailMessage()
            mail["From"] = f"{contact.first_name} {contact.last_name} <{contact.email}>"
            mail["To"] = mailbox.address
            mail["Subject"] = subject.format(subject="your note")
            mail["Date"] = format_datetime(self.outrider.clock.now())
            mail["Message-ID"] = (
                f"<sample-{number}-{item.id.hex}@{contact.email.partition('@')[2]}>"
            )
            mail["In-Reply-To"] = item.message_id
            mail["References"] = item.message_id
            mail.set_content(text.format(name=contact.first_name))
            (folder / f"{number}.eml").write_bytes(mail.as_bytes())
        return folder
