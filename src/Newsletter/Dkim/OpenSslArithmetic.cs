using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Newsletter.Dkim;

/// <summary>
/// Selects one of OpenSSL's two implementations of RSA signatures. OpenSSL uses ADX if the processor has it, which is fastest on Intel.
/// AMD's Zen 3 signs 50 % more mails with AVX2, which OpenSSL uses if ADX is masked (OPENSSL_ia32cap(3)).
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
    /// Applies to the whole process. Call it before anything else: OpenSSL reads the variable only once, when it is loaded. An existing
    /// value of the variable is kept.
    /// </summary>
    public static void Choose()
    {
        if (OperatingSystem.IsLinux() && X86Base.X64.IsSupported && X86Base.CpuId(0, 0).Eax >= 7)
        {
            var (_, b, c, d) = X86Base.CpuId(0, 0);
            if (Mask((b, d, c), X86Base.CpuId(1, 0).Eax, X86Base.CpuId(7, 0).Ebx) is { } mask)
            {
                // .NET has its own copy of the environment, which OpenSSL does not see.
                _ = SetEnvironment("OPENSSL_ia32cap", mask, overwrite: 0);
            }
        }
    }

    /// <param name="vendor">EBX, EDX and ECX of leaf 0.</param>
    /// <param name="signature">EAX of leaf 1.</param>
    /// <param name="features">EBX of leaf 7.</param>
    /// <returns>Value for OPENSSL_ia32cap; null to leave it unset.</returns>
    internal static string? Mask((int B, int D, int C) vendor, int signature, int features)
    {
        var isAmd = vendor == (0x68747541, 0x69746e65, 0x444d4163);
        var family = ((signature >> 8) & 0xf) + ((signature >> 20) & 0xff);
        // With IFMA, OpenSSL has a third implementation, which is the fastest.
        return isAmd && family == Zen3Family && (features & (Avx2 | Adx | Avx512Ifma)) == (Avx2 | Adx) ? WithoutAdx : null;
    }

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
