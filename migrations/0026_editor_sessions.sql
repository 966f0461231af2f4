-- A new value ends all earlier sessions: after a change of password or permission, disabling, enabling, or signing out everywhere.
alter table editors add column stamp uuid not null default gen_random_uuid();

-- Failed tries are counted per network in sign_in_tries: one network must not lock the account for others.
alter table editors drop column failed_sign_ins, drop column locked_until;

-- One row per signed-in browser. Only the SHA-256 of the token in its cookie is stored.
create table editor_sessions (
    token_hash text collate "C" primary key,
    editor_id  int not null references editors on delete cascade,
    -- The account's stamp when the session began.
    stamp      uuid not null,
    expires_at timestamptz not null
);
create index on editor_sessions (editor_id);
create index on editor_sessions (expires_at);

-- Tries to sign in that failed or are being verified. Unknown addresses are counted too: the response must not show the difference.
create table sign_in_tries (
    -- SHA-256 of the address; empty: all unknown addresses.
    account    text collate "C" not null,
    -- The client's network; empty: all networks.
    client     text collate "C" not null,
    failed     int not null,
    -- The count starts again after this time.
    expires_at timestamptz not null,
    primary key (account, client)
);
create index on sign_in_tries (expires_at);
