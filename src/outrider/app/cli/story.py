"""A trace told as a story, newest question first: who approved, what exactly, from where.

In: a trace. Out: lines on stdout. Never: a raw dump.
"""

from __future__ import annotations

from typing import Any

from outrider.app.cli.output import author, moment, results, say


def tell(story: dict[str, Any]) -> None:
    """Print the whole story of one mail."""
    mail = story["mail"]
    results.rule(f"[bold]{story['message_id'].replace('[', '(')}[/]", align="left")
    say(
        f"{mail['status']} {moment(mail['sent_at'])}, from {mail['mailbox']}, by {mail['transport']}"
    )
    if mail["provider_answer"]:
        say(f"answer      {mail['provider_answer']}")
    say(f"bytes       SHA-256 {mail['raw_sha256'] or 'not yet built'}")
    _approval(story)
    _versions(story["versions"])
    _run(story)
    _evidence(story["evidence"])
    _thread(story["thread"])
    _log(story)


def _approval(story: dict[str, Any]) -> None:
    decision, mail = story["decision"], story["mail"]
    say("\nApproved")
    if decision is None:
        say("  no decision is stored: this must not be")
        return
    same = (
        "the same as sent"
        if decision["content_hash"] == mail["content_hash"]
        else "NOT what was sent"
    )
    who = {
        "person": f"{decision['name']} <{decision['email']}>",
        "policy": "the policy, in nobody's name",
        "timeout": "the time limit, in nobody's name",
    }[decision["by"]]
    say(f"  by          {who}, {moment(decision['decided_at'])}")
    say(f"  hash        {decision['content_hash']} ({same})")


_DECIDED = {"approve": "approved", "reject": "rejected", "edit": "edited"}


def _versions(versions: list[dict[str, Any]]) -> None:
    say("\nVersions")
    for draft in versions:
        done = _DECIDED.get(draft["decision"], draft["decision"])
        who = f", {done} by {draft['decided_by']}" if draft["decision"] else ""
        say(
            f"  {draft['version']}. draft {draft['number']}, {draft['status']}, {author(draft)}{who}"
        )
        say(f'     "{draft["subject"]}"  {draft["content_hash"][:16]}…')
        if draft["decision_note"]:
            say(f"     note: {draft['decision_note']}")


def _run(story: dict[str, Any]) -> None:
    run, blueprint = story["run"], story["blueprint"]
    say("\nWritten")
    if run:
        say(
            f"  run         {run['agent_name']} {run['id']}, {run['status']}, {run['steps_in_all']} steps, "
            f"${run['cost_estimate']}, {run['api_tokens_used']} tokens"
        )
        say("  steps about this account (all of them: outrider runs show RUN)")
        for step in run["steps"]:
            cost = f", {step['model']}, ${step['cost']}" if step["kind"] == "model" else ""
            digest = step["input_sha256"][:12]
            say(
                f"     {step['number']:>3}. {step['kind']:<5} {step['name']:<26} {step['status']}, "
                f"input {digest}…{cost}"
            )
    else:
        say("  run         none: a person wrote it")
    if blueprint:
        say(
            f"  blueprint   version {blueprint['version']} of {moment(blueprint['created_at'])}, "
            f"inputs {blueprint['inputs_sha256'][:16]}…"
        )
    else:
        say("  blueprint   none")


def _evidence(evidence: list[dict[str, Any]]) -> None:
    say("\nEvidence")
    if not evidence:
        say("  the mail states no fact")
    for item in evidence:
        fact = item["fact"]
        say(f'  "{item["claim"]}"')
        if fact is None:
            say("     its fact is not stored any more")
            continue
        say(
            f"     {fact['kind']} = {fact['value']} {fact['unit'] or ''} as of {fact['as_of'] or 'no date'}"
        )
        if fact["quote"] != fact["value"]:
            say(f'     "{fact["quote"]}"')
        say(f"     {fact['source']}, {fact['url']}, read {moment(fact['retrieved_at'])}")
        say(f"     raw document SHA-256 {fact['raw_sha256']}")


def _thread(turns: list[dict[str, Any]]) -> None:
    if turns:
        say("\nCame back")
    for turn in turns:
        say(f"  {moment(turn['received_at'])}  {turn['kind']}: {turn['subject']}")


def _log(story: dict[str, Any]) -> None:
    say("\nLog")
    proofs = story["proofs"]
    for event in story["events"]:
        proof = proofs.get(event["id"])
        sealed = f"leaf {proof['leaf_no']}" if proof else "not sealed yet"
        at = moment(event["at"]).removesuffix(" UTC")
        say(f"  {at}  {event['action']:<21} {event['actor']:<15} {sealed}")
    if proofs:
        size, root = next(iter(proofs.values()))["checkpoint"].splitlines()[1:3]
        say(
            f"  {len(proofs)} of {len(story['events'])} events are proven to be in the sealed log of {size} events,"
        )
        say(f"  signed root {root}. The whole log: outrider audit verify")
