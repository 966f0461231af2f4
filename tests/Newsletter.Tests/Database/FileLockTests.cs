using Newsletter.Database;

namespace Newsletter.Tests.Database;

public sealed class FileLockTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("nl-lock-");

    private string LockPath => Path.Combine(folder.FullName, "lock");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void Only_two_shared_locks_are_held_at_once(bool first, bool second, bool isTaken)
    {
        using var held = FileLock.TryTake(LockPath, exclusive: first);
        using var other = FileLock.TryTake(LockPath, exclusive: second);

        Assert.NotNull(held);
        Assert.Equal(isTaken, other is not null);
    }

    /// <summary>A file that cannot be opened is not held by anybody: waiting for it would say so after a minute, and wrongly.</summary>
    [Fact]
    public void A_file_that_cannot_be_opened_is_an_error()
    {
        File.CreateSymbolicLink(LockPath, LockPath);

        Assert.ThrowsAny<IOException>(() => FileLock.TryTake(LockPath, exclusive: true));
    }
}
