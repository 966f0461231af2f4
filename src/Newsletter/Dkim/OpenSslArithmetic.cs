using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Newsletter.Dkim;

/// <summary>
/// Which of its two ways OpenSSL computes an RSA signature with. Where the processor has ADX it takes that one, as is best on
/// Intel's; AMD's Zen 3 signs half again as many mails by AVX2, which OpenSSL takes when ADX is masked (OPENSSL_ia32cap(3)).
/// </summary>
public static class OpenSslArithmetic
{
    private const string WithoutAdx = ":~0x80000";

    // CPUID, leaf 7, EBX
    private const int Avx2 = 1 << 5;
    private const int Adx = 1 << 19;
    private const int Avx512Ifma = 1 << 21;

    private const int Zen3Family = 0x19;

    /// <summary>
    /// For the whole process; to be called first, since OpenSSL looks once, when it is loaded. What stands in the environment
    /// already stays.
    /// </summary>
    public static void Choose()
    {
        if (OperatingSystem.IsLinux() && X86Base.X64.IsSupported && X86Base.CpuId(0, 0).Eax >= 7)
        {
            var (_, b, c, d) = X86Base.CpuId(0, 0);
            if (Mask((b, d, c), X86Base.CpuId(1, 0).Eax, X86Base.CpuId(7, 0).Ebx) is { } mask)
            {
                // .NET keeps an environment of its own.
                _ = SetEnvironment("OPENSSL_ia32cap", mask, overwrite: 0);
            }
        }
    }

    /// <param name="vendor">EBX, EDX and ECX of leaf 0.</param>
    /// <param name="signature">EAX of leaf 1.</param>
    /// <param name="features">EBX of leaf 7.</param>
    /// <returns>What to set OPENSSL_ia32cap to; null for nothing.</returns>
    internal static string? Mask((int B, int D, int C) vendor, int signature, int features)
    {
        var isAmd = vendor == (0x68747541, 0x69746e65, 0x444d4163);
        var family = ((signature >> 8) & 0xf) + ((signature >> 20) & 0xff);
        // With IFMA OpenSSL has a third way, the best of all.
        return isAmd && family == Zen3Family && (features & (Avx2 | Adx | Avx512Ifma)) == (Avx2 | Adx) ? WithoutAdx : null;
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
