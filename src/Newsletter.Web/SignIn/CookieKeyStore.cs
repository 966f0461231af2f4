using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Newsletter.Web.SignIn;

/// <summary>
/// Stores ASP.NET's cookie keys in the database: all web processes share them, and editors stay signed in after a deployment.
/// The keys are encrypted: see <see cref="KeyEncryption"/>.
/// </summary>
internal sealed class CookieKeyStore(NpgsqlDataSource database, KeyEncryption encryption) : IXmlRepository
{
    private volatile bool isAway;

    /// <summary>
    /// The last attempt to read the keys failed. ASP.NET then treats every cookie and form token as forged: such requests must be
    /// answered with 503 instead.
    /// </summary>
    public bool IsAway => isAway;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        try
        {
            using var connection = database.OpenConnection();
            var elements = connection.Query<string>("select xml from data_protection_keys order by id").Select(xml => XElement.Parse(xml)).ToList();
            isAway = false;
            return elements;
        }
        catch
        {
            isAway = true;
            throw;
        }
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        connection.Execute("insert into data_protection_keys (xml) values (@xml)", new { xml = element.ToString(SaveOptions.DisableFormatting) });
    }

    /// <summary>Runs at the start. Afterwards no cookie key is unencrypted, and none needs an older signing key.</summary>
    public async Task ReencryptAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var rows = (await connection.QueryAsync<(int Id, string Xml)>(
            "select id, xml from data_protection_keys order by id for update", transaction: transaction)).AsList();
        foreach (var (id, xml) in rows)
        {
            var key = XElement.Parse(xml);
            if (encryption.Reencrypt(key))
            {
                await connection.ExecuteAsync(
                    "update data_protection_keys set xml = @xml where id = @id",
                    new { id, xml = key.ToString(SaveOptions.DisableFormatting) }, transaction);
            }
        }
        await transaction.CommitAsync(cancel);
    }
}
