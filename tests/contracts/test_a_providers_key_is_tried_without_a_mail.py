"""A provider's key is tried before the first mail: a good one passes, a wrong one is named, nothing leaves."""

from __future__ import annotations

import pytest

from outrider.kernel.clock import VirtualClock
from outrider.sending.ports import TriesOut
from outrider.sending.types import Transport
from outrider.vendors.fakes.mail_http.resend import FakeResend
from outrider.vendors.fakes.mail_http.server import Call, Reply, said
from outrider.vendors.mail_http.choose import transport_of
from tests.mail_places import SERVICES, Service, connect, mailbox
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("give_up_soon")

TRIED = [one for one in SERVICES if one.provider is not Transport.MAILGUN]
"""Mailgun's sending keys may do nothing but send, so that it tells nothing of them beforehand."""

services = pytest.mark.parametrize("service", TRIED, ids=lambda one: str(one.provider))


@services
async def test_a_known_key_passes_and_no_mail_is_made(
    service: Service, clock: VirtualClock
) -> None:
    with service.fake() as fake:
        transport = connect(service, fake, clock)
        assert isinstance(transport, TriesOut)
        assert await transport.try_out() is None
        await transport.close()
        assert fake.taken == []
        assert fake.calls


@services
async def test_a_wrong_key_is_told_in_one_sentence_without_the_key(
    service: Service, clock: VirtualClock
) -> None:
    with service.fake() as fake:
        transport = connect(service, fake, clock, key="wrong-key-99")
        assert isinstance(transport, TriesOut)
        result = await transport.try_out()
        await transport.close()
    assert result is not None
    assert result.is_transport_down
    assert "key" in result.answer or "access" in result.answer
    assert "wrong-key-99" not in result.answer
    assert "\n" not in result.answer
    assert result.answer.endswith(".")


@services
async def test_a_provider_that_is_not_there_is_told(service: Service, clock: VirtualClock) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    transport = transport_of(mailbox(service.provider), service.secret("k"), clock, url)
    assert isinstance(transport, TriesOut)
    result = await transport.try_out()
    await transport.close()
    assert result is not None
    assert result.is_transport_down


async def test_a_key_that_may_only_send_is_a_good_key(clock: VirtualClock) -> None:
    class SendsOnly(FakeResend):
        def answer(self, call: Call) -> Reply:
            if call.method == "GET":
                words = "This API key is restricted to only send emails"
                return said(401, {"name": "restricted_api_key", "message": words})
            return super().answer(call)

    with SendsOnly() as fake:
        transport = transport_of(mailbox(Transport.RESEND), fake.key, clock, fake.url)
        assert isinstance(transport, TriesOut)
        assert await transport.try_out() is None
        await transport.close()
