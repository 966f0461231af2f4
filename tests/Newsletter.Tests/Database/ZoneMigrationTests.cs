using Newsletter.Database;
using Newsletter.Tests.Support;
using Newsletter.Zones;
using NodaTime.TimeZones;

namespace Newsletter.Tests.Database;

public sealed class ZoneMigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    /// <summary>Every name that could be stored before; its clocks are those of what is stored now.</summary>
    [Fact]
    public async Task Old_names_become_those_that_are_stored_now()
    {
        var old = TzdbDateTimeZoneSource.Default.GetIds().ToList();
        await using (var fill = database.DataSource.CreateCommand(
            """
            insert into subscribers (email, email_key, status, timezone, created_at) select z, z, 'pending', z, now() from unnest($1) z;
            """))
        {
            fill.Parameters.AddWithValue(old.Append("Mars/Olympus").ToArray());
            await fill.ExecuteNonQueryAsync();
        }
        await ExecuteAsync("insert into digests (slug, name, timezone, created_at) values ('old', 'Old', 'US/Eastern', now())");

        var script = await File.ReadAllTextAsync(Path.Combine(Migrations.Folder, "0025_time_zones.sql"));
        await ExecuteAsync(script);
        await ExecuteAsync(script);

        var rows = new Dictionary<string, string>();
        await using (var read = database.DataSource.CreateCommand("select email, timezone from subscribers union all select slug, timezone from digests"))
        {
            await using var row = await read.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                rows[row.GetString(0)] = row.GetString(1);
            }
        }
        Assert.Equal(("America/New_York", "Mars/Olympus", "Europe/Brussels"), (rows["old"], rows["Mars/Olympus"], rows["CET"]));
        Assert.All(old, name =>
        {
            Assert.Equal(rows[name], ZoneNames.Of(rows[name]));
            Assert.Equal(ZoneNames.Find(name) ?? rows[name], rows[name]);
        });
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
