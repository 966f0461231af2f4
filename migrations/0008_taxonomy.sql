-- Families and neighbours, and what an editor's file changed: the program's own taxonomy leaves that alone.

-- Filled by seeding, which follows every migration.
alter table roles add column family text not null default 'general';
alter table roles alter column family drop default;

-- 'editor': name, level, domains, family, forms, neighbours and labels of this role are an editor's, not the program's.
alter table roles add column origin text not null default 'seeded' check (origin in ('seeded', 'editor'));

-- How near two roles are that are no forms of one another; what does not stand here follows from family, domain and level.
-- One row a pair: the order of the two means nothing.
create table role_neighbours (
    low_id  int not null references roles on delete cascade,
    high_id int not null references roles on delete cascade,
    weight  double precision not null check (weight >= 0 and weight <= 1),
    primary key (low_id, high_id),
    check (low_id < high_id)
);

-- One row. The version grows with everything that changes what a label means or how roles stand to each other.
create table taxonomy_version (
    only_row boolean primary key default true check (only_row),
    version  int not null check (version > 0),
    -- The version of the program's own taxonomy that was last brought in.
    seeded   int not null
);
