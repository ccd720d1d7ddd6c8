"""The thread's states. In: a state and what was received. Out: the next state. Never: I/O.

A closed thread stays closed: whoever opted out is not talked back into a conversation.
"""

from __future__ import annotations

from outrider.conversations.types import ThreadStatus, TurnKind

_OPEN, _CLOSED = ThreadStatus.OPEN, ThreadStatus.CLOSED

TRANSITIONS: dict[tuple[ThreadStatus, TurnKind], ThreadStatus] = {
    (_OPEN, TurnKind.REPLY): _OPEN,
    (_OPEN, TurnKind.OTHER): _OPEN,
    (_OPEN, TurnKind.OWN): _OPEN,
    (_OPEN, TurnKind.AUTO_REPLY): _OPEN,
    (_OPEN, TurnKind.BOUNCE): _OPEN,
    (_OPEN, TurnKind.OPT_OUT): _CLOSED,
    (_OPEN, TurnKind.COMPLAINT): _CLOSED,
    **{(_CLOSED, kind): _CLOSED for kind in TurnKind},
}


def after(status: ThreadStatus, kind: TurnKind, *, is_hard: bool = False) -> ThreadStatus:
    """The state of a thread after one more turn; a hard bounce closes it."""
    return _CLOSED if is_hard else TRANSITIONS[status, kind]
