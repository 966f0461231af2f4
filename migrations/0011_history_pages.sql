-- History packed: what the readers of an ended edition had, 1024 of them a row. Planning reads these instead of a row for each
-- delivery. Derived from deliveries alone: without a page, or with all of them deleted, nothing is lost but speed.
create table history_pages (
    edition_id bigint not null references editions on delete cascade,
    -- subscriber_id >> 10
    page       bigint not null,
    -- See HistoryPage.cs.
    readers    bytea not null,
    primary key (edition_id, page)
);
-- Packed densely already: compressing would cost more than the octets it saves.
alter table history_pages alter column readers set storage external;

-- The pages hold while this is true; otherwise they are left over, and deliveries tell.
alter table editions add column is_packed boolean not null default false;
