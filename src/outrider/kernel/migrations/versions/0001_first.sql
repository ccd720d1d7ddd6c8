CREATE TABLE outrider.audit_cuts (
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    before TIMESTAMP WITH TIME ZONE NOT NULL,
    events BIGINT NOT NULL,
    cut_at TIMESTAMP WITH TIME ZONE NOT NULL,
    signature BYTEA NOT NULL,
    key_id TEXT NOT NULL,
    CONSTRAINT pk_audit_cuts PRIMARY KEY (size)
);

CREATE TABLE outrider.audit_events (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    xid BIGINT DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    body TEXT NOT NULL,
    leaf BYTEA NOT NULL,
    CONSTRAINT pk_audit_events PRIMARY KEY (id)
)
 PARTITION BY range (id);

CREATE INDEX ix_audit_events_action ON outrider.audit_events (workspace_id, (action collate "C"), id);

CREATE INDEX ix_audit_events_actor ON outrider.audit_events (workspace_id, (actor collate "C"), (action collate "C"), id);

CREATE INDEX ix_audit_events_order ON outrider.audit_events (xid, id);

CREATE INDEX ix_audit_events_subject ON outrider.audit_events (workspace_id, subject);

CREATE TABLE outrider.audit_keys (
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    before BYTEA NOT NULL,
    after BYTEA NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    signed_before BYTEA NOT NULL,
    signed_after BYTEA NOT NULL,
    CONSTRAINT pk_audit_keys PRIMARY KEY (number)
);

CREATE TABLE outrider.audit_leaves (
    leaf_no BIGINT NOT NULL,
    event_id UUID NOT NULL,
    leaf BYTEA NOT NULL,
    CONSTRAINT pk_audit_leaves PRIMARY KEY (leaf_no),
    CONSTRAINT uq_audit_leaves_event_id UNIQUE (event_id)
);

CREATE TABLE outrider.audit_seals (
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    frontier BYTEA NOT NULL,
    subtrees BYTEA NOT NULL,
    previous_root BYTEA,
    last_xid BIGINT NOT NULL,
    last_event_id UUID NOT NULL,
    signature BYTEA NOT NULL,
    key_id TEXT NOT NULL,
    sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_seals PRIMARY KEY (size)
);

CREATE INDEX ix_audit_seals_subtrees ON outrider.audit_seals (size) WHERE octet_length(subtrees) > 0;

CREATE TABLE outrider.login_limits (
    target TEXT NOT NULL,
    tries BIGINT NOT NULL,
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_login_limits PRIMARY KEY (target)
);

CREATE INDEX ix_login_limits_began_at ON outrider.login_limits (began_at);

CREATE TABLE outrider.people (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_people PRIMARY KEY (id),
    CONSTRAINT uq_people_email UNIQUE (email)
);

CREATE TABLE outrider.person_events (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    CONSTRAINT pk_person_events PRIMARY KEY (id)
);

CREATE INDEX ix_person_events_contact_id ON outrider.person_events (workspace_id, contact_id, id);

CREATE TABLE outrider.workspaces (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_workspaces PRIMARY KEY (id),
    CONSTRAINT uq_workspaces_name UNIQUE (name)
);

CREATE TABLE outrider.accounts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    domain TEXT,
    cik TEXT,
    ticker TEXT,
    industry TEXT,
    country TEXT,
    employees INTEGER,
    icp_score NUMERIC,
    competitor TEXT,
    status TEXT NOT NULL,
    attributes JSONB NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    points DOUBLE PRECISION,
    place DOUBLE PRECISION GENERATED ALWAYS AS (-coalesce(points, -1)) STORED,
    find_1 TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(name), 100)) STORED,
    find_2 TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(substr(name, length(split_part(name, ' ', 1)) + 2)), 100)) STORED,
    find_3 TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(substr(name, length(split_part(name, ' ', 1)) + length(split_part(name, ' ', 2)) + 3)), 100)) STORED,
    find_domain TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(domain), 100)) STORED,
    CONSTRAINT pk_accounts PRIMARY KEY (id),
    CONSTRAINT uq_accounts_workspace_id_key UNIQUE (workspace_id, key),
    CONSTRAINT ck_accounts_status CHECK (status in ('new','researched','sequenced','exhausted')),
    CONSTRAINT fk_accounts_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE INDEX ix_accounts_find_1 ON outrider.accounts (workspace_id, find_1, id);

CREATE INDEX ix_accounts_find_2 ON outrider.accounts (workspace_id, find_2, id) WHERE find_2 <> '';

CREATE INDEX ix_accounts_find_3 ON outrider.accounts (workspace_id, find_3, id) WHERE find_3 <> '';

CREATE INDEX ix_accounts_find_domain ON outrider.accounts (workspace_id, find_domain, id);

CREATE INDEX ix_accounts_status ON outrider.accounts (workspace_id, status, place, find_1, id);

