-- Ids are given out again after a restore: a link names its row by the row's own random as well, so that one that was mailed
-- before never opens the page of somebody else.

-- 64 random bits: gen_random_uuid() has 122, in fixed places.
create function random_secret() returns bigint language sql volatile parallel safe
    return ('x' || left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 16))::bit(64)::bigint;

-- Links sent so far hold no random: they open rows that are here already, and no others.
alter table subscribers add column secret bigint not null default random_secret(), add column has_old_links boolean not null default true;
alter table subscribers alter column has_old_links set default false;
alter table editions add column secret bigint not null default random_secret(), add column has_old_links boolean not null default true;
alter table editions alter column has_old_links set default false;
alter table notices add column secret bigint not null default random_secret(), add column has_old_links boolean not null default true;
alter table notices alter column has_old_links set default false;
