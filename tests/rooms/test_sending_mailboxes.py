"""A mailbox is added whole or not at all, and a wrong field is named with the way out."""

from __future__ import annotations

import pytest

from outrider.kernel.database.tx import Tx
from outrider.kernel.errors import Conflict, InvalidInput, NotFound
from outrider.sending import mailboxes
from outrider.sending.types import SmtpTls, Transport
from tests.sending_world import FORM


async def test_a_mailbox_without_a_server_is_a_maildir(tx: Tx) -> None:
    made = await mailboxes.add(tx, FORM)
    assert made.transport is Transport.MAILDIR
    assert await mailboxes.find(tx) == made
    assert await mailboxes.find(tx, " SAM@Try-Brand.example") == made
    assert await mailboxes.listing(tx) == [made]


async def test_a_server_is_a_host_and_a_port(tx: Tx) -> None:
    made = await mailboxes.add(tx, FORM.model_copy(update={"smtp": "127.0.0.1:2525"}))
    assert (made.transport, made.smtp_host, made.smtp_port) == (Transport.SMTP, "127.0.0.1", 2525)


async def test_the_same_address_twice_is_a_conflict_unless_it_shall_be_replaced(tx: Tx) -> None:
    first = await mailboxes.add(tx, FORM)
    again = FORM.model_copy(update={"address": "SAM@try-brand.EXAMPLE", "name": "Sam P."})
    with pytest.raises(Conflict, match=r"sam@try-brand\.example is there already"):
        await mailboxes.add(tx, again)
    changed = await mailboxes.add(tx, again, replace=True)
    assert (changed.id, changed.name) == (first.id, "Sam P.")
    assert await mailboxes.listing(tx) == [changed]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "sam"),
        ("address", "sam@"),
        ("address", "sam@try-brand.example\r\nBcc: x@y.example"),
        ("address", "sämi@try-brand.example"),
        ("name", "  "),
        ("name", "Sam\nBcc: x"),
        ("postal_address", ""),
        ("postal_address", "Boston"),
        ("postal_address", "12345678"),
        ("booking_link", "http://cal.example/sam"),
        ("booking_link", "javascript:alert(1)"),
        ("booking_link", "https://cal.example/a b"),
        ("booking_link", "https://user:pw@cal.example/"),
        ("smtp", "localhost"),
        ("smtp", "localhost:smtp"),
        ("smtp", "localhost:0"),
        ("smtp", "localhost:70000"),
        ("smtp", ":25"),
        ("daily_cap", -1),
        ("dkim_key_file", "../../etc/passwd"),
    ],
)
async def test_a_field_that_cannot_be_used_is_named(tx: Tx, field: str, value: object) -> None:
    form = FORM.model_copy(update={field: value})
    if field == "dkim_key_file":
        form = form.model_copy(update={"dkim_selector": "o1"})
    with pytest.raises(InvalidInput, match=field) as caught:
        await mailboxes.add(tx, form)
    assert "\n" not in caught.value.message
    assert await mailboxes.listing(tx) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"smtp_user": "sam"}, "both a user and a password file"),
        ({"smtp_password_file": "smtp.password"}, "both a user and a password file"),
        ({"smtp_user": "sam", "smtp_password_file": "p"}, "host:port"),
        ({"smtp": "h:25", "smtp_user": "s\nm", "smtp_password_file": "p"}, "smtp_user"),
        ({"smtp": "h:25", "smtp_user": "s", "smtp_password_file": "../p"}, "smtp_password_file"),
    ],
)
async def test_a_login_is_whole_and_belongs_to_a_server(
    tx: Tx, changes: dict[str, str], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        await mailboxes.add(tx, FORM.model_copy(update=changes))
    assert await mailboxes.listing(tx) == []


@pytest.mark.parametrize(
    "lawful",
    [
        "PO Box 7, Springfield",
        "Hauptstraße 5\n10115 Berlin",
        "The Old Mill, Church Lane, Bath",
        "東京都千代田区丸の内1丁目9番1号",
    ],
)
async def test_postal_addresses_of_the_world_are_taken(tx: Tx, lawful: str) -> None:
    made = await mailboxes.add(tx, FORM.model_copy(update={"postal_address": lawful}))
    assert "\n" not in made.postal_address


async def test_an_unknown_mailbox_is_answered_with_those_there_are(tx: Tx) -> None:
    with pytest.raises(NotFound, match="add one first"):
        await mailboxes.find(tx)
    await mailboxes.add(tx, FORM)
    with pytest.raises(NotFound, match=r"there is sam@try-brand\.example"):
        await mailboxes.find(tx, "tom@try-brand.example")


WAYS: list[dict[str, object]] = [
    {},
    {"smtp": "[::1]:25", "smtp_tls": SmtpTls.NONE},
    {"smtp": "mail.example:465", "smtp_tls": SmtpTls.TLS, "smtp_user": "s", "smtp_password_file": "p"},
    {"transport": Transport.SES, "secret_file": "s", "provider": {"region": "eu-west-1"}},
    {
        "dkim_selector": "o1", "dkim_key_file": "a.pem",
        "dkim_ed25519_selector": "e1", "dkim_ed25519_key_file": "b.pem",
    },
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_a_mailbox_can_be_described_anew_as_it_is(tx: Tx, way: dict[str, object]) -> None:
    made = await mailboxes.add(tx, FORM.model_copy(update=way))
    same = mailboxes.changed(mailboxes.form_of(made), {})
    assert await mailboxes.add(tx, same, replace=True) == made
    louder = mailboxes.changed(mailboxes.form_of(made), {"daily_cap": 7})
    assert await mailboxes.add(tx, louder, replace=True) == made.model_copy(update={"daily_cap": 7})


async def test_another_way_of_sending_takes_nothing_of_the_old_one_along(tx: Tx) -> None:
    made = await mailboxes.add(tx, FORM.model_copy(update=WAYS[2]))
    ses = {"transport": Transport.SES, "secret_file": "s", "provider": {"region": "eu-west-1"}}
    made = await mailboxes.add(tx, mailboxes.changed(mailboxes.form_of(made), ses), replace=True)
    assert (made.transport, made.smtp_host, made.smtp_password_file) == (Transport.SES, None, None)
    back = {"smtp": "127.0.0.1:25"}
    made = await mailboxes.add(tx, mailboxes.changed(mailboxes.form_of(made), back), replace=True)
    assert (made.transport, made.secret_file, made.provider) == (Transport.SMTP, None, {})


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ({"transport": Transport.SMTP}, "smtp is missing"),
        ({"transport": Transport.SES}, "secret_file"),
        ({"transport": Transport.SES, "secret_file": "../s"}, "secret_file"),
        ({"transport": Transport.RESEND, "secret_file": "s", "provider": {"region": "x"}}, "none"),
        ({"transport": Transport.MAILDIR, "secret_file": "s"}, "no provider's secret"),
        ({"transport": Transport.SES, "secret_file": "s", "smtp": "h:25"}, "no mail server"),
        ({"smtp": "mail.example:25", "smtp_tls": SmtpTls.NONE}, "over TLS only"),
    ],
)
async def test_a_way_of_sending_that_lacks_something_is_refused(
    tx: Tx, way: dict[str, object], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        await mailboxes.add(tx, FORM.model_copy(update=way))
    assert await mailboxes.listing(tx) == []
