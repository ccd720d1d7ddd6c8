"""Signs that a mail without standard fields is a machine's notice of a delivery that failed.

In: headers and words. Out: yes or no. Never: a yes for what a person forwards or asks about.
"""

from __future__ import annotations

import re

from outrider.sending.bounces.parts import Parts

_MACHINE = re.compile(
    r"\b(?:mail(?:er)?[-_ ]?daemon|p+o+st[-_ ]?master|mail (?:delivery|administrat\w{1,5}"
    r"|system|router|server|gateway)"
    r"|system administrator|delivery (?:subsystem|system|agent|notification)|sysadmin"
    r"|mdaemon|mail[-_]?gateway|bounce[sd]?|non-?delivery|mmsc|content[- ]filter"
    r"|email[-_]?admin|abuse|nobody)\b",
    re.I,
)
_DAEMON = re.compile(r"(?:^|[<\s])(?:mailer-daemon|post_?master)@", re.I)
_LIST_MACHINE = re.compile(
    r"[-_.](?:admin|owner|request|bounces?|help|ctl|errors?)@|majordomo|listserv|mailman"
    r"|ezmlm|sympa",
    re.I,
)
_SAYS_SO = re.compile(
    r"undeliver|non-?deliver|delivery (?:status )?(?:notification|failure|report|error"
    r"|problem|has failed|failed|incomplete|delay|attempts?)|returned (?:mail|e-?mail"
    r"|message|to sender)|failure (?:notice|notification|delivery|reasons?)|mail failure"
    r"|message (?:status|failure)"
    r"|fail(?:ed|ure)? (?:of |to |in )?deliver|deliver\w* (?:has |have )?(?:been )?(?:fail"
    r"|delay|abort|reject|refus)|mail system error|(?:not|un)[- ]?able to (?:be )?deliver"
    r"|(?:could|can|did|was|were|has|have) ?(?:not|n'?t) (?:yet )?(?:been |be )?(?:deliver"
    r"|sent|reach|relay|accept)|couldn'?t be delivered|wasn'?t delivered|can(?:no"
    r"|')t deliver"
    r"|(?:mail|message)[^.\n]{0,60}(?:rejected|refused|bounced|returned|blocked|failed"
    r"|error)|error(?: occurred)? (?:while |in )?(?:trying to deliver|sending|delivering"
    r"|handling)|trouble (?:deliver|sending)|did not reach|unknown (?:user|recipient)"
    r"|user unknown|is not recognized|delivery to the following|address(?:es)? (?:had"
    r"|failed|rejected)|could not send message|warning: [^\n]{0,20}message"
    r"|considered unsolicited"
    r"|invalid (?:user|recipient|address)|no such (?:user|recipient|mailbox)"
    r"|service unavailable|mailbox (?:is )?(?:full|unavailable|not found)"
    r"|no longer (?:valid|active|in use|accept)|does not exist|addresses had|exceeded"
    r"|malformed recipient|cannot be sent"
    r"|unzustell|nicht zugestellt|konnte nicht|non remis|non distribu|[ée]chec|n'a pas pu"
    r"|non recapit|mancata consegna|non (?:è stato )?(?:possibile )?consegn|no se (?:puede"
    r"|pudo|ha podido) entreg|no entregado|devuelto|não (?:foi )?entreg|falha (?:na"
    r"|de) entrega|onbestelbaar|niet (?:worden )?(?:bezorgd|afgeleverd)|olevererbar"
    r"|kunde inte|kunne ikke|ikke leveres|nie(?:dostarcz|\W+można)|недостав|не доставл"
    r"|невозможно доставить|配信(?:不能|できません|エラー)"
    r"|送信(?:できません|エラー)|届け|不達|エラー|退信|无法(?:投递|送达)"
    r"|投递失败|メールサーバ",
    re.I,
)
_OPENING = re.compile(
    r"\A\W{0,40}(?:hi\. this is (?:the|deliver)"
    r"|this message was created automatically by (?:mail|the smtp)|this is (?:the (?:qmail"
    r"|mail) |a permanent error; i've|an automatically generated (?:delivery"
    r"|message from the)|a delivery status notification)"
    r"|i'm sorry to have to inform you that|"
    r"we're sorry\. there's a problem with the e-?mail"
    r"|the original message was received at|unfortunately, (?:your message"
    r"|we were unable)[^\n]{0,40}deliver|sorry,? we were unable to deliver"
    r"|the following address(?:es)? (?:had|failed)"
    r"|your message[^\n]{0,200}\n(?:[^\n]{0,200}\n){0,8}?[^\n]{0,40}did not reach the following"
    r"|delivery to the following recipients? (?:has )?(?:failed|been delayed)"
    r"|unable to deliver message to the following)",
    re.I,
)
_LIST_REFUSAL = re.compile(
    r"not (?:a )?member|non-?members?\b|members?[- ]only|not allowed to post"
    r"|not (?:authori[sz]ed|permitted) to (?:post|send)|loop alert|duplicated message-id"
    r"|message (?:rejected|has been rejected|was rejected)"
    r"|request to mailing list[^\n]{0,60}rejected|list is closed"
    r"|posting (?:is )?(?:not allowed|denied)",
    re.I,
)
_WAITING = re.compile(
    r"(?:has|have|been|is|was|delivery|message) (?:been )?(?:temporarily )?(?:delayed"
    r"|deferred)|will (?:be retried|keep trying|try again|continue to (?:try|be)|retry)"
    r"|still (?:being )?tr(?:y|ied)|not yet (?:been )?deliver"
    r"|could not send message for (?:the )?past|no action is required|this is a warning"
    r"|you do not need to re-?send|\(delay\)|warning: (?:message|could not)"
    r"|delivery (?:incomplete|delayed)|次の配信|再送(?:します|を試み)",
    re.I,
)
_FORWARDED = re.compile(r"^\W{0,3}(?:fw|fwd|wg|tr|rv|i|enc)\s?:", re.I)


def is_notice(parts: Parts) -> bool:
    """Whether a mail in words tells of a failed delivery."""
    subject, opening = parts.first("subject"), parts.notice[:1500]
    senders = " ".join(parts.first(name) for name in ("from", "sender", "return-path"))
    if _FORWARDED.match(subject) and not _MACHINE.search(senders):
        return False
    if parts.first("x-failed-recipients"):
        return True
    is_answer = bool(parts.first("in-reply-to")) and not has_null_path(parts)
    if not is_answer and (_MACHINE.search(senders) or has_null_path(parts)):
        return (_SAYS_SO.search(subject) or _SAYS_SO.search(opening)) is not None
    if is_answer and _DAEMON.search(parts.first("from")) and _SAYS_SO.search(opening[:300]):
        return "\n>" not in opening
    if _LIST_MACHINE.search(senders) and _LIST_REFUSAL.search(f"{subject}\n{opening[:400]}"):
        return True
    return not is_answer and _OPENING.match(opening) is not None


def has_null_path(parts: Parts) -> bool:
    """Whether it was sent so that nobody can answer (RFC 5321, section 4.5.5)."""
    path = parts.first("return-path").replace(" ", "")
    sender = parts.first("from").strip()
    return path == "<>" or sender.endswith("<>")


def is_waiting(subject: str, words: str) -> bool:
    """Whether the server goes on trying."""
    return _WAITING.search(subject) is not None or _WAITING.search(words[:3000]) is not None
