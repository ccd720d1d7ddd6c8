"""The one place that binds ports to vendors, and opens what every door needs.

In: settings. Out: `Outrider`: pools, stores, keys, the workspace, and the adapters behind each port.
Never: a decision, a query of a room, a global.
"""

from __future__ import annotations

import asyncio
import getpass
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from outrider import __version__
from outrider.app.masters import ring_of
from outrider.kernel import access, telemetry, tracing
from outrider.kernel.access import Member
from outrider.kernel.audit.seal import Signer
from outrider.kernel.clock import Clock, SystemClock
from outrider.kernel.database.connect import Database, Role
from outrider.kernel.database.opening import open_database
from outrider.kernel.database.tx import SYSTEM, Actor, ActorKind, Tx
from outrider.kernel.errors import InvalidInput, InvalidSetting
from outrider.kernel.ids import WorkspaceId, random_token
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.secrets.given import Given
from outrider.kernel.secrets.people import People
from outrider.kernel.secrets.seal_key import signer_of
from outrider.kernel.settings import Settings

if TYPE_CHECKING:  # a room is imported when its port is bound: most commands need few of them
    from outrider.app.models import Configured
    from outrider.crm.ports import CrmActivities
    from outrider.kernel.access.sign_on import SignOn
    from outrider.kernel.asking import Asking
    from outrider.prospects.ports import FilingsSource
    from outrider.prospects.types import ContactId
    from outrider.sending.dkim import Signer as DkimSigner
    from outrider.sending.ports import MailTransport
    from outrider.sending.types import Mailbox
    from outrider.vendors.slack import Slack

Begin = Callable[[], AbstractAsyncContextManager[Tx]]

MASTER_ANSWERS_WITHIN = timedelta(seconds=2)
"""A command waits no longer for the keeper of the master key before it begins."""


