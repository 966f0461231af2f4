-- Reader roles and the labels that name them.
create table roles (
    id      int generated always as identity primary key,
    slug    text not null unique,
    name    text not null,
    level   text not null check (level in ('executive', 'vp', 'director', 'lead', 'individual', 'observer')),
    domains text[] not null check (cardinality(domains) > 0)
);

-- "AI Product Manager" is a narrower form of "Product Manager". Direct steps only; readers of the table close them.
create table role_forms (
    narrower_id int not null references roles on delete cascade,
    broader_id  int not null references roles on delete cascade,
    primary key (narrower_id, broader_id),
    check (narrower_id <> broader_id)
);

-- A label is text as found in a "Best for:" line or typed by a person. Items and subscribers keep labels;
-- roles come by join, so teaching a label reaches everything that already carries it.
create table labels (
    id          int generated always as identity primary key,
    text        text not null,
    -- What makes two spellings one label: RoleLabel.Normalise.
    normal      text not null unique,
    -- Who says what it means: the seeded taxonomy, the resolver's understanding, or an editor.
    -- Null: nobody knows yet, it waits in the review queue.
    resolved_by text check (resolved_by in ('taxonomy', 'resolver', 'editor')),
    first_seen_at timestamptz not null
);

create table label_roles (
    label_id int not null references labels on delete cascade,
    role_id  int not null references roles on delete cascade,
    primary key (label_id, role_id)
);
