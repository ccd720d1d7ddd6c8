"""What tests of the second reader share: a server that plays its models, an Outrider that asks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from outrider.app.wiring import Outrider
from outrider.drafts import read
from outrider.drafts.review import policy as policies
from outrider.drafts.review import route
from outrider.drafts.review.types import Policy, Review, SecondReader
from outrider.drafts.types import Dimension, Draft
from outrider.guardrails.types import Severity
from outrider.kernel.clock import VirtualClock
from outrider.kernel.database.connect import Database
from outrider.kernel.ids import PersonId, WorkspaceId
from outrider.kernel.objects import Objects
from outrider.kernel.secrets import Keys
from outrider.kernel.settings import load
from outrider.vendors.fakes.messages_api import RIGHT_KEY, Content, MessagesApi
from tests.conftest import add_person
from tests.drafts_world import World, build, offline_draft
from tests.policy_world import decided

READER = "claude-haiku-4-5"
WRITER = "claude-sonnet-4-6"
GOOD = {str(name): {"score": 4, "reason": "It is read."} for name in Dimension}


def always(severity: str = "block", *, is_on: bool = True) -> Policy:
    """Everything is approved by itself, if the readers let it."""
    return Policy.model_validate(
        {
            "auto_approve": True,
            "bands": {"evidence": 5, "held_back": 0, "auto": 0, "escalate": 0},
            "rules": [{"name": "all", "when": "true", "action": "auto_approve", "reason": "Fine."}],
            "second_reader": SecondReader.model_validate({"is_on": is_on, "severity": severity}),
        }
    )


def configure(
    home: Path, url: str, *, tier: tuple[str, ...] = ("reader", "writer"), more: str = ""
) -> None:
    """Two models of one server in `models.toml`."""
    (home / "keys").mkdir(parents=True, exist_ok=True)
    (home / "keys" / "model.key").write_text(RIGHT_KEY)
    models = "".join(
        f'[models.{key}]\nvendor = "anthropic"\nname = "{name}"\nkey_file = "model.key"\n'
        f'base_url = "{url}"\nstream = false\n{more}'
        for key, name in (("reader", READER), ("writer", WRITER))
        if key in tier
    )
    (home / "models.toml").write_text(f"{models}[tiers]\nmid = {json.dumps(tier)}\n")


@dataclass
class Models:
    """Answers as the second reader and as the judge; keeps what the reader was asked."""

    reply: Callable[[dict[str, Any]], Any] = field(default=lambda asked: clean(asked))
    asked: list[dict[str, Any]] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    """The system texts of all requests, the judge's too."""
    deaf: set[str] = field(default_factory=set)
    """Models that answer in prose."""
    prose: str | None = None
    """What the judge says in place of scores."""

    def __call__(self, body: Mapping[str, Any]) -> Content:
        """The content of one reply."""
        self.systems.append(_text(body["system"]))
        if "drafts/second_read@1" not in self.systems[-1]:
            return [_use(GOOD)] if self.prose is None else [{"type": "text", "text": self.prose}]
        question = json.loads(_text(body["messages"][0]["content"]))
        self.asked.append(question)
        self.by.append(body["model"])
        said = "No." if body["model"] in self.deaf else self.reply(question)
        if isinstance(said, str):
            return [{"type": "text", "text": said}]
        if isinstance(said, list):
            return said
        return [_use(said)]


def clean(asked: Mapping[str, Any], *findings: Mapping[str, Any]) -> dict[str, Any]:
    """An answer that has the form: every sentence, and these findings."""
    return {
        "sentences": [{"sentence": one["number"], "facts": []} for one in asked["sentences"]],
        "findings": list(findings),
    }


def doubt(asked: Mapping[str, Any], words: str, **changes: Any) -> dict[str, Any]:
    """A finding on words of the mail, in the sentence that has them."""
    number = next(one["number"] for one in asked["sentences"] if words in one["text"])
    return {
        "sentence": number,
        "span": words,
        "kind": "unsupported",
        "facts": [],
        "why": "No fact says so.",
        **changes,
    }


def words_of(asked: Mapping[str, Any]) -> str:
    """Some words of the mail: the first of its third sentence."""
    return " ".join(asked["sentences"][2]["text"].split()[:3])


@dataclass(frozen=True)
class Scene:
    """A draft that waits to be read, and all who have to do with it."""

    outrider: Outrider
    models: Models
    url: str
    admin: PersonId
    world: World
    draft: Draft

    async def adopt(self, policy: Policy) -> None:
        """Put a policy in force."""
        async with self.outrider.begin()() as tx:
            await policies.adopt(tx, self.admin, policy, None)

    async def now(self, draft: Draft | None = None) -> tuple[Draft, Review]:
        """The draft and its review as they are stored."""
        async with self.outrider.begin()() as tx:
            stored = await read.find(tx, str((draft or self.draft).id))
            found = await route.review_of(tx, stored.id)
        assert found is not None
        return stored, found

    async def events(self) -> list[dict[str, Any]]:
        """What the log has of readings; the clock stands still, so their order says nothing."""
        async with self.outrider.begin()() as tx:
            rows = await tx.rows(
                "select body from outrider.audit_events where action = 'drafts.second_read'"
            )
        return [json.loads(row["body"]) for row in rows]

    async def written_by(self, model: str) -> None:
        """Say of the draft that this model wrote it."""
        async with self.outrider.begin()() as tx:
            await tx.run(
                "update outrider.drafts set writer = :model where id = :id",
                {"id": self.draft.id, "model": model},
            )

    async def configure(self, **changes: Any) -> None:
        """Other models from now on."""
        await close_models(self.outrider)
        configure(self.outrider.settings.home, **{"url": self.url, **changes})


@asynccontextmanager
async def scene(
    home: Path, database: Database, workspace: WorkspaceId, person: PersonId, clock: VirtualClock
) -> AsyncIterator[Scene]:
    """A campaign whose last six drafts people approved unchanged, one more draft, two models."""
    models = Models()
    with MessagesApi(models) as api:
        configure(home, api.url)
        settings = load(home=home)
        objects = Objects(settings.objects_url)
        outrider = Outrider(settings, clock, database, objects, Keys(home), workspace, "test")
        async with outrider.begin()() as tx:
            world = await build(tx)
            await decided(tx, world, person, "aaaaaa")
        clock.advance(timedelta(hours=1))
        admin = await add_person(database, workspace, "Ada Moss", "ada@brand.example", "admin")
        async with outrider.begin()() as tx:
            draft = await offline_draft(tx, world)
        yield Scene(outrider, models, api.url, admin, world, draft)
        await close_models(outrider)


def checks_of(draft: Draft) -> dict[str, Severity]:
    """What the second reader left on a draft."""
    return {one.check: one.severity for one in draft.findings if one.check.startswith("reader_")}


async def close_models(outrider: Outrider) -> None:
    """Hang up, so that `models.toml` is read again."""
    found = outrider.__dict__.pop("thinking", None)
    for model in found.models._adapters.values() if found else ():
        await model.close()


def _use(given: Any) -> Mapping[str, Any]:
    return {"type": "tool_use", "id": "t", "name": "answer", "input": given}


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)
