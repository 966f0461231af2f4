using Dapper;
using Newsletter.Roles;
using Npgsql;

namespace Newsletter.Subscribers;

/// <summary>
/// Role labels that readers type. Each new label becomes a row that planning reads and that an editor may have to review. New labels
/// are therefore limited: per form, per person and day, and in total per hour.
/// </summary>
public sealed class NewLabelStore(NpgsqlDataSource database, LabelStore labels, TimeProvider time)
{
    /// <summary>The form field that a refusal refers to.</summary>
    private const string Field = nameof(Preferences.Roles);

    public const int MostAtOnce = 10;
    public const int MostOfPerson = 30;
    public const int MostInAll = 1000;

    /// <summary>Call this before the person is looked up: then the answer says nothing about the address.</summary>
    /// <exception cref="Refusal">Invalid: too many of the labels are new.</exception>
    public async Task CheckAsync(IReadOnlyList<string> typed)
    {
        if (typed.Count == 0)
        {
            return;
        }
        await using var connection = await database.OpenConnectionAsync();
        await CheckAsync(connection, null, null, await labels.CountNewAsync(connection, null, typed));
    }

    /// <summary>As <see cref="LabelStore.RecordAsync"/>, with the limits. The transaction must hold a lock on the person's row.</summary>
    /// <param name="isChecked">True: the labels have passed <see cref="CheckAsync(IReadOnlyList{string})"/>.</param>
    /// <exception cref="Refusal">Invalid: too many of the labels are new, or one is not a valid label.</exception>
    public async Task<IReadOnlyList<int>> RecordAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, long subscriberId, IReadOnlyList<string> typed, bool isChecked = false)
    {
        var added = await labels.CountNewAsync(connection, transaction, typed);
        if (!isChecked)
        {
            await CheckAsync(connection, transaction, subscriberId, added);
        }
        if (added > 0)
        {
            await connection.ExecuteAsync(
                "insert into new_labels (subscriber_id, typed_at, count) values (@subscriberId, @now, @added)",
                new { subscriberId, now = time.GetUtcNow(), added }, transaction);
        }
        return await labels.RecordAsync(connection, transaction, typed);
    }

    /// <summary>Deletes rows that are too old to count for a limit.</summary>
    public async Task DeleteOldAsync()
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("delete from new_labels where typed_at <= @yesterday", new { yesterday = time.GetUtcNow().AddDays(-1) });
    }

    private async Task CheckAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, long? subscriberId, int added)
    {
        if (added == 0)
        {
            return;
        }
        if (added > MostAtOnce)
        {
            throw Refusal.Invalid($"{added} of the roles are new to us, and one form may add {MostAtOnce}: choose the others from the list.").About(Field);
        }
        var now = time.GetUtcNow();
        var (ofPerson, inAll) = await connection.QuerySingleAsync<(long, long)>(
            """
            select (select coalesce(sum(count), 0) from new_labels where subscriber_id = @subscriberId and typed_at > @yesterday),
                   (select coalesce(sum(count), 0) from new_labels where typed_at > @recent)
            """, new { subscriberId, yesterday = now.AddDays(-1), recent = now.AddHours(-1) }, transaction);
        if (ofPerson + added > MostOfPerson)
        {
            throw Refusal.Invalid(
                $"You have already typed {Amount.Of(ofPerson, "role that is", "roles that are")} new to us today: choose from the list, or try "
                + "again tomorrow.").About(Field);
        }
        if (inAll + added > MostInAll)
        {
            throw Refusal.Invalid("Many roles that are new to us were typed within an hour: choose from the list, or try again in an hour.").About(Field);
        }
    }
}
