"""Judges text and tool calls. Pure: knows no table, no clock, no settings.

In: text, claims, known facts. Out: `Finding`s and cleaned text. Never: a row, a network, a change of state.

`content` the seven assertions and the cleaning · `claims` grounding · `guards` everything else that no mail
may carry, or that a person must see · `inbound` opt-outs in replies.
"""
