-- One workspace of a given size, as the product would have filled it in half a year.
-- A statement ends with a semicolon at the end of its line.

create or replace function pg_temp.made(kind text, n bigint, at timestamptz) returns uuid
    language sql immutable as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
        || substr(md5(kind || n), 1, 3) || '8' || substr(md5(kind || n), 4, 15))::uuid $$;

create or replace function pg_temp.chance(kind text, n bigint) returns double precision
    language sql immutable as $$
    select ('x' || substr(md5(kind || n), 1, 7))::bit(28)::int / 268435456.0::double precision $$;

create or replace function pg_temp.one(words text[], kind text, n bigint) returns text
    language sql immutable as $$
    select words[1 + floor(pg_temp.chance(kind, n) * cardinality(words))::int] $$;

create temp table spec as select
    %(workspace)s::uuid as workspace, %(leads)s::bigint as leads, %(leads)s::bigint / 4 as firms,
    %(pending)s::bigint as pending, %(leads)s::bigint / 5 as others, %(now)s::timestamptz as now,
    %(now)s::timestamptz - interval '180 days' as start, %(campaigns)s::uuid[] as campaigns,
    %(sequences)s::uuid[] as sequences, %(mailboxes)s::uuid[] as mailboxes, %(people)s::uuid[] as people,
    %(salt)s::text as salt,
    string_to_array('Alder Beacon Cobalt Delta Ember Falcon Granite Harbor Iron Juniper Keystone Lantern'
    ' Meridian Northwind Orchard Pinnacle Quarry Riverstone Summit Timber Umber Vantage Willow Yarrow'
    ' Zephyr Amber Bridgewater Cedar Dunmore Everett Foxglove Greenfield Hollow Inland Kestrel Lumen'
    ' Maple Nimbus Oakmont Prairie Redwood Sterling Thornton Upland Vista Westbrook Acorn Birch Copper'
    ' Drift Elm Fern Glacier Heron Ivory Jasper Kingfisher Larch Marble Nova Onyx', ' ') as words,
    string_to_array('Logistics Foods Systems Retail Energy Partners Health Materials Holdings Motors Labs'
    ' Freight Financial Paper Steel Textiles Media Software Airlines Pharma', ' ') as trades,
    string_to_array('Ann Ben Carla Dev Elena Farid Grace Hugo Ines Jonas Kim Lena Marco Nadia Oscar Priya'
    ' Quinn Rosa Sam Tara Umar Vera Will Xenia Yusuf Zoe Amir Bianca Chen Dora Emil Fiona', ' ') as firsts,
    string_to_array('Adler Becker Costa Dubois Evans Fischer Garcia Haddad Ito Jensen Kowalski Larsen'
    ' Moreau Novak Okafor Patel Quist Rossi Schmidt Tanaka Ueda Varga Weber Xu Young Zhang Abbott'
    ' Brennan Castillo Doyle Ekström Ferrari Greene Holm Iversen Joshi Keller Lindqvist Mbeki Nolan',
    ' ') as lasts;

create temp table firm as select n, pg_temp.made(salt || 'a', n, start + n * interval '2 ms') as id,
    pg_temp.one(words, salt || 'w', n) || ' ' || pg_temp.one(words, salt || 'x', n) || ' '
    || pg_temp.one(trades, salt || 't', n) as name
    from spec, generate_series(1, firms) n;

