-- A confirm link confirms one request: what somebody typed about an address changes nothing until its owner presses the button.

create table sign_ups (
    id            bigint generated always as identity primary key,
    secret        bigint not null default random_secret(),
    subscriber_id bigint not null references subscribers on delete cascade,
    -- Both null: the subscriber's row has the choices already, as with 'subscribers add'.
    label_ids     int[],
    topics        text[],
    created_at    timestamptz not null,
    expires_at    timestamptz not null,
    -- Its link confirms nothing any more: it was used, or another one, or the person left.
    ended_at      timestamptz,
    check ((label_ids is null) = (topics is null))
);
create index on sign_ups (subscriber_id);
create index on sign_ups (expires_at);

alter table notices add column sign_up_id bigint references sign_ups on delete cascade;
alter table notices add check (sign_up_id is null or kind = 'confirm');
create index on notices (sign_up_id) where sign_up_id is not null;

-- The row is here for its sign-ups alone, and is deleted with the last of them. An imported one is not.
alter table subscribers add column provisional boolean not null default false;
create index on subscribers (id) where provisional;
update subscribers s set provisional = true
where status = 'pending' and unsubscribed_at is null and exists (
    select from notices n where n.subscriber_id = s.id and n.kind = 'confirm' and n.created_at < s.created_at + interval '1 minute');

-- Those who wait have their choices in their row: links mailed so far name the row, and those still to be mailed name these requests.
insert into sign_ups (subscriber_id, created_at, expires_at)
select s.id, max(n.created_at), max(n.created_at) + interval '7 days'
from subscribers s join notices n on n.subscriber_id = s.id and n.kind = 'confirm'
where s.status = 'pending' group by s.id;
update notices n set sign_up_id = u.id from sign_ups u
where u.subscriber_id = n.subscriber_id and n.kind = 'confirm' and n.state in ('due', 'sending');

-- Who left stays away until they confirm.
update subscribers set status = 'unsubscribed' where status = 'pending' and unsubscribed_at is not null;
alter table subscribers drop constraint subscribers_check, drop constraint subscribers_check1;
alter table subscribers add check ((status = 'unsubscribed') = (unsubscribed_at is not null));
