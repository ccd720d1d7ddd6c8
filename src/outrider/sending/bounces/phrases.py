"""Words of mail servers, gathered by meaning.

In: nothing. Out: compiled patterns, for text in lower case. Never: a rule for one server alone; a
pattern is here when several kinds of servers use it, or when a large operator documents it.

The quantifiers are bounded, and the text is cut to a few hundred characters before.
"""

from __future__ import annotations

import re

from outrider.sending.bounces.phrases_sender import AUTHENTICATION, RATE, REPUTATION, any_of
from outrider.sending.bounces.types import Reason

_WHO = (
    r"(?:user|mailbox|account|address|recipient|addressee|alias|customer|subscriber"
    r"|e-?mail|inbox|login)"
)
_GONE = (
    r"(?:does not|doesn'?t|do not|don'?t|did not|no longer|not) (?:exist|found|known"
    r"|recogni[sz]ed)"
)

FULL = any_of(
    r"(?:mail ?box|inbox|account|user|recipient|mail ?drop|folder|storage|quota|disk"
    r"|maildir|mail)[^.\n]{0,60}(?:\bfull\b|over ?quota|quota exceed|exceed\w* (?:the "
    r"|its |their |his |allowed |disk |storage |mailbox |maximum )?(?:quota|storage|size"
    r"|space|local limit|limit)|out of (?:storage|space|quota)|too (?:full|large)"
    r"|no (?:space|room))",
    r"over ?-?quota",
    r"quota[^.\n]{0,30}(?:exceed|reached|full|violat|exhaust)",
    r"exceed\w*[^.\n]{0,40}(?:quota|storage|mailbox|disk|local limit)",
    r"\bfull mailbox",
    r"not enough (?:storage|space|disk)",
    r"insufficient (?:disk|storage|space|quota|mailbox)",
    r"(?:mailbox|account|quota) (?:size )?limit",
    r"mailbox has exceeded",
    r"no (?:more )?(?:disk )?(?:space|room|quota) (?:left|available)?",
    r"(?:has|have) (?:exceeded|reached) (?:its|their|his|the|your)[^.\n]{0,30}(?:quota"
    r"|limit|storage)",
    r"out of (?:storage|quota)",
    r"bo[iî]te[^.\n]{0,30}pleine",
    r"postfach (?:ist )?voll",
    r"buz[oó]n[^.\n]{0,20}lleno",
    r"容量|いっぱい|溢れ",
    r"mailbox for user is full",
    r"maildir over",
)

LOOP = any_of(
    r"hop count|too many hops|mail(?:ing)? loop|loops? back|loop (?:detect|alert)"
    r"|routing loop|duplicated message-id"
)

LARGE = any_of(
    r"(?:message|mail|e-?mail|data|attachment|body|header|content"
    r"|file)(?: header)?(?: file)?(?: is| was| size| length|\W)[^.\n]{0,40}(?:too (?:big"
    r"|large)|exceed|larger than|limit|over)",
    r"too (?:big|large) (?:message|mail|e-?mail)",
    r"exceed\w*[^.\n]{0,30}(?:message|maximum|max|file|mail|attachment)? ?size",
    r"size (?:limit|exceed|violation)",
    r"(?:maximum|max|fixed|allowed) (?:message|mail|file|attachment)? ?size",
    r"line limit|(?:line|header) (?:is )?too long",
    r"resolver\.rst\.recipsizelimit",
    r"submission quota",
)

INACTIVE = any_of(
    r"(?:mail ?box|account|user|recipient|address|customer|subscriber|e-?mail"
    r"|login)[^.\n]{0,70}(?:disabled|inactive|suspend|frozen|deactivat|not active|locked"
    r"|lock out|blocked(?! by| using)|terminated|closed|expired|dormant|on hold"
    r"|temporarily unavailable|not (?:yet )?activated|cancell?ed|no longer (?:active"
    r"|in use|on server|available)|currently unavailable|restricted|dis-?continued"
    r"|is currently (?:suspended|out))",
    r"(?:disabled|inactive|suspended|frozen|deactivated|locked|closed|dormant|expired"
    r"|terminated) (?:mail ?box|account|user|recipient|address|domain|customer|member)",
    r"user suspended",
    r"account that you tried to reach is (?:disabled|inactive|over)",
    r"has been (?:disabled|suspended|locked|deactivated|frozen|expired|terminated"
    r"|discontinued)",
    r"out of (?:service|order)",
    r"cuenta (?:inactiva|suspendida)",
    r"compte (?:suspendu|inactif|d[ée]sactiv)",
    r"受信を?(?:停止|拒否)",
)

