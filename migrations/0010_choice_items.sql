-- Each choice's item, in the order of their numbers from 1: what history needs of an edition, in one row.
alter table editions add column choice_items bigint[] not null default '{}';
update editions e set choice_items = coalesce((
    select array_agg(coalesce(c.item_id, 0) order by n)
    from generate_series(1, (select max(number) from choices where edition_id = e.id)) n
    left join choices c on c.edition_id = e.id and c.number = n), '{}');

-- History looked an item up here; now it reads the row above.
drop index choices_item_id_edition_id_idx;
