"""Text messages by Twilio, which has no idempotency key.

In: a number and words. Out: what became of them. Never: a second try of what may have been taken, a
number or a token in an answer.

Source: twilio.com/docs/messaging/api/message-resource (create), twilio.com/docs/api/errors.
"""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import urlencode, urlsplit

from outrider.campaigns.task_types import SmsDelivery, SmsResult
from outrider.kernel.clock import Clock
from outrider.kernel.errors import InvalidSetting
from outrider.vendors.http_transport import (
    LOOPBACK,
    Answer,
    HttpTransport,
    NoAnswer,
    Request,
    shared_circuit,
)

URL = "https://api.twilio.com"
KEY_FILE = "twilio.json"
"""In the keys folder; see `from_secret` for what it holds."""
OPTED_OUT = 21610
"""Twilio's code when the person has answered STOP."""
_FAILED = frozenset({"failed", "undelivered", "canceled"})
_MESSAGE_TO_BLAME = frozenset({400, 422})
_KEY_TO_BLAME = frozenset({401, 403, 404})
_LONGEST_WORDS = 200
_NUMBER = re.compile(r"\+?[0-9]{7,15}")


class TwilioSms:
    """The port `TextMessages`, over Twilio's Messages resource."""

    def __init__(
        self, http: HttpTransport, account: str, login: tuple[str, str], sender: dict[str, str]
    ) -> None:
        """`login` is the account or an API key, with its secret; `sender` the form's sender field."""
        self._http = http
        self._path = f"/2010-04-01/Accounts/{account}/Messages.json"
        self._url = URL
        self._sender = sender
        token = base64.b64encode(":".join(login).encode()).decode()
        self._headers = {
            "Authorization": f"Basic {token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def at(self, url: str) -> TwilioSms:
        """The same at another address, for rehearsals."""
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
            raise InvalidSetting(
                f"Twilio at {url} is not asked without TLS: give an https address."
            )
        self._url = url.rstrip("/")
        return self

    async def send(self, to: str, text: str) -> SmsResult:
        """Hand one message over, once."""
        form = urlencode({"To": to, "Body": text, **self._sender}).encode()
        request = Request("POST", self._url + self._path, self._headers, form)
        try:
            answer = await self._http.ask(request)
        except NoAnswer as trouble:
            if not trouble.was_sent:
                return _later(trouble.message)
            return _unknown(f"After the message was handed to Twilio, no answer came: {trouble}")
        return _judged(answer)

    async def close(self) -> None:
        """Free the connections."""
        await self._http.close()


def from_secret(secret: str, clock: Clock) -> TwilioSms:
    """Twilio by what its key file holds, in JSON.

    `account_sid`; `auth_token`, or `api_key` and `api_secret`; `messaging_service_sid`, or `from`.

    Raises:
        InvalidSetting: something is missing or cannot be; the sentence names it, never its value.
    """
    try:
        found = json.loads(secret)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidSetting(
            f"The file {KEY_FILE} is no JSON object: see `outrider tasks send -h`."
        )
    account = _need(found, "account_sid", r"AC[0-9a-fA-F]{32}")
    if "api_key" in found:
        login = (_need(found, "api_key", r"SK[0-9a-fA-F]{32}"), _need(found, "api_secret"))
    else:
        login = (account, _need(found, "auth_token"))
    if "messaging_service_sid" in found:
        service = _need(found, "messaging_service_sid", r"MG[0-9a-fA-F]{32}")
        sender = {"MessagingServiceSid": service}
    else:
        sender = {"From": _need(found, "from", r"\+[1-9][0-9]{6,14}")}
    http = HttpTransport(shared_circuit("Twilio", account, clock), clock)
    return TwilioSms(http, account, login, sender)


def _need(found: dict[str, object], name: str, form: str = r"[\x21-\x7e]{8,200}") -> str:
    value = found.get(name)
    if not isinstance(value, str) or not re.fullmatch(form, value):
        raise InvalidSetting(
            f"The file {KEY_FILE} has no usable {name}: copy it from Twilio's console."
        )
    return value


def _judged(answer: Answer) -> SmsResult:
    fields = answer.fields()
    sentence = f"Twilio says {answer.status}: {_words(answer)}."
    if 200 <= answer.status < 300:
        return _taken(answer)
    if fields.get("code") == OPTED_OUT:
        return SmsResult(
            delivery=SmsDelivery.REFUSED,
            answer="Twilio says that the person answered STOP to text messages.",
            is_opted_out=True,
        )
    if answer.status >= 500 or answer.is_after_doubt:
        return _unknown(f"{sentence[:-1]}, so nobody can know whether it took the message.")
    if answer.status in _KEY_TO_BLAME:
        return _later(f"Twilio does not let this key send ({_words(answer)}): mend {KEY_FILE}.")
    if answer.status in _MESSAGE_TO_BLAME:
        return SmsResult(delivery=SmsDelivery.REFUSED, answer=sentence)
    return _later(sentence)


def _taken(answer: Answer) -> SmsResult:
    fields = answer.fields()
    sid, status = fields.get("sid"), str(fields.get("status") or "")
    if not isinstance(sid, str) or not re.fullmatch(r"[SM]M[0-9a-fA-F]{32}", sid):
        return _unknown(
            f"Twilio answered {answer.status} with something that cannot be understood; look for "
            "the message in its console."
        )
    if status in _FAILED:
        return SmsResult(
            delivery=SmsDelivery.REFUSED, answer=f"Twilio could not send it: {_words(answer)}."
        )
    return SmsResult(
        delivery=SmsDelivery.ACCEPTED, answer=f"Twilio took it as {sid}", provider_id=sid
    )


def _later(answer: str) -> SmsResult:
    return SmsResult(delivery=SmsDelivery.TRY_LATER, answer=answer)


def _unknown(answer: str) -> SmsResult:
    return SmsResult(delivery=SmsDelivery.UNKNOWN, answer=answer)


def _words(answer: Answer) -> str:
    """Twilio's code and words on one line, without the number that it likes to repeat."""
    fields = answer.fields()
    code = fields.get("code") or fields.get("error_code") or ""
    words = f"{code} {fields.get('message') or fields.get('error_message') or ''}"
    plain = "".join(c for c in " ".join(words.split()) if c.isprintable())
    return _NUMBER.sub("(number)", plain)[:_LONGEST_WORDS].rstrip(" .") or "no words"
