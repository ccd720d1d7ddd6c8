-- Events of months that have no partition of their own, and those that outlive one. Rights and policies
-- are those of the whole table: nobody has any to a partition.
create table outrider.audit_events_rest partition of outrider.audit_events default;
alter table outrider.audit_events_rest enable row level security;
alter table outrider.audit_events_rest force row level security;

-- The audit log as auditors ask for it: who, what, when, why, with what outcome. One column a question;
-- the sealed bytes stay in audit_events. Row-level security of the reader applies.
create view outrider.audit_log with (security_invoker = true) as
select
    e.id as event_id,
    e.workspace_id,
    e.at as "timestamp",
    e.actor,
    e.action as action_taken,
    e.subject,
    e.correlation_id,
    b.body ->> 'agent' as agent,
    b.body ->> 'model' as model_version,
    b.body ->> 'lead_id' as lead_id,
    b.body ->> 'tool_name' as tool_name,
    b.body ->> 'tool_input' as tool_input,
    b.body ->> 'tool_output' as tool_output,
    b.body ->> 'input_context' as input_context,
    b.body ->> 'prediction' as prediction,
    (b.body ->> 'confidence')::numeric as confidence,
    b.body ->> 'person' as approver_id,
    case when e.action in ('drafts.approve', 'drafts.reject', 'drafts.edit')
        then substr(e.action, 8) end as approval,
    b.body ->> 'content_hash' as content_hash,
    coalesce(b.body ->> 'reason', b.body ->> 'note_sha256') as reason,
    coalesce(b.body ->> 'outcome', b.body ->> 'error') as outcome,
    (b.body ->> 'cost_tokens')::bigint as cost_tokens,
    (b.body ->> 'cost_usd')::numeric as cost_usd,
    (b.body ->> 'latency_ms')::bigint as latency_ms,
    b.body as body,
    l.leaf_no
from outrider.audit_events e
cross join lateral (select e.body::jsonb as body) b
left join outrider.audit_leaves l on l.event_id = e.id;

comment on view outrider.audit_log is
    'Decisions, tool calls and system events by column; hashes stand for texts and inputs.';
grant select on outrider.audit_log to outrider_app;
