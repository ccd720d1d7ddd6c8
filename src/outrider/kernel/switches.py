"""Kill switches: machine (a file), global, workspace, campaign, mailbox, agent, tool. On means: halted.

In: the open transaction. Out: the switch that halts, or None. Never: a cache; it is read each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from outrider.kernel.audit.append import record
from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import InvalidInput
from outrider.kernel.halt_file import halted_by_file

SCOPES = ("global", "workspace", "campaign", "mailbox", "agent", "tool")


@dataclass(frozen=True)
class Switch:
    """One switch and who moved it last."""

    scope: str
    target: str
    is_on: bool
    reason: str
    actor: str
    changed_at: datetime

    def sentence(self) -> str:
        """What a person reads when it halts something."""
        if self.scope == "machine":
            return self.reason
        what = f"{self.scope} {self.target}".strip()
        return f"the {what} switch is on since {self.changed_at:%Y-%m-%d %H:%M} UTC ({self.reason})"


async def halted(tx: Tx, targets: Sequence[tuple[str, str]] = ()) -> Switch | None:
    """The widest switch that is on among the machine's, global, workspace and these (scope, target) pairs."""
    machine = _of_machine(tx)
    if machine is not None:
        return machine
    rows = await tx.rows(
        "select scope, target, is_on, reason, actor, changed_at from outrider.switches"
        " where is_on and (scope in ('global', 'workspace')"
        " or (scope || ':' || target) = any(:targets) or (target = '' and scope = any(:scopes)))",
        {
            "targets": [f"{scope}:{target}" for scope, target in targets],
            "scopes": [scope for scope, _ in targets],
        },
    )
    found = [Switch(**row) for row in rows]
    return min(found, key=lambda switch: SCOPES.index(switch.scope), default=None)


async def listing(tx: Tx) -> list[Switch]:
    """Every switch that was ever moved, widest first."""
    rows = await tx.rows(
        "select scope, target, is_on, reason, actor, changed_at from outrider.switches"
    )
    found = sorted((Switch(**row) for row in rows), key=lambda s: (SCOPES.index(s.scope), s.target))
    machine = _of_machine(tx)
    return [machine, *found] if machine else found


def _of_machine(tx: Tx) -> Switch | None:
    """The file that halts this machine, as a switch; it is on since whenever somebody looks."""
    why = halted_by_file(tx.home) if tx.home else None
    return Switch("machine", "", True, why, "system:file", tx.now) if why else None


async def set_switch(tx: Tx, scope: str, target: str, *, is_on: bool, reason: str) -> Switch:
    """Move a switch; `target` is an id or a name, empty for global and workspace.

    Raises:
        InvalidInput: there is no such scope, or a reason is missing.
    """
    if scope not in SCOPES:
        raise InvalidInput(
            f"There is no switch of kind {scope!r}; choose one of {', '.join(SCOPES)}."
        )
    if not reason.strip():
        raise InvalidInput("A switch needs a reason: say in a few words why it is moved.")
    await tx.run(
        "insert into outrider.switches"
        " (id, workspace_id, scope, target, is_on, reason, actor, changed_at)"
        " values (:id, :workspace, :scope, :target, :is_on, :reason, :actor, :now)"
        " on conflict (workspace_id, scope, target) do update set is_on = excluded.is_on,"
        " reason = excluded.reason, actor = excluded.actor, changed_at = excluded.changed_at",
        {
            "id": tx.new_id(),
            "workspace": None if scope == "global" else tx.workspace,
            "scope": scope,
            "target": target,
            "is_on": is_on,
            "reason": reason,
            "actor": str(tx.actor),
            "now": tx.now,
        },
    )
    await record(
        tx,
        "switches.on" if is_on else "switches.off",
        f"switch:{scope}:{target}",
        {"reason": reason},
    )
    return Switch(scope, target, is_on, reason, str(tx.actor), tx.now)