CREATE TABLE outrider.agent_overrides (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    agent_name TEXT NOT NULL,
    fields JSONB NOT NULL,
    actor TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    scheduled_since TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_agent_overrides PRIMARY KEY (id),
    CONSTRAINT uq_agent_overrides_workspace_id_agent_name UNIQUE (workspace_id, agent_name),
    CONSTRAINT fk_agent_overrides_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.agent_ticks (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    agent_name TEXT NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deferred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    missed INTEGER NOT NULL,
    asked_by TEXT,
    CONSTRAINT pk_agent_ticks PRIMARY KEY (id),
    CONSTRAINT uq_agent_ticks_workspace_id_agent_name_due_at UNIQUE (workspace_id, agent_name, due_at),
    CONSTRAINT fk_agent_ticks_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.api_keys (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    person_id UUID,
    workspace_id UUID,
    name TEXT DEFAULT '' NOT NULL,
    agent TEXT,
    scopes TEXT[] DEFAULT '{}' NOT NULL,
    token_sha256 TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id),
    CONSTRAINT fk_api_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT uq_api_keys_token_sha256 UNIQUE (token_sha256)
);

CREATE INDEX ix_api_keys_workspace_id ON outrider.api_keys (workspace_id);

CREATE TABLE outrider.campaigns (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    brand TEXT NOT NULL,
    target_competitor_name TEXT,
    target_competitor_website TEXT,
    additional_context TEXT,
    mailbox_ids JSONB DEFAULT '[]' NOT NULL,
    rotation TEXT DEFAULT 'health' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_campaigns PRIMARY KEY (id),
    CONSTRAINT uq_campaigns_workspace_id_name UNIQUE (workspace_id, name),
    CONSTRAINT ck_campaigns_status CHECK (status in ('active','paused','canceled')),
    CONSTRAINT ck_campaigns_rotation CHECK (rotation in ('even','health')),
    CONSTRAINT fk_campaigns_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.data_keys (
    workspace_id UUID,
    id UUID NOT NULL,
    master TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    retired_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_data_keys PRIMARY KEY (id),
    CONSTRAINT fk_data_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE UNIQUE INDEX uq_data_keys_in_use ON outrider.data_keys (workspace_id) NULLS NOT DISTINCT WHERE retired_at is null;

CREATE TABLE outrider.delegations (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    delegate_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_delegations PRIMARY KEY (id),
    CONSTRAINT ck_delegations_order CHECK (ends_at > starts_at),
    CONSTRAINT ck_delegations_other CHECK (person_id <> delegate_id),
    CONSTRAINT fk_delegations_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_delegations_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id),
    CONSTRAINT fk_delegations_delegate_id FOREIGN KEY(delegate_id) REFERENCES outrider.people (id)
);

CREATE INDEX ix_delegations_person ON outrider.delegations (workspace_id, person_id, ends_at);

CREATE TABLE outrider.domains (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    purpose TEXT NOT NULL,
    added_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_domains PRIMARY KEY (id),
    CONSTRAINT uq_domains_workspace_id_name UNIQUE (workspace_id, name),
    CONSTRAINT ck_domains_purpose CHECK (purpose in ('brand','transactional','outbound')),
    CONSTRAINT fk_domains_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.erasures (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    address_hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    rows JSONB,
    leftovers JSONB DEFAULT '[]' NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_erasures PRIMARY KEY (id),
    CONSTRAINT uq_erasures_workspace_id_contact_id UNIQUE (workspace_id, contact_id),
    CONSTRAINT fk_erasures_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.health_bands (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    scope TEXT NOT NULL,
    target TEXT NOT NULL,
    band TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    evidence_from TIMESTAMP WITH TIME ZONE,
    planned_for TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_health_bands PRIMARY KEY (id),
    CONSTRAINT uq_health_bands_workspace_id_scope_target UNIQUE (workspace_id, scope, target),
    CONSTRAINT ck_health_bands_scope CHECK (scope in ('mailbox','domain')),
    CONSTRAINT ck_health_bands_band CHECK (band in ('good','watch','slow','pause','stop')),
    CONSTRAINT fk_health_bands_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.idempotency_keys (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    principal TEXT NOT NULL,
    key_sha256 TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    status BIGINT,
    content_type TEXT,
    body BYTEA,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (id),
    CONSTRAINT uq_idempotency_keys_workspace_id_principal_key_sha256 UNIQUE (workspace_id, principal, key_sha256),
    CONSTRAINT fk_idempotency_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE INDEX ix_idempotency_keys_created_at ON outrider.idempotency_keys (created_at);

CREATE TABLE outrider.identities (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (id),
    CONSTRAINT uq_identities_issuer_subject UNIQUE (issuer, subject),
    CONSTRAINT fk_identities_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE INDEX ix_identities_person_id ON outrider.identities (person_id);

CREATE TABLE outrider.imports (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    report JSONB NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT fk_imports_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.invitations (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    email TEXT NOT NULL,
    role TEXT,
    token_sha256 TEXT NOT NULL,
    invited_by UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT fk_invitations_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT uq_invitations_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT fk_invitations_invited_by FOREIGN KEY(invited_by) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.layouts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    mjml TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_layouts PRIMARY KEY (id),
    CONSTRAINT uq_layouts_workspace_id_sha256 UNIQUE (workspace_id, sha256),
    CONSTRAINT fk_layouts_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.mailboxes (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    postal_address TEXT NOT NULL,
    booking_link TEXT NOT NULL,
    signature TEXT DEFAULT '' NOT NULL,
    transport TEXT NOT NULL,
    smtp_host TEXT,
    smtp_port INTEGER,
    smtp_user TEXT,
    smtp_password_file TEXT,
    dkim_selector TEXT,
    dkim_key_file TEXT,
    dkim_ed25519_selector TEXT,
    dkim_ed25519_key_file TEXT,
    smtp_tls TEXT DEFAULT 'starttls' NOT NULL,
    secret_file TEXT,
    provider JSONB DEFAULT '{}' NOT NULL,
    daily_cap INTEGER NOT NULL,
    pacing JSONB,
    layout TEXT,
    status TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_mailboxes PRIMARY KEY (id),
    CONSTRAINT uq_mailboxes_workspace_id_address UNIQUE (workspace_id, address),
    CONSTRAINT ck_mailboxes_status CHECK (status in ('active','paused')),
    CONSTRAINT ck_mailboxes_transport CHECK (transport in ('maildir','smtp','resend','sendgrid','ses','mailgun','postmark','gmail','graph')),
    CONSTRAINT ck_mailboxes_smtp_tls CHECK (smtp_tls in ('starttls','tls','none')),
    CONSTRAINT fk_mailboxes_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.memberships (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (id),
    CONSTRAINT uq_memberships_workspace_id_person_id UNIQUE (workspace_id, person_id),
    CONSTRAINT fk_memberships_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_memberships_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.passwords (
    person_id UUID NOT NULL,
    argon2id TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_passwords PRIMARY KEY (person_id),
    CONSTRAINT fk_passwords_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.person_keys (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    sealed BYTEA NOT NULL,
    addresses TEXT[] NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_person_keys PRIMARY KEY (id),
    CONSTRAINT fk_person_keys_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE INDEX ix_person_keys_addresses ON outrider.person_keys USING gin (addresses);

CREATE TABLE outrider.sessions (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    workspace_id UUID,
    token_sha256 TEXT NOT NULL,
    method TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id),
    CONSTRAINT fk_sessions_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT uq_sessions_token_sha256 UNIQUE (token_sha256)
);

CREATE INDEX ix_sessions_person_id ON outrider.sessions (person_id);

CREATE TABLE outrider.slack_events (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    key TEXT NOT NULL,
    slack_user_id TEXT,
    answer JSONB NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_slack_events PRIMARY KEY (id),
    CONSTRAINT uq_slack_events_workspace_id_key UNIQUE (workspace_id, key),
    CONSTRAINT fk_slack_events_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.slack_users (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    slack_user_id TEXT NOT NULL,
    person_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_slack_users PRIMARY KEY (id),
    CONSTRAINT uq_slack_users_workspace_id_slack_user_id UNIQUE (workspace_id, slack_user_id),
    CONSTRAINT fk_slack_users_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_slack_users_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.suppressions (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    address_hash TEXT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_suppressions PRIMARY KEY (id),
    CONSTRAINT uq_suppressions_workspace_id_address_hash UNIQUE (workspace_id, address_hash),
    CONSTRAINT fk_suppressions_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.switches (
    workspace_id UUID,
    id UUID NOT NULL,
    scope TEXT NOT NULL,
    target TEXT DEFAULT '' NOT NULL,
    is_on BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_switches PRIMARY KEY (id),
    CONSTRAINT uq_switches_workspace_id_scope_target UNIQUE NULLS NOT DISTINCT (workspace_id, scope, target),
    CONSTRAINT fk_switches_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id)
);

CREATE TABLE outrider.working_times (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    hours JSONB NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_working_times PRIMARY KEY (id),
    CONSTRAINT uq_working_times_workspace_id_person_id UNIQUE (workspace_id, person_id),
    CONSTRAINT fk_working_times_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_working_times_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.agent_runs (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    agent_name TEXT NOT NULL,
    campaign_id UUID,
    status TEXT NOT NULL,
    request JSONB NOT NULL,
    briefing JSONB NOT NULL,
    tools_used TEXT[] NOT NULL,
    actions_taken JSONB NOT NULL,
    error TEXT,
    api_tokens_used BIGINT NOT NULL,
    cost_estimate NUMERIC NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    spec JSONB,
    summary TEXT,
    due_at TIMESTAMP WITH TIME ZONE,
    met_run_id UUID,
    CONSTRAINT pk_agent_runs PRIMARY KEY (id),
    CONSTRAINT ck_agent_runs_status CHECK (status in ('running','completed','failed','skipped')),
    CONSTRAINT fk_agent_runs_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_agent_runs_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id),
    CONSTRAINT fk_agent_runs_met_run_id FOREIGN KEY(met_run_id) REFERENCES outrider.agent_runs (id)
);

CREATE INDEX ix_agent_runs_lead ON outrider.agent_runs (workspace_id, (request ->> 'lead_id')) WHERE request ->> 'lead_id' is not null;

CREATE INDEX ix_agent_runs_started ON outrider.agent_runs (workspace_id, agent_name, started_at);

CREATE UNIQUE INDEX uq_agent_runs_due ON outrider.agent_runs (workspace_id, agent_name, due_at, campaign_id) NULLS NOT DISTINCT WHERE due_at is not null;

CREATE TABLE outrider.blueprints (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    content JSONB NOT NULL,
    inputs JSONB NOT NULL,
    inputs_sha256 TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_blueprints PRIMARY KEY (id),
    CONSTRAINT uq_blueprints_workspace_id_campaign_id_version UNIQUE (workspace_id, campaign_id, version),
    CONSTRAINT ck_blueprints_status CHECK (status in ('active','archived')),
    CONSTRAINT fk_blueprints_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_blueprints_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id)
);

CREATE TABLE outrider.contacts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    address_hash TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    title TEXT NOT NULL,
    phone TEXT,
    country TEXT,
    timezone TEXT,
    status TEXT NOT NULL,
    quiet_until DATE,
    source TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_contacts PRIMARY KEY (id),
    CONSTRAINT uq_contacts_workspace_id_email_key UNIQUE (workspace_id, email_key),
    CONSTRAINT ck_contacts_status CHECK (status in ('active','replied','opted_out','invalid')),
    CONSTRAINT fk_contacts_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_contacts_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id)
);

CREATE INDEX ix_contacts_account_id ON outrider.contacts (account_id);

CREATE INDEX ix_contacts_address_hash ON outrider.contacts (workspace_id, address_hash);

CREATE TABLE outrider.conversion_watches (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    baseline_mails INTEGER NOT NULL,
    baseline_answers INTEGER NOT NULL,
    watched_from TIMESTAMP WITH TIME ZONE NOT NULL,
    mails INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    evidence DOUBLE PRECISION NOT NULL,
    looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    alarmed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_conversion_watches PRIMARY KEY (id),
    CONSTRAINT uq_conversion_watches_workspace_id_campaign_id UNIQUE (workspace_id, campaign_id),
    CONSTRAINT fk_conversion_watches_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_conversion_watches_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id)
);

CREATE TABLE outrider.emails (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    source TEXT NOT NULL,
    provider TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    message_id TEXT,
    from_address TEXT,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    metadata JSONB NOT NULL,
    raw_sha256 TEXT NOT NULL,
    pack_sha256 TEXT NOT NULL,
    pack_start BIGINT NOT NULL,
    pack_bytes BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_emails PRIMARY KEY (id),
    CONSTRAINT uq_emails_workspace_id_campaign_id_source_raw_sha256 UNIQUE (workspace_id, campaign_id, source, raw_sha256),
    CONSTRAINT ck_emails_source CHECK (source in ('brand','competitor')),
    CONSTRAINT fk_emails_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_emails_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id)
);

CREATE INDEX ix_emails_campaign_id ON outrider.emails (campaign_id);

CREATE INDEX ix_emails_metadata ON outrider.emails USING gin (metadata);

CREATE INDEX ix_emails_raw_sha256 ON outrider.emails (raw_sha256);

CREATE INDEX ix_emails_sent_at ON outrider.emails (sent_at);

CREATE INDEX ix_emails_source_campaign ON outrider.emails (source, campaign_id);

CREATE TABLE outrider.policies (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID,
    version INTEGER NOT NULL,
    policy JSONB NOT NULL,
    person_id UUID NOT NULL,
    note TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_policies PRIMARY KEY (id),
    CONSTRAINT uq_policies_workspace_id_campaign_id_version UNIQUE NULLS NOT DISTINCT (workspace_id, campaign_id, version),
    CONSTRAINT fk_policies_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_policies_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id),
    CONSTRAINT fk_policies_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE UNIQUE INDEX uq_policies_active ON outrider.policies (workspace_id, campaign_id) NULLS NOT DISTINCT WHERE ended_at is null;

CREATE TABLE outrider.scores (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    points NUMERIC NOT NULL,
    coverage NUMERIC NOT NULL,
    factors JSONB NOT NULL,
    weights_version TEXT NOT NULL,
    scored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_scores PRIMARY KEY (id),
    CONSTRAINT fk_scores_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_scores_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id)
);

CREATE INDEX ix_scores_account ON outrider.scores (workspace_id, account_id, scored_at);

CREATE TABLE outrider.secrets (
    workspace_id UUID,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    data_key_id UUID NOT NULL,
    set_by TEXT NOT NULL,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_secrets PRIMARY KEY (id),
    CONSTRAINT uq_secrets_workspace_id_name UNIQUE NULLS NOT DISTINCT (workspace_id, name),
    CONSTRAINT fk_secrets_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_secrets_data_key_id FOREIGN KEY(data_key_id) REFERENCES outrider.data_keys (id)
);

CREATE INDEX ix_secrets_data_key_id ON outrider.secrets (data_key_id);

CREATE TABLE outrider.sequences (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    version INTEGER NOT NULL,
    steps JSONB NOT NULL,
    pacing JSONB DEFAULT '{}' NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    made_by TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sequences PRIMARY KEY (id),
    CONSTRAINT uq_sequences_workspace_id_campaign_id_version UNIQUE (workspace_id, campaign_id, version),
    CONSTRAINT fk_sequences_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_sequences_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id)
);

CREATE TABLE outrider.snapshots (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    media_type TEXT NOT NULL,
    raw_sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    retrieved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_snapshots PRIMARY KEY (id),
    CONSTRAINT uq_snapshots_workspace_id_account_id_raw_sha256 UNIQUE (workspace_id, account_id, raw_sha256),
    CONSTRAINT fk_snapshots_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_snapshots_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id)
);

CREATE TABLE outrider.unread_emails (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    source TEXT NOT NULL,
    origin TEXT NOT NULL,
    raw_sha256 TEXT NOT NULL,
    pack_sha256 TEXT NOT NULL,
    pack_start BIGINT NOT NULL,
    pack_bytes BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_unread_emails PRIMARY KEY (id),
    CONSTRAINT uq_unread_emails_workspace_id_campaign_id_source_raw_sha256 UNIQUE (workspace_id, campaign_id, source, raw_sha256),
    CONSTRAINT fk_unread_emails_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_unread_emails_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id)
);

CREATE TABLE outrider.agent_steps (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    input_sha256 TEXT NOT NULL,
    input JSONB NOT NULL,
    output JSONB,
    model TEXT,
    tokens BIGINT NOT NULL,
    cost_reserved NUMERIC NOT NULL,
    cost NUMERIC NOT NULL,
    error TEXT,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    lead_id UUID,
    phase TEXT,
    route JSONB,
    CONSTRAINT pk_agent_steps PRIMARY KEY (id),
    CONSTRAINT uq_agent_steps_run_id_number UNIQUE (run_id, number),
    CONSTRAINT ck_agent_steps_status CHECK (status in ('intended','done','failed')),
    CONSTRAINT ck_agent_steps_kind CHECK (kind in ('model','tool')),
    CONSTRAINT fk_agent_steps_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_agent_steps_run_id FOREIGN KEY(run_id) REFERENCES outrider.agent_runs (id)
);

CREATE INDEX ix_agent_steps_found ON outrider.agent_steps (workspace_id, input_sha256) WHERE kind = 'tool' and output ->> 'status' = 'ok';

CREATE INDEX ix_agent_steps_lead ON outrider.agent_steps (workspace_id, lead_id) WHERE lead_id is not null;

CREATE INDEX ix_agent_steps_money ON outrider.agent_steps (workspace_id, started_at) WHERE cost_reserved > 0 or cost > 0;

CREATE INDEX ix_agent_steps_not_ok ON outrider.agent_steps (workspace_id, run_id) WHERE kind = 'tool' and output ->> 'status' <> 'ok';

CREATE INDEX ix_agent_steps_waiting ON outrider.agent_steps (workspace_id, started_at) WHERE output ->> 'status' = 'pending_approval';

CREATE TABLE outrider.crm_activities (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    payload JSONB NOT NULL,
    status TEXT NOT NULL,
    crm_id TEXT,
    error TEXT,
    staged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    pushed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_crm_activities PRIMARY KEY (id),
    CONSTRAINT uq_crm_activities_workspace_id_kind_reference UNIQUE (workspace_id, kind, reference),
    CONSTRAINT ck_crm_activities_status CHECK (status in ('staged','pushing','pushed','failed')),
    CONSTRAINT fk_crm_activities_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_crm_activities_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_crm_activities_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE INDEX ix_crm_activities_contact ON outrider.crm_activities (workspace_id, contact_id, id);

CREATE INDEX ix_crm_activities_staged ON outrider.crm_activities (workspace_id, id) WHERE status = 'staged';

CREATE TABLE outrider.email_features (
    workspace_id UUID NOT NULL,
    email_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    source TEXT NOT NULL,
    word_count INTEGER NOT NULL,
    cta_type TEXT NOT NULL,
    follow_up_index INTEGER NOT NULL,
    has_personalization BOOLEAN NOT NULL,
    structure_type TEXT NOT NULL,
    cadence_bucket TEXT NOT NULL,
    gap_business_days INTEGER,
    series TEXT NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    features JSONB NOT NULL,
    version TEXT NOT NULL,
    CONSTRAINT pk_email_features PRIMARY KEY (email_id),
    CONSTRAINT fk_email_features_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_email_features_email_id FOREIGN KEY(email_id) REFERENCES outrider.emails (id),
    CONSTRAINT fk_email_features_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id)
);

CREATE INDEX ix_email_features_cadence_bucket ON outrider.email_features (cadence_bucket);

CREATE INDEX ix_email_features_campaign_id ON outrider.email_features (campaign_id);

CREATE INDEX ix_email_features_cta_type ON outrider.email_features (cta_type);

CREATE INDEX ix_email_features_follow_up_index ON outrider.email_features (follow_up_index);

CREATE INDEX ix_email_features_search ON outrider.email_features (campaign_id, source, cta_type, follow_up_index, cadence_bucket);

CREATE INDEX ix_email_features_series ON outrider.email_features (campaign_id, source, series, sent_at, email_id);

CREATE TABLE outrider.enrollments (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    sequence_id UUID NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    mailbox_id UUID NOT NULL,
    status TEXT NOT NULL,
    stop_reason TEXT,
    closed_reason TEXT,
    next_step INTEGER NOT NULL,
    next_channel TEXT DEFAULT 'email' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    steps_sent JSONB DEFAULT '[]' NOT NULL,
    replies_at JSONB DEFAULT '[]' NOT NULL,
    heard JSONB DEFAULT '[]' NOT NULL,
    arms JSONB DEFAULT '{}' NOT NULL,
    thread_message_ids JSONB NOT NULL,
    thread_subject TEXT,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_enrollments PRIMARY KEY (id),
    CONSTRAINT uq_enrollments_workspace_id_campaign_id_contact_id UNIQUE (workspace_id, campaign_id, contact_id),
    CONSTRAINT ck_enrollments_status CHECK (status in ('active','paused','finished','stopped')),
    CONSTRAINT fk_enrollments_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_enrollments_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id),
    CONSTRAINT fk_enrollments_sequence_id FOREIGN KEY(sequence_id) REFERENCES outrider.sequences (id),
    CONSTRAINT fk_enrollments_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_enrollments_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE INDEX ix_enrollments_contact_id ON outrider.enrollments (workspace_id, contact_id);

CREATE INDEX ix_enrollments_due ON outrider.enrollments (workspace_id, due_at) WHERE status in ('active','paused');

CREATE TABLE outrider.facts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    snapshot_id UUID,
    fingerprint TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    unit TEXT,
    as_of DATE,
    topic TEXT,
    basis TEXT,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    quote TEXT NOT NULL,
    accession TEXT,
    provenance TEXT NOT NULL,
    raw_sha256 TEXT NOT NULL,
    retrieved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_facts PRIMARY KEY (id),
    CONSTRAINT uq_facts_workspace_id_account_id_fingerprint UNIQUE (workspace_id, account_id, fingerprint),
    CONSTRAINT fk_facts_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_facts_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_facts_snapshot_id FOREIGN KEY(snapshot_id) REFERENCES outrider.snapshots (id)
);

CREATE INDEX ix_facts_account_id ON outrider.facts (account_id);

CREATE TABLE outrider.sms_consents (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    source TEXT NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sms_consents PRIMARY KEY (id),
    CONSTRAINT uq_sms_consents_workspace_id_contact_id UNIQUE (workspace_id, contact_id),
    CONSTRAINT fk_sms_consents_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_sms_consents_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE TABLE outrider.text_answers (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    provider_id TEXT NOT NULL,
    contact_id UUID,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_text_answers PRIMARY KEY (id),
    CONSTRAINT uq_text_answers_workspace_id_provider_id UNIQUE (workspace_id, provider_id),
    CONSTRAINT ck_text_answers_kind CHECK (kind in ('stop','start','help','other')),
    CONSTRAINT fk_text_answers_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_text_answers_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE TABLE outrider.touches (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    channel TEXT NOT NULL,
    direction TEXT NOT NULL,
    reference TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_touches PRIMARY KEY (id),
    CONSTRAINT uq_touches_workspace_id_channel_reference UNIQUE (workspace_id, channel, reference),
    CONSTRAINT fk_touches_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_touches_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_touches_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE INDEX ix_touches_account ON outrider.touches (workspace_id, account_id, at);

CREATE INDEX ix_touches_contact ON outrider.touches (workspace_id, contact_id, at);

CREATE TABLE outrider.agent_requests (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    step_id UUID NOT NULL,
    agent_name TEXT NOT NULL,
    tool TEXT NOT NULL,
    input JSONB NOT NULL,
    input_sha256 TEXT NOT NULL,
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    person_id UUID,
    note TEXT,
    output JSONB,
    error TEXT,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_agent_requests PRIMARY KEY (id),
    CONSTRAINT uq_agent_requests_step_id UNIQUE (step_id),
    CONSTRAINT ck_agent_requests_status CHECK (status in ('pending','approved','denied','running','done','failed','unknown')),
    CONSTRAINT fk_agent_requests_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_agent_requests_run_id FOREIGN KEY(run_id) REFERENCES outrider.agent_runs (id),
    CONSTRAINT fk_agent_requests_step_id FOREIGN KEY(step_id) REFERENCES outrider.agent_steps (id),
    CONSTRAINT fk_agent_requests_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE INDEX ix_agent_requests_call ON outrider.agent_requests (workspace_id, agent_name, tool, input_sha256);

CREATE TABLE outrider.drafts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    lineage_id UUID NOT NULL,
    version INTEGER NOT NULL,
    parent_id UUID,
    status TEXT NOT NULL,
    enrollment_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    step INTEGER NOT NULL,
    recipient JSONB NOT NULL,
    sender JSONB NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    rich TEXT,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    headers JSONB NOT NULL,
    content_hash TEXT NOT NULL,
    claims JSONB NOT NULL,
    findings JSONB NOT NULL,
    reasoning JSONB NOT NULL,
    sources JSONB NOT NULL,
    angle TEXT NOT NULL,
    confidence NUMERIC NOT NULL,
    writer TEXT NOT NULL,
    prompt_id TEXT NOT NULL,
    blueprint_id UUID,
    run_id UUID,
    note TEXT,
    actor TEXT NOT NULL,
    language TEXT DEFAULT 'en' NOT NULL,
    tokens INTEGER DEFAULT '0' NOT NULL,
    cost_usd NUMERIC DEFAULT '0' NOT NULL,
    is_seed BOOLEAN DEFAULT false NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    released_at TIMESTAMP WITH TIME ZONE,
    find_name TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower((recipient ->> 'first_name') || ' ' || (recipient ->> 'last_name')), 100)) STORED,
    find_last TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(recipient ->> 'last_name'), 100)) STORED,
    find_email TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(recipient ->> 'email'), 100)) STORED,
    find_subject TEXT COLLATE "C" GENERATED ALWAYS AS (left(lower(subject), 100)) STORED,
    CONSTRAINT pk_drafts PRIMARY KEY (id),
    CONSTRAINT uq_drafts_workspace_id_lineage_id_version UNIQUE (workspace_id, lineage_id, version),
    CONSTRAINT ck_drafts_status CHECK (status in ('pending','approved','queued','sent','rejected','expired','superseded','withdrawn')),
    CONSTRAINT ck_drafts_seed CHECK (not (is_seed and status in ('approved','queued','sent'))),
    CONSTRAINT fk_drafts_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT uq_drafts_number UNIQUE (number),
    CONSTRAINT fk_drafts_parent_id FOREIGN KEY(parent_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_drafts_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES outrider.enrollments (id),
    CONSTRAINT fk_drafts_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id),
    CONSTRAINT fk_drafts_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_drafts_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id),
    CONSTRAINT fk_drafts_blueprint_id FOREIGN KEY(blueprint_id) REFERENCES outrider.blueprints (id)
);

