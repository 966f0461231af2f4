-- One message to one subscriber. Partitioned by edition: a plan that is replaced is truncated, an old edition dropped.
-- No foreign keys: they would cost more than the rows, and erasing a person must leave the account of an edition whole.
-- The subscriber stands first in the key: within a partition the edition is constant, and one person's history
-- over all editions is then an index look-up.
create table deliveries (
    edition_id    bigint not null,
    subscriber_id bigint not null,
    -- Compositions of the same edition; null when skipped because nothing fits.
    composition   int,
    state         text collate "C" not null check (state in
        ('due', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'uncertain', 'skipped')),
    -- Why skipped: nothing_fits, too_few, suppressed, unsubscribed, cancelled, missed.
    reason        text collate "C",
    -- Not before; null is at once.
    due_at        timestamptz,
    attempt       smallint not null default 0,
    owner         uuid,
    lease_until   timestamptz,
    ended_at      timestamptz,
    -- What the SMTP server said last, when it was not "250".
    reply         text,
    primary key (subscriber_id, edition_id)
) partition by list (edition_id);

create index on deliveries (due_at nulls first, subscriber_id) where state in ('due', 'deferred');
create index on deliveries (lease_until) where state in ('claimed', 'sending');
