"""Words of servers that refuse us, the senders: authentication, reputation, too much at once.

In: nothing. Out: compiled patterns, for text in lower case. Never: a word about the address.
"""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """One pattern of many phrases."""
    return re.compile("|".join(phrases))


AUTHENTICATION = any_of(
    r"\bspf\b",
    r"\bdkim\b",
    r"\bdmarc\b",
    r"sender policy framework",
    r"unauthenticated",
    r"sender (?:is )?(?:un|not )authenticat",
    r"not authenticated",
    r"authentication information",
    r"authentication (?:checks?|requirements?|failed|results?)",
    r"sender[- ]?id",
    r"email domain .{0,40}alignment",
)
"""5.7.20 to 5.7.29: RFC 7372 and RFC 8601; 5.7.5xx: the large operators' pages for senders."""

REPUTATION = any_of(
    r"\bptr\b",
    r"reverse (?:dns|lookup|hostname|address|ip)",
    r"\brdns\b",
    r"forward[- ]confirmed",
    r"(?:can(?:no|')t|could not|unable to|fail\w*) (?:to )?(?:find"
    r"|resolve) your (?:host ?name|host|ip|domain|address)",
    r"(?:dns|ip) name lookup",
    r"no dns entry",
    r"hostname lookup (?:of|failed)",
    r"client host (?:rejected|name|\[)",
    r"(?:fix|missing|invalid|bad|no) (?:your )?reverse",
    r"(?:black|block|deny|reject)[- ]?list",
    r"\b(?:rbl|dnsbl|spamhaus|spamcop|barracuda(?:central)?|sorbs|cbl|xbl|zen|pbl)\b",
    r"reputation",
    r"banned (?:sending )?ip",
    r"poor (?:sender|ip)",
    r"senderbase",
    r"senderscore",
    r"(?:your|this|the|sending|source|client|sender'?s?|mail from) ?(?:ip|host|server"
    r"|network|mta|system|isp)"
    r"(?: address(?:es)?)?[^.\n]{0,60}(?:blocked|banned|listed|refused|rejected|denied"
    r"|not (?:allowed|permitted|accepted|welcome)|blacklist)",
    r"(?:blocked|banned|refused|rejected)[^.\n]{0,40}\b(?:your|this|client|sending"
    r"|source) (?:ip|host|server|mta|network|address)",
    r"part of their network",
    r"messages? from [^\n]{0,60}(?:were|was|weren'?t|wasn'?t|are|is|has been)"
    r" (?:not )?(?:sent|accepted|blocked|rejected|refused|deferred|temporarily)",
    r"mail from [^\n]{0,60} (?:refused|rejected|blocked|denied|not accepted)",
    r"blocked using",
    r"is blocked",
    r"has been blocked",
    r"blocked by",
    r"blocked for",
    r"access (?:from|by) [^\n]{0,40}(?:blocked|denied)",
    r"smtp server of your isp",
    r"invalid ip\b",
    r"unroute?able sender",
    r"use your (?:isp|provider)",
    r"\bs3140\b",
    r"\bs3150\b",
    r"\bjunkmail rejected",
    r"dynamic(?:ally)?[- ](?:ip|address|host|assigned|looking|pool)",
    r"residential",
    r"generic (?:ptr|host|reverse)",
    r"\bhelo\b",
    r"\behlo\b",
    r"bad sender",
    r"sender (?:domain|address|host|ip)?[^.\n]{0,30}(?:rejected|refused|denied|blocked"
    r"|not allowed|does not exist|not found|invalid|verif|unknown)",
    r"(?:return|sender|from) (?:path |address |domain )?(?:could not be |cannot be "
    r"|not )?verif",
    r"domain of (?:the )?sender",
    r"callback|call[- ]?out|sender verify",
    r"invalid sender",
    r"open relay",
    r"too many (?:bad|spam|complaints)",
    r"user complaints",
    r"connection refused by policy",
    r"not accepting mail from (?:your|this)",
    r"(?:our|this) (?:server|system|host)? ?(?:does not|doesn'?t) (?:accept"
    r"|like)[^\n]{0,40}from",
    r"connections? (?:not accepted|refused|rejected|denied) (?:from|for)",
    r"suspicio?us (?:activity|traffic|ip|sender|due to)",
    r"(?:due to|because of|bad|unusual) (?:abuse|malicious|suspicious)",
    r"has been blacklisted",
)

RATE = any_of(
    r"rate[- ]?limit",
    r"frequency limit",
    r"too (?:many|fast|frequent|much)[^.\n]{0,40}(?:connection|message|mail|request"
    r"|recipient|session|time|attempt|traffic|hop)?",
    r"(?:exceed\w*|reached|over)[^.\n]{0,40}(?:rate|hourly|daily|frequency|concurrent"
    r"|connections?|per (?:hour|day|minute|session)|messages? limit|relay quota)",
    r"throttl",
    r"grey-?list",
    r"try (?:again|later)[^\n]{0,20}too",
    r"unusual(?:ly high)? rate",
    r"unexpected volume",
    r"receiving mail (?:too quickly|at a rate)",
    r"connection (?:frequency|rate) ?limit",
    r"slow down",
    r"limit (?:on|for) (?:the )?(?:number|messages)",
    r"max(?:imum)? (?:number of )?(?:connections|messages|recipients)",
)
