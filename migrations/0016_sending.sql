-- A lease belongs to whoever sends, not to each row: a delivery is marked and recorded without touching an index (HOT),
-- at a third of the work. What a sender that died had in hand is found by its owner.
create table senders (
    owner       uuid primary key,
    -- In database time; renewed while the process lives.
    lease_until timestamptz not null
);

-- Stays when a delivery has ended: who sent it. What waits has no owner.
update deliveries d set owner = '00000000-0000-0000-0000-000000000000'
from editions e
where e.id = d.edition_id and e.state in ('approved', 'sending', 'paused') and d.choices is not null
  and d.state in ('sent', 'failed', 'uncertain', 'skipped');

-- Claimed and being sent by a process of the old version, which must not run any more.
update deliveries set state = case state when 'sending' then 'uncertain' else 'due' end,
       owner = case state when 'sending' then '00000000-0000-0000-0000-000000000000'::uuid end,
       reply = case state when 'sending' then 'the sending process ended without an answer' else reply end
where state in ('claimed', 'sending');

alter table deliveries drop column lease_until;
drop index deliveries_due_at_subscriber_id_idx;
-- No column of these changes when a delivery is marked or has ended.
create index on deliveries (due_at nulls first, subscriber_id) where owner is null and choices is not null;
create index on deliveries (owner) where owner is not null;