CREATE INDEX ix_drafts_account ON outrider.drafts (workspace_id, account_id);

CREATE INDEX ix_drafts_approved ON outrider.drafts (workspace_id, id) WHERE status = 'approved';

CREATE INDEX ix_drafts_decided ON outrider.drafts (workspace_id, number) WHERE status in ('approved','queued','sent','rejected','expired','withdrawn');

CREATE INDEX ix_drafts_decided_email ON outrider.drafts (workspace_id, find_email, number, id) WHERE status in ('approved','queued','sent','rejected','expired','withdrawn');

CREATE INDEX ix_drafts_decided_last ON outrider.drafts (workspace_id, find_last, number, id) WHERE status in ('approved','queued','sent','rejected','expired','withdrawn');

CREATE INDEX ix_drafts_pending ON outrider.drafts (workspace_id, number) INCLUDE (id, account_id, campaign_id, find_name, find_email, find_subject) WHERE status = 'pending';

CREATE INDEX ix_drafts_pending_account ON outrider.drafts (workspace_id, account_id, number, id) WHERE status = 'pending';

CREATE INDEX ix_drafts_pending_campaign ON outrider.drafts (workspace_id, campaign_id, number, id) WHERE status = 'pending';

CREATE INDEX ix_drafts_pending_email ON outrider.drafts (workspace_id, find_email, number, id) WHERE status = 'pending';

