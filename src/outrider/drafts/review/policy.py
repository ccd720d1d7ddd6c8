"""Policies: how drafts are decided. A policy never changes; a new version takes its place.

In: the open transaction, a person, a policy. Out: `StoredPolicy`, its history, what differs.
Never: a policy whose conditions cannot be used, an automatic approval that no admin allowed.
"""

from __future__ import annotations

from uuid import UUID

from outrider.campaigns.types import CampaignId
from outrider.drafts.review import cel, store_policies
from outrider.drafts.review.rules import OWN_NAMES
from outrider.drafts.review.types import Action, OnTimeout, Policy, Rule, StoredPolicy
from outrider.kernel import access
from outrider.kernel.access import Member, PersonRole
from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotAllowed, NotFound
from outrider.kernel.ids import PersonId

BUILT_IN = Policy(
    rules=(
        Rule(
            name="sensitive",
            when="sensitive.size() > 0",
            action=Action.ESCALATE,
            to="campaign_manager",
            reason="It speaks of prices, contracts, law or regulation.",
        ),
    )
)
"""What holds until somebody sets another: people read every draft, seniors the sensitive ones (B-30)."""

LONGEST_NOTE = 500
MOST_VERSIONS = 200
_MAY_SET = (PersonRole.ADMIN, PersonRole.CAMPAIGN_MANAGER)


async def active(tx: Tx, campaign_id: UUID | None) -> StoredPolicy:
    """The policy that holds for a campaign: its own, else the workspace's, else the built-in one."""
    return or_built_in(await store_policies.in_force(tx, campaign_id))


def or_built_in(stored: StoredPolicy | None) -> StoredPolicy:
    """What somebody set, else the built-in one."""
    return stored or StoredPolicy(policy=BUILT_IN, note="built in")


async def adopt(
    tx: Tx, person_id: PersonId, policy: Policy, campaign_id: CampaignId | None, note: str = ""
) -> StoredPolicy:
    """Put a policy in force from now on, as the next version; drafts that are routed stay routed.

    Raises:
        NotAllowed: the person may not set policies, or an automatic approval needs an admin.
        InvalidInput: a condition, a receiver or the note cannot be used. Nothing is stored.
        Conflict: somebody set another one at the same moment.
    """
    member = await _setter(tx, person_id)
    _allowed(member, policy)
    check(policy, {item.email.lower() for item in await access.members(tx)})
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE:
        raise InvalidInput(
            f"The note has {len(note):,} characters: say in {LONGEST_NOTE} what it is for."
        )
    before = await store_policies.active(tx, campaign_id)
    await store_policies.end_active(tx, campaign_id)
    stored = await store_policies.add(tx, policy, campaign_id, member.person_id, note)
    if stored is None:
        raise Conflict(
            "Somebody set another policy at the same moment: look at it, then set yours."
        )
    body = {
        "policy": str(stored.id),
        "version": stored.version,
        "campaign": str(campaign_id) if campaign_id else None,
        "replaces": str(before.id) if before else None,
        "auto_approve": policy.auto_approve,
        "on_timeout": policy.clock.on_timeout,
        "rules": [rule.name for rule in policy.rules],
        "second_reader": policy.second_reader.model_dump(mode="json"),
    }
    await record(tx, "drafts.set_policy", f"policy:{stored.id}", body)
    return stored


async def restore(
    tx: Tx, person_id: PersonId, version: int, campaign_id: CampaignId | None
) -> StoredPolicy:
    """Put an earlier version in force again, as a new one; 0 ends the stored policy.

    After 0 a campaign follows the workspace's policy, and the workspace the built-in one.

    Raises:
        NotFound: there is no such version.
        NotAllowed, InvalidInput, Conflict: as for `adopt`.
    """
    if version == 0:
        return await _end(tx, person_id, campaign_id)
    earlier = await store_policies.by_version(tx, campaign_id, version)
    if earlier is None:
        raise NotFound(f"There is no version {version} of this policy: look at its history.")
    return await adopt(tx, person_id, earlier.policy, campaign_id, f"version {version} again")


async def history(tx: Tx, campaign_id: CampaignId | None) -> list[StoredPolicy]:
    """Every version of a campaign's or the workspace's policy, newest first."""
    return await store_policies.history(tx, campaign_id, MOST_VERSIONS)


