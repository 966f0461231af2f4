-- What an edition looked like when its sending began, so that it can be shown again after templates, texts or settings changed.

-- A set of templates, ours and the operator's, stored once.
create table template_sets (
    -- Hexadecimal SHA-256 over names and texts.
    hash       text primary key,
    -- File name to text.
    sources    jsonb not null,
    created_at timestamptz not null
);

alter table editions add column template_set text references template_sets;
-- The facts its frame was rendered from (DigestModel); null as long as sending has not begun.
alter table editions add column frame jsonb;

-- What an edition brought, each item once: for the archive and the feeds, which must not read a million readers' choices.
create table edition_items (
    edition_id  bigint not null references editions on delete cascade,
    -- From 1.
    position    int not null,
    item_id     bigint not null,
    revision_id bigint not null references item_revisions,
    primary key (edition_id, position),
    unique (item_id, edition_id)
);

insert into edition_items (edition_id, position, item_id, revision_id)
select edition_id, row_number() over (partition by edition_id order by min(number)), item_id, max(revision_id)
from choices where edition_id in (select id from editions where started_at is not null)
group by edition_id, item_id;

-- Whether sent editions are shown to everybody.
alter table digests add column archive text not null default 'public' check (archive in ('public', 'none'));
-- Null: as its digest.
alter table editions add column archive text check (archive in ('public', 'none'));
create index on editions (started_at desc) where state = 'sent';