CREATE INDEX ix_drafts_pending_last ON outrider.drafts (workspace_id, find_last, number, id) WHERE status = 'pending';

CREATE INDEX ix_drafts_pending_name ON outrider.drafts (workspace_id, find_name, number, id) WHERE status = 'pending';

CREATE INDEX ix_drafts_pending_subject ON outrider.drafts (workspace_id, find_subject, number, id) WHERE status = 'pending';

CREATE UNIQUE INDEX uq_drafts_open_step ON outrider.drafts (workspace_id, enrollment_id, step) WHERE status in ('pending','approved','queued','sent') and not is_seed;

CREATE TABLE outrider.tasks (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    number INTEGER NOT NULL,
    campaign_id UUID NOT NULL,
    enrollment_id UUID NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    step INTEGER NOT NULL,
    channel TEXT NOT NULL,
    text TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    approved_hash TEXT,
    approved_by TEXT,
    status TEXT NOT NULL,
    reason TEXT,
    note TEXT NOT NULL,
    provider_id TEXT,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    handed_off_at TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    missed_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tasks PRIMARY KEY (id),
    CONSTRAINT uq_tasks_workspace_id_number UNIQUE (workspace_id, number),
    CONSTRAINT uq_tasks_workspace_id_enrollment_id_step UNIQUE (workspace_id, enrollment_id, step),
    CONSTRAINT ck_tasks_status CHECK (status in ('open','approved','sending','unknown','done','skipped','failed','void')),
    CONSTRAINT ck_tasks_channel CHECK (channel in ('linkedin','call','sms')),
    CONSTRAINT ck_tasks_approved CHECK (status not in ('approved','sending','unknown') or coalesce(approved_hash = content_hash, false)),
    CONSTRAINT fk_tasks_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_tasks_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id),
    CONSTRAINT fk_tasks_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES outrider.enrollments (id),
    CONSTRAINT fk_tasks_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_tasks_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE INDEX ix_tasks_contact_id ON outrider.tasks (contact_id);

CREATE INDEX ix_tasks_open ON outrider.tasks (workspace_id, status, due_at);

CREATE INDEX ix_tasks_over ON outrider.tasks (workspace_id, coalesce(done_at, due_at) desc, number desc) WHERE status in ('done','skipped','void');

CREATE INDEX ix_tasks_waiting ON outrider.tasks (workspace_id, due_at, number) WHERE status in ('open','approved','sending','unknown','failed');

CREATE TABLE outrider.threads (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    enrollment_id UUID NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_turn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_threads PRIMARY KEY (id),
    CONSTRAINT uq_threads_workspace_id_enrollment_id UNIQUE (workspace_id, enrollment_id),
    CONSTRAINT fk_threads_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_threads_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES outrider.enrollments (id),
    CONSTRAINT fk_threads_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_threads_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id)
);

CREATE INDEX ix_threads_account ON outrider.threads (workspace_id, account_id);

CREATE TABLE outrider.approvals (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    person_id UUID NOT NULL,
    content_hash TEXT NOT NULL,
    approved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_approvals PRIMARY KEY (id),
    CONSTRAINT uq_approvals_workspace_id_draft_id_person_id UNIQUE (workspace_id, draft_id, person_id),
    CONSTRAINT fk_approvals_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_approvals_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_approvals_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.decisions (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    kind TEXT NOT NULL,
    by TEXT DEFAULT 'person' NOT NULL,
    person_id UUID,
    policy_id UUID,
    category TEXT,
    dwell_seconds NUMERIC,
    is_quick BOOLEAN DEFAULT false NOT NULL,
    bulk_id UUID,
    content_hash TEXT NOT NULL,
    note TEXT,
    subject_before TEXT NOT NULL,
    body_before TEXT NOT NULL,
    subject_after TEXT,
    body_after TEXT,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_decisions PRIMARY KEY (id),
    CONSTRAINT uq_decisions_workspace_id_draft_id UNIQUE (workspace_id, draft_id),
    CONSTRAINT ck_decisions_kind CHECK (kind in ('approve','edit','reject')),
    CONSTRAINT ck_decisions_by CHECK (by in ('person','policy','timeout')),
    CONSTRAINT ck_decisions_whose CHECK ((by = 'person') = (person_id is not null)),
    CONSTRAINT fk_decisions_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_decisions_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_decisions_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.draft_askings (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    until TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_draft_askings PRIMARY KEY (id),
    CONSTRAINT uq_draft_askings_workspace_id_draft_id UNIQUE (workspace_id, draft_id),
    CONSTRAINT fk_draft_askings_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_draft_askings_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id)
);

CREATE TABLE outrider.draft_readings (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    content_hash TEXT NOT NULL,
    outcome TEXT NOT NULL,
    by TEXT,
    findings JSONB NOT NULL,
    tokens INTEGER NOT NULL,
    cost_usd NUMERIC NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_draft_readings PRIMARY KEY (id),
    CONSTRAINT uq_draft_readings_workspace_id_draft_id UNIQUE (workspace_id, draft_id),
    CONSTRAINT ck_draft_readings_outcome CHECK (outcome in ('read','silent')),
    CONSTRAINT fk_draft_readings_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_draft_readings_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id)
);

CREATE TABLE outrider.draft_scores (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    by TEXT NOT NULL,
    scores JSONB NOT NULL,
    cost_usd NUMERIC NOT NULL,
    scored_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_draft_scores PRIMARY KEY (id),
    CONSTRAINT uq_draft_scores_workspace_id_draft_id_by UNIQUE (workspace_id, draft_id, by),
    CONSTRAINT fk_draft_scores_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_draft_scores_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id)
);

CREATE TABLE outrider.draft_variants (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    number INTEGER NOT NULL,
    mail JSONB NOT NULL,
    findings JSONB NOT NULL,
    writer TEXT NOT NULL,
    cost_usd NUMERIC NOT NULL,
    is_chosen BOOLEAN NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_draft_variants PRIMARY KEY (id),
    CONSTRAINT uq_draft_variants_workspace_id_draft_id_number UNIQUE (workspace_id, draft_id, number),
    CONSTRAINT fk_draft_variants_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_draft_variants_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id)
);

