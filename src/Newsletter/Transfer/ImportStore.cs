using Dapper;
using Newsletter.Subscribers;
using Npgsql;
using NpgsqlTypes;

namespace Newsletter.Transfer;

/// <summary>
/// The rows of one import in a temporary table, and the statements that turn them into subscribers. All statements run on one connection, in one
/// transaction: an import is stored completely or not at all.
/// </summary>
public sealed class ImportStore
{
    // Columns of the file → columns of the tables.
    private static readonly IReadOnlyDictionary<string, string> Targets = SubscriberColumns.Names
        .Where(n => n is not ("email" or "status"))
        .ToDictionary(n => n, n => n == "roles" ? "label_ids" : n);

    private const string NewStatus =
        "case when i.status = 'unsubscribed' or (i.status = 'confirmed' and s.status = 'pending') then i.status else s.status end";

    public async Task BeginAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        await connection.ExecuteAsync(new CommandDefinition(
            $"""
            select pg_advisory_xact_lock({SubscriberStore.ImportLock});
            create temporary table import_rows (
                line bigint, email text, email_key text, name text, label_ids int[], topics text[], muted_topics text[], cadence text,
                weekday smallint, timezone text, hour smallint, depth text, too_few text, language text, paused_until date, status text)
            on commit drop
            """, transaction: transaction, cancellationToken: cancel));