def check(policy: Policy, addresses: set[str] | None = None) -> None:
    """See that a policy can be used: its conditions, names and receivers.

    Args:
        policy: what somebody wrote.
        addresses: of the members, in lower case; None does not look whether receivers are members.

    Raises:
        InvalidInput: one sentence that names the rule, the place in it, and the way out.
    """
    seen: set[str] = set()
    for rule in policy.rules:
        if rule.name in seen or rule.name in OWN_NAMES:
            taken = "used twice" if rule.name in seen else "taken"
            raise InvalidInput(f"The rule name {rule.name!r} is {taken}: give it another.")
        seen.add(rule.name)
        try:
            cel.check(rule.when)
        except InvalidInput as error:
            raise InvalidInput(
                f"The condition of the rule {rule.name!r} cannot be used: {error}.", rule=rule.name
            ) from None
        if rule.to is not None:
            _receiver(rule.to, f"The rule {rule.name!r}", addresses)
    for item in policy.clock.chain:
        _receiver(item, "The chain", addresses)
    if policy.auto_approve and policy.guard.seeded and not policy.bands.held_back:
        raise InvalidInput(
            "guard.seeded needs bands.held_back above 0: the tests hide among the drafts held back."
        )


def warnings(policy: Policy) -> tuple[str, ...]:
    """What is allowed, but perhaps not meant."""
    found = []
    for rule in policy.rules:
        if rule.action is Action.AUTO_APPROVE and not policy.auto_approve:
            found.append(
                f"The rule {rule.name!r} approves, but auto_approve is off: a person reads those drafts."
            )
        if rule.to is not None and rule.action in (Action.AUTO_APPROVE, Action.BLOCK):
            found.append(
                f"The rule {rule.name!r} names a receiver, which {rule.action} never uses."
            )
    if policy.otherwise is Action.AUTO_APPROVE and not policy.auto_approve:
        found.append("`otherwise` approves, but auto_approve is off: a person reads those drafts.")
    return tuple(found)


def differences(before: Policy, after: Policy) -> tuple[str, ...]:
    """What one policy says otherwise than another, a line each."""
    old, new = {r.name: r for r in before.rules}, {r.name: r for r in after.rules}
    lines = [f"- rule {name!r}: {_told(old[name])}" for name in old if name not in new]
    lines += [f"+ rule {name!r}: {_told(new[name])}" for name in new if name not in old]
    for name in (name for name in new if name in old and old[name] != new[name]):
        was, now = old[name].model_dump(mode="json"), new[name].model_dump(mode="json")
        lines += [f"~ rule {name!r}: {k} {was[k]!r} → {now[k]!r}" for k in now if was[k] != now[k]]
    kept_before = [name for name in old if name in new]
    kept_after = [name for name in new if name in old]
    if kept_before != kept_after:
        lines.append(f"~ order of rules: {', '.join(kept_before)} → {', '.join(kept_after)}")
    was, now = _flat(before), _flat(after)
    lines += [f"~ {name}: {was[name]} → {now[name]}" for name in now if was[name] != now[name]]
    return tuple(lines)


async def _setter(tx: Tx, person_id: PersonId) -> Member:
    member = await access.member(tx, person_id)
    if member is None:
        raise NotAllowed(f"The person {person_id} is no member of this workspace.")
    if member.role not in _MAY_SET:
        raise NotAllowed(
            f"{member.name} is {member.role} here and may not set policies; "
            "ask a campaign manager or an admin."
        )
    return member


def _allowed(member: Member, policy: Policy) -> None:
    """Whatever can leave without a person's word needs an admin (decisions 2 and 3)."""
    sends = policy.clock.on_timeout is OnTimeout.AUTO_SEND
    if member.role is not PersonRole.ADMIN and (policy.auto_approve or sends):
        what = "auto_approve = true" if policy.auto_approve else 'on_timeout = "auto_send"'
        raise NotAllowed(
            f"{member.name} is {member.role}; a policy with {what} is set by an admin alone."
        )


async def _end(tx: Tx, person_id: PersonId, campaign_id: CampaignId | None) -> StoredPolicy:
    member = await _setter(tx, person_id)
    before = await store_policies.active(tx, campaign_id)
    if before is None or not await store_policies.end_active(tx, campaign_id):
        raise NotFound("There is no stored policy to end here.")
    after = await active(tx, campaign_id)
    _allowed(member, after.policy)
    body = {"version": before.version, "campaign": str(campaign_id) if campaign_id else None}
    await record(tx, "drafts.end_policy", f"policy:{before.id}", body)
    return after


def _receiver(to: str, where: str, addresses: set[str] | None) -> None:
    if to in set(PersonRole):
        return
    if "@" not in to:
        raise InvalidInput(
            f"{where} names {to!r}, which is no role and no address: choose {', '.join(PersonRole)}."
        )
    if addresses is not None and to.lower() not in addresses:
        raise InvalidInput(f"{where} names {to}, who is no member here: add the person first.")


def _told(rule: Rule) -> str:
    return f"{rule.when} → {rule.action}" + (f" to {rule.to}" if rule.to else "")


def _flat(policy: Policy) -> dict[str, object]:
    """The values of a policy without its rules, by dotted name."""
    flat: dict[str, object] = {}
    for name, value in policy.model_dump(mode="json", exclude={"rules"}).items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    return flat
