"""`outrider policy`: how drafts are decided: show, write, check, try on past drafts, set, restore.

In: arguments, a policy file. Out: TOML, tables, JSON. Never: a policy in force that was not asked for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from outrider.app.cli.output import as_json, counted, listing, minute, note, point, progress, say
from outrider.app.cli.session import run
from outrider.app.wiring import Outrider, local_person, person_actor
from outrider.campaigns.types import CampaignId
from outrider.drafts.review.types import Policy, StoredPolicy
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput

EXAMPLE = (
    "Example: outrider policy example > policy.toml, then outrider policy dry-run policy.toml,"
    " then outrider policy set policy.toml --note 'large deals need two'"
)

File = Annotated[Path, typer.Argument(help="A policy file (TOML); - is standard input.")]
MaybeFile = Annotated[
    Path | None, typer.Argument(help="A policy file (TOML); without one, the policy that holds.")
]
Campaign = Annotated[
    str | None, typer.Option(help="Of this campaign; left out: of the whole workspace.")
]
As = Annotated[str | None, typer.Option("--as", help="E-mail address of the person who acts.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="How drafts are decided: rules, bands, clock.", no_args_is_help=True)
    group.command("show")(show)
    group.command("set", epilog=EXAMPLE)(set_)
    group.command("example")(example)
    group.command("check")(check)
    group.command("dry-run")(dry_run)
    group.command("history")(history)
    group.command("restore")(restore)
    app.add_typer(group, name="policy")


def show(campaign: Campaign = None, json_: Json = False) -> None:
    """Print the policy that holds, as a file that can be changed and set again."""
    from outrider.drafts.review import policy, policy_file

    async def work(outrider: Outrider) -> StoredPolicy:
        async with outrider.begin()() as tx:
            return await policy.active(tx, await _campaign(tx, campaign))

    stored = run(work, seal=False)
    if json_:
        as_json(stored.model_dump(mode="json"))
        return
    note(_told(stored))
    sys.stdout.write(policy_file.write(stored.policy))


def set_(
    file: File,
    campaign: Campaign = None,
    note_: Annotated[str, typer.Option("--note", help="What the change is for.")] = "",
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put a policy in force from now on; drafts that wait keep the review they have."""
    from outrider.app.jobs.second_read import require_models
    from outrider.drafts.review import policy

    wanted = _read(file)

    async def work(outrider: Outrider) -> tuple[StoredPolicy, tuple[str, ...]]:
        require_models(outrider, wanted)
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            campaign_id = await _campaign(tx, campaign)
            before = await policy.active(tx, campaign_id)
            stored = await policy.adopt(tx, member.person_id, wanted, campaign_id, note_)
            return stored, policy.differences(before.policy, stored.policy)

    stored, changes = run(work)
    if json_:
        as_json({**stored.model_dump(mode="json"), "changes": changes})
        return
    say(f"{_whose(campaign)} policy is version {stored.version} now.")
    for line in changes or ("Nothing is different from before.",):
        say(f"  {line}")
    say(_reader(stored.policy))
    _warn(stored.policy)


def example() -> None:
    """Print a policy file with every part explained."""
    from outrider.drafts.review.policy_file import EXAMPLE as TEXT

    sys.stdout.write(TEXT)


def check(file: File, campaign: Campaign = None, json_: Json = False) -> None:
    """See whether a policy file can be used, and what it would change; nothing is stored."""
    from outrider.drafts.review import policy
    from outrider.kernel import access

    wanted = _read(file)

    async def work(outrider: Outrider) -> tuple[str, ...]:
        async with outrider.begin()() as tx:
            members = await access.members(tx)
            policy.check(wanted, {item.email.lower() for item in members})
            before = await policy.active(tx, await _campaign(tx, campaign))
            return policy.differences(before.policy, wanted)

    changes = run(work, seal=False)
    if json_:
        as_json({"changes": changes, "warnings": policy.warnings(wanted)})
        return
    say(f"{file} can be used: {counted(len(wanted.rules), 'rule')}.")
    for line in changes or ("It says the same as the policy that holds.",):
        say(f"  {line}")
    _warn(wanted)


def dry_run(
    file: MaybeFile = None,
    days: Annotated[int, typer.Option(help="Drafts written in so many days.")] = 30,
    campaign: Campaign = None,
    json_: Json = False,
) -> None:
    """Try a policy on past drafts: what it would have said, beside what people said."""
    from outrider.app.jobs.try_policy import try_policy
    from outrider.drafts.review import policy
    from outrider.drafts.review.trial import Trial

    given = _read(file) if file else None

    async def work(outrider: Outrider) -> Trial:
        async with outrider.begin()() as tx:
            campaign_id = await _campaign(tx, campaign)
            wanted = given or (await policy.active(tx, campaign_id)).policy
        policy.check(wanted)
        with progress("Trying the policy", quiet=json_) as bar:
            return await try_policy(outrider.begin(), wanted, days, campaign_id, bar)

    found = run(work, seal=False)
    if json_:
        as_json(found.model_dump(mode="json"))
        return
    _print_trial(found)
    if given:
        _warn(given)