create temp table lead as select n, pg_temp.made(salt || 'c', n, start + n * interval '2 ms') as id,
    pg_temp.made(salt || 'e', n, start + n * interval '2 ms') as enrollment,
    pg_temp.made(salt || 'd', n, start + n * (interval '179 days' / leads)) as draft,
    pg_temp.made(salt || 'x', n, start + n * (interval '179 days' / leads)) as decision,
    pg_temp.made(salt || 'o', n, start + n * (interval '179 days' / leads)) as mail,
    start + n * (interval '179 days' / leads) as at,
    (n - 1) / 4 + 1 as firm, pg_temp.one(firsts, salt || 'f', n) as first, pg_temp.one(lasts, salt || 'l', n) as last,
    1 + floor(power(pg_temp.chance(salt || 'k', n), 2) * cardinality(campaigns))::int as campaign,
    1 + (n %% cardinality(mailboxes))::int as mailbox, n > leads - leads / 500 as waits,
    case when n > leads - leads / 500 then 'queued' when n %% 1000 < 5 then 'failed'
        when n %% 1000 < 14 then 'cancelled' when n %% 20000 = 77 then 'unknown' else 'sent' end as status,
    case when n %% 12 = 0 then case when n %% 60 < 36 then 'reply' when n %% 60 < 48 then 'auto_reply'
        when n %% 120 < 56 then 'opt_out' else 'bounce' end end as came,
    pg_temp.one(array['interested','meeting','not_now','objection','out_of_office'], salt || 'r', n) as heard
    from spec, generate_series(1, leads) n;

create index on firm (n);

create index on lead (n);

analyze firm;

analyze lead;

insert into outrider.accounts (workspace_id, id, key, name, domain, industry, country, employees, status,
    attributes, created_at, updated_at)
    select workspace, id, 'domain:firm' || n || '.example', name, 'firm' || n || '.example',
    pg_temp.one(trades, salt || 'i', n), 'US', 50 + (n %% 9000), case when n %% 10 = 0 then 'new'
    when n %% 10 < 4 then 'researched' when n %% 10 < 9 then 'sequenced' else 'exhausted' end, '{}',
    start, start from spec, firm;

insert into outrider.contacts (workspace_id, id, account_id, email, email_key, address_hash, first_name, last_name,
    title, country, timezone, status, source, created_at, updated_at)
    select workspace, l.id, f.id, lower(l.first || '.' || l.last || l.n) || '@firm' || f.n || '.example',
    lower(l.first || '.' || l.last || l.n) || '@firm' || f.n || '.example', md5(salt || l.n), l.first, l.last,
    'Head of Finance', 'US', 'America/New_York', case l.came when 'reply' then 'replied' when 'opt_out'
    then 'opted_out' when 'bounce' then 'invalid' else 'active' end, 'list.csv', start, start
    from spec, lead l join firm f on f.n = l.firm;

insert into outrider.snapshots (workspace_id, id, account_id, source, url, media_type, raw_sha256, size_bytes,
    retrieved_at)
    select workspace, pg_temp.made(salt || 'S', n, start + n * interval '2 ms'), id, 'sec_edgar',
    'https://example.org/filing/' || n, 'text/html', md5(salt || 'S' || n), 90000, start + interval '1 day'
    from spec, firm;

insert into outrider.facts (workspace_id, id, account_id, snapshot_id, fingerprint, kind, value, unit, as_of, source,
    url, quote, provenance, raw_sha256, retrieved_at, created_at)
    select workspace, pg_temp.made(salt || 'F' || k, n, start + n * interval '2 ms'), id,
    pg_temp.made(salt || 'S', n, start + n * interval '2 ms'), md5(salt || k || n),
    (array['operating_lease_liability','revenue','employees','statement'])[k], (1000000 + n * k)::text, 'USD',
    date '2025-12-31', 'sec_edgar', 'https://example.org/filing/' || n,
    'As of December 31, 2025, operating lease liabilities amounted to $' || (1000000 + n * k) || '.', 'filing',
    md5(salt || 'S' || n), start + interval '1 day', start + interval '1 day'
    from spec, firm, generate_series(1, 4) k;