CREATE TABLE outrider.looks (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    person_id UUID NOT NULL,
    door TEXT NOT NULL,
    looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_looks PRIMARY KEY (id),
    CONSTRAINT fk_looks_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_looks_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_looks_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE INDEX ix_looks_draft ON outrider.looks (workspace_id, draft_id, person_id);

CREATE TABLE outrider.reviews (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    policy_id UUID,
    action TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    to_whom TEXT,
    approvals INTEGER NOT NULL,
    risk TEXT NOT NULL,
    segment TEXT NOT NULL,
    confidence NUMERIC,
    on_timeout TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    remind_at TIMESTAMP WITH TIME ZONE,
    notified_at TIMESTAMP WITH TIME ZONE,
    reminded INTEGER NOT NULL,
    level INTEGER NOT NULL,
    assigned TEXT,
    snoozed_until TIMESTAMP WITH TIME ZONE,
    snoozed_by UUID,
    timed_out_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    notice TEXT,
    CONSTRAINT pk_reviews PRIMARY KEY (id),
    CONSTRAINT uq_reviews_workspace_id_draft_id UNIQUE (workspace_id, draft_id),
    CONSTRAINT ck_reviews_action CHECK (action in ('auto_approve','review','escalate','block')),
    CONSTRAINT ck_reviews_on_timeout CHECK (on_timeout in ('hold','escalate','expire','auto_send')),
    CONSTRAINT ck_reviews_risk CHECK (risk in ('low','medium','high')),
    CONSTRAINT fk_reviews_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_reviews_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_reviews_policy_id FOREIGN KEY(policy_id) REFERENCES outrider.policies (id),
    CONSTRAINT fk_reviews_snoozed_by FOREIGN KEY(snoozed_by) REFERENCES outrider.people (id)
);

CREATE INDEX ix_reviews_due ON outrider.reviews (workspace_id, due_at) WHERE closed_at is null and timed_out_at is null;

CREATE INDEX ix_reviews_remind ON outrider.reviews (workspace_id, remind_at) WHERE closed_at is null;

CREATE INDEX ix_reviews_snoozed ON outrider.reviews (workspace_id, snoozed_until, draft_id) WHERE closed_at is null and snoozed_until is not null;

CREATE TABLE outrider.seeds (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    source_id UUID NOT NULL,
    fault TEXT NOT NULL,
    outcome TEXT,
    person_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_seeds PRIMARY KEY (id),
    CONSTRAINT uq_seeds_workspace_id_draft_id UNIQUE (workspace_id, draft_id),
    CONSTRAINT uq_seeds_workspace_id_source_id UNIQUE (workspace_id, source_id),
    CONSTRAINT fk_seeds_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_seeds_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_seeds_source_id FOREIGN KEY(source_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_seeds_person_id FOREIGN KEY(person_id) REFERENCES outrider.people (id)
);

CREATE TABLE outrider.slack_posts (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    lineage_id UUID NOT NULL,
    topic TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread_ts TEXT,
    ts TEXT,
    shown TEXT,
    has_text BOOLEAN NOT NULL,
    may_be_there BOOLEAN NOT NULL,
    tries INTEGER NOT NULL,
    error TEXT,
    intended_at TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_until TIMESTAMP WITH TIME ZONE,
    posted_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_slack_posts PRIMARY KEY (id),
    CONSTRAINT uq_slack_posts_workspace_id_draft_id_topic UNIQUE (workspace_id, draft_id, topic),
    CONSTRAINT fk_slack_posts_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_slack_posts_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id)
);

CREATE TABLE outrider.observations (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    decision_id UUID NOT NULL,
    draft_id UUID NOT NULL,
    action TEXT NOT NULL,
    category TEXT,
    note TEXT,
    subject_before TEXT NOT NULL,
    body_before TEXT NOT NULL,
    subject_after TEXT,
    body_after TEXT,
    edit_distance INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_observations PRIMARY KEY (id),
    CONSTRAINT uq_observations_workspace_id_decision_id UNIQUE (workspace_id, decision_id),
    CONSTRAINT fk_observations_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_observations_decision_id FOREIGN KEY(decision_id) REFERENCES outrider.decisions (id),
    CONSTRAINT fk_observations_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id)
);

CREATE TABLE outrider.outbox (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    enrollment_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    account_id UUID NOT NULL,
    contact_id UUID NOT NULL,
    mailbox_id UUID NOT NULL,
    step INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    message_id TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER DEFAULT '0' NOT NULL,
    claimed_by TEXT,
    queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    not_before TIMESTAMP WITH TIME ZONE NOT NULL,
    claimed_at TIMESTAMP WITH TIME ZONE,
    lease_until TIMESTAMP WITH TIME ZONE,
    handed_off_at TIMESTAMP WITH TIME ZONE,
    sent_at TIMESTAMP WITH TIME ZONE,
    raw_sha256 TEXT,
    pack_sha256 TEXT,
    pack_start BIGINT,
    pack_bytes INTEGER,
    provider_answer TEXT,
    provider_message_id TEXT,
    seen_as TEXT,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT ck_outbox_status CHECK (status in ('queued','sending','sent','deferred','failed','unknown','cancelled')),
    CONSTRAINT fk_outbox_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT uq_outbox_draft_id UNIQUE (draft_id),
    CONSTRAINT fk_outbox_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_outbox_decision_id FOREIGN KEY(decision_id) REFERENCES outrider.decisions (id),
    CONSTRAINT fk_outbox_enrollment_id FOREIGN KEY(enrollment_id) REFERENCES outrider.enrollments (id),
    CONSTRAINT fk_outbox_campaign_id FOREIGN KEY(campaign_id) REFERENCES outrider.campaigns (id),
    CONSTRAINT fk_outbox_account_id FOREIGN KEY(account_id) REFERENCES outrider.accounts (id),
    CONSTRAINT fk_outbox_contact_id FOREIGN KEY(contact_id) REFERENCES outrider.contacts (id),
    CONSTRAINT fk_outbox_mailbox_id FOREIGN KEY(mailbox_id) REFERENCES outrider.mailboxes (id)
);

CREATE INDEX ix_outbox_contact ON outrider.outbox (workspace_id, contact_id) WHERE status in ('queued','deferred');

CREATE INDEX ix_outbox_handed_off ON outrider.outbox (workspace_id, mailbox_id, handed_off_at) WHERE handed_off_at is not null and status in ('sending','sent','unknown');

CREATE INDEX ix_outbox_newest ON outrider.outbox (workspace_id, id);

CREATE INDEX ix_outbox_provider_message_id ON outrider.outbox (workspace_id, provider_message_id) WHERE provider_message_id is not null;

CREATE INDEX ix_outbox_ready ON outrider.outbox (workspace_id, mailbox_id, not_before, id) WHERE status in ('queued','deferred');

CREATE INDEX ix_outbox_seen_as ON outrider.outbox (workspace_id, seen_as) WHERE seen_as is not null;

CREATE INDEX ix_outbox_sending ON outrider.outbox (account_id) WHERE status = 'sending';

CREATE INDEX ix_outbox_sent ON outrider.outbox (workspace_id, sent_at, id) WHERE status = 'sent';

CREATE INDEX ix_outbox_unknown ON outrider.outbox (workspace_id, id) WHERE status = 'unknown';

CREATE UNIQUE INDEX uq_outbox_step ON outrider.outbox (workspace_id, enrollment_id, step) WHERE status <> 'cancelled';

CREATE TABLE outrider.overrides (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    draft_id UUID NOT NULL,
    decision_id UUID NOT NULL,
    kind TEXT NOT NULL,
    category TEXT,
    agent_output JSONB NOT NULL,
    human_output JSONB,
    reason TEXT NOT NULL,
    distance INTEGER,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_overrides PRIMARY KEY (id),
    CONSTRAINT uq_overrides_workspace_id_decision_id UNIQUE (workspace_id, decision_id),
    CONSTRAINT fk_overrides_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_overrides_draft_id FOREIGN KEY(draft_id) REFERENCES outrider.drafts (id),
    CONSTRAINT fk_overrides_decision_id FOREIGN KEY(decision_id) REFERENCES outrider.decisions (id)
);

CREATE TABLE outrider.delivery_events (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    trouble TEXT,
    outbox_id UUID,
    mailbox_id UUID,
    message_id TEXT,
    provider_message_id TEXT,
    is_permanent BOOLEAN NOT NULL,
    status TEXT,
    detail TEXT NOT NULL,
    happened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mail_at TIMESTAMP WITH TIME ZONE,
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_delivery_events PRIMARY KEY (id),
    CONSTRAINT uq_delivery_events_workspace_id_provider_event_id UNIQUE (workspace_id, provider, event_id),
    CONSTRAINT ck_delivery_events_kind CHECK (kind in ('delivered','bounced','complained','deferred','refused','opened','clicked')),
    CONSTRAINT fk_delivery_events_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_delivery_events_outbox_id FOREIGN KEY(outbox_id) REFERENCES outrider.outbox (id),
    CONSTRAINT fk_delivery_events_mailbox_id FOREIGN KEY(mailbox_id) REFERENCES outrider.mailboxes (id)
);

CREATE INDEX ix_delivery_events_orphans ON outrider.delivery_events (workspace_id, noted_at) WHERE outbox_id is null;

CREATE INDEX ix_delivery_events_outbox ON outrider.delivery_events (workspace_id, outbox_id);

CREATE INDEX ix_delivery_events_trouble ON outrider.delivery_events (workspace_id, mailbox_id, happened_at) WHERE trouble is not null;

CREATE TABLE outrider.turns (
    workspace_id UUID NOT NULL,
    id UUID NOT NULL,
    thread_id UUID,
    direction TEXT NOT NULL,
    message_id TEXT,
    outbox_id UUID,
    from_address TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    kind TEXT NOT NULL,
    is_hard BOOLEAN DEFAULT 'false' NOT NULL,
    returns_on DATE,
    attributed_by TEXT NOT NULL,
    raw_sha256 TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_turns PRIMARY KEY (id),
    CONSTRAINT uq_turns_workspace_id_raw_sha256 UNIQUE (workspace_id, raw_sha256),
    CONSTRAINT fk_turns_workspace_id FOREIGN KEY(workspace_id) REFERENCES outrider.workspaces (id),
    CONSTRAINT fk_turns_thread_id FOREIGN KEY(thread_id) REFERENCES outrider.threads (id),
    CONSTRAINT fk_turns_outbox_id FOREIGN KEY(outbox_id) REFERENCES outrider.outbox (id)
);

CREATE INDEX ix_turns_heard ON outrider.turns (workspace_id, id) WHERE direction = 'in' and kind in ('reply', 'opt_out', 'auto_reply');

CREATE INDEX ix_turns_outbox ON outrider.turns (workspace_id, outbox_id);

CREATE INDEX ix_turns_thread ON outrider.turns (workspace_id, thread_id, received_at);

comment on column outrider.audit_cuts.size is 'leaves before the cut';

comment on column outrider.audit_cuts.root is 'root of the seal of this size';

comment on column outrider.audit_cuts.events is 'how many were dropped';

comment on column outrider.audit_cuts.signature is 'Ed25519 over all of the above';

comment on column outrider.audit_events.action is 'room.verb, e.g. drafts.approve';

comment on column outrider.audit_events.subject is 'what it is about, e.g. draft:<uuid>';

comment on column outrider.audit_events.body is 'canonical JSON, exactly the bytes that were hashed';

comment on column outrider.audit_events.leaf is 'SHA-256(0x00 || canonical event), RFC 6962';

comment on column outrider.audit_keys.number is '1, 2, 3, …';

comment on column outrider.audit_keys.size is 'leaves that the key before signed for';

comment on column outrider.audit_keys.root is 'root of the seal of this size';

comment on column outrider.audit_keys.before is 'public keys, 32 bytes each';

comment on column outrider.audit_keys.signed_before is 'Ed25519 over all of the above';