    /// <param name="labelIds">The ids of a row's labels, in the order of its roles.</param>
    public async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<ImportRow> rows, Func<ImportRow, int[]> labelIds, CancellationToken cancel)
    {
        await using var writer = await connection.BeginBinaryImportAsync("copy import_rows from stdin (format binary)", cancel);
        foreach (var row in rows)
        {
            var p = row.Preferences;
            await writer.StartRowAsync(cancel);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancel);
            await writer.WriteAsync(row.Address.Value, NpgsqlDbType.Text, cancel);
            await writer.WriteAsync(row.Address.Key, NpgsqlDbType.Text, cancel);
            await WriteAsync(p.Name, NpgsqlDbType.Text);
            await writer.WriteAsync(labelIds(row), NpgsqlDbType.Array | NpgsqlDbType.Integer, cancel);
            await writer.WriteAsync(p.Topics, NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
            await writer.WriteAsync(p.MutedTopics, NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
            await writer.WriteAsync(p.Cadence, NpgsqlDbType.Text, cancel);
            await WriteAsync((short?)p.Weekday, NpgsqlDbType.Smallint);
            await writer.WriteAsync(p.Timezone, NpgsqlDbType.Text, cancel);
            await WriteAsync((short?)p.Hour, NpgsqlDbType.Smallint);
            await WriteAsync(p.Depth, NpgsqlDbType.Text);
            await WriteAsync(p.TooFew, NpgsqlDbType.Text);
            await WriteAsync(p.Language, NpgsqlDbType.Text);
            await WriteAsync(p.PausedUntil, NpgsqlDbType.Date);
            await WriteAsync(row.Status, NpgsqlDbType.Text);
        }
        await writer.CompleteAsync(cancel);

        Task WriteAsync<T>(T value, NpgsqlDbType type) => value is null ? writer.WriteNullAsync(cancel) : writer.WriteAsync(value, type, cancel);
    }

    /// <summary>Removes rows that a later row with the same address replaces.</summary>
    public async Task<(long Count, IReadOnlyList<ImportWarning> First)> ReplaceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        var rows = (await connection.QueryAsync<(long Line, long Last, long Count)>(
            """
            analyze import_rows;
            with gone as (
                delete from import_rows i
                using (select email_key, max(line) as last from import_rows group by email_key having count(*) > 1) d
                where i.email_key = d.email_key and i.line < d.last
                returning i.line, d.last)
            select line, last, count(*) over () from gone order by line limit @MaxLines
            """, new { ImportReport.MaxLines }, transaction, commandTimeout: 0)).AsList();
        return (rows.FirstOrDefault().Count,
            [.. rows.Select(r => new ImportWarning(r.Line, $"The same address occurs again in line {r.Last}; that line was used."))]);
    }

    /// <summary>Removes rows whose topics contradict the stored topics of the subscriber, if the file has only one of the two columns.</summary>
    public async Task<(long Count, IReadOnlyList<RejectedRow> First)> ContradictionsAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> columns)
    {
        if (Has(columns, "topics") == Has(columns, "muted_topics"))
        {
            return (0, []);
        }

        var (given, other) = Has(columns, "topics") ? ("topics", "muted_topics") : ("muted_topics", "topics");
        var rows = (await connection.QueryAsync<(long Line, long Count)>(
            $"""
            with gone as (
                delete from import_rows i using subscribers s
                where s.email_key = i.email_key
                  and exists (select from unnest(i.{given}) as a (topic) join unnest(s.{other}) as b (topic) on lower(a.topic) = lower(b.topic))
                returning i.line)
            select line, count(*) over () from gone order by line limit @MaxLines
            """, new { ImportReport.MaxLines }, transaction, commandTimeout: 0)).AsList();
        return (rows.FirstOrDefault().Count,
            [.. rows.Select(r => new RejectedRow(
                r.Line,
                "A topic would be both followed and muted, together with the topics that the subscriber already has."))]);
    }

    /// <summary>Removes people who have unsubscribed, even if they signed up again but have not confirmed yet, and suppressed addresses.</summary>
    public Task<int> KeepAsync(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        connection.ExecuteAsync(
            """
            delete from import_rows i
            where exists (select from subscribers s where s.email_key = i.email_key and s.unsubscribed_at is not null)
               or exists (select from suppressions x where x.email_key = i.email_key)
            """, transaction: transaction, commandTimeout: 0);

    /// <summary>
    /// Updates subscribers with the columns that the file has, where something differs. Nobody in a file is provisional any more (stored only
    /// because of a sign-up).
    /// </summary>
    /// <param name="columns">The columns of the file, in its order.</param>
    public async Task<int> UpdateAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<string> columns, string? consent, DateTimeOffset now)
    {
        string[] names = [.. Targets.Where(t => Has(columns, t.Key)).Select(t => t.Value)];
        var hasStatus = Has(columns, "status");
        string[] old = ["s.provisional", .. names.Select(n => $"s.{n}"), .. hasStatus ? ["s.status"] : Array.Empty<string>()];
        string[] wanted = ["false", .. names.Select(n => $"i.{n}"), .. hasStatus ? [NewStatus] : Array.Empty<string>()];
        string[] sets = ["provisional = false", .. names.Select(n => $"{n} = i.{n}"), .. hasStatus ?
            [
                $"status = {NewStatus}",
                "consent = case when i.status = 'confirmed' and s.status = 'pending' then @consent else s.consent end",
                "confirmed_at = case when i.status = 'confirmed' and s.status = 'pending' then @now else s.confirmed_at end",
                "unsubscribed_at = case when i.status = 'unsubscribed' then @now end",
            ] : Array.Empty<string>()];
        if (Has(columns, "roles"))
        {
            await connection.ExecuteAsync(
                """
                insert into label_clean_up (label_id)
                select distinct u.id from import_rows i join subscribers s on s.email_key = i.email_key, unnest(s.label_ids) as u (id)
                where s.unsubscribed_at is null and s.label_ids <> i.label_ids
                """, transaction: transaction, commandTimeout: 0);
        }
        // People who unsubscribe while this runs stay unsubscribed: the condition is checked again after the row is locked.
        return await connection.ExecuteAsync(
            $"""
            update subscribers s set {string.Join(", ", sets)}
            from import_rows i
            where s.email_key = i.email_key and s.unsubscribed_at is null
              and row({string.Join(", ", old)}) is distinct from row({string.Join(", ", wanted)})
            """, new { consent, now }, transaction, commandTimeout: 0);
    }

    /// <summary>Ends the sign-ups of people who, according to the file, have unsubscribed or are confirmed.</summary>
    public Task EndSignUpsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now) =>
        connection.ExecuteAsync(
            """
            update sign_ups u set ended_at = @now
            from subscribers s, import_rows i
            where u.ended_at is null and s.id = u.subscriber_id and s.status <> 'pending' and i.email_key = s.email_key
            """, new { now }, transaction, commandTimeout: 0);

    /// <summary>Inserts the rows whose address is not known.</summary>
    /// <param name="status">The status of rows that do not give one.</param>
    public Task<int> InsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string status, string? consent, DateTimeOffset now) =>
        connection.ExecuteAsync(
            $"""
            insert into subscribers (email, email_key, status, consent, created_at, confirmed_at, unsubscribed_at, {string.Join(", ", Targets.Values)})
            select i.email, i.email_key, i.status, case i.status when 'confirmed' then @consent end, @now,
                   case i.status when 'confirmed' then @now end, case i.status when 'unsubscribed' then @now end,
                   {string.Join(", ", Targets.Values.Select(t => "i." + t))}
            from (select line, email, email_key, coalesce(status, @status) as status, {string.Join(", ", Targets.Values)} from import_rows) i
            where not exists (select from subscribers s where s.email_key = i.email_key)
            order by i.line
            on conflict (email_key) do nothing
            """, new { status, consent, now }, transaction, commandTimeout: 0);

    private static bool Has(IReadOnlyCollection<string> columns, string name) => columns.Contains(name, StringComparer.OrdinalIgnoreCase);
}
