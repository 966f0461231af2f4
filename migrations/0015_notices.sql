-- More kinds of notices, and corrections: notices to all who got an edition.

-- What an editor writes to those who got an edition.
create table corrections (
    id         bigint generated always as identity primary key,
    edition_id bigint not null references editions on delete cascade,
    -- Given: only those who got this item are written to.
    item_id    bigint references items,
    subject    text not null,
    text       text not null,
    created_by text not null,
    created_at timestamptz not null
);
create index on corrections (edition_id);

alter table notices drop constraint notices_kind_check;
alter table notices add check (kind in ('confirm', 'preferences', 'welcome', 'goodbye', 'export', 'erase', 'correction'));
-- Uncertain: the connection, or the process, was lost while it was being sent, and it must not come twice.
alter table notices drop constraint notices_state_check;
alter table notices add check (state in ('due', 'sending', 'sent', 'failed', 'uncertain'));
alter table notices add column correction_id bigint references corrections on delete cascade;
alter table notices add check ((kind = 'correction') = (correction_id is not null));
-- When the link in an 'export' or 'erase' was used: it works once.
alter table notices add column used_at timestamptz;
create unique index on notices (correction_id, subscriber_id) where correction_id is not null;

-- A million corrections must not hold up the one who waits for a confirmation.
drop index notices_due_at_idx;
create index on notices (due_at) where state in ('due', 'sending') and correction_id is null;
create index on notices (due_at) where state in ('due', 'sending') and correction_id is not null;
