-- A database that was set back (restored from a dump, a file copy, a snapshot, to a point in time) must not mail again what it
-- does not know it has mailed.

-- One row, written when an edition is first planned or a process first sends. A restore brings it into another table, database or cluster than it names.
create table installation (
    id                boolean primary key default true check (id),
    -- Of this very table.
    table_oid         oid not null,
    database_oid      oid not null,
    system_identifier bigint not null,
    -- When the files of the embedded cluster were made on its disk; null with a server of one's own.
    cluster_birth     text,
    -- When this row was written, or the last restore confirmed. Witnesses from before that say nothing any more.
    since             timestamptz not null,
    -- Set: nothing is sent until an operator has looked ('newsletter restore confirm').
    restored_at       timestamptz,
    restored_why      text,
    check ((restored_at is null) = (restored_why is null))
);

-- What each sending process has recorded. It keeps the same in a file: a row behind its file was set back.
create table witnesses (
    id      uuid primary key,
    -- Grows by one with each batch of mails that is begun.
    batch   bigint not null default 0,
    seen_at timestamptz not null default now()
);

-- When a process last looked after an edition that is sending.
alter table editions add column heartbeat_at timestamptz;
update editions e set heartbeat_at = coalesce((select max(ended_at) from deliveries d where d.edition_id = e.id), started_at) where state = 'sending';
