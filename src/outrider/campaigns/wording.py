"""The vocabulary by which features are counted: data, no decisions.

In: nothing. Out: sets of words, phrases and patterns, all in lower case. Never: text of a mail.
"""

from __future__ import annotations

import re

VALUE_WORDS = frozenset(
    "save saves saved saving savings reduce reduces reduced cut cuts grow grows growth increase "
    "improve improves faster easier simpler cheaper revenue margin results roi help helps benefit "
    "benefits efficient automate automates win wins protect secure free".split()
)
PROBLEM_WORDS = frozenset(
    "problem problems challenge challenges struggle struggling manual manually slow delay delays "
    "cost costs costly risk risks error errors late missed bottleneck spreadsheet spreadsheets "
    "backlog waste wasted hard difficult pain fail fails failure audit overdue".split()
)
GENERIC_PHRASES = (
    "i hope this email finds you",
    "hope this finds you",
    "hope you are well",
    "hope you're well",
    "hope you are doing well",
    "hope you're doing well",
    "just checking in",
    "just following up",
    "touching base",
    "touch base",
    "circle back",
    "circling back",
    "bumping this",
    "to whom it may concern",
    "i wanted to reach out",
    "reaching out because",
    "industry-leading",
    "industry leading",
    "best-in-class",
    "world-class",
    "cutting-edge",
    "cutting edge",
    "game-changer",
    "game changer",
    "next level",
    "one-stop",
    "synergy",
    "limited time",
    "act now",
    "don't miss",
    "once in a lifetime",
)
GENERIC_SUBJECTS = (
    "quick question",
    "following up",
    "follow up",
    "checking in",
    "touching base",
    "introduction",
    "partnership opportunity",
    "newsletter",
    "special offer",
    "exclusive offer",
    "hello",
    "important",
    "opportunity",
)
ASK_TRIGGERS = frozenset(
    "book schedule calendar calendly call calls meeting meet demo chat minutes mins min slot reply "
    "respond click visit register sign subscribe download join order buy shop learn read started "
    "check know thoughts pick grab".split()
)
MEETING_ASK = re.compile(
    r"\b(?:book|schedule|arrange|set up|grab|find|pick|reserve)\b.{0,30}"
    r"\b(?:call|meeting|demo|time|slot|chat|minutes)\b"
    r"|\b(?:jump|hop|get) on (?:a|the) (?:call|phone|zoom)\b"
    r"|\b(?:10|15|20|30|45|60)[ -]?min(?:ute)?s?\b.{0,30}"
    r"\b(?:call|chat|meeting|demo|talk|this week|next week)"
    r"|\b(?:free|available) (?:for|on|at|this|next|tomorrow)\b"
    r"|\bcalendly\.com\b|\b(?:quick|short|brief) (?:call|demo|meeting)\b"
    r"|\bmeet (?:with|up|next|this|on)\b"
)
SOFT_ASK = re.compile(
    r"\b(?:worth|open to|interested|curious|opposed to|would (?:you|it|this|that)"
    r"|could (?:you|we|i)"
    r"|can (?:you|we|i)|do you|does (?:this|that|it)|is (?:this|that|it)|are you|should (?:i|we)"
    r"|shall (?:i|we)|may i|mind if|makes? sense|any thoughts|thoughts|who (?:is|would|should|owns)"
    r"|how (?:are|do) you|want me to|have you|what do you"
    r"|right (?:person|contact)|(?:someone|somebody) else)\b"
)
REPLY_ASK = re.compile(
    r"\b(?:hit reply|just reply|(?:please )?reply (?:to|with|and|if)|let me know|let us know"
    r"|get back to me|drop me a (?:line|note)|write back|respond to this)\b"
)
LINK_ASK = re.compile(
    r"\b(?:click|visit|register|sign up|subscribe|download|learn more|read more|read on|shop"
    r"|buy now|order|get started|check out|join us|see (?:the|our|all|more))\b"
)
GREETING = re.compile(
    r"^(hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings|to whom it may concern"
    r"|hallo|liebe[r]?|sehr geehrte[rs]?|bonjour|hola)\b[ ,]*([^,!:.\n]{0,40})",
    re.I,
)
GREETED_NOBODY = frozenset(
    "there all everyone everybody team folks friend friends customer sir madam subscriber "
    "subscribers reader readers member members user users colleague colleagues again world".split()
)
LIST_TAG = re.compile(r"^\s*\[[^\]]{1,40}\]\s*")
BARE_NAME = re.compile(r"^[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20})?,$")
PROSPECT_FACT = re.compile(
    r"\b(?:saw|noticed|read|heard|came across|congrat\w*|impressed by|your (?:recent|latest|new"
    r"|post|announcement|team|company|role|talk|article|filing|report|10-k|launch|work|blog|hiring))\b"
)
PLEASANTRY = re.compile(
    r"\b(?:hope (?:this|you|all)|how are you|trust (?:this|you)|happy (?:monday|friday|new year))"
)
ABOUT_SELF = re.compile(r"^(?:i|i'm|i am|my name|we|we're|our|at [a-z]+,? we)\b")
BULLET = re.compile(r"^\s*(?:[•·*\-–]|\d{1,2}[.)])\s+\S", re.M)
HEADING_LINE = re.compile(r"^(?:[^a-z\n]*[A-Z][^a-z\n]{5,60}|[A-Z][^\n.!?]{3,50}:)$", re.M)
FREE_MAIL = frozenset(
    "gmail googlemail yahoo hotmail outlook live msn aol icloud gmx web mail proton "
    "protonmail".split()
)
ROLE_ADDRESSES = frozenset(
    "info sales support contact hello admin office news newsletter team mail list".split()
)
