"""Every tool there is, by name.

In: nothing. Out: `TOOLS`, `with_more`. Never: a tool that sends, approves or moves a switch; those
names cannot even be added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from outrider.agents.toolbox.absent import ABSENT
from outrider.agents.toolbox.plain import PLAIN
from outrider.agents.toolbox.reading import READING
from outrider.agents.toolbox.records import RECORDS
from outrider.agents.toolbox.types import Tool
from outrider.agents.toolbox.working import WORKING
from outrider.kernel.errors import Broken

NEVER = frozenset({"outbound_send_email", "outbound_send_sequence_step"})
"""No agent has these, whatever is configured (A-20)."""


def with_more(known: Iterable[Tool], more: Iterable[Tool] = ()) -> Mapping[str, Tool]:
    """A registry of these tools.

    Raises:
        Broken: a name is given twice, or is one that no agent may have.
    """
    found: dict[str, Tool] = {}
    for tool in (*known, *more):
        if tool.name in found:
            raise Broken(f"The tool {tool.name} is registered twice; each name has one tool.")
        if tool.name in NEVER:
            raise Broken(f"No agent may have the tool {tool.name}.")
        found[tool.name] = tool
    return MappingProxyType(found)


TOOLS: Mapping[str, Tool] = with_more((*READING, *PLAIN, *WORKING, *RECORDS, *ABSENT))
