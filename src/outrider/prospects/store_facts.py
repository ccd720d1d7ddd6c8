"""The SQL of research and scores: snapshots, facts, scores.

In: the open transaction. Out: facts and scores. Never: an update of a fact: the agents' login may
only add.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from outrider.kernel.database.tx import Tx
from outrider.prospects.evidence import fingerprint
from outrider.prospects.types import (
    AccountId,
    Evidence,
    Fact,
    FactId,
    FoundFact,
    RawDocument,
    Score,
)

_ADD_SNAPSHOT = """
insert into snapshots (workspace_id, id, account_id, source, url, media_type, raw_sha256,
    size_bytes, retrieved_at)
values (:workspace, :id, :account, :source, :url, :media_type, :raw_sha256, :size_bytes,
    :retrieved_at)
on conflict (workspace_id, account_id, raw_sha256) do nothing
"""
_ADD_FACT = """
insert into facts (workspace_id, id, account_id, snapshot_id, fingerprint, kind, value, unit, as_of,
    topic, basis, source, url, quote, accession, provenance, raw_sha256, retrieved_at, created_at)
values (:workspace, :id, :account, :snapshot, :fingerprint, :kind, :value, :unit, :as_of, :topic,
    :basis, :source, :url, :quote, :accession, :provenance, :raw_sha256, :retrieved_at, :now)
on conflict (workspace_id, account_id, fingerprint) do nothing
"""
_ADD_SCORE = """
insert into scores (workspace_id, id, account_id, points, coverage, factors, weights_version,
    scored_at)
values (:workspace, :id, :account, :points, :coverage, cast(:factors as jsonb), :version, :now)
"""


_RANK = "update accounts set points = :points where workspace_id = :workspace and id = :account"


async def add_snapshots(
    tx: Tx, account_id: AccountId, documents: Sequence[RawDocument]
) -> dict[str, UUID]:
    """Note fetched documents, each once; the ids of all of the account's, by hash."""
    await tx.run_many(
        _ADD_SNAPSHOT,
        [
            {
                "workspace": tx.workspace,
                "id": tx.new_id(),
                "account": account_id,
                "source": document.source,
                "url": document.url,
                "media_type": document.media_type,
                "raw_sha256": hashlib.sha256(document.content).hexdigest(),
                "size_bytes": len(document.content),
                "retrieved_at": document.retrieved_at,
            }
            for document in documents
        ],
    )
    rows = await tx.rows(
        "select raw_sha256, id from snapshots"
        " where workspace_id = :workspace and account_id = :account",
        {"workspace": tx.workspace, "account": account_id},
    )
    return {row["raw_sha256"]: row["id"] for row in rows}


async def add_facts(
    tx: Tx, account_id: AccountId, facts: Sequence[FoundFact], snapshots: Mapping[str, UUID]
) -> int:
    """Keep facts, each once by its fingerprint; returns how many are new."""
    return await tx.run_many(
        _ADD_FACT,
        [
            {
                "workspace": tx.workspace,
                "id": tx.new_id(),
                "account": account_id,
                "snapshot": snapshots.get(fact.evidence.raw_sha256),
                "fingerprint": fingerprint(fact),
                "kind": fact.kind,
                "value": fact.value,
                "unit": fact.unit,
                "as_of": fact.as_of,
                "topic": fact.topic,
                "basis": fact.basis,
                "now": tx.now,
                **fact.evidence.model_dump(),
            }
            for fact in facts
        ],
    )


async def facts(tx: Tx, account_ids: Sequence[AccountId]) -> dict[AccountId, list[Fact]]:
    """All facts of the accounts, in no order."""
    rows = await tx.rows(
        "select * from facts where workspace_id = :workspace and account_id = any(:ids)",
        {"workspace": tx.workspace, "ids": list(account_ids)},
    )
    return _grouped(rows)


async def factors_facts(
    tx: Tx, account_ids: Sequence[AccountId], kinds: Sequence[str]
) -> dict[AccountId, list[Fact]]:
    """The newest fact of each of these kinds, for many accounts at once."""
    rows = await tx.rows(
        "select distinct on (account_id, kind) * from facts"
        " where workspace_id = :workspace and account_id = any(:ids) and kind = any(:kinds)"
        " order by account_id, kind, as_of desc nulls last, retrieved_at desc, id desc",
        {"workspace": tx.workspace, "ids": list(account_ids), "kinds": list(kinds)},
    )
    return _grouped(rows)


async def add_scores(tx: Tx, scores: Sequence[Score]) -> int:
    """Keep scores with the version of the weights that made them; the ranking follows at once."""
    places = [
        {"workspace": tx.workspace, "account": one.account_id, "points": float(one.points)}
        for one in sorted(scores, key=lambda one: one.account_id)
    ]
    await tx.run_many(_RANK, places)
    return await tx.run_many(
        _ADD_SCORE,
        [
            {
                "workspace": tx.workspace,
                "id": tx.new_id(),
                "account": score.account_id,
                "points": score.points,
                "coverage": score.coverage,
                "factors": json.dumps([f.model_dump(mode="json") for f in score.factors]),
                "version": score.weights_version,
                "now": tx.now,
            }
            for score in scores
        ],
    )


async def newest_scores(tx: Tx, account_ids: Sequence[AccountId] | None) -> dict[AccountId, Score]:
    """The last score of each account that has one; None asks for all accounts."""
    rows = await tx.rows(
        "select distinct on (account_id) account_id, points, coverage, factors, weights_version"
        " from scores where workspace_id = :workspace"
        " and (cast(:ids as uuid[]) is null or account_id = any(:ids))"
        " order by account_id, scored_at desc, id desc",
        {
            "workspace": tx.workspace,
            "ids": None if account_ids is None else list(account_ids),
        },
    )
    return {AccountId(row["account_id"]): Score.model_validate(dict(row)) for row in rows}


def _grouped(rows: Sequence[Mapping[str, Any]]) -> dict[AccountId, list[Fact]]:
    grouped: dict[AccountId, list[Fact]] = defaultdict(list)
    for row in rows:
        grouped[AccountId(row["account_id"])].append(_fact(row))
    return dict(grouped)


def _fact(row: Mapping[str, Any]) -> Fact:
    evidence = {name: row[name] for name in Evidence.model_fields}
    return Fact(
        id=FactId(row["id"]),
        account_id=AccountId(row["account_id"]),
        kind=row["kind"],
        value=row["value"],
        unit=row["unit"],
        as_of=row["as_of"],
        topic=row["topic"],
        basis=row["basis"],
        evidence=Evidence(**evidence),
    )
