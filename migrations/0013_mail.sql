-- The editor's subject and intro of one edition: part of what is approved.
alter table editions add column subject text;
alter table editions add column intro text;

-- The reader's role to which the item's key takeaway is addressed, by its name; null when it is to none of theirs.
alter table choices add column addressed_as text;

-- BCP 47: what the digest is written in, and with it the direction of its mails.
alter table digests add column language text not null default 'en';
