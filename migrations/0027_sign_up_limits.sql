-- Sign-ups that are more than usual are held, labels typed by readers are counted, and labels that nobody carries go.

-- In the order in which the program locks them: a sign-up that comes meanwhile waits, and is no deadlock.
lock table subscribers, sign_ups, notices in access exclusive mode;

-- Mails that somebody asked for by typing an address: one row a mail, counted by EmailAddress.Mailbox and by its domain.
alter table notices add column mailbox text collate "C";
-- What is usual is known from the first day on.
update notices n set mailbox = s.email_key
from subscribers s where s.id = n.subscriber_id and n.kind = 'confirm' and n.created_at > now() - interval '40 days';
create index on notices (mailbox, created_at) where mailbox is not null;
create index on notices (split_part(mailbox, '@', 2), created_at) where mailbox is not null;
create index on notices (created_at) where mailbox is not null;

-- Held: an operator decides whether it is sent.
alter table notices drop constraint notices_state_check;
alter table notices add check (state in ('due', 'sending', 'sent', 'failed', 'uncertain', 'held'));
create index on notices (id) where state = 'held';

-- One row.
create table sign_up_brake (
    only_row    boolean primary key default true check (only_row),
    -- Sign-ups in the busiest hour of a usual day, by those that were confirmed.
    usual       int not null default 0,
    counted_at  timestamptz,
    -- Since when new sign-ups are held; null: they are not.
    since       timestamptz,
    -- What came before it does not count.
    released_at timestamptz not null default '-infinity'
);
insert into sign_up_brake default values;

-- New labels that readers typed, a row a form; kept for a day.
create table new_labels (
    subscriber_id bigint references subscribers on delete cascade,
    typed_at      timestamptz not null,
    count         int not null
);
create index on new_labels (subscriber_id, typed_at);
create index on new_labels (typed_at);

-- Labels that lost one of those who carried them: the clean-up looks whether anybody is left.
create table label_clean_up (
    id       bigint generated always as identity primary key,
    label_id int not null
);
insert into label_clean_up (label_id) select id from labels where resolved_by is null or resolved_by = 'resolver';

-- Without a list of what is still to be added, which each look-up would have to read: few labels are carried by many.
create index on subscribers using gin (label_ids) with (fastupdate = off);
create index on sign_ups using gin (label_ids) with (fastupdate = off);
create index on items (addressed_label_id) where addressed_label_id is not null;