def history(campaign: Campaign = None, json_: Json = False) -> None:
    """List the versions of a policy, newest first."""
    from outrider.drafts.review import policy

    async def work(outrider: Outrider) -> list[StoredPolicy]:
        async with outrider.begin()() as tx:
            return await policy.history(tx, await _campaign(tx, campaign))

    found = run(work, seal=False)
    rows = [
        item.model_dump(mode="json")
        if json_
        else {
            "version": item.version,
            "from": minute(item.created_at),
            "to": "holds now" if item.ended_at is None else minute(item.ended_at),
            "by": item.made_by,
            "rules": len(item.policy.rules),
            "auto": "yes" if item.policy.auto_approve else "no",
            "note": item.note,
        }
        for item in found
    ]
    listing(
        rows,
        {
            "version": "version",
            "from": "from (UTC)",
            "to": "until (UTC)",
            "by": "set by",
            "rules": "rules",
            "auto": "automatic",
            "note": "note",
        },
        json_=json_,
        empty="No policy was set here: the built-in one holds (`outrider policy show`).",
    )


def restore(
    version: Annotated[
        int, typer.Argument(min=0, help="A version of the history; 0 ends the stored policy.")
    ],
    campaign: Campaign = None,
    as_: As = None,
    json_: Json = False,
) -> None:
    """Put an earlier version in force again, as a new one."""
    from outrider.drafts.review import policy

    async def work(outrider: Outrider) -> StoredPolicy:
        member = await local_person(outrider, as_)
        async with outrider.begin(person_actor(member))() as tx:
            campaign_id = await _campaign(tx, campaign)
            return await policy.restore(tx, member.person_id, version, campaign_id)

    stored = run(work)
    if json_:
        as_json(stored.model_dump(mode="json"))
        return
    say(_told(stored))


def _read(file: Path) -> Policy:
    from outrider.drafts.review import policy_file

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput(f"The policy file {file} is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise InvalidInput(
            f"The policy file {file} cannot be read ({error.strerror}): give the path of a TOML file."
        ) from None
    return policy_file.read(text)


async def _campaign(tx: Tx, name: str | None) -> CampaignId | None:
    from outrider.campaigns import create

    return (await create.find(tx, name)).id if name else None


def _whose(campaign: str | None) -> str:
    return f"The campaign {campaign}'s" if campaign else "The workspace's"


def _told(stored: StoredPolicy) -> str:
    if stored.id is None:
        return "The built-in policy holds: nobody set another."
    whose = "campaign's own" if stored.campaign_id else "workspace's"
    said = f" ({stored.note})" if stored.note else ""
    return f"The {whose} policy, version {stored.version}, set by {stored.made_by}{said}."


def _reader(policy: Policy) -> str:
    if not policy.second_reader.is_on:
        return "No second reader reads the drafts."
    return f"A second reader reads each draft; its doubts {policy.second_reader.severity}."


def _warn(policy: Policy) -> None:
    from outrider.drafts.review.policy import warnings

    for line in warnings(policy):
        point(f"Warning: {line}")


def _print_trial(found: Any) -> None:
    from outrider.drafts.review.trial import Outcome
    from outrider.drafts.review.types import Action

    if not found.drafts:
        say(f"No draft was written in the last {counted(found.days, 'day')}.")
        return
    say(f"{counted(found.drafts, 'draft')} of the last {counted(found.days, 'day')}")
    rows = [
        {"action": str(action), **{str(o): found.count(action, o) for o in Outcome}}
        for action in Action
        if found.count(action)
    ]
    listing(
        rows,
        {"action": "the policy says", **{str(o): str(o) for o in Outcome}},
        json_=False,
        empty="",
    )
    auto = found.count(Action.AUTO_APPROVE)
    wrong = found.count(Action.AUTO_APPROVE, Outcome.REJECTED)
    changed = found.count(Action.AUTO_APPROVE, Outcome.EDITED)
    say(
        f"\nWithout a person: {auto} of {found.drafts}; of these people had rejected {wrong} and "
        f"edited {changed}."
    )
    for item in found.examples:
        is_wrong = item.outcome in (Outcome.REJECTED, Outcome.EDITED)
        if item.action is Action.AUTO_APPROVE and is_wrong:
            say(f"  draft {item.number}, {item.outcome}: {item.rule}: {item.reason}")
    say("\nBy rule")
    for name, count in sorted(found.rules.items(), key=lambda pair: -pair[1]):
        say(f"  {count:>5}  {name}")
