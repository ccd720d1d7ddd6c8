"""One mail to one provider, and what its answer truthfully means for the outbox (decision 0004).

In: a mail, the request made of it, the provider's own words. Out: accepted, refused, later, unknown.
Never: `later` for a mail that may have been taken, `accepted` without the provider's own word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from outrider.kernel.errors import InvalidSetting, Refused, VendorUnavailable
from outrider.sending.types import Delivery, DeliveryResult, Outgoing
from outrider.vendors.http_transport import Answer, HttpTransport, NoAnswer, Request, retry_after
from outrider.vendors.mail_http.letter import Letter, read
from outrider.vendors.mail_http.tokens import Tokens

_MAIL_TO_BLAME = frozenset({400, 406, 411, 413, 415, 422, 451})
_LONGEST_WORDS = 300
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,300}>")


@dataclass(frozen=True)
class Taken:
    """A provider's word that it has the mail."""

    provider_id: str
    seen_as: str | None = None


@dataclass(frozen=True)
class Said:
    """What a provider's answer says in its own words: a code of its own, and a sentence."""

    code: str = ""
    words: str = ""


@dataclass(frozen=True)
class Manners:
    """How to read one provider.

    `taken` reads a 2xx; None means that it cannot be understood. `said` reads the rest.
    `verdicts` overrules the status by the provider's code. `key` says how to mend a wrong key.
    """

    taken: Callable[[Letter, Answer], Taken | None]
    said: Callable[[Answer], Said]
    key: str
    verdicts: Mapping[str, Callable[[str], DeliveryResult]]


def named_by_id(letter: Letter, answer: Answer) -> Taken | None:
    """Reads the answer of a provider that tells its id of the mail as `id`."""
    id_ = answer.fields().get("id")
    return Taken(id_) if isinstance(id_, str) and id_ else None


def refused(answer: str) -> DeliveryResult:
    """Nothing was sent, and this mail never will be this way."""
    return DeliveryResult(delivery=Delivery.REFUSED, answer=answer)


def down(answer: str, wait_seconds: int | None = None) -> DeliveryResult:
    """Nothing was sent, and no mail can leave this way now."""
    return DeliveryResult(
        delivery=Delivery.TRY_LATER,
        answer=answer,
        retry_after_seconds=wait_seconds,
        is_transport_down=True,
    )


def unknown(answer: str) -> DeliveryResult:
    """It may have been sent."""
    return DeliveryResult(delivery=Delivery.UNKNOWN, answer=answer)


def not_begun(error: VendorUnavailable | InvalidSetting) -> DeliveryResult:
    """Something that comes before any sending failed, a token or a draft: certainly nothing left."""
    wait = error.wait if isinstance(error, NoAnswer) else None
    return down(error.message, int(wait.total_seconds()) + 1 if wait else None)


async def hand_over(
    http: HttpTransport, mail: Outgoing, compose: Callable[[Letter], Request], manners: Manners
) -> DeliveryResult:
    """Ask the provider to take this mail, and say what became of it."""
    try:
        letter = read(mail)
        request = compose(letter)
    except Refused as error:
        return refused(error.message)
    try:
        answer = await http.ask(request)
    except NoAnswer as trouble:
        return without_answer(http.name, trouble)
    return judge(http, letter, answer, manners)


async def knock(
    http: HttpTransport, request: Request, manners: Manners, *, well: frozenset[str] = frozenset()
) -> DeliveryResult | None:
    """Ask for something harmless, to learn whether the key is taken; None when it is.

    Args:
        http: the provider.
        request: a look, which changes nothing there.
        manners: how to read its answer.
        well: codes of a refusal that only a known key gets, one that may send and not look.
    """
    try:
        answer = await http.ask(request)
    except NoAnswer as trouble:
        return not_begun(trouble)
    said = manners.said(answer)
    if 200 <= answer.status < 300 or said.code in well:
        return None
    if answer.status in (401, 403):
        return down(f"{http.name} does not let this key send ({_plain(said)}): {manners.key}.")
    return down(f"{http.name} says {answer.status}: {_plain(said)}.")


async def allowed(tokens: Tokens) -> DeliveryResult | None:
    """Fetch an access token anew; None when it is given."""
    tokens.forget()
    try:
        await tokens.headers()
    except (VendorUnavailable, InvalidSetting) as error:
        return not_begun(error)
    return None


def without_answer(name: str, trouble: NoAnswer) -> DeliveryResult:
    """What it means that no answer came."""
    if trouble.was_sent:
        return unknown(
            f"After the whole mail was handed to {name}, no answer came: {trouble.message}"
        )
    return not_begun(trouble)


def judge(http: HttpTransport, letter: Letter, answer: Answer, manners: Manners) -> DeliveryResult:
    """What an answer means, by the provider's own code first and by the status then."""
    name = http.name
    if 200 <= answer.status < 300:
        taken = manners.taken(letter, answer)
        if taken is not None:
            return accepted(name, taken)
        said = manners.said(answer)
        if said.code not in manners.verdicts:
            return unknown(
                f"{name} answered {answer.status} with something that cannot be understood; look "
                f"for {letter.mail.message_id} at {name}."
            )
    else:
        said = manners.said(answer)
    sentence = f"{name} says {answer.status}: {_plain(said)}."
    if said.code in manners.verdicts:
        return manners.verdicts[said.code](sentence)
    if answer.status in (401, 403):
        return down(f"{name} does not let this key send ({_plain(said)}): {manners.key}.")
    if answer.status >= 500 or answer.is_after_doubt:
        return unknown(f"{sentence[:-1]}, so nobody can know whether it took the mail.")
    if answer.status in _MAIL_TO_BLAME:
        return refused(sentence)
    wait = retry_after(answer.headers.get("retry-after"), http.now())
    return down(sentence, int(wait.total_seconds()) if wait else None)


def accepted(name: str, taken: Taken) -> DeliveryResult:
    """The provider has it; its own id is kept, for its events name nothing else."""
    id_ = _printable(taken.provider_id)
    seen_as = taken.seen_as if _MESSAGE_ID.fullmatch(taken.seen_as or "") else None
    words = f"{name} took it as {id_}"
    if seen_as:
        words += f"; its recipient sees the Message-ID {seen_as}"
    return DeliveryResult(
        delivery=Delivery.ACCEPTED, answer=words, provider_id=id_, seen_as=seen_as
    )


def _plain(said: Said) -> str:
    """A provider's words on one line, of bearable length."""
    return _printable(f"{said.code} {said.words}").rstrip(" .") or "no words"


def _printable(words: str) -> str:
    joined = " ".join(words.split())
    return "".join(c for c in joined if c.isprintable())[:_LONGEST_WORDS]
