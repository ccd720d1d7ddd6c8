"""What the doctor of a domain is told: our mailboxes there, their keys, their servers.

In: Outrider and a domain. Out: a `Case`, and what posts to the unsubscribe address. Never: a look at DNS.
"""

from __future__ import annotations

from collections.abc import Sequence

from outrider.app.jobs.care.domain import Case, Post
from outrider.app.jobs.care.domain_records import Sending
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput
from outrider.sending import domains, mailboxes
from outrider.sending.dkim import dns_records
from outrider.sending.types import SmtpTls, Transport


async def case_of(
    outrider: Outrider, domain: str, selectors: Sequence[str] = (), hosts: Sequence[str] = ()
) -> Case:
    """What is known of how we send from this domain."""
    async with outrider.begin()() as tx:
        ours = await domains.listing(tx)
        boxes = [
            box
            for box in await mailboxes.listing(tx)
            if box.address.rpartition("@")[2].lower() == domain
        ]
    sending = Sending(domain, {one: None for one in selectors}, list(hosts))
    case = Case(sending, outrider.settings.public_url, ours=ours)
    for box in boxes:
        signer = outrider.dkim(box)
        for name, record in (dns_records(signer) if signer is not None else {}).items():
            sending.selectors[name.partition("._domainkey.")[0]] = record
        if box.transport not in (Transport.MAILDIR, Transport.SMTP):
            sending.providers.append(box.transport)
        if box.smtp_host and box.smtp_port and box.smtp_tls is not SmtpTls.NONE:
            server = (box.smtp_host, box.smtp_port, box.smtp_tls is SmtpTls.TLS)
            if server not in case.servers:
                case.servers.append(server)
    return case


def poster(outrider: Outrider) -> Post:
    """What posts a one-click unsubscription, as a mailbox provider would; it follows nothing."""
    from outrider.vendors.http_transport import HttpTransport, Request, shared_circuit

    async def post(url: str) -> int:
        http = HttpTransport(shared_circuit("one-click", url, outrider.clock), outrider.clock)
        try:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            body = b"List-Unsubscribe=One-Click"
            return (await http.ask(Request("POST", url, form, body))).status
        except InvalidInput:
            raise
        except Exception:  # noqa: BLE001  whatever is in the way, it is no answer to a recipient
            return 0
        finally:
            await http.close()

    return post
