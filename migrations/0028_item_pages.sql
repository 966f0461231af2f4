-- An item's page becomes public when the sending of a public edition with it begins. Mails link to other pages by signed addresses.

lock table editions, items in access exclusive mode;

-- The signed address contains this secret and the id: see 0019.
alter table items add column secret bigint not null default random_secret();

-- Whether the edition's mails link to items by signed addresses. This is decided when the sending begins. Earlier mails contain
-- unsigned addresses, which keep working, also if the digest is not in the public archive.
alter table editions add column signs_items boolean not null default false;

-- Sign-ups as typed, until they are processed. Processing takes longer for a known address than for an unknown one: the response
-- time must not show the difference.
create table sign_up_queue (
    id         bigint generated always as identity primary key,
    email      text not null,
    roles      text[] not null,
    topics     text[] not null,
    created_at timestamptz not null,
    -- Set after a failure that may not occur again: no retry before this time.
    retry_at   timestamptz not null default '-infinity'
);
