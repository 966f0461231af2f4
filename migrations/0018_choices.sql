-- Rows are written by planning alone, and neither editions nor revisions are ever deleted: checking each of some ten
-- thousand choices of a plan against both took longer than writing them.
alter table choices drop constraint choices_edition_id_fkey;
alter table choices drop constraint choices_revision_id_fkey;

-- Read whole by every later plan: compressing it cost more than the octets it saved.
alter table editions alter column choice_items set storage external;
