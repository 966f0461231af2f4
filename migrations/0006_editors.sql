create table editors (
    id            int generated always as identity primary key,
    email         text not null,
    email_key     text not null unique,
    -- Editors work on items, digests and editions; operators also see /hangfire and manage editors.
    permission    text not null check (permission in ('editor', 'operator')),
    -- Null until the person has used the set-up link.
    password_hash text,
    failed_sign_ins smallint not null default 0,
    locked_until  timestamptz,
    created_at    timestamptz not null,
    disabled_at   timestamptz
);

-- A one-time link by which a person sets a first or a new password. Only the SHA-256 of its token is kept.
create table setup_links (
    token_hash text primary key,
    -- Null: whoever opens it becomes the first operator, as long as there is none.
    editor_id  int references editors on delete cascade,
    expires_at timestamptz not null,
    used_at    timestamptz
);

create table audit_log (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    actor   text not null,
    action  text not null,
    subject text not null
);

-- ASP.NET's keys for cookies: several web processes share them, and a deploy keeps people signed in.
create table data_protection_keys (
    id  int generated always as identity primary key,
    xml text not null
);
