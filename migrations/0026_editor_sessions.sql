-- Changes with the password, the permission, disabling, enabling and signing out everywhere: sessions begun before are over then.
alter table editors add column stamp uuid not null default gen_random_uuid();

-- Wrong tries are counted by who tries, in sign_in_tries.
alter table editors drop column failed_sign_ins, drop column locked_until;

-- A browser that is signed in. Only the SHA-256 of what its cookie holds is kept.
create table editor_sessions (
    token_hash text collate "C" primary key,
    editor_id  int not null references editors on delete cascade,
    -- The account's when the session began.
    stamp      uuid not null,
    expires_at timestamptz not null
);
create index on editor_sessions (editor_id);
create index on editor_sessions (expires_at);

-- Tries to sign in that were wrong, or are being judged just now. Also of addresses that nobody has: these must not look otherwise.
create table sign_in_tries (
    -- SHA-256 of the address; empty: all addresses that nobody has.
    account    text collate "C" not null,
    -- The network that they came from; empty: all of them.
    client     text collate "C" not null,
    failed     int not null,
    -- When they are forgotten.
    expires_at timestamptz not null,
    primary key (account, client)
);
create index on sign_in_tries (expires_at);
