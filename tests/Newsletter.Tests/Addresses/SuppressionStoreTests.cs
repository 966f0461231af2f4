using Newsletter.Addresses;
using Newsletter.Database;
using Newsletter.Tests.Support;

namespace Newsletter.Tests.Addresses;

public sealed class SuppressionStoreTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly AuditStore audit = new(database.DataSource, TimeProvider.System);

    private SuppressionStore Suppressions => new(database.DataSource, audit, TimeProvider.System);

    [Fact]
    public async Task An_address_is_suppressed_once_whatever_its_letter_case_and_lifted_with_a_reason()
    {
        var address = EmailAddress.Parse("Ann@example.com");
        Assert.True(await Suppressions.AddAsync(address, " asked by phone ", "ops@example.com"));
        Assert.False(await Suppressions.AddAsync(EmailAddress.Parse("ann@EXAMPLE.com"), "again", "ops@example.com"));
        Assert.True(await Suppressions.IsSuppressedAsync(EmailAddress.Parse("ANN@example.com")));
        Assert.False(await Suppressions.IsSuppressedAsync(EmailAddress.Parse("bob@example.com")));

        var listed = Assert.Single(await Suppressions.ListAsync(10));
        Assert.Equal(("ann@example.com", "asked by phone"), (listed.EmailKey, listed.Reason));
        Assert.InRange(listed.CreatedAt, DateTimeOffset.UnixEpoch.AddYears(50), TimeProvider.System.GetUtcNow().AddMinutes(1));
        Assert.Empty(await Suppressions.ListAsync(10, "ann@example.com"));

        Assert.True(await Suppressions.LiftAsync(address, "they changed their mind", "ops@example.com"));
        Assert.False(await Suppressions.LiftAsync(address, "twice", "ops@example.com"));
        Assert.False(await Suppressions.IsSuppressedAsync(address));

        var entries = await audit.LatestAsync(10);
        Assert.Equal(["suppression lifted", "suppression added"], entries.Select(e => e.Action));
        Assert.EndsWith("they changed their mind", entries[0].Subject);
        Assert.DoesNotContain(entries, e => e.Subject.Contains("ann@", StringComparison.OrdinalIgnoreCase));
        Assert.Equal(entries[0].Subject[..20], entries[1].Subject[..20]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n ")]
    [InlineData("two\nlines")]
    [InlineData("nul\0")]
    [InlineData("half \ud83d")]
    public async Task A_reason_is_one_line(string reason) =>
        await Assert.ThrowsAsync<Refusal>(() => Suppressions.AddAsync(EmailAddress.Parse("x@example.com"), reason, "cli"));
}