@dataclass(frozen=True)
class Outrider:
    """Everything a door needs, opened once."""

    settings: Settings
    clock: Clock
    database: Database
    objects: Objects
    keys: Keys
    workspace: WorkspaceId
    correlation_id: str
    given: Given = field(default_factory=Given)
    """What people handed over and the database keeps; what it has not is in files and settings."""

    def begin(self, actor: Actor = SYSTEM, role: Role = Role.APP) -> Begin:
        """What opens one transaction after another for this actor."""
        return partial(
            self.database.transaction,
            self.workspace,
            actor,
            role=role,
            correlation_id=self.correlation_id,
        )

    def within(self, workspace: WorkspaceId) -> Outrider:
        """The same, in another workspace of the same database."""
        return replace(self, workspace=workspace)

    def handed(self, name: str) -> bytes:
        """A secret by the name that its file in the keys folder has, or would have.

        Raises:
            OSError: it is not stored, and there is no such file or it cannot be read.
            SecretBroken, MasterKeyUnavailable, WrongMasterKey: it is stored and cannot be opened.
        """
        found = self.given.find(self.workspace, name)
        return found.reveal().encode() if found else (self.keys.folder / name).read_bytes()

    def secret_setting(self, name: str) -> str | None:
        """A secret by the name of its setting: the stored one, else the setting; None without either.

        Raises:
            SecretBroken, MasterKeyUnavailable, WrongMasterKey: it is stored and cannot be opened.
        """
        if found := self.given.find(self.workspace, name):
            return found.reveal()
        said = getattr(self.settings, name)
        return (said.get_secret_value() if said else None) or None

    async def person(self, email: str | None = None) -> Member:
        """Who decides: this address, else the setting, else the only person there is.

        Raises:
            InvalidInput: nobody fits, or several do; the sentence lists them.
        """
        async with self.begin()() as tx:
            return await access.person_for(tx, email or self.settings.person)

    @cached_property
    def thinking(self) -> Configured | None:
        """The models of `models.toml`, each with a price; None without that file.

        Raises:
            InvalidSetting: something in it cannot be used, such as a model without a price.
        """
        from outrider.app.models import configured

        find = partial(self.given.find, self.workspace)
        return configured(self.settings.home, self.keys.folder, self.clock, find)

    def asking(self) -> Asking:
        """Who answers tasks: the models that are configured, and without any the offline writer."""
        if self.thinking is not None:
            from outrider.agents.answering import ModelAsking

            mind = self.thinking
            return ModelAsking(mind.models, mind.limits, routing=mind.routing)
        from outrider.vendors.offline_writer.writer import OfflineWriter

        return OfflineWriter()

    def filings(self, folder: Path | None) -> FilingsSource | None:
        """Where filings are read: a folder, else EDGAR when a contact is set, else nowhere.

        Raises:
            InvalidInput: the folder is none.
        """
        from outrider.vendors.sec_edgar.edgar import Edgar
        from outrider.vendors.sec_edgar.folder import FolderFilings

        if folder is not None:
            if not folder.is_dir():
                raise InvalidInput(
                    f"--filings {folder} is no folder: give one with filings as EDGAR serves them."
                )
            return FolderFilings(folder, self.clock)
        if self.settings.sec_contact:
            return Edgar(self.settings.sec_contact, None, self.clock)
        return None

    def crm(self) -> CrmActivities:
        """Where activities are logged: a file of JSON lines in the home folder."""
        from outrider.vendors.crm_file import CrmFile

        return CrmFile(self.settings.home / "crm" / "activities.jsonl")

    @property
    def has_slack(self) -> bool:
        """Whether Slack is set up; asked in the midst of other work, so it opens nothing."""
        said = self.settings.slack_bot_token
        token = self.given.has(self.workspace, "slack_bot_token") or (
            said is not None and bool(said.get_secret_value())
        )
        return token and bool(self.settings.slack_channel)

    def slack(self) -> Slack | None:
        """Where drafts are shown besides here; None while Slack is not set up."""
        token = self.secret_setting("slack_bot_token")
        if token is None or not self.settings.slack_channel:
            return None
        from outrider.vendors.slack import Slack

        return Slack(token, self.settings.slack_api_url)

    def sign_on(self) -> SignOn | None:
        """The company's own login; None while there are passwords only.

        Raises:
            InvalidSetting: it is half set up, or not reached over TLS.
        """
        settings = self.settings
        if settings.oidc_issuer is None:
            return None
        if not settings.oidc_client_id:
            raise InvalidSetting(
                "The setting `oidc_issuer` needs `oidc_client_id`: the name under which that login"
                " knows Outrider."
            )
        from outrider.vendors.openid import OpenId

        client = (settings.oidc_client_id, self.secret_setting("oidc_client_secret"))
        return OpenId(settings.oidc_issuer, client, self.clock)

    def dkim(self, mailbox: Mailbox) -> DkimSigner | None:
        """Who signs for this mailbox, with one key or two; None when it has none.

        Raises:
            InvalidSetting: a key file cannot be read.
            InvalidInput: it holds no key that can sign.
        """
        from outrider.sending import dkim

        if not mailbox.dkim_selector or not mailbox.dkim_key_file:
            return None
        signer = self._dkim_key(mailbox, mailbox.dkim_selector, mailbox.dkim_key_file)
        if not mailbox.dkim_ed25519_selector or not mailbox.dkim_ed25519_key_file:
            return signer
        selector, name = mailbox.dkim_ed25519_selector, mailbox.dkim_ed25519_key_file
        return dkim.both(signer, self._dkim_key(mailbox, selector, name))

    def _dkim_key(self, mailbox: Mailbox, selector: str, name: str) -> DkimSigner:
        from outrider.sending import dkim

        file = self.keys.folder / name
        try:
            pem = self.handed(name)
        except OSError as error:
            raise InvalidSetting(
                f"The DKIM key {file} of {mailbox.address} cannot be read: {error.strerror}. "
                "Put the PEM file there, or say outrider mailbox set with --dkim-key none."
            ) from error
        return dkim.load(pem, mailbox.address.rpartition("@")[2], selector)

    def transport(self, mailbox: Mailbox) -> MailTransport:
        """How this mailbox's mail leaves."""
        from outrider.sending.types import Transport
        from outrider.vendors.maildir import Maildir
        from outrider.vendors.smtp import Server, Smtp

        if mailbox.transport not in (Transport.MAILDIR, Transport.SMTP):
            from outrider.vendors.mail_http.choose import transport_of

            return transport_of(mailbox, self._secret(mailbox), self.clock)
        if mailbox.transport is Transport.SMTP:
            if not mailbox.smtp_host or not mailbox.smtp_port:
                raise InvalidSetting(
                    f"The mailbox {mailbox.address} has no mail server: outrider mailbox set --smtp host:port."
                )
            return Smtp(
                Server(
                    mailbox.smtp_host,
                    mailbox.smtp_port,
                    own_name=mailbox.address.rpartition("@")[2],
                    timeout=self.settings.smtp_timeout,
                    login=self._smtp_login(mailbox),
                    tls=mailbox.smtp_tls,
                )
            )
        return Maildir(self.outbox_folder)

    def _secret(self, mailbox: Mailbox) -> str:
        """What the provider's file in the keys folder holds."""
        if not mailbox.secret_file:
            raise InvalidSetting(
                f"The mailbox {mailbox.address} has no secret for {mailbox.transport}: "
                "outrider mailbox set --secret-file FILE."
            )
        file = self.keys.folder / mailbox.secret_file
        try:
            text = self.handed(mailbox.secret_file).decode().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSetting(
                f"The secret {file} of {mailbox.address} cannot be read: "
                f"{getattr(error, 'strerror', None) or 'it is no text'}. "
                "Put it there, readable by you alone."
            ) from error
        if not text:
            raise InvalidSetting(f"The secret {file} of {mailbox.address} is empty.")
        return text

    def _smtp_login(self, mailbox: Mailbox) -> tuple[str, str] | None:
        """User and password; the password is the first line of its file in the keys folder."""
        if not mailbox.smtp_user or not mailbox.smtp_password_file:
            return None
        file = self.keys.folder / mailbox.smtp_password_file
        try:
            lines = self.handed(mailbox.smtp_password_file).decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSetting(
                f"The SMTP password {file} of {mailbox.address} cannot be read: "
                f"{getattr(error, 'strerror', None) or 'it is no text'}. "
                "Put it there on one line, readable by you alone."
            ) from error
        if not lines or not lines[0].strip():
            raise InvalidSetting(f"The SMTP password {file} of {mailbox.address} is empty.")
        return mailbox.smtp_user, lines[0].strip()

    def unsubscribe_url(self, contact_id: ContactId) -> str:
        """The link under which this contact can say no."""
        from outrider.sending import unsubscribe

        return unsubscribe.url(self.settings.public_url, contact_id, self.keys.key("unsubscribe"))

    @property
    def outbox_folder(self) -> Path:
        """The Maildir that mail goes to when no SMTP server is given."""
        return self.settings.home / "outbox"

    @property
    def log_of_people(self) -> People:
        """Who opens what the log tells of people, for whoever may read it."""
        return People(self.keys, _one_spelling)

    @property
    def signer(self) -> Signer:
        """The key that signs the audit log's checkpoints."""
        return signer_of(self.keys)


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock | None = None, *, make_workspace: bool = False
) -> AsyncIterator[Outrider]:
    """Open everything, make the first workspace of all on first use, close everything at the end.

    `make_workspace` makes the one of the settings, whatever others there are.

    Raises:
        NotFound: there are workspaces, and none of this name.
        DatabaseUnavailable, InvalidSetting, Refused: in one plain sentence.
    """
    clock = clock or SystemClock()
    make_home(settings.home)
    _start_traces(settings)
    database = await asyncio.to_thread(open_database, settings, clock)
    database.sealing = People(Keys(settings.home), _one_spelling)
    try:
        objects, given = Objects(settings.objects_url), Given(ring_of(settings, clock))
        async with database.connection() as conn:
            # The sample is asked for by the command that makes it.
            find = access.ensure_workspace if make_workspace else access.known_workspace
            workspace = await find(conn, settings.workspace, clock.now())
        outrider = Outrider(
            settings=settings,
            clock=clock,
            database=database,
            objects=objects,
            keys=Keys(settings.home),
            workspace=workspace,
            correlation_id=random_token()[:16],
            given=given,
        )
        # A key service that hangs must not hold up a command that needs no secret, such as a halt.
        with suppress(TimeoutError):
            async with asyncio.timeout(MASTER_ANSWERS_WITHIN.total_seconds()):
                await given.look(outrider.begin())
        yield outrider
    finally:
        await database.close()
        if tracing.is_on():
            await asyncio.to_thread(tracing.stop)


