using System.Security.Cryptography;
using System.Text;

namespace Newsletter.Tests.Smtp;

/// <summary>The server's side of SCRAM (RFC 5802, 3), by .NET's own PBKDF2: independent of the client that is tested.</summary>
internal sealed class ScramServer(HashAlgorithmName hash, string user, string password)
{
    private const int Iterations = 4096;

    private static readonly byte[] Salt = [1, 2, 3, 4, 5, 6, 7, 8];

    /// <param name="command">AUTH with its initial response.</param>
    /// <param name="isForged">It does not know the password, and makes up a signature.</param>
    public async Task TalkAsync(ScriptedTalk talk, string command, bool isForged = false)
    {
        var first = ScriptedTalk.Text(command.Split(' ')[2]);
        var bare = first[first.IndexOf("n=", StringComparison.Ordinal)..];
        var challenge = $"r={bare[(bare.IndexOf(",r=", StringComparison.Ordinal) + 3)..]}server,s={Convert.ToBase64String(Salt)},i={Iterations}";
        var final = await talk.ChallengeAsync(challenge);

        var proofAt = final.LastIndexOf(",p=", StringComparison.Ordinal);
        var signed = Encoding.UTF8.GetBytes($"{bare},{challenge},{(proofAt < 0 ? final : final[..proofAt])}");
        var size = hash == HashAlgorithmName.SHA1 ? 20 : hash == HashAlgorithmName.SHA256 ? 32 : 64;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Salt, Iterations, hash, size);
        var clientKey = Hmac(salted, "Client Key"u8);
        var proof = clientKey.Zip(Hmac(CryptographicOperations.HashData(hash, clientKey), signed), (a, b) => (byte)(a ^ b)).ToArray();
        var isRight = bare.StartsWith($"n={user},", StringComparison.Ordinal) && proofAt >= 0 && final[(proofAt + 3)..] == Convert.ToBase64String(proof);
        if (!isRight && !isForged)
        {
            await talk.SayAsync("535 5.7.8 Wrong user name or password");
            return;
        }
        var signature = isForged ? new byte[size] : Hmac(Hmac(salted, "Server Key"u8), signed);
        await talk.SayAsync($"334 {Convert.ToBase64String(Encoding.UTF8.GetBytes("v=" + Convert.ToBase64String(signature)))}");
        await talk.SayAsync(await talk.HearAsync() == "*" ? "501 5.7.0 Cancelled" : "235 2.7.0 Welcome");
    }

    private byte[] Hmac(byte[] key, ReadOnlySpan<byte> text) => CryptographicOperations.HmacData(hash, key, text);
}
