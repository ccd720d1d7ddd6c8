"""Our stand-ins for mail providers satisfy the clients that these providers publish themselves."""

from __future__ import annotations

import json
from typing import Any

from outrider.vendors.fakes.mail_http.graph import FakeGraph
from outrider.vendors.fakes.mail_http.mailgun import FakeMailgun
from outrider.vendors.fakes.mail_http.postmark import FakePostmark
from tests import oracles

MIME = (
    "From: sam@try-brand.example\r\nTo: dana@depot.example\r\nSubject: Hi\r\n"
    "Message-ID: <x@try-brand.example>\r\n\r\nwords\r\n"
)

BEGIN = """
const [, url, key, mime] = process.argv;
const tell = thing => console.log(JSON.stringify(thing));
const failing = async work => { try { await work; tell(null) }
                                catch (e) { tell([e.name, e.code, e.statusCode ?? e.status]) } };
"""

POSTMARK = (
    BEGIN
    + """
const client = new (require('postmark').ServerClient)(
    key, { useHttps: false, requestHost: new URL(url).host });
const mail = { From: 'Sam <sam@try-brand.example>', To: 'dana@depot.example', Subject: 'Hi',
    TextBody: 'words', HtmlBody: '<p>words</p>', MessageStream: 'outbound',
    Metadata: { outbox_id: 'a' }, Headers: [{ Name: 'Message-ID', Value: '<x@try-brand.example>' },
    { Name: 'X-PM-KeepID', Value: 'true' }] };
(async () => {
    tell(await client.sendEmail(mail));
    tell(await client.getOutboundMessages({ count: 1, offset: 0, metadata_outbox_id: 'a' }));
    await failing(client.sendEmail({ ...mail, To: 'inactive@depot.example' }));
    await failing(client.sendEmail(mail));
})();
"""
)

MAILGUN = (
    BEGIN
    + """
const Mailgun = require('mailgun.js');
const client = new (Mailgun.default || Mailgun)(require('form-data')).client(
    { username: 'api', key, url });
const mail = { to: 'dana@depot.example', message: mime, 'v:outbox_id': 'a', 'o:tracking': 'no' };
(async () => {
    tell(await client.messages.create('try-brand.example', mail));
    const events = await client.events.get(
        'try-brand.example', { 'message-id': 'x@try-brand.example' });
    tell(events.items);
    await failing(client.messages.create('other.example', mail));
})();
"""
)

GRAPH = (
    BEGIN
    + """
const { Client, HTTPMessageHandler } = require('@microsoft/microsoft-graph-client');
const client = Client.initWithMiddleware(
    { middleware: new HTTPMessageHandler(), baseUrl: url, defaultVersion: '' });
(async () => {
    const form = new URLSearchParams(
        { grant_type: 'client_credentials', client_id: 'c', client_secret: key });
    const token = await (await fetch(
        url + '/t/oauth2/v2.0/token', { method: 'POST', body: form })).json();
    const signed = { Authorization: 'Bearer ' + token.access_token };
    const messages = path => client.api('/me/messages' + path).headers(signed);
    const draft = await messages('').header('Content-Type', 'text/plain')
        .post(Buffer.from(mime).toString('base64'));
    tell(draft);
    await messages(`/${draft.id}/send`).post();
    tell(await messages('').filter("internetMessageId eq '<x@try-brand.example>'").get());
    await failing(messages('/none').get());
})();
"""
)


def told(program: str, url: str, key: str) -> list[Any]:
    return [json.loads(line) for line in oracles.client(program, url, key, MIME)]


def test_the_client_of_postmark() -> None:
    with FakePostmark() as fake:
        sent, searched, inactive, again = told(POSTMARK, fake.url, fake.key)
        assert (sent["ErrorCode"], sent["MessageID"]) == (0, fake.taken[0].provider_id)
        assert searched["TotalCount"] == 1
        assert inactive == ["InactiveRecipientsError", 406, 422]
        assert again is None
        assert fake.taken[0].message_id == "<x@try-brand.example>"
        assert fake.taken[0].label == "a"


def test_the_client_of_mailgun() -> None:
    with FakeMailgun() as fake:
        sent, events, wrong = told(MAILGUN, fake.url, fake.key)
        assert sent["id"] == "<x@try-brand.example>"
        assert [event["event"] for event in events] == ["accepted"]
        assert wrong[2] == 404
        assert fake.taken[0].raw == MIME.encode()


def test_the_client_of_outlook() -> None:
    with FakeGraph() as fake:
        draft, found, missing = told(GRAPH, fake.url, fake.key)
        assert (draft["isDraft"], draft["internetMessageId"]) == (True, "<x@try-brand.example>")
        assert [one["isDraft"] for one in found["value"]] == [False]
        assert missing[1:] == ["ErrorItemNotFound", 404]
        assert fake.taken[0].raw == MIME.encode()
