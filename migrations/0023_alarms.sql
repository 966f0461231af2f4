-- What operators are told of: one row a cause, and a row for each of those who are told.

create table alarms (
    id        bigint generated always as identity primary key,
    kind      text collate "C" not null,
    -- What it is about: 'edition 5', 'relay smtp.example.com:587'.
    about     text not null collate "C",
    headline  text not null,
    sentence  text not null,
    to_do     text not null,
    -- Of the site, where to look.
    page      text not null,
    raised_at timestamptz not null,
    -- Null while the cause is there.
    over_at   timestamptz
);
-- Several workers find the same cause: one of them raises the alarm.
create unique index on alarms (kind, about) where over_at is null;

create table alarm_messages (
    id         bigint generated always as identity primary key,
    alarm_id   bigint not null references alarms on delete cascade,
    -- The operator it is mailed to; null: it goes to the webhook.
    editor_id  int references editors on delete cascade,
    -- The same when it is tried again.
    message_id uuid not null default gen_random_uuid(),
    state      text not null default 'due' check (state in ('due', 'sending', 'sent', 'failed', 'expired')),
    attempt    smallint not null default 0,
    -- While it is being sent: when its sender counts as dead.
    due_at     timestamptz not null,
    reply      text
);
create unique index on alarm_messages (alarm_id, coalesce(editor_id, 0));
create index on alarm_messages (due_at) where state in ('due', 'sending');

-- Relays that a process cannot reach; a row that is not renewed is of a process that ended.
create table relay_absences (
    relay   text not null collate "C",
    process uuid not null,
    since   timestamptz not null,
    seen_at timestamptz not null,
    reason  text not null,
    primary key (relay, process)
);

-- Whether a worker has written the entry to its log: steps are taken in other processes, too. Older entries count as written.
alter table audit_log add column is_logged boolean not null default true;
alter table audit_log alter column is_logged set default false;
create index on audit_log (id) where not is_logged and action like 'edition %';
