using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace Newsletter.Web;

/// <summary>ASP.NET's keys for cookies, in the database: all web processes share them, and a deploy keeps people signed in.</summary>
internal sealed class KeyRing(NpgsqlDataSource database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.OpenConnection();
        return connection.Query<string>("select xml from data_protection_keys order by id").Select(xml => XElement.Parse(xml)).ToList();
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        connection.Execute("insert into data_protection_keys (xml) values (@xml)", new { xml = element.ToString(SaveOptions.DisableFormatting) });
    }
}