insert into outrider.scores (workspace_id, id, account_id, points, coverage, factors, weights_version, scored_at)
    select workspace, pg_temp.made(salt || 'P' || k, n, start + n * interval '2 ms' + k * interval '9 days'), id,
    round((100 * pg_temp.chance(salt || 'p' || k, n))::numeric, 2), 0.8, jsonb_build_array(
    jsonb_build_object('name', 'operating_lease_liability', 'weight', '0.3', 'value', '0.7', 'reason', 'Leases of $8 million'),
    jsonb_build_object('name', 'contact_count', 'weight', '0.1', 'value', '0.5', 'reason', '4 contacts')), 'v1',
    start + k * interval '9 days' from spec, firm, generate_series(1, 2) k
    where n %% 10 > 0 and (k = 2 or n %% 5 = 0);

update outrider.accounts a set points = s.points from spec, (select distinct on (account_id) account_id, points
    from outrider.scores order by account_id, scored_at desc, id desc) s
    where s.account_id = a.id and a.workspace_id = spec.workspace;

insert into outrider.enrollments (workspace_id, id, campaign_id, sequence_id, account_id, contact_id, mailbox_id,
    status, stop_reason, next_step, due_at, steps_sent, heard, replies_at, thread_message_ids, created_at,
    updated_at)
    select workspace, l.enrollment, campaigns[l.campaign], sequences[l.campaign], f.id, l.id, mailboxes[l.mailbox],
    case when l.came in ('reply', 'opt_out', 'bounce') then 'stopped' when l.n %% 3 = 0 then 'active' else 'finished' end,
    case l.came when 'reply' then 'replied' when 'opt_out' then 'opted_out' when 'bounce' then 'bounced' end,
    2, case when l.n %% 3 = 0 then now + (l.n %% 20) * interval '1 day' end,
    jsonb_build_array(jsonb_build_object('number', 1, 'at', l.at, 'is_skipped', false)),
    case when l.came = 'reply' then jsonb_build_array(jsonb_build_object('reply_id', 'r' || l.n, 'reply_class',
    l.heard, 'after_step', 1, 'at', l.at + interval '2 days')) else '[]' end,
    case when l.came = 'reply' then jsonb_build_array(l.at + interval '2 days') else '[]' end,
    jsonb_build_array('<' || replace(l.mail::text, '-', '') || '@try-brand.example>'), l.at, l.at
    from spec, lead l join firm f on f.n = l.firm;

create temp table words as select l.n, 'Leases at ' || f.name as subject, 'Hello ' || l.first || ',' || chr(10) || chr(10)
    || 'your filing shows operating lease liabilities of $' || (1000000 + f.n) || '. Teams like yours close their books'
    || ' two days sooner when the lease ledger keeps itself. Would a short look at how ' || f.name
    || ' could do that be worth a quarter of an hour?' as body,
    jsonb_build_object('contact_id', l.id, 'email', lower(l.first || '.' || l.last || l.n) || '@firm' || f.n || '.example',
    'first_name', l.first, 'last_name', l.last, 'title', 'Head of Finance') as recipient,
    jsonb_build_object('mailbox_id', mailboxes[l.mailbox], 'address', 'sam' || l.mailbox || '@try-brand.example', 'name',
    'Sam Poole', 'brand', 'Brand', 'postal_address', '12 Main Street, Boston MA 02110', 'booking_link',
    'https://cal.example/sam', 'unsubscribe_url', 'https://u.example/' || l.n) as sender,
    jsonb_build_array(jsonb_build_object('span', '$' || (1000000 + f.n), 'fact_id',
    pg_temp.made(salt || 'F1', f.n, start + f.n * interval '2 ms'), 'value', '$' || (1000000 + f.n))) as claims, f.id as account
    from spec, lead l join firm f on f.n = l.firm;

create index on words (n);

analyze words;