CONTENT = any_of(
    r"\bspam",
    r"\bvirus",
    r"malware",
    r"phish",
    r"\bube\b",
    r"\buce\b",
    r"unsolicited",
    r"junk",
    r"bulk (?:e-?)?mail",
    r"content (?:rejected|filter|blocked|not|check|restrict|is|error)",
    r"(?:message|mail|e-?mail) (?:content|body|header)s?[^.\n]{0,30}(?:reject|refus|block"
    r"|inappropriate|not allowed|denied)",
    r"header error",
    r"multiple (?:addresses|from)",
    r"attachment[^.\n]{0,40}(?:not|block|reject|prohibit|forbidden|banned)",
    r"(?:duplicate|missing|invalid|malformed|multiple|bad|too many)[^.\n]{0,20}header",
    r"rfc ?(?:2822|5322|5321)|not rfc",
    r"(?:looks|appears|seems)[^.\n]{0,20}(?:like|to be) (?:a )?(?:spam|junk)",
    r"suspect",
    r"cloudmark",
    r"bare (?:lf|linefeed|cr)",
    r"violat\w*[^.\n]{0,30}content",
    r"classified",
    r"infected",
    r"banned (?:content|file|word)",
    r"high probability",
    r"not (?:rfc|standard)[- ]complian",
    r"improper use of 8-bit",
    r"(?:message|mail|it)[^.\n]{0,40}(?:suspicious|blocked by (?:our )?(?:filter|content))",
    r"\beicar\b",
    r"(?:8-?bit|unicode|charset)[^\n]{0,30}(?:not|unsupported)",
    r"(?:url|link|domain)s? (?:contained|found|listed)",
)

POLICY = any_of(
    r"relay(?:ing)?[^.\n]{0,30}(?:denied|not|prohibit|refus|forbid|access)",
    r"(?:unable|not (?:allowed|permitted)|denied|refuse[sd]?|won'?t|cannot) (?:to )?relay",
    r"not (?:our|a) (?:local )?(?:relay|gateway|customer) ?(?:host)?",
    r"access denied",
    r"(?:permission|delivery|sender|service|connection|transaction|session) denied",
    r"not (?:authori[sz]ed|permitted|allowed)",
    r"polic(?:y|ies)",
    r"recipient preferences",
    r"email preferences",
    r"refused by",
    r"restricted",
    r"authenticat\w* (?:is )?required|requires? authentication|must (?:be )?authenticat",
    r"members?[- ]only|not (?:a )?member|may not have permission|permission to post",
    r"prohibited|forbidden",
    r"(?:recipient|user|domain)[^.\n]{0,50}(?:reject|refus|block|filter|does not accept"
    r"|not accept|only accept|not want|declin)\w*[^.\n]{0,20}(?:mail|message|sender|you"
    r"|from)",
    r"rejected by (?:the )?(?:recipient|domain|user|filter|system|server|administrator"
    r"|organi[sz]ation|header|local)",
    r"administrative(?:ly)? (?:prohibit|den|lock)",
    r"due to (?:domain|local|security|recipient|user|organi[sz]ation)",
    r"you (?:are|have) (?:not|been) (?:allowed|blocked|permitted|banned)",
    r"rejectmessagesfrom|recipnotauth|restricttoauth|resolver\.rst\.(?:auth|not)",
    r"(?:domain|mail)[- ]filter",
    r"security",
    r"certificate|starttls|\btls\b|encrypt",
    r"this group|group (?:owner|may not)",
    r"listname|mailing list",
)

HOST = any_of(
    r"host(?: name)? (?:is )?(?:unknown|not found|could not be found|lookup fail"
    r"|or domain name not found)",
    r"(?:unknown|no such|unrouteable|invalid|bad|illegal) (?:mail )?(?:host|domain)",
    r"domain (?:name )?(?:does not|doesn'?t|not|could not be|is not|isn'?t) (?:exist|found"
    r"|be found|resolv|valid|accept)\w*",
    r"nxdomain",
    r"(?:cannot|can'?t|could not|couldn'?t|unable to|not) (?:find|resolve|locate|route to"
    r"|look ?up)[^.\n]{0,40}(?:host|domain|mx|address of|dns|exchange|server|hostname)",
    r"no (?:a, aaaa|mx|a record|dns|valid)[^.\n]{0,40}(?:record|found|host|server|exist)",
    r"name (?:or )?service (?:not known|error)[^\n]{0,80}not found",
    r"null ?mx",
    r"(?:does not|doesn'?t|not) accept(?:ing|s)? (?:any )?(?:e-?)?mail(?! from| for)",
    r"name server:? host not found",
    r"all relevant mx records point to non-?existent hosts",
    r"no mail ?(?:exchanger|hosts?|server)",
    r"illegal host/domain",
    r"destination (?:domain|host|server)[^.\n]{0,30}(?:unknown|not found|exist|invalid)",
    r"dns (?:error|lookup|failure)[^\n]{0,80}(?:domain name not found|no such|not found"
    r"|non-?existent|couldn'?t be found)",
    r"domain name not found",
    r"(?:domain|host|server)[^.\n]{0,40}couldn'?t be found",
    r"misconfigured: (?:no|the)",
    r"never accept",
    r"\b556\b",
)

