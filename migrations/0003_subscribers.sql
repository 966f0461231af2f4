create table subscribers (
    id            bigint generated always as identity primary key,
    email         text not null,
    -- EmailAddress.Key: what makes two spellings one mailbox.
    email_key     text not null unique,
    name          text,
    status        text not null check (status in ('pending', 'confirmed', 'unsubscribed')),
    label_ids     int[] not null default '{}',
    topics        text[] not null default '{}',
    muted_topics  text[] not null default '{}',
    cadence       text not null default 'every' check (cadence in ('every', 'daily', 'weekly', 'monthly', 'paused')),
    weekday       smallint check (weekday between 0 and 6),
    timezone      text not null default 'UTC',
    hour          smallint check (hour between 0 and 23),
    depth         text check (depth in ('brief', 'standard', 'full')),
    too_few       text check (too_few in ('skip', 'widen', 'roll_over')),
    language      text,
    paused_until  date,
    consent       text,
    created_at    timestamptz not null,
    confirmed_at  timestamptz,
    -- Stays when a person who left signs up again, until they confirm: an import must not bring them back in between.
    unsubscribed_at timestamptz,
    check (status <> 'unsubscribed' or unsubscribed_at is not null),
    check (status <> 'confirmed' or unsubscribed_at is null)
);

-- An address that must not be mailed, and why. Kept by address: it outlives the subscriber.
create table suppressions (
    email_key  text primary key,
    reason     text not null,
    created_at timestamptz not null
);

-- A mail to one person outside of editions: confirm your address, your preferences link.
create table notices (
    id            bigint generated always as identity primary key,
    subscriber_id bigint not null references subscribers on delete cascade,
    kind          text not null check (kind in ('confirm', 'preferences')),
    state         text not null default 'due' check (state in ('due', 'sending', 'sent', 'failed')),
    attempt       smallint not null default 0,
    due_at        timestamptz not null,
    created_at    timestamptz not null,
    reply         text
);
create index on notices (due_at) where state in ('due', 'sending');
create index on notices (subscriber_id, kind, created_at);