insert into outrider.drafts (workspace_id, id, lineage_id, version, status, enrollment_id, campaign_id, account_id,
    contact_id, step, recipient, sender, subject, body, text, html, headers, content_hash, claims, findings, reasoning,
    sources, angle, confidence, writer, prompt_id, actor, cost_usd, created_at, resolved_at, released_at)
    select workspace, l.draft, l.draft, 1, case l.status when 'sent' then 'sent' when 'cancelled' then 'withdrawn'
    else 'queued' end, l.enrollment, campaigns[l.campaign], w.account, l.id, 1, w.recipient, w.sender, w.subject, w.body,
    w.body || chr(10) || 'Sam Poole', '<html><body><p>' || w.body || '</p></body></html>', '{}', md5(l.n::text) || md5(l.n::text),
    w.claims, '[]', '["a", "b", "c"]', '[]', 'leases', 0.8, 'offline', 'write', 'agent:prospecting', 0.004, l.at,
    l.at + interval '3 hours', l.at + interval '3 hours'
    from spec, lead l join words w using (n) order by l.n;

create temp table other as select n, pg_temp.made(salt || 'D', n, at) as id, at, case when n > others - pending then 'pending'
    when n <= leads / 4000 then 'approved' when n %% 20 < 12 then 'rejected' when n %% 20 < 17 then 'superseded' else 'expired'
    end as status from (select n, leads, others, pending, salt, case when n > others - pending
    then now - interval '5 days' + (n - (others - pending)) * (interval '4 days' / greatest(pending, 1))
    else start + n * (interval '174 days' / others) end as at from spec, generate_series(1, others) n) x;

create index on other (n);

analyze other;

insert into outrider.drafts (workspace_id, id, lineage_id, version, status, enrollment_id, campaign_id, account_id,
    contact_id, step, recipient, sender, subject, body, text, html, headers, content_hash, claims, findings, reasoning,
    sources, angle, confidence, writer, prompt_id, actor, cost_usd, created_at, resolved_at, released_at)
    select workspace, o.id, o.id, 1, o.status, l.enrollment, campaigns[l.campaign], w.account, l.id, 2, w.recipient,
    w.sender, 'Re: ' || w.subject, w.body, w.body || chr(10) || 'Sam Poole',
    '<html><body><p>' || w.body || '</p></body></html>', '{}', md5(o.id::text) || md5(o.n::text), w.claims,
    case when o.n %% 7 = 0 then jsonb_build_array(jsonb_build_object('check', 'length', 'severity', 'warn', 'message',
    'It is long.', 'fix', 'Cut it.', 'span', null)) else '[]' end, '["a", "b", "c"]', '[]', 'leases', 0.7, 'offline', 'write',
    'agent:prospecting', 0.004, o.at, case when o.status <> 'pending' then o.at + interval '2 hours' end,
    case when o.status = 'approved' then now + interval '1 minute' end
    from spec, other o join lead l using (n) join words w using (n) order by o.n;

insert into outrider.decisions (workspace_id, id, draft_id, kind, by, person_id, dwell_seconds, content_hash,
    subject_before, body_before, decided_at)
    select workspace, l.decision, l.draft, 'approve', case when l.n %% 10 = 0 then 'policy' else 'person' end,
    case when l.n %% 10 > 0 then people[1 + l.n %% cardinality(people)] end, 10 + l.n %% 90, md5(l.n::text) || md5(l.n::text),
    'Leases', 'Hello', l.at + interval '3 hours' from spec, lead l;

insert into outrider.decisions (workspace_id, id, draft_id, kind, by, person_id, category, dwell_seconds, content_hash,
    note, subject_before, body_before, decided_at)
    select workspace, pg_temp.made(salt || 'X', n, at), id, case status when 'rejected' then 'reject' when 'approved' then
    'approve' else 'edit' end, 'person', people[1 + n %% cardinality(people)],
    case when status = 'rejected' then pg_temp.one(array['tone','facts','timing','other'], salt || 'q', n) end, 5 + n %% 60,
    md5(id::text) || md5(n::text), 'Shorter, please.', 'Leases', 'Hello', at + interval '2 hours'
    from spec, other where status in ('rejected', 'superseded', 'approved');

