-- A delivery carries its composition itself: the numbers of its choices in order, three bytes each, big-endian. Where most
-- readers have a composition of their own a table of compositions was a second row per person, and history a join of two
-- million-row tables per past edition.
alter table deliveries add column choices bytea;

update deliveries d set choices = (
    select string_agg(substring(int4send(n) from 2), ''::bytea order by place)
    from compositions co, unnest(co.choices) with ordinality as c (n, place)
    where co.edition_id = d.edition_id and co.number = d.composition)
where d.composition is not null;

alter table deliveries drop column composition;
drop table compositions;

-- The reader's roles for which it was chosen.
alter table choices add column role_ids int[] not null default '{}';

-- Everything that decided the plan but the readers themselves; the plan's hash is over it.
alter table editions add column inputs jsonb;
-- Sent by hand: now, whatever the readers' hours.
alter table editions add column at_once boolean not null default false;
alter table editions add column compositions int not null default 0;

-- The editor's hand in one edition.
create table steers (
    edition_id bigint not null references editions on delete cascade,
    item_id    bigint not null references items,
    -- Null: for all readers.
    role_id    int references roles on delete cascade,
    deed       text not null check (deed in ('pin', 'exclude', 'lead', 'order')),
    -- For 'order': from 1.
    position   int not null default 0
);
create unique index on steers (edition_id, deed, item_id, coalesce(role_id, 0));
