using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Newsletter.Web;

/// <summary>ASP.NET's keys for cookies, in the database: all web processes share them, and a deploy keeps people signed in.</summary>
internal sealed class KeyRing(NpgsqlDataSource database) : IXmlRepository
{
    private volatile bool isAway;

    /// <summary>
    /// The keys could not be read when they were wanted last. ASP.NET then takes every cookie and form for a forged one: whoever
    /// answers that must say that we are away instead.
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
}
