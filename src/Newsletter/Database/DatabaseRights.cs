using System.Text.RegularExpressions;
using Dapper;

namespace Newsletter.Database;

/// <summary>Compares the rights of the database role with the rights the program needs; <c>docs/operating.md</c> gives the reasons.</summary>
/// <param name="jobs">Name of the schema with the job tables.</param>
public sealed partial class DatabaseRights(string connectionString, string jobs)
{
    /// <exception cref="Refusal">Invalid: names the first missing right and the statement that grants it.</exception>
    public async Task EnsureAsync(CancellationToken cancel, bool migrating = false)
    {
        if (await MissingAsync(cancel, migrating) is [var missing, ..])
        {
            throw Refusal.Invalid(missing.Sentence);
        }
    }

    /// <param name="migrating">Also check the rights needed to create and alter tables.</param>
    public async Task<IReadOnlyList<MissingRight>> MissingAsync(CancellationToken cancel, bool migrating = false)
    {
        await using var connection = await SingleConnection.OpenAsync(connectionString, cancel);
        // The named schema and tables may not exist yet, so the query starts from what the catalogue lists.
        return (await connection.QueryAsync<MissingRight>(new CommandDefinition(
            """
            with ours as (
                select c.oid, c.relname, c.relowner from pg_class c
                where c.relnamespace = to_regnamespace('public') and c.relkind in ('r', 'p')
                  and (c.relname = any(@tables) or c.relname ~ '^deliveries_[0-9]+$')
            ),
            theirs as (select c.oid, c.relname, c.relkind, c.relowner from pg_class c where c.relnamespace = to_regnamespace(@jobs))
            select current_user::text as role, l.lacks as right, l.thing as on, l.purpose, l.mend
            from (
                select 1 as place, 'CREATE' as lacks, format('database %I', current_database()) as thing, 'making the schema ' || @jobs as purpose,
                       format('create schema %I authorization %I', @jobs, current_user) as mend
                where @migrating and to_regnamespace(@jobs) is null and not has_database_privilege(current_database(), 'CREATE')
                union all
                select 2, r, 'schema public', case r when 'CREATE' then 'planning, which makes a table for each edition,' else 'everything' end,
                       format('grant %s on schema public to %I', lower(r), current_user)
                from unnest(array['USAGE', 'CREATE']) r where not has_schema_privilege(to_regnamespace('public'), r)
                union all
                select 3, 'TEMPORARY', format('database %I', current_database()), 'importing',
                       format('grant temporary on database %I to %I', current_database(), current_user)
                where not has_database_privilege(current_database(), 'TEMPORARY')
                union all
                select 4, 'ownership', case count(*) when 1 then 'table ' || min(relname) else format('%s tables, such as %s,', count(*), min(relname)) end,
                       'planning, which attaches and empties tables,', format('alter table public.%I owner to %I', min(relname), current_user)
                from ours where not pg_has_role(relowner, 'USAGE') having count(*) > 0
                union all
                select 5, r, 'schema ' || @jobs, case r when 'CREATE' then 'changing the job tables' else 'running jobs' end,
                       format('grant %s on schema %I to %I', lower(r), @jobs, current_user)
                from unnest(array['USAGE', 'CREATE']) r
                where (r = 'USAGE' or @migrating) and not has_schema_privilege(to_regnamespace(@jobs), r)
                union all
                select 6, string_agg(distinct r, ', '), format('tables of schema %s, such as %s,', @jobs, min(relname)), 'running jobs',
                       format('grant select, insert, update, delete on all tables in schema %I to %I', @jobs, current_user)
                from theirs, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) r
                where relkind in ('r', 'p') and not has_table_privilege(oid, r) having count(*) > 0
                union all
                select 7, 'USAGE', 'sequences of schema ' || @jobs, 'running jobs',
                       format('grant usage on all sequences in schema %I to %I', @jobs, current_user)
                -- CASE fixes the evaluation order: PostgreSQL may reorder AND conditions, and has_sequence_privilege accepts only a sequence.
                from theirs where case relkind when 'S' then not has_sequence_privilege(oid, 'USAGE') else false end having count(*) > 0
            ) l order by l.place, l.lacks desc
            """, new { tables = Tables(), jobs, migrating }, cancellationToken: cancel))).AsList();
    }

    /// <summary>Tables that the migrations create. Other tables in the same database are ignored.</summary>
    private static string[] Tables() =>
    [
        "schema_versions",
        .. Directory.GetFiles(Migrations.Folder, "*.sql").SelectMany(file => CreateTable().Matches(File.ReadAllText(file))).Select(m => m.Groups[1].Value),
    ];

    [GeneratedRegex(@"^create table (\w+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex CreateTable();
}
