"""Secrets that are kept for a workspace, what each is for, and the addresses that services call us at.

In: the open transaction, names. Out: typed values. Never: a secret, its length, or a part of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from outrider.kernel.database.tx import Tx
from outrider.kernel.secrets import keep
from outrider.sending import mailboxes
from outrider.sending.types import Mailbox
from outrider.vendors.mail_webhooks.choose import SECRETS

_WEBHOOK = "webhook-"
_SETTINGS: Mapping[str, str] = {
    "slack_bot_token": "Slack: posts and answers",
    "slack_app_token": "Slack: Socket Mode",
    "slack_signing_secret": "Slack: who clicked",
    "oidc_client_secret": "the company’s login",
}


class Frozen(BaseModel):
    """A value that never changes after it is made."""

    model_config = ConfigDict(frozen=True)


class SecretSeen(Frozen):
    """One secret, by its name."""

    name: str
    kept: str = Field(description="workspace, machine (for every workspace), or file")
    used_for: str = Field(description="Empty: nothing here names it")
    set_by: str | None
    set_at: datetime | None


class Webhook(Frozen):
    """An address that a mail provider is told to call."""

    provider: str
    name: str = Field(description="Name of its secret")
    address: str


class Provider(Frozen):
    """A mail provider whose events can be taken."""

    name: str
    secret: str = Field(description="What its secret is")


class Services(Frozen):
    """Secrets by name, and webhooks."""

    items: list[SecretSeen]
    webhooks: list[Webhook]
    providers: list[Provider]
    slack: list[str] = Field(description="Addresses for a Slack app, where it calls us by HTTP")
    texts: str = Field(description="Address for Twilio’s answers")
    may_store: bool = Field(description="Whether this installation keeps a master key")


async def shown(tx: Tx, files: Sequence[str], public_url: str, *, may_store: bool) -> Services:
    """Everything that is kept, the stored ones first: a stored one comes before a file of its name."""
    stored = await keep.listing(tx)
    boxes = await mailboxes.listing(tx)
    names = {one.name for one in stored}
    items = [
        SecretSeen(
            name=one.name,
            kept="machine" if one.workspace is None else "workspace",
            used_for=_use(one.name, boxes),
            set_by=one.set_by,
            set_at=one.set_at,
        )
        for one in stored
    ]
    items += [
        SecretSeen(name=one, kept="file", used_for=_use(one, boxes), set_by=None, set_at=None)
        for one in files
        if one not in names and not one.endswith(".key")
    ]
    root = public_url.rstrip("/")
    return Services(
        items=items,
        webhooks=_webhooks([one.name for one in items], root),
        providers=[Provider(name=name, secret=words) for name, words in SECRETS.items()],
        slack=[f"{root}/api/slack/events", f"{root}/api/slack/actions"],
        texts=f"{root}/api/texts/twilio",
        may_store=may_store,
    )


def _webhooks(names: Sequence[str], root: str) -> list[Webhook]:
    found = []
    for name in dict.fromkeys(names):
        provider, _, key = name.removeprefix(_WEBHOOK).partition("-")
        if name.startswith(_WEBHOOK) and provider in SECRETS and key:
            address = f"{root}/api/webhooks/{provider}/{key}"
            found.append(Webhook(provider=provider, name=name, address=address))
    return found


def _use(name: str, boxes: Sequence[Mailbox]) -> str:
    for box in boxes:
        if name in (box.smtp_password_file, box.secret_file):
            return f"how {box.address} sends"
        if name in (box.dkim_key_file, box.dkim_ed25519_key_file):
            return f"DKIM of {box.address}"
    if name.startswith(_WEBHOOK):
        return "events of a mail provider"
    if name.startswith("dkim-"):
        return "DKIM, not used yet"
    return _SETTINGS.get(name, "")
