using Newsletter.Database;
using Newsletter.Digests;
using Npgsql;

namespace Newsletter.Archive;

/// <summary>Sets whether an edition is in the public archive once it is sent.</summary>
public sealed class Archiving(NpgsqlDataSource database, EditionStore editions, AuditStore audit)
{
    /// <param name="archive"><c>public</c> or <c>none</c>; overrides the setting of the digest.</param>
    /// <exception cref="Refusal">Invalid: another value. NotFound: no such edition.</exception>
    public async Task SetAsync(long editionId, string archive, string actor)
    {
        Digest.CheckArchive(archive);
        await editions.GetAsync(editionId);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ArchiveStore.SetAsync(connection, transaction, editionId, archive);
        await audit.RecordAsync(connection, transaction, actor, $"edition archive {archive}", $"edition {editionId}");
        await transaction.CommitAsync();
    }
}