comment on column outrider.audit_seals.frontier is 'roots of the perfect subtrees, left to right';

comment on column outrider.audit_seals.subtrees is 'roots of the 256-leaf subtrees it completed';

comment on column outrider.audit_seals.last_xid is 'sealed up to here in the order (xid, id)';

comment on column outrider.audit_seals.signature is 'Ed25519 over the checkpoint note';

comment on column outrider.login_limits.target is 'HMAC of an account''s or a network''s address';

comment on column outrider.person_events.id is 'an event of the log that tells of a contact';

comment on column outrider.accounts.key is 'domain:… or name:…; what makes two rows one account';

comment on column outrider.accounts.points is 'of the newest score; written with it';

comment on column outrider.agent_overrides.fields is 'fields of its roster row that differ here';

comment on column outrider.agent_overrides.actor is 'who set it last';

comment on column outrider.agent_ticks.missed is 'earlier ticks that this one stands for';

comment on column outrider.agent_ticks.asked_by is 'who asked for a run out of turn; null: its schedule';

comment on column outrider.api_keys.kind is '`setup`, the first-run token; or `key`';

comment on column outrider.api_keys.person_id is 'who made it';

comment on column outrider.api_keys.agent is 'name of the agent that acts with it; null: a program';

comment on column outrider.campaigns.mailbox_ids is 'who writes to new people, in turn; empty: the one that a run names';

comment on column outrider.data_keys.master is 'which master key wraps it; no secret';

comment on column outrider.data_keys.wrapped is 'the key, which only its master opens';

comment on column outrider.domains.name is 'in lower case, as DNS writes it';

comment on column outrider.erasures.address_hash is 'the suppression list''s keyed hash';

comment on column outrider.erasures.rows is 'how many rows by table; null: not done yet';

comment on column outrider.erasures.leftovers is 'objects that are to be removed once no row names them';

comment on column outrider.health_bands.target is 'a mailbox''s id, or a domain';

comment on column outrider.health_bands.planned_for is 'when waiting mail got times by this band; empty: it has those of the one before';

comment on column outrider.idempotency_keys.principal is 'who asked, e.g. person:<uuid>';

comment on column outrider.idempotency_keys.request_sha256 is 'method, address and body';

comment on column outrider.idempotency_keys.status is 'null: not answered yet';

comment on column outrider.idempotency_keys.body is 'null with a status: not kept, it holds a secret';

comment on column outrider.invitations.role is 'null: the person is a member and chooses a new password';

comment on column outrider.layouts.sha256 is 'of the MJML, UTF-8';

comment on column outrider.mailboxes.smtp_password_file is 'name of a file under `keys` in the home folder';

comment on column outrider.mailboxes.dkim_key_file is 'name of the key file under `keys` in the home folder';

comment on column outrider.mailboxes.dkim_ed25519_key_file is 'of a second key that signs besides';

comment on column outrider.mailboxes.secret_file is 'name of a file under `keys` in the home folder';

comment on column outrider.mailboxes.pacing is 'Pacing; null: as fast as the cap allows';

comment on column outrider.mailboxes.layout is 'SHA-256 of the layout of new drafts; null: plain HTML';

comment on column outrider.passwords.argon2id is 'the encoded hash with its parameters';

comment on column outrider.person_keys.id is 'the contact; the key goes when they are erased';

comment on column outrider.person_keys.sealed is 'an envelope, bound to this row';

comment on column outrider.person_keys.addresses is 'keyed hashes of what they were reached at';

comment on column outrider.sessions.workspace_id is 'null: the server''s';

comment on column outrider.sessions.method is 'how it began: password, oidc, setup, …';

comment on column outrider.sessions.agent is 'the browser or program, in its own words';

comment on column outrider.slack_events.key is 'what a repeated request is recognised by';

comment on column outrider.slack_events.answer is 'given again when the request is repeated';

comment on column outrider.suppressions.address_hash is 'HMAC-SHA-256 of the normalised address';

comment on column outrider.switches.scope is 'global, workspace, campaign, mailbox, agent or tool';

comment on column outrider.switches.target is 'id or name; empty: all';

comment on column outrider.switches.is_on is 'on = halted';

comment on column outrider.working_times.hours is 'WorkingTime';

comment on column outrider.agent_runs.request is 'what was asked: limits, sources';

comment on column outrider.agent_runs.briefing is 'what learning passed in';

comment on column outrider.agent_runs.cost_estimate is 'USD';

comment on column outrider.agent_runs.spec is 'what the agent was in this run, overrides included';

comment on column outrider.agent_runs.summary is 'what was told when it ended';

comment on column outrider.agent_runs.met_run_id is 'why it was skipped';

comment on column outrider.contacts.email_key is 'normalised address';

comment on column outrider.contacts.address_hash is 'the suppression list''s keyed hash of the address';

comment on column outrider.contacts.quiet_until is 'the person asked for a pause: its last day';

comment on column outrider.conversion_watches.evidence is 'the highest e-value so far';

comment on column outrider.emails.source is 'brand or competitor';

comment on column outrider.emails.provider is 'mbox, maildir, eml, csv, gmail, …';

comment on column outrider.emails.pack_sha256 is 'object that holds the raw batch';

comment on column outrider.emails.pack_start is 'first byte of the mail in it';

comment on column outrider.policies.policy is 'Policy';

comment on column outrider.secrets.name is 'a setting, or what would be a file in `keys`';

comment on column outrider.secrets.sealed is 'an envelope, bound to this row';

comment on column outrider.sequences.steps is 'list of Step';

comment on column outrider.sequences.pacing is 'overrides of the touch policy';

comment on column outrider.unread_emails.origin is 'file and position';

comment on column outrider.unread_emails.pack_sha256 is 'object that holds the raw batch';

comment on column outrider.unread_emails.pack_start is 'first byte of the mail in it';

comment on column outrider.agent_steps.kind is 'model or tool';

comment on column outrider.agent_steps.name is 'prompt id or tool name';

comment on column outrider.agent_steps.cost_reserved is 'USD';

comment on column outrider.agent_steps.cost is 'USD';

comment on column outrider.agent_steps.lead_id is 'whose budget it counts against';

comment on column outrider.agent_steps.phase is 'research, outreach, crm';

comment on column outrider.agent_steps.route is 'the tier that was chosen for this request, and why';

comment on column outrider.crm_activities.kind is 'email_sent, email_received, note, task';

comment on column outrider.crm_activities.reference is 'what it logs, e.g. a Message-ID';

comment on column outrider.email_features.gap_business_days is 'since the mail before it in its series';

comment on column outrider.email_features.series is 'digest that mails of one series share';

comment on column outrider.email_features.features is 'the signals of D-37 to D-49';

comment on column outrider.email_features.version is 'version of the extraction';

comment on column outrider.enrollments.mailbox_id is 'the thread sticks to its mailbox';

comment on column outrider.enrollments.closed_reason is 'once set, no class of reply leads on';

comment on column outrider.enrollments.next_step is '1-based step to write next';

comment on column outrider.enrollments.steps_sent is 'list of SentStep, oldest first';

comment on column outrider.enrollments.replies_at is 'when answers came in, classified or not';

comment on column outrider.enrollments.heard is 'list of Heard: classes of replies';

comment on column outrider.enrollments.arms is 'experiment: the arm, by the hash of the contact';

comment on column outrider.enrollments.thread_message_ids is 'Message-IDs sent, oldest first';

comment on column outrider.facts.fingerprint is 'hash of kind, value, unit, as_of, topic, quote';

comment on column outrider.sms_consents.source is 'where and how the person agreed';

comment on column outrider.text_answers.provider_id is 'the provider''s own name of the message';

comment on column outrider.text_answers.contact_id is 'empty: nobody''s number';

comment on column outrider.touches.channel is 'email, call, linkedin, sms, crm';

comment on column outrider.touches.direction is 'out or in';

comment on column outrider.touches.reference is 'message id or activity id';

comment on column outrider.agent_requests.person_id is 'who settled it';

comment on column outrider.drafts.lineage_id is 'id of the first version';

comment on column outrider.drafts.recipient is 'Recipient';

comment on column outrider.drafts.sender is 'Sender';

comment on column outrider.drafts.body is 'what the writer or a person wrote';

comment on column outrider.drafts.rich is 'the body in form, canonical HTML';

comment on column outrider.drafts.text is 'as it is sent: body, signature, footer';

comment on column outrider.drafts.headers is 'the headers that the hash covers';

comment on column outrider.drafts.writer is 'model or `offline`, or a person';

comment on column outrider.drafts.run_id is 'the agent run that wrote it';

comment on column outrider.drafts.note is 'what a rejection asked for, or why a rewrite fell short';

comment on column outrider.tasks.number is 'counted from 1 in the workspace';

comment on column outrider.tasks.step is '0: an answer to read, no step';

comment on column outrider.tasks.channel is 'linkedin, call, sms';

comment on column outrider.tasks.text is 'what to do, or the words of an SMS';

comment on column outrider.tasks.content_hash is 'of channel, contact and text';

comment on column outrider.tasks.approved_hash is 'what a person approved; SMS only';

comment on column outrider.tasks.reason is 'why it is void, skipped or failed';

comment on column outrider.tasks.note is 'what the person who did it wrote';

comment on column outrider.decisions.by is 'person, policy or timeout';

comment on column outrider.decisions.policy_id is 'of the stored policy that decided; null: the built-in one';

comment on column outrider.decisions.category is 'what a rejection is about';

comment on column outrider.decisions.dwell_seconds is 'from the first look; null: never opened by this one';

comment on column outrider.decisions.bulk_id is 'of approvals that were made together';

comment on column outrider.draft_readings.content_hash is 'of the words that were read';

comment on column outrider.draft_readings.by is 'the model that answered';

comment on column outrider.draft_readings.findings is 'what it adds to the rules'' findings';

comment on column outrider.draft_scores.by is 'a model''s name, or `offline rules`';

comment on column outrider.draft_scores.scores is 'dimension → score and reason';

comment on column outrider.draft_variants.number is '1, 2, … of this draft';

comment on column outrider.draft_variants.mail is 'WrittenMail';

comment on column outrider.looks.door is 'cli, web, slack';

comment on column outrider.reviews.to_whom is 'a role, or a person''s address';

