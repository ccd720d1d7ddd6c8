"""A blueprint from past mail: versioned, reproducible, made without a model.

In: the features of a campaign's past mail and the campaign's own words. Out: `Blueprint`.
Never: a model, a rule that no table bounds, two versions from the same inputs.

The names of the rules are listed in `derive`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from uuid import UUID

from outrider.campaigns import create, derive, features, rules, store, warn, weigh
from outrider.campaigns.measure import percentile
from outrider.campaigns.types import (
    Blueprint,
    BlueprintId,
    Campaign,
    CampaignId,
    MailSource,
)
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import NotFound

METHOD = "1"
"""Version of the way rules are made; a change makes new versions of blueprints."""

SERIES_COMPARED = 40
_COUNTED = (
    "word_count",
    "subject_words",
    "paragraphs",
    "sentence_words_median",
    "cta_count",
    "links",
)
_NAMED = ("cta_type", "structure_type", "cadence_bucket", "greeting", "opening", "subject_form")


async def generate(tx: Tx, campaign_id: CampaignId) -> Blueprint:
    """Make the next version from all past mail; the same inputs give the version there is.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = await create.find(tx, str(campaign_id))
    version, digest_before = await store.newest_version(tx, campaign.id)
    brand, brand_mails = await _evidence(tx, campaign.id, MailSource.BRAND)
    rival, rival_mails = await _evidence(tx, campaign.id, MailSource.COMPETITOR)
    inputs = _inputs(campaign, brand, rival) | {"mails_sha256": _digest([brand_mails, rival_mails])}
    digest = _digest(inputs)
    present = await active(tx, campaign.id)
    if present is not None and digest == digest_before:
        return present
    made = _blueprint(tx, campaign, brand, rival).model_copy(
        update={"version": version + 1, "inputs": inputs}
    )
    await store.replace_blueprint(tx, made, digest)
    body: dict[str, object] = {"version": made.version, "inputs_sha256": digest}
    await record(tx, "campaigns.blueprint", f"blueprint:{made.id}", body)
    return made


async def active(tx: Tx, campaign_id: CampaignId) -> Blueprint | None:
    """The version in force; None when none was made yet."""
    return await store.active_blueprint(tx, campaign_id)


async def by_id(tx: Tx, blueprint_id: BlueprintId) -> Blueprint:
    """One version, active or archived.

    Raises:
        NotFound: there is none.
    """
    found = await store.blueprint(tx, blueprint_id)
    if found is None:
        raise NotFound(f"There is no blueprint {blueprint_id} in this workspace.")
    return found


def _blueprint(
    tx: Tx, campaign: Campaign, brand: weigh.Evidence, rival: weigh.Evidence
) -> Blueprint:
    context = campaign.additional_context
    structure = warn.with_context(derive.structure(brand), context)
    cadence = warn.with_context(derive.cadence(brand), context)
    gaps = warn.Gaps.of(brand, rival)
    return Blueprint(
        id=BlueprintId(tx.new_id()),
        campaign_id=campaign.id,
        version=0,
        status="active",
        dos=(*derive.dos(brand), *derive.compared(brand, rival)),
        donts=derive.donts(brand),
        cadence=cadence,
        structure=structure,
        warnings=warn.warnings(gaps, context, (*structure, *cadence)),
        sufficiency=warn.sufficiency(gaps),
        created_at=tx.now,
    )


async def _evidence(
    tx: Tx, campaign_id: CampaignId, source: MailSource
) -> tuple[weigh.Evidence, list[str]]:
    learned = await store.learned(tx, campaign_id, source)
    unread = await store.unread_reasons(tx, campaign_id, source)
    mails = tuple(weigh.PastMailFacts(m.features, m.from_address, m.sent_at) for m in learned)
    evidence = weigh.Evidence(
        mails=mails, unread=sum(unread.values()), variation=await _variation(tx, learned)
    )
    return evidence, sorted(m.features.model_dump_json() for m in learned)


async def _variation(tx: Tx, learned: list[store.Learned]) -> float | None:
    """The mean difference of neighbours over the newest series of one-to-one mail (D-41)."""
    series: defaultdict[str, list[UUID]] = defaultdict(list)
    for mail in learned:
        if not mail.features.is_bulk:
            series[mail.features.series].append(mail.email_id)
    chosen = [ids for ids in series.values() if len(ids) > 1][-SERIES_COMPARED:]
    if not chosen:
        return None
    texts = await store.bodies(tx, [email_id for ids in chosen for email_id in ids])
    return sum(features.variation(texts[i] for i in ids) for ids in chosen) / len(chosen)


def _inputs(campaign: Campaign, brand: weigh.Evidence, rival: weigh.Evidence) -> dict[str, object]:
    """What a version rests on, to be kept with it (D-28)."""
    context = campaign.additional_context or ""
    return {
        "method": METHOD,
        "features_version": features.VERSION,
        "brand": _described(brand),
        "competitor": _described(rival),
        "context_sha256": hashlib.sha256(context.encode()).hexdigest() if context else None,
        "thresholds": {
            "least_mails": weigh.LEAST_MAILS,
            "least_one_to_one": weigh.LEAST_ONE_TO_ONE,
            "least_confidence": str(weigh.LEAST_CONFIDENCE),
            "needed_confidence": str(rules.needed_confidence(len(brand.basis))),
            "safe_ranges": {
                f"{name}{'' if step is None else f':{step}'}": [
                    r.risky_below,
                    r.low,
                    r.high,
                    r.risky_above,
                ]
                for (name, step), r in rules.SAFE.items()
            },
        },
    }


def _described(evidence: weigh.Evidence) -> dict[str, object]:
    all_features = [mail.features for mail in evidence.mails]
    dates = sorted(mail.sent_at for mail in evidence.mails if mail.sent_at is not None)
    return {
        "mails": len(all_features),
        "one_to_one": len(evidence.one_to_one),
        "unread": evidence.unread,
        "senders": len({mail.sender for mail in evidence.mails}),
        "window": [dates[0].isoformat(), dates[-1].isoformat()] if dates else None,
        "variation": None if evidence.variation is None else round(evidence.variation, 3),
        "ranges": {name: _spread([getattr(f, name) for f in all_features]) for name in _COUNTED},
        "counts": {
            name: dict(sorted(Counter(str(getattr(f, name)) for f in all_features).items()))
            for name in _NAMED
        },
    }


def _spread(values: list[int]) -> list[int]:
    """Least, 10 %, middle, 90 %, most."""
    ordered = sorted(values)
    return [percentile(ordered, share) for share in (0.0, 0.1, 0.5, 0.9, 1.0)] if ordered else []


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
