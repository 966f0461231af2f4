-- An item's page is public from when a public edition with it begins to be sent. Where it is not, mails link to it by a signed address.

lock table editions, items in access exclusive mode;

-- What that address names the item by, beside its id: see 0019.
alter table items add column secret bigint not null default random_secret();

-- Whether all of its mails link to items by signed addresses, decided when its sending begins. Mails sent so far do not: their
-- addresses go on to work, also where a digest is kept out of the archive.
alter table editions add column signs_items boolean not null default false;

-- Sign-ups as they were typed, for the moment until they are handled: what is done for an address then takes longer for some
-- than for others, and nobody is to see it.
create table sign_up_queue (
    id         bigint generated always as identity primary key,
    email      text not null,
    roles      text[] not null,
    topics     text[] not null,
    created_at timestamptz not null,
    -- After a failure that another try may not have.
    retry_at   timestamptz not null default '-infinity'
);
