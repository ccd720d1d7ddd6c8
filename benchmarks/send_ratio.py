"""Mails per second from the queue to a mail server on all cores, beside Postfix's own smtp-source.

Ours: claim, build, sign (DKIM, RSA-2048), keep the bytes, look again at every fact, hand over by SMTP
and record, as `outrider send` does it, by several processes into one smtp-sink. The limit: smtp-source
with ten kept connections, mails of the same length, into the same sink, before and after. It signs
nothing; what one RSA-2048 signature costs is measured by itself and told, for no sender that signs
can be faster than the cores divided by it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks._sending import cpu_of, ended, go, orders, smtp_source, start, trial

MAILS = 24_000
MAILBOXES = 12
PROCESSES = os.cpu_count() or 1
"""One a core, as `outrider send` takes them."""
LANES = 1
SIGNATURES = 500
LENGTH = 3_100
"""Bytes of one of our mails, signed."""


def signature_seconds() -> float:
    """CPU seconds of one RSA-2048 signature over the headers of a mail."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    begun = time.process_time()
    for _ in range(SIGNATURES):
        key.sign(bytes(800), padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - begun) / SIGNATURES


def main() -> None:
    signing = signature_seconds()
    with trial(MAILS, MAILBOXES) as one:
        limit = [smtp_source(one.port, MAILS, LENGTH)]
        senders = start(orders(one, PROCESSES, LANES))
        before = cpu_of(one.postmaster, with_children=True), cpu_of(one.sink)
        begun = time.perf_counter()
        go(senders)
        spent = ended(senders)
        seconds = time.perf_counter() - begun
        postgres = cpu_of(one.postmaster, with_children=True) - before[0]
        sink = cpu_of(one.sink) - before[1]
        limit.append(smtp_source(one.port, MAILS, LENGTH))
    sent = sum(each.sent for each in spent)
    assert sent == MAILS, f"{sent} of {MAILS} were sent"
    rate, bound = sent / seconds, sum(limit) / len(limit)
    ours = sum(each.cpu_seconds for each in spent)
    line = {
        "figure": "send_ratio",
        "value": round(rate),
        "unit": "mails/s",
        "limit": round(bound),
        "ratio": round(rate / bound, 3),
        "note": f"{PROCESSES} processes, {MAILBOXES} mailboxes, {MAILS} mails; CPU a mail in "
        f"microseconds: senders {ours / sent * 1e6:.0f}, of which {signing * 1e6:.0f} sign, Postgres "
        f"{postgres / sent * 1e6:.0f}, sink {sink / sent * 1e6:.0f}; signing alone bounds "
        f"{os.cpu_count()} cores to {(os.cpu_count() or 1) / signing:.0f}/s; smtp-source before and after: "
        f"{limit[0]:.0f} and {limit[1]:.0f}",
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
