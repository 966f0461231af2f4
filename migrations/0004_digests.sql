create table digests (
    id             int generated always as identity primary key,
    slug           text not null,
    name           text not null,
    -- Null: planned and sent by hand only.
    cron           text,
    timezone       text not null default 'UTC',
    lead           interval not null default '1 day',
    min_items      smallint not null default 1 check (min_items >= 1),
    max_items      smallint not null default 8 check (max_items between min_items and 50),
    candidate_days smallint not null default 30 check (candidate_days between 1 and 366),
    approval       text not null default 'required' check (approval in ('required', 'none')),
    -- The occurrence to be planned next, in UTC; null without a cron.
    next_at        timestamptz,
    created_at     timestamptz not null,
    deleted_at     timestamptz
);
-- A deleted digest keeps its row: the history of who got what hangs on its editions.
create unique index on digests (slug) where deleted_at is null;

-- "Gets every digest unless they left it."
create table digest_leavers (
    digest_id     int not null references digests,
    subscriber_id bigint not null references subscribers on delete cascade,
    left_at       timestamptz not null,
    primary key (digest_id, subscriber_id)
);

create table editions (
    id            bigint generated always as identity primary key,
    digest_id     int not null references digests,
    -- The time the digest's schedule names; null when planned by hand.
    occurrence_at timestamptz,
    state         text not null check (state in
        ('planned', 'approved', 'sending', 'paused', 'sent', 'cancelled', 'failed', 'missed')),
    plan_hash     text,
    planned_at    timestamptz,
    approved_at   timestamptz,
    approved_by   text,
    -- When sending begins: the occurrence, or what an editor set; null waits for somebody to say.
    send_at       timestamptz,
    started_at    timestamptz,
    finished_at   timestamptz,
    -- Why it is paused, failed, cancelled or missed: one sentence.
    note          text,
    subscribers   int not null default 0,
    cohorts       int not null default 0,
    created_at    timestamptz not null
);
-- A schedule fired twice makes one edition.
create unique index on editions (digest_id, occurrence_at) where occurrence_at is not null;
-- Planning again replaces the unapproved plan: there is one at most.
create unique index on editions (digest_id) where state = 'planned';
create index on editions (state) where state in ('planned', 'approved', 'sending', 'paused');

-- One way in which an item is chosen in an edition: this revision, at this depth, for these reasons.
-- Compositions are lists of choice numbers, so a million of them stay lean and reasons are stored once.
create table choices (
    edition_id  bigint not null references editions on delete cascade,
    number      int not null,
    item_id     bigint not null,
    revision_id bigint not null references item_revisions,
    depth       text not null check (depth in ('brief', 'standard', 'full')),
    section     text,
    reasons     jsonb not null,
    primary key (edition_id, number)
);
create index on choices (item_id, edition_id);

-- What one cohort gets, in order. One partition an edition, made by EditionStore together with that of deliveries.
create table compositions (
    edition_id bigint not null,
    number     int not null,
    choices    int[] not null,
    primary key (edition_id, number)
) partition by list (edition_id);
