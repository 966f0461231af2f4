-- Text that an index sorts is sorted by its bytes. Other collations belong to the operating system: a new libc, or another
-- image of PostgreSQL, may sort differently, and then a unique index misses rows that are there and lets a second one in.
-- Nothing that people see is sorted by these columns but names in lower case. The type stays, so that no table is rewritten:
-- only the indexes are made anew.

alter table roles alter column slug type text collate "C";
alter table labels alter column normal type text collate "C";
alter table items alter column key type text collate "C";
alter table subscribers alter column email_key type text collate "C";
alter table suppressions alter column email_key type text collate "C";
alter table notices alter column kind type text collate "C";
alter table digests alter column slug type text collate "C";
alter table editions alter column state type text collate "C";
alter table steers alter column deed type text collate "C";
alter table editors alter column email_key type text collate "C";
alter table setup_links alter column token_hash type text collate "C";
alter table template_sets alter column hash type text collate "C";
alter table editions alter column template_set type text collate "C";
alter table sending_limits alter column bucket type text collate "C";