insert into outrider.overrides (workspace_id, id, draft_id, decision_id, kind, agent_output, human_output, reason, distance,
    created_at)
    select workspace, pg_temp.made(salt || 'V', n, at), id, pg_temp.made(salt || 'X', n, at), 'edit', '{}', '{}', '',
    1 + n %% 40, at from spec, other where status = 'superseded';

insert into outrider.reviews (workspace_id, id, draft_id, action, rule, reason, approvals, risk, segment, on_timeout,
    opened_at, due_at, reminded, level, snoozed_until, closed_at)
    select workspace, pg_temp.made(salt || 'R', n, at), id, 'review', 'default', 'People decide.', 1,
    (array['low','medium','high'])[1 + n %% 3], 'all', 'hold', at, at + interval '1 day', 0, 0,
    case when n %% 50 = 3 and status = 'pending' then now + interval '2 days' end,
    case when status <> 'pending' then at + interval '2 hours' end from spec, other
    union all select workspace, pg_temp.made(salt || 'r', n, at), draft, 'review', 'default', 'People decide.', 1,
    (array['low','medium','high'])[1 + n %% 3], 'all', 'hold', at, at + interval '1 day', 0, 0, null, at + interval '3 hours'
    from spec, lead;

insert into outrider.draft_scores (workspace_id, id, draft_id, by, scores, cost_usd, scored_at)
    select workspace, pg_temp.made(salt || 'g', n, at), id, 'offline rules', '{"tone": {"score": 4, "reason": "Plain."},
    "brevity": {"score": 3, "reason": "Long."}}', 0, at from spec, other;

insert into outrider.outbox (workspace_id, id, draft_id, decision_id, enrollment_id, campaign_id, account_id, contact_id,
    mailbox_id, step, content_hash, message_id, status, reason, attempts, queued_at, not_before, claimed_at, handed_off_at,
    sent_at, provider_answer)
    select workspace, l.mail, l.draft, l.decision, l.enrollment, campaigns[l.campaign], f.id, l.id, mailboxes[l.mailbox], 1,
    md5(l.n::text) || md5(l.n::text), '<' || replace(l.mail::text, '-', '') || '@try-brand.example>', l.status,
    case when l.status in ('failed', 'unknown') then 'The server closed the connection.' end, 1, l.at + interval '3 hours',
    case when l.waits then now + (l.n %% 5000) * interval '1 minute' else l.at + interval '4 hours' end,
    case when not l.waits then l.at + interval '4 hours' end, case when not l.waits then l.at + interval '4 hours' end,
    case when l.status = 'sent' then l.at + interval '4 hours' end, case when l.status = 'sent' then '250 OK' end
    from spec, lead l join firm f on f.n = l.firm;

insert into outrider.touches (workspace_id, id, account_id, contact_id, channel, direction, reference, at)
    select workspace, pg_temp.made(salt || 'T', l.n, l.at), f.id, l.id, 'email', 'out', l.mail::text, l.at + interval '4 hours'
    from spec, lead l join firm f on f.n = l.firm where l.status = 'sent';

insert into outrider.threads (workspace_id, id, enrollment_id, account_id, contact_id, status, created_at, last_turn_at)
    select workspace, pg_temp.made(salt || 'H', l.n, l.at), l.enrollment, f.id, l.id, 'open', l.at, l.at + interval '2 days'
    from spec, lead l join firm f on f.n = l.firm where l.came is not null;

insert into outrider.turns (workspace_id, id, thread_id, direction, message_id, outbox_id, from_address, subject, text,
    kind, is_hard, attributed_by, raw_sha256, received_at, created_at)
    select workspace, pg_temp.made(salt || 'U', n, at + interval '2 days'), pg_temp.made(salt || 'H', n, at), 'in',
    '<in' || n || '@firm.example>', mail, 'someone@firm.example', 'Re: Leases', 'Thank you, let us talk in March.', came,
    came = 'bounce' and n %% 24 = 0, 'references', md5(salt || 'U' || n), at + interval '2 days', at + interval '2 days'
    from spec, lead where came is not null;