USER = any_of(
    rf"(?:no|unknown|invalid|illegal|bad|nonexist\w*|non-existent|undefined|no such"
    rf"|not a valid|not valid|unrouteable|undeliverable|incorrect|wrong|not a known"
    rf"|unrecogni[sz]ed|missing|mistyped|no valid|obsolete|old|deleted)"
    rf"(?: or (?:illegal|unknown|invalid|inactive|nonexistent))? (?:local |final "
    rf"|destination |virtual |delivery |e-?mail |mail |such |mailbox "
    rf"|user )?{_WHO}s?(?! (?:quota|limit|full|format))\b(?! (?:is )?(?:disabled|full"
    rf"|over))",
    rf"{_WHO}[^.\n]{{0,70}}(?: {_GONE}|\bunknown|\binvalid\b|\bnot (?:found|known|exist"
    rf"|valid|listed|available here|here|our|local|recogni[sz]ed|present)\b|\bis not (?:a"
    rf"|in|found|valid|known|recogni[sz]ed|on|here|handled|local)\b|\bno longer (?:valid"
    rf"|exist|with|here|work|accept)\w*|\bdeleted|\bhas (?:been )?(?:removed|moved)"
    rf"|\bcould not be found|\bcouldn'?t be found|\bcan'?t be found|\bwasn'?t found"
    rf"|\bdoes(?:n'?t| not) have an?)",
    r"no (?:such )?(?:person|one|mailbox|user|recipient|address|account|alias|local user"
    r"|local mailbox)(?: (?:by|with|at|here|of|under|on|for|name|found))",
    r"no (?:account|mailbox|user|person|one|address) (?:here )?by that name",
    r"unknown (?:or illegal )?(?:user|alias|local[- ]?part|recipient|address|mailbox"
    r"|account|addressee|name)",
    r"(?:recipient|user|mailbox|address|account) unknown",
    r"not listed in (?:domino|public|name|address|the)",
    r"resolver\.adr\.\w*not ?found",
    r"unknown to (?:this|the|our) (?:system|host|server|domain)",
    r"addressee unknown",
    r"(?:user|recipient|mailbox)[^.\n]{0,30}(?:doesn'?t"
    r"|does not) have an? \S{1,40} (?:account|mailbox)",
    r"this (?:address|user|account|mailbox)[^.\n]{0,20}no longer",
    r"(?:has|have|been) (?:moved|changed)[^.\n]{0,40}(?:address|to|please)",
    r"user has moved",
    r"has left (?:the )?(?:company|organi[sz]ation|us)",
    r"recipient name is not recognized",
    r"not our customer",
    r"no such user",
    r"unknown user",
    r"unknown recipient",
    r"invalid recipient",
    r"user not found",
    r"recipient not found",
    r"mailbox not found",
    r"mailbox unavailable or not local",
    r"user not local",
    r"is not a valid",
    r"verify (?:the )?(?:recipient'?s )?(?:email )?address",
    r"utilisateur inconnu|adresse (?:inconnue|d'au moins)|destinataire inconnu"
    r"|bo[iî]te[^.\n]{0,20}(?:inexist|n'existe)|n'existe pas",
    r"benutzer (?:unbekannt|nicht)|empf[äa]nger[^.\n]{0,30}(?:unbekannt|nicht gefunden"
    r"|existiert)|adresse (?:unbekannt|existiert)",
    r"usuario (?:desconocido|no existe|inexistente)|destinatario (?:desconocido|no)" r"|no existe",
    r"utente (?:sconosciuto|inesistente|non)|destinatario sconosciuto"
    r"|indirizzo[^.\n]{0,30}(?:non|inesist)",
    r"usu[aá]rio (?:desconhecido|n[aã]o)|destinat[aá]rio desconhecido",
    r"onbekende gebruiker|gebruiker onbekend",
    r"存在し(?:ません|ない)|見つかりません|宛先不明|あて先[^\n]{0,20}不明|ユーザー?不明|不明なユーザ",
    r"不存在|查无|用户不",
    r"пользовател[ья][^\n]{0,20}не|не существует|не найден",
    r"retry timeout exceeded[^\n]{0,20}user unknown",
)

