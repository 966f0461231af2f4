-- A curated article brief, imported once.
create table items (
    id                 bigint generated always as identity primary key,
    -- 'url:' and the canonical URL, or 'hash:' and a hash of title and source.
    key                text not null unique,
    revision_id        bigint not null,
    addressed_label_id int references labels,
    published_at       timestamptz,
    imported_at        timestamptz not null,
    archived_at        timestamptz
);

-- Every version of an item's text: what was approved and sent can be shown again after a later import.
create table item_revisions (
    id           bigint generated always as identity primary key,
    item_id      bigint not null references items on delete cascade deferrable initially deferred,
    content      jsonb not null,
    content_hash text not null,
    created_at   timestamptz not null
);

alter table items add foreign key (revision_id) references item_revisions deferrable initially deferred;
create index on item_revisions (item_id);

create table item_labels (
    item_id   bigint not null references items on delete cascade,
    label_id  int not null references labels,
    position  smallint not null,
    -- Labels an editor added stay when the item is imported again.
    by_editor boolean not null default false,
    primary key (item_id, label_id)
);
create index on item_labels (label_id);