def _one_spelling(address: str) -> str:
    from outrider.prospects.identity import address_key

    return address_key(address)


def _start_traces(settings: Settings) -> None:
    """The variable is every program's on this machine, so a missing package is no reason to stop."""
    if not settings.otlp_endpoint:
        return
    from outrider.vendors.otlp import exporter

    try:
        tracing.start(exporter(settings.otlp_endpoint), __version__)
    except InvalidSetting as error:
        telemetry.get_logger("traces").warning("no_traces", reason=error.message)


def make_home(home: Path) -> None:
    """Make the home folder.

    Raises:
        InvalidSetting: it cannot be made or written to.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home / ".probe"
        probe.touch()
        probe.unlink(missing_ok=True)  # two commands may begin at once
    except OSError as error:
        raise InvalidSetting(
            f"The data folder {home} cannot be used: {error.strerror}. "
            "Give another with OUTRIDER_HOME, or mend its rights."
        ) from error


async def local_person(outrider: Outrider, email: str | None) -> Member:
    """Who decides on this machine's command line; the first time, the account that runs it.

    A decision always names a person, so an installation without people gets its operator.
    """
    async with outrider.begin()() as tx:
        if not email and not outrider.settings.person and not await access.members(tx):
            account = getpass.getuser()
            await access.add_person(tx, account, f"{account}@{_host()}", "admin")
    return await outrider.person(email)


def person_actor(member: Member) -> Actor:
    """The actor of what this person does."""
    return Actor(ActorKind.PERSON, str(member.person_id))


def _host() -> str:
    name = socket.gethostname().split(".")[0] or "localhost"
    return f"{name}.local"