EXPIRED = any_of(
    r"envelope expired",
    r"retry (?:timeout|time not reached)|retry timeout exceeded",
    r"(?:message|mail|delivery|queue|lifetime|time)[^.\n]{0,40}(?:expired|timed? ?out"
    r"|too long|too old)",
    r"(?:delivery )?time (?:expired|limit)",
    r"(?:giving|given|give) up",
    r"could not be delivered (?:for|within|in|after)|for (?:the )?(?:last|past) \d+|(?:not"
    r"|un)[^.\n]{0,30}deliver\w*[^.\n]{0,20}(?:for|in|within|after|past) \d+ (?:minute"
    r"|hour|day)",
    r"(?:in|on) (?:the )?queue too long|been (?:in|on) the queue|too long (?:in"
    r"|on) (?:the )?queue",
    r"failing for a long time",
    r"connection (?:timed out|time-?out)|timed? ?out",
    r"cannot send message (?:for|within)",
    r"message expired|messages? (?:has|have) expired",
    r"maximum (?:retries|time|lifetime|delivery)|retries exceeded",
    r"(?:did|does|is|was) not respond|not responding",
    r"有効期限|タイムアウト",
)

NETWORK = any_of(
    r"(?:connection|network)[^.\n]{0,40}(?:refus|reset|lost|closed|dropped|unreachable"
    r"|fail|error|interrupted|broken|abort)",
    r"requests to connect|socket error|establish an smtp connection|host not reachable"
    r"|no route to host|network (?:is )?unreachable|unreachable",
    r"(?:loop|hop count|too many hops|routing)",
    r"(?:dns|name) (?:server|lookup|resolution)?[^.\n]{0,30}(?:fail|error|temporar"
    r"|servfail|timeout)|host name lookup failure",
    r"host (?:is )?(?:down|unreachable)",
    r"(?:can(?:no|')t|could not|couldn'?t|unable to) (?:connect|establish|contact|reach)",
    r"temporary (?:dns|lookup|name|resolution)",
    r"lost connection",
    r"(?:remote|destination|recipient)? ?(?:server|host|mx)[^.\n]{0,40}(?:unavailable"
    r"|unreachable|not available|offline)",
    r"no (?:answer|response) from|bad (?:connection|route)",
    r"loops? back|mail loop",
)

SYSTEM = any_of(
    r"(?:system|server|internal|local|i/o|configuration|database|software|delivery"
    r"|mail(?:er)?|filter|script|resource|service|processing|ldap|disk"
    r"|file)[^.\n]{0,30}(?:error|fail|problem|unavailable|not available|exception|crash"
    r"|shut|overload|busy|down)",
    r"out of memory|insufficient system|disk (?:is )?full|no space left",
    r"service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|shutting)",
    r"can(?:no|')t (?:create|open|write|append|exec|lock|save)[^\n]{0,30}",
    r"command (?:died|failed|time limit|output)",
    r"\bpipe to\b|procmail|\bexit(?:ed)? (?:status|code|with)|unknown mailer error"
    r"|error while (?:executing|running)",
    r"temporar\w* (?:failure|problem|error|unavailable|local)",
    r"please try (?:again|later)|try again later",
    r"(?:out|not) of (?:service|operation)",
    r"duplicated message-id|loop alert",
)

BEFORE_CODES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.NETWORK, LOOP),
    (Reason.REPUTATION, AUTHENTICATION),
    (Reason.MAILBOX_FULL, FULL),
    (Reason.REPUTATION, REPUTATION),
    (Reason.CONTENT, CONTENT),
    (Reason.TOO_LARGE, LARGE),
    (Reason.RATE_LIMITED, RATE),
    (Reason.MAILBOX_INACTIVE, INACTIVE),
    (Reason.HOST_UNKNOWN, HOST),
    (Reason.USER_UNKNOWN, USER),
    (Reason.POLICY, POLICY),
)
"""Asked in this order: a reason that spares the address comes before one that ends it."""

AFTER_CODES: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (Reason.EXPIRED, EXPIRED),
    (Reason.NETWORK, NETWORK),
    (Reason.SYSTEM, SYSTEM),
)
"""Words so general that a status says more."""
