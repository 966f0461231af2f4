-- Addresses of articles keep their fragment and their final slash from now on. Those of before lost them: an import of the
-- same article finds its item by the page, and puts its address right.
alter table items
    -- The address without final slash and fragment, but for the #/… and #!… of applications; null without an address.
    add column page text collate "C",
    -- Stored before: what the whole address was is not known.
    add column address_altered boolean not null default false;
update items set page = substr(key, 5), address_altered = true where key like 'url:%';
create index on items (page) where page is not null;