comment on column outrider.reviews.confidence is 'calibrated; null: no evidence yet';

comment on column outrider.reviews.assigned is 'a role, or a person''s address';

comment on column outrider.reviews.notice is 'what the clock did last, in words; never an address';

comment on column outrider.seeds.fault is 'what is wrong with it, in words';

comment on column outrider.seeds.outcome is 'caught, missed or retired; null while it waits';

comment on column outrider.slack_posts.topic is 'card, text N, clock LEVEL.COUNT, decision, expired, sent, reply TURN';

comment on column outrider.slack_posts.channel is 'as Slack names it once the post is there';

comment on column outrider.slack_posts.thread_ts is 'the first card of the lineage; null for that card itself';

comment on column outrider.slack_posts.ts is 'Slack''s name of the post; null until it is known to be there';

comment on column outrider.slack_posts.shown is 'how the draft stood when this was written or brought up to date';

comment on column outrider.slack_posts.has_text is 'the card shows the whole text itself';

comment on column outrider.slack_posts.may_be_there is 'a request went out whose answer nobody saw: look before posting again';

comment on column outrider.slack_posts.error is 'why the last try failed';

comment on column outrider.observations.action is 'approve, edit or reject';

comment on column outrider.observations.category is 'one of the five of A-45; empty until extracted';

comment on column outrider.observations.edit_distance is 'characters changed';

comment on column outrider.outbox.reason is 'why it waits, failed, was cancelled or is unknown';

comment on column outrider.outbox.raw_sha256 is 'SHA-256 of the exact bytes';

comment on column outrider.outbox.pack_sha256 is 'the object that holds them, among other mails';

comment on column outrider.outbox.provider_message_id is 'the provider''s own id, for its webhooks';

comment on column outrider.outbox.seen_as is 'the Message-ID that a provider put in place of ours';

comment on column outrider.overrides.kind is 'edit, reject or variant';

comment on column outrider.overrides.category is 'of a rejection';

comment on column outrider.overrides.agent_output is 'subject and body before';

comment on column outrider.overrides.human_output is 'subject and body after; null until there is one';

comment on column outrider.overrides.distance is 'edit distance in words';

comment on column outrider.delivery_events.provider is 'or `wire`, or `notice` for a bounce mail';

comment on column outrider.delivery_events.trouble is 'what it is about; only `address` speaks against the address';

comment on column outrider.delivery_events.status is 'enhanced status, RFC 3463';

comment on column outrider.delivery_events.detail is 'the other side''s words, without addresses';

comment on column outrider.turns.thread_id is 'empty: nobody''s reply';

comment on column outrider.turns.direction is 'in or out';

comment on column outrider.turns.outbox_id is 'the mail it answers';

comment on column outrider.turns.kind is 'reply, opt_out, auto_reply, bounce, complaint, own or other';

comment on column outrider.turns.is_hard is 'a dead address';

comment on column outrider.turns.returns_on is 'end of an absence, where the mail says so';

comment on column outrider.turns.attributed_by is 'which header told, or `none`';

alter table outrider.audit_events enable row level security;

alter table outrider.audit_events force row level security;

create policy app on outrider.audit_events to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.audit_events for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.audit_events for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) and actor like 'agent:%' and (action like 'agents.%' or action in ('drafts.write', 'campaigns.enrol', 'crm.note', 'crm.task', 'prospects.research', 'prospects.researched', 'prospects.sequenced', 'prospects.exhausted')));

create policy sealer on outrider.audit_events for select to outrider_sealer using (true);

alter table outrider.person_events enable row level security;

alter table outrider.person_events force row level security;

create policy app on outrider.person_events to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.person_events for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.accounts enable row level security;

alter table outrider.accounts force row level security;

create policy app on outrider.accounts to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.accounts for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_changes on outrider.accounts for update to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.agent_overrides enable row level security;

alter table outrider.agent_overrides force row level security;

create policy app on outrider.agent_overrides to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.agent_overrides for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.agent_ticks enable row level security;

alter table outrider.agent_ticks force row level security;

create policy app on outrider.agent_ticks to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.agent_ticks for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.campaigns enable row level security;

alter table outrider.campaigns force row level security;

create policy app on outrider.campaigns to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.campaigns for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.data_keys enable row level security;

alter table outrider.data_keys force row level security;

create policy app on outrider.data_keys to outrider_app using ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null)) with check ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null));

create policy agent_reads on outrider.data_keys for select to outrider_agent using ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null));

alter table outrider.delegations enable row level security;

alter table outrider.delegations force row level security;

create policy app on outrider.delegations to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.delegations for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.domains enable row level security;

alter table outrider.domains force row level security;

create policy app on outrider.domains to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.domains for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.erasures enable row level security;

alter table outrider.erasures force row level security;

create policy app on outrider.erasures to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.erasures for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.health_bands enable row level security;

alter table outrider.health_bands force row level security;

create policy app on outrider.health_bands to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.health_bands for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.idempotency_keys enable row level security;

alter table outrider.idempotency_keys force row level security;

create policy app on outrider.idempotency_keys to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.idempotency_keys for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.imports enable row level security;

alter table outrider.imports force row level security;

create policy app on outrider.imports to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.imports for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.invitations enable row level security;

alter table outrider.invitations force row level security;

create policy app on outrider.invitations to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.invitations for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.layouts enable row level security;

alter table outrider.layouts force row level security;

create policy app on outrider.layouts to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.layouts for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.mailboxes enable row level security;

alter table outrider.mailboxes force row level security;

create policy app on outrider.mailboxes to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.mailboxes for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.memberships enable row level security;

alter table outrider.memberships force row level security;

create policy app on outrider.memberships to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.memberships for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.person_keys enable row level security;

alter table outrider.person_keys force row level security;

create policy app on outrider.person_keys to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.person_keys for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.slack_events enable row level security;

alter table outrider.slack_events force row level security;

create policy app on outrider.slack_events to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.slack_events for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.slack_users enable row level security;

alter table outrider.slack_users force row level security;

create policy app on outrider.slack_users to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.slack_users for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.suppressions enable row level security;

alter table outrider.suppressions force row level security;

create policy app on outrider.suppressions to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.suppressions for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.switches enable row level security;

alter table outrider.switches force row level security;

create policy app on outrider.switches to outrider_app using ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null)) with check ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null));

create policy agent_reads on outrider.switches for select to outrider_agent using ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null));

alter table outrider.working_times enable row level security;

alter table outrider.working_times force row level security;

create policy app on outrider.working_times to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.working_times for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.agent_runs enable row level security;

alter table outrider.agent_runs force row level security;

create policy app on outrider.agent_runs to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.agent_runs for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.agent_runs for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_changes on outrider.agent_runs for update to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.blueprints enable row level security;

alter table outrider.blueprints force row level security;

create policy app on outrider.blueprints to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.blueprints for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.contacts enable row level security;

alter table outrider.contacts force row level security;

create policy app on outrider.contacts to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.contacts for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.conversion_watches enable row level security;

alter table outrider.conversion_watches force row level security;

create policy app on outrider.conversion_watches to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.conversion_watches for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.emails enable row level security;

alter table outrider.emails force row level security;

create policy app on outrider.emails to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.emails for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.policies enable row level security;

alter table outrider.policies force row level security;

create policy app on outrider.policies to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.policies for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.scores enable row level security;

alter table outrider.scores force row level security;

create policy app on outrider.scores to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.scores for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.scores for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.secrets enable row level security;

alter table outrider.secrets force row level security;

create policy app on outrider.secrets to outrider_app using ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null)) with check ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null));

create policy agent_reads on outrider.secrets for select to outrider_agent using ((workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) or workspace_id is null));

alter table outrider.sequences enable row level security;

alter table outrider.sequences force row level security;

create policy app on outrider.sequences to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.sequences for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.snapshots enable row level security;

alter table outrider.snapshots force row level security;

create policy app on outrider.snapshots to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.snapshots for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.snapshots for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.unread_emails enable row level security;

alter table outrider.unread_emails force row level security;

create policy app on outrider.unread_emails to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.unread_emails for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.agent_steps enable row level security;

alter table outrider.agent_steps force row level security;

create policy app on outrider.agent_steps to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.agent_steps for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.agent_steps for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_changes on outrider.agent_steps for update to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.crm_activities enable row level security;

alter table outrider.crm_activities force row level security;

create policy app on outrider.crm_activities to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.crm_activities for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.crm_activities for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) and status = 'staged' and kind in ('note', 'task') and payload ->> 'by' like 'agent:%');

alter table outrider.email_features enable row level security;

alter table outrider.email_features force row level security;

create policy app on outrider.email_features to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.email_features for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.enrollments enable row level security;

alter table outrider.enrollments force row level security;

create policy app on outrider.enrollments to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.enrollments for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.enrollments for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.facts enable row level security;

alter table outrider.facts force row level security;

create policy app on outrider.facts to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.facts for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.facts for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.sms_consents enable row level security;

alter table outrider.sms_consents force row level security;

create policy app on outrider.sms_consents to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.sms_consents for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.text_answers enable row level security;

alter table outrider.text_answers force row level security;

create policy app on outrider.text_answers to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.text_answers for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.touches enable row level security;

alter table outrider.touches force row level security;

create policy app on outrider.touches to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.touches for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.agent_requests enable row level security;

alter table outrider.agent_requests force row level security;

create policy app on outrider.agent_requests to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.agent_requests for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.drafts enable row level security;

alter table outrider.drafts force row level security;

create policy app on outrider.drafts to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.drafts for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_adds on outrider.drafts for insert to outrider_agent with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid) and status = 'pending' and actor like 'agent:%' and not is_seed);

alter table outrider.tasks enable row level security;

alter table outrider.tasks force row level security;

create policy app on outrider.tasks to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.tasks for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.threads enable row level security;

alter table outrider.threads force row level security;

create policy app on outrider.threads to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.threads for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.approvals enable row level security;

alter table outrider.approvals force row level security;

create policy app on outrider.approvals to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.approvals for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.decisions enable row level security;

alter table outrider.decisions force row level security;

create policy app on outrider.decisions to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.decisions for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.draft_askings enable row level security;

alter table outrider.draft_askings force row level security;

create policy app on outrider.draft_askings to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.draft_askings for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.draft_readings enable row level security;

alter table outrider.draft_readings force row level security;

