"""Everything that an agent can do, one registry, one seam.

In: a tool's name and what a model wrote for it. Out: a typed result, or a structured refusal.
Never: a send, an approval, a switch; an effect that did not pass every gate.

`registry` lists the tools · `gates` are what a call passes, in order · `seam` lets it pass.
"""
