-- Near-duplicates tell one story, and nobody gets a story twice. The number is the lowest item id of the story.
-- Which items tell one story is decided when an item is saved (NearDuplicate.cs) or by an editor; it never splits again.
alter table items add column story_id bigint;
update items set story_id = id;
alter table items alter column story_id set not null;
create index on items (story_id, id);

-- Two items that may tell one story share at least one of these numbers (StoryMarks.cs).
-- Items from before this migration have none: they are compared when they are next changed.
alter table items add column story_marks bigint[] not null default '{}';
-- Without a pending list: an import looks for near-duplicates after every insert.
create index on items using gin (story_marks) with (fastupdate = off);