create policy app on outrider.draft_readings to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.draft_readings for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.draft_scores enable row level security;

alter table outrider.draft_scores force row level security;

create policy app on outrider.draft_scores to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.draft_scores for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.draft_variants enable row level security;

alter table outrider.draft_variants force row level security;

create policy app on outrider.draft_variants to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.draft_variants for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.looks enable row level security;

alter table outrider.looks force row level security;

create policy app on outrider.looks to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.looks for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.reviews enable row level security;

alter table outrider.reviews force row level security;

create policy app on outrider.reviews to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.reviews for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.seeds enable row level security;

alter table outrider.seeds force row level security;

create policy app on outrider.seeds to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.seeds for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.slack_posts enable row level security;

alter table outrider.slack_posts force row level security;

create policy app on outrider.slack_posts to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.slack_posts for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.observations enable row level security;

alter table outrider.observations force row level security;

create policy app on outrider.observations to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.observations for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.outbox enable row level security;

alter table outrider.outbox force row level security;

create policy app on outrider.outbox to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.outbox for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.overrides enable row level security;

alter table outrider.overrides force row level security;

create policy app on outrider.overrides to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.overrides for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.delivery_events enable row level security;

alter table outrider.delivery_events force row level security;

create policy app on outrider.delivery_events to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.delivery_events for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

alter table outrider.turns enable row level security;

alter table outrider.turns force row level security;

create policy app on outrider.turns to outrider_app using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid)) with check (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

create policy agent_reads on outrider.turns for select to outrider_agent using (workspace_id = (select nullif(current_setting('outrider.workspace', true), '')::uuid));

grant usage on schema outrider to outrider_app, outrider_agent, outrider_sealer;

grant usage on schema jobs to outrider_app;

grant select, insert, update, delete on all tables in schema jobs to outrider_app;

grant usage, select, update on all sequences in schema jobs to outrider_app;

grant select on outrider.audit_cuts to outrider_app;

grant select on outrider.audit_cuts to outrider_sealer;

grant select on outrider.audit_cuts to outrider_agent;

grant select, insert (workspace_id, id, at, actor, action, subject, correlation_id, body, leaf) on outrider.audit_events to outrider_app;

grant select on outrider.audit_events to outrider_sealer;

grant select, insert (workspace_id, id, at, actor, action, subject, correlation_id, body, leaf) on outrider.audit_events to outrider_agent;

grant select on outrider.audit_keys to outrider_app;

grant select, insert on outrider.audit_keys to outrider_sealer;

grant select on outrider.audit_keys to outrider_agent;

grant select on outrider.audit_leaves to outrider_app;

grant select, insert on outrider.audit_leaves to outrider_sealer;

grant select on outrider.audit_leaves to outrider_agent;

grant select on outrider.audit_seals to outrider_app;

grant select, insert on outrider.audit_seals to outrider_sealer;

grant select on outrider.audit_seals to outrider_agent;

grant select, insert, update, delete on outrider.login_limits to outrider_app;

grant select, insert, update, delete on outrider.people to outrider_app;

grant select on outrider.people to outrider_agent;

grant select, insert, update, delete on outrider.person_events to outrider_app;

grant select, insert, update, delete on outrider.workspaces to outrider_app;

grant select on outrider.workspaces to outrider_agent;

grant select, insert, update, delete on outrider.accounts to outrider_app;

grant select, update (cik, ticker, status, points, updated_at) on outrider.accounts to outrider_agent;

grant select, insert, update, delete on outrider.agent_overrides to outrider_app;

grant select on outrider.agent_overrides to outrider_agent;

grant select, insert, update, delete on outrider.agent_ticks to outrider_app;

grant select on outrider.agent_ticks to outrider_agent;

grant select, insert, update, delete on outrider.api_keys to outrider_app;

grant select, insert, update, delete on outrider.campaigns to outrider_app;

grant select on outrider.campaigns to outrider_agent;

grant select, insert, update, delete on outrider.data_keys to outrider_app;

grant select, insert, update, delete on outrider.delegations to outrider_app;

grant select on outrider.delegations to outrider_agent;

grant select, insert, update, delete on outrider.domains to outrider_app;

grant select on outrider.domains to outrider_agent;

grant select, insert, update, delete on outrider.erasures to outrider_app;

grant select on outrider.erasures to outrider_agent;

grant select, insert, update, delete on outrider.health_bands to outrider_app;

grant select on outrider.health_bands to outrider_agent;

grant select, insert, update, delete on outrider.idempotency_keys to outrider_app;

grant select, insert, update, delete on outrider.identities to outrider_app;

grant select, insert, update, delete on outrider.imports to outrider_app;

grant select on outrider.imports to outrider_agent;

grant select, insert, update, delete on outrider.invitations to outrider_app;

grant select, insert on outrider.layouts to outrider_app;

grant select on outrider.layouts to outrider_agent;

grant select, insert, update, delete on outrider.mailboxes to outrider_app;

grant select on outrider.mailboxes to outrider_agent;

grant select, insert, update, delete on outrider.memberships to outrider_app;

grant select on outrider.memberships to outrider_agent;

grant select, insert, update, delete on outrider.passwords to outrider_app;

grant select, insert, update, delete on outrider.person_keys to outrider_app;

grant select, insert, update, delete on outrider.sessions to outrider_app;

grant select, insert, update, delete on outrider.slack_events to outrider_app;

grant select on outrider.slack_events to outrider_agent;

grant select, insert, update, delete on outrider.slack_users to outrider_app;

grant select on outrider.slack_users to outrider_agent;

grant select, insert, update, delete on outrider.suppressions to outrider_app;

grant select on outrider.suppressions to outrider_agent;

grant select, insert, update, delete on outrider.switches to outrider_app;

grant select on outrider.switches to outrider_agent;

grant select, insert, update, delete on outrider.working_times to outrider_app;

grant select on outrider.working_times to outrider_agent;

grant select, insert, update, delete on outrider.agent_runs to outrider_app;

grant select, insert, update on outrider.agent_runs to outrider_agent;

grant select, insert, update, delete on outrider.blueprints to outrider_app;

grant select on outrider.blueprints to outrider_agent;

grant select, insert, update, delete on outrider.contacts to outrider_app;

grant select on outrider.contacts to outrider_agent;

grant select, insert, update, delete on outrider.conversion_watches to outrider_app;

grant select on outrider.conversion_watches to outrider_agent;

grant select, insert, update, delete on outrider.emails to outrider_app;

grant select on outrider.emails to outrider_agent;

grant select, insert, update, delete on outrider.policies to outrider_app;

grant select on outrider.policies to outrider_agent;

grant select, insert, update, delete on outrider.scores to outrider_app;

grant select, insert on outrider.scores to outrider_agent;

grant select, insert, update, delete on outrider.secrets to outrider_app;

grant select, insert, update, delete on outrider.sequences to outrider_app;

grant select on outrider.sequences to outrider_agent;

grant select, insert, update, delete on outrider.snapshots to outrider_app;

grant select, insert on outrider.snapshots to outrider_agent;

grant select, insert, update, delete on outrider.unread_emails to outrider_app;

grant select on outrider.unread_emails to outrider_agent;

grant select, insert, update, delete on outrider.agent_steps to outrider_app;

grant select, insert, update on outrider.agent_steps to outrider_agent;

grant select, insert, update, delete on outrider.crm_activities to outrider_app;

grant select, insert on outrider.crm_activities to outrider_agent;

grant select, insert, update, delete on outrider.email_features to outrider_app;

grant select on outrider.email_features to outrider_agent;

grant select, insert, update, delete on outrider.enrollments to outrider_app;

grant select, insert on outrider.enrollments to outrider_agent;

grant select, insert, update, delete on outrider.facts to outrider_app;

grant select, insert on outrider.facts to outrider_agent;

grant select, insert, update, delete on outrider.sms_consents to outrider_app;

grant select on outrider.sms_consents to outrider_agent;

grant select, insert, update, delete on outrider.text_answers to outrider_app;

grant select on outrider.text_answers to outrider_agent;

grant select, insert, update, delete on outrider.touches to outrider_app;

grant select on outrider.touches to outrider_agent;

grant select, insert, update, delete on outrider.agent_requests to outrider_app;

grant select on outrider.agent_requests to outrider_agent;

grant select, insert, update, delete on outrider.drafts to outrider_app;

grant select, insert on outrider.drafts to outrider_agent;

grant select, insert, update, delete on outrider.tasks to outrider_app;

grant select on outrider.tasks to outrider_agent;

grant select, insert, update, delete on outrider.threads to outrider_app;

grant select on outrider.threads to outrider_agent;

grant select, insert on outrider.approvals to outrider_app;

grant select on outrider.approvals to outrider_agent;

grant select, insert on outrider.decisions to outrider_app;

grant select on outrider.decisions to outrider_agent;

grant select, insert, update, delete on outrider.draft_askings to outrider_app;

grant select on outrider.draft_askings to outrider_agent;

grant select, insert, update, delete on outrider.draft_readings to outrider_app;

grant select on outrider.draft_readings to outrider_agent;

grant select, insert, update, delete on outrider.draft_scores to outrider_app;

grant select on outrider.draft_scores to outrider_agent;

grant select, insert, update, delete on outrider.draft_variants to outrider_app;

grant select on outrider.draft_variants to outrider_agent;

grant select, insert, update, delete on outrider.looks to outrider_app;

grant select, insert, update, delete on outrider.reviews to outrider_app;

grant select on outrider.reviews to outrider_agent;

grant select, insert, update, delete on outrider.seeds to outrider_app;

grant select, insert, update, delete on outrider.slack_posts to outrider_app;

grant select on outrider.slack_posts to outrider_agent;

grant select, insert, update, delete on outrider.observations to outrider_app;

grant select on outrider.observations to outrider_agent;

grant select, insert, update, delete on outrider.outbox to outrider_app;

grant select on outrider.outbox to outrider_agent;

grant select, insert, update, delete on outrider.overrides to outrider_app;

grant select on outrider.overrides to outrider_agent;

grant select, insert, update, delete on outrider.delivery_events to outrider_app;

grant select, insert, update, delete on outrider.turns to outrider_app;

grant select on outrider.turns to outrider_agent;

grant select on outrider.alembic_version to outrider_app, outrider_agent, outrider_sealer;
