-- Sign-ups above the usual number are held, labels typed by readers are counted, and labels that nobody carries are deleted.

-- The same lock order as in the program: a concurrent sign-up waits and does not cause a deadlock.
lock table subscribers, sign_ups, notices in access exclusive mode;

-- Set for mails that somebody requested by typing an address. They are counted per EmailAddress.Mailbox and per domain.
alter table notices add column mailbox text collate "C";
-- Past sign-ups get a mailbox too, so that the usual number is known from the first day.
update notices n set mailbox = s.email_key
from subscribers s where s.id = n.subscriber_id and n.kind = 'confirm' and n.created_at > now() - interval '40 days';
create index on notices (mailbox, created_at) where mailbox is not null;
create index on notices (split_part(mailbox, '@', 2), created_at) where mailbox is not null;
create index on notices (created_at) where mailbox is not null;

-- Held: an operator decides whether the mail is sent.
alter table notices drop constraint notices_state_check;
alter table notices add check (state in ('due', 'sending', 'sent', 'failed', 'uncertain', 'held'));
create index on notices (id) where state = 'held';

-- One row.
create table sign_up_brake (
    only_row    boolean primary key default true check (only_row),
    -- Confirmed sign-ups in the busiest hour of a usual day.
    usual       int not null default 0,
    counted_at  timestamptz,
    -- New sign-ups have been held since this time; null: they are not held.
    since       timestamptz,
    -- Sign-ups before this time do not count for the limit.
    released_at timestamptz not null default '-infinity'
);
insert into sign_up_brake default values;

-- The number of new labels that a reader typed: one row per form, kept for a day.
create table new_labels (
    subscriber_id bigint references subscribers on delete cascade,
    typed_at      timestamptz not null,
    count         int not null
);
create index on new_labels (subscriber_id, typed_at);
create index on new_labels (typed_at);

-- Labels that were removed from a person, a sign-up or an item: the clean-up deletes those that nobody carries.
create table label_clean_up (
    id       bigint generated always as identity primary key,
    label_id int not null
);
insert into label_clean_up (label_id) select id from labels where resolved_by is null or resolved_by = 'resolver';

-- No fastupdate: each look-up would have to read the list of pending entries.
create index on subscribers using gin (label_ids) with (fastupdate = off);
create index on sign_ups using gin (label_ids) with (fastupdate = off);
create index on items (addressed_label_id) where addressed_label_id is not null;
