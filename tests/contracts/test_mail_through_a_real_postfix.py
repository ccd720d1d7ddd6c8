"""A Postfix as others run it takes our mails, refuses what it must, and its own bounces are understood."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from outrider.sending.bounces.detect import detect
from outrider.sending.bounces.types import Kind, Reason
from outrider.sending.types import Delivery, DeliveryResult, Outgoing
from outrider.vendors.fakes.faulty_smtp import FaultySmtp
from outrider.vendors.smtp import Smtp
from tests.contracts.test_mail_transports import outgoing, server
from tests.ports import free_port

MAILS = 200
MANY = 120
_DAEMONS = "/usr/lib/postfix/sbin"
_SERVICES = """\
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
_SETTINGS = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.depot.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
maillog_file = {root}/log
maillog_file_prefixes = {root}
message_size_limit = 200000
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
relay_domains = gone.example
transport_maps = inline:{{ gone.example=smtp:[127.0.0.1]:{elsewhere} }}
virtual_mailbox_domains = depot.example, try-brand.example
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = inline:{{ dana@depot.example=dana/, sam@try-brand.example=sam/ }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""


@dataclass(frozen=True)
class Postfix:
    """A running server with two mailboxes."""

    root: Path
    port: int
    elsewhere: int
    """The port to which it hands mail for another domain."""

    def mailbox(self, name: str) -> list[bytes]:
        """What lies in a mailbox."""
        return [file.read_bytes() for file in (self.root / "mail" / name / "new").glob("*")]

    async def holds(self, name: str, many: int) -> list[bytes]:
        """Its mails, once there are so many."""
        until = time.monotonic() + 120
        while len(found := self.mailbox(name)) < many and time.monotonic() < until:
            await asyncio.sleep(0.1)
        return found


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    binary = shutil.which("postfix", path="/usr/sbin:/usr/bin")
    if binary is None or not Path(_DAEMONS).is_dir():
        pytest.skip("Postfix is not installed; Debian has it in the package postfix")
    if os.geteuid() != 0:
        pytest.skip("only root can start a Postfix of its own")
    # Its daemons run as other accounts, and the folders of tests are closed to them.
    root, port = Path(tempfile.mkdtemp(prefix="outrider-postfix-", dir="/var/tmp")), free_port()
    root.chmod(0o755)
    owner = pwd.getpwnam("postfix")
    for name in ("etc", "queue", "data", "mail"):
        (root / name).mkdir(mode=0o755)
    for name in ("data", "mail"):
        os.chown(root / name, owner.pw_uid, owner.pw_gid)
    elsewhere = free_port()
    said = {
        "elsewhere": elsewhere,
        "root": root,
        "daemons": _DAEMONS,
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
    }
    (root / "etc" / "main.cf").write_text(_SETTINGS.format(**said))
    (root / "etc" / "master.cf").write_text(_SERVICES.format(port=f"127.0.0.1:{port}"))
    command = [binary, "-c", str(root / "etc")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, check=False)
    try:
        log = root / "log"
        assert started.returncode == 0, started.stderr + (log.read_text() if log.exists() else "")
        _listens(port)
        yield Postfix(root, port, elsewhere)
    finally:
        subprocess.run([*command, "stop"], capture_output=True, check=False)
        shutil.rmtree(root, ignore_errors=True)


def _listens(port: int) -> None:
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("Postfix does not listen")


def message_ids(mails: list[bytes]) -> Counter[str]:
    """Their Message-IDs, each with how often it is there."""
    return Counter(
        str(message_from_bytes(raw, policy=policy.default)["Message-ID"]) for raw in mails
    )


async def a_lane(port: int, numbers: range) -> list[DeliveryResult]:
    """One connection that hands over these mails in a stream."""
    smtp = Smtp(server(port, seconds=20))
    mails = [outgoing(number) for number in numbers]
    results = [result async for _, result in smtp.deliver_each(mails, lambda mail: True)]
    await smtp.close()
    return results


async def test_every_mail_arrives_once_with_the_bytes_that_were_signed(postfix: Postfix) -> None:
    lanes = [range(first, first + 50) for first in range(1, MAILS, 50)]
    done = await asyncio.gather(*(a_lane(postfix.port, numbers) for numbers in lanes))
    results = [result for several in done for result in several]
    assert len(results) == MAILS
    assert {one.delivery for one in results} == {Delivery.ACCEPTED}
    assert all("queued as" in one.answer for one in results)
    mails = {mail.message_id: mail for mail in (outgoing(n) for n in range(1, MAILS + 1))}
    arrived = await postfix.holds("dana", MAILS)
    assert len(arrived) == MAILS
    for raw in arrived:
        head, _, rest = raw.partition(b"\nFrom: ")
        assert b"by mx.depot.example (Postfix)" in head
        sent = (b"From: " + rest).replace(b"\n", b"\r\n")
        id_ = str(message_from_bytes(sent, policy=policy.default)["Message-ID"])
        assert sent == mails.pop(id_).data
    assert mails == {}


async def test_more_connections_than_it_takes_lose_no_mail_and_double_none(
    postfix: Postfix,
) -> None:
    async def alone(mail: Outgoing) -> DeliveryResult:
        smtp = Smtp(server(postfix.port, seconds=5))
        result = await smtp.deliver(mail)
        # Nobody hangs up until everybody has tried: the server has a hundred hands.
        await tried.wait()
        await smtp.close()
        return result

    tried = asyncio.Barrier(MANY)
    before = len(postfix.mailbox("dana"))
    mails = [outgoing(number) for number in range(1_001, 1_001 + MANY)]
    results = await asyncio.gather(*(alone(mail) for mail in mails))
    both = list(zip(mails, results, strict=True))
    taken = {mail.message_id for mail, one in both if one.delivery is Delivery.ACCEPTED}
    later = [one for _, one in both if one.delivery is not Delivery.ACCEPTED]
    assert taken
    assert {one.delivery for one in later} == {Delivery.TRY_LATER}
    arrived = message_ids(await postfix.holds("dana", before + len(taken)))
    ours = {mail.message_id for mail in mails}
    assert {id_: arrived[id_] for id_ in ours & arrived.keys()} == dict.fromkeys(taken, 1)


async def test_it_says_before_the_mail_that_nobody_is_there(postfix: Postfix) -> None:
    smtp = Smtp(server(postfix.port, seconds=20))
    result = await smtp.deliver(outgoing(901, "nobody@depot.example"))
    kept = await smtp.deliver(outgoing(902))
    await smtp.close()
    assert result.delivery is Delivery.REFUSED
    assert "550 5.1.1" in result.answer
    assert kept.delivery is Delivery.ACCEPTED


async def test_a_mail_that_is_too_large_is_refused_and_the_next_one_goes(postfix: Postfix) -> None:
    smtp = Smtp(server(postfix.port, seconds=20))
    result = await smtp.deliver(outgoing(911, text="long enough " * 30_000))
    kept = await smtp.deliver(outgoing(912))
    await smtp.close()
    assert result.delivery is Delivery.REFUSED
    assert "552" in result.answer
    assert kept.delivery is Delivery.ACCEPTED


async def test_its_bounce_names_our_mail_and_the_dead_address(
    postfix: Postfix, tmp_path: Path
) -> None:
    before = len(postfix.mailbox("sam"))
    elsewhere = FaultySmtp(tmp_path / "journal")
    await elsewhere.start(postfix.elsewhere)
    smtp = Smtp(server(postfix.port, seconds=20))
    mail = outgoing(921, "refused.lee@gone.example")
    assert (await smtp.deliver(mail)).delivery is Delivery.ACCEPTED
    await smtp.close()
    found = await postfix.holds("sam", before + 1)
    await elsewhere.stop()
    report = detect(found[-1])
    assert report is not None
    assert (report.kind, report.message_ids) == (Kind.BOUNCE, (mail.message_id,))
    (outcome,) = report.outcomes
    assert (outcome.recipient, outcome.status) == ("refused.lee@gone.example", "5.1.1")
    assert (outcome.reason, outcome.is_hard) == (Reason.USER_UNKNOWN, True)