insert into outrider.emails (workspace_id, id, campaign_id, source, provider, thread_id, message_id, from_address, subject,
    body, sent_at, metadata, raw_sha256, pack_sha256, pack_start, pack_bytes, created_at)
    select workspace, pg_temp.made(salt || 'm', n, start + n * interval '1 ms'), campaigns[1 + n %% 12], 'brand', 'mbox',
    't' || n / 3, '<m' || n || '@brand.example>', 'sam@brand.example', 'Leases and the close',
    'Hello, many finance teams tell us that the lease ledger is what keeps them late. Would a short call help?',
    start - n * interval '1 minute', '{}', md5(salt || 'm' || n), md5(salt || n / 1000), n %% 1000 * 900, 900, start
    from spec, generate_series(1, leads) n;

insert into outrider.agent_runs (workspace_id, id, agent_name, campaign_id, status, request, briefing, tools_used,
    actions_taken, api_tokens_used, cost_estimate, started_at, completed_at)
    select workspace, pg_temp.made(salt || 'N', n, at), 'prospecting', campaigns[1 + n %% 12], 'completed', '{}', '{}',
    '{draft}', '[]', 4000, 0.2, at, at + interval '5 minutes'
    from (select spec.*, n, start + n * (interval '179 days' / (leads / 500)) as at from spec,
    generate_series(1, leads / 500) n) x;

insert into outrider.agent_steps (workspace_id, id, run_id, number, kind, name, status, input_sha256, input, output, model,
    tokens, cost_reserved, cost, started_at, completed_at)
    select workspace, pg_temp.made(salt || 'n' || k, n, at), pg_temp.made(salt || 'N', n, at), k, 'model', 'write', 'done',
    md5(n::text), '{"to": "write"}', '{"status": "done"}', 'large', 800, 0.01, 0.004, at, at + interval '3 seconds'
    from (select spec.*, n, start + n * (interval '179 days' / (leads / 500)) as at from spec,
    generate_series(1, leads / 500) n) x, generate_series(1, 100) k;

insert into outrider.delivery_events (workspace_id, id, provider, event_id, kind, trouble, outbox_id, mailbox_id, is_permanent,
    detail, happened_at, mail_at, noted_at)
    select workspace, pg_temp.made(salt || 'v', n, at), 'notice', n::text, 'bounced', 'address', mail, mailboxes[mailbox], true,
    'No such user.', at + interval '1 day', at, at + interval '1 day' from spec, lead where came = 'bounce';

insert into outrider.audit_events (workspace_id, id, at, actor, action, subject, correlation_id, body, leaf)
    select workspace, pg_temp.made(salt || 'A' || k, n, at + k * interval '1 hour'), at + k * interval '1 hour',
    case when k = 1 and n %% 50 > 0 then 'agent:prospecting' when k = 2 or n %% 50 = 0 then
    'person:' || people[1 + n %% cardinality(people)] else 'job:sending.drain' end,
    case when n %% 5000 = 0 then 'mailboxes.change' when n %% 2500 = 0 then 'privacy.export' else
    (array['drafts.write', 'drafts.approve', 'sending.sent'])[k] end,
    case when k = 3 then 'outbox:' || mail else 'draft:' || draft end, 'bench' || n,
    '{"content_hash":"' || md5(n::text) || '"' || case when k = 1 then ',"tool_name":"save_draft"' else '' end || '}',
    sha256(draft::text::bytea) from spec, lead, generate_series(1, 3) k where k < 3 or n %% 2 = 0;

insert into outrider.audit_leaves (leaf_no, event_id, leaf)
    select (select coalesce(max(leaf_no) + 1, 0) from outrider.audit_leaves) + row_number() over () - 1, e.id, e.leaf
    from outrider.audit_events e, spec where e.workspace_id = spec.workspace;

drop table spec, firm, lead, words, other;
