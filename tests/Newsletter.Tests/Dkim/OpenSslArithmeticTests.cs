using Newsletter.Dkim;

namespace Newsletter.Tests.Dkim;

public class OpenSslArithmeticTests
{
    private static readonly (int, int, int) Amd = (0x68747541, 0x69746e65, 0x444d4163);
    private static readonly (int, int, int) Intel = (0x756e6547, 0x49656e69, 0x6c65746e);

    private const int Avx2Adx = (1 << 5) | (1 << 8) | (1 << 19);
    private const int Ifma = 1 << 21;

    [Fact]
    public void A_Zen_3_signs_without_ADX() => Assert.Equal(":~0x80000", OpenSslArithmetic.Mask(Amd, 0x00a00f11, Avx2Adx));

    [Theory]
    [InlineData(0x00800f12, Avx2Adx, "Zen 1, whose AVX2 is half as wide")]
    [InlineData(0x00a60f12, Avx2Adx | Ifma, "Zen 4, which has a better way")]
    [InlineData(0x00a00f11, 1 << 19, "a hypervisor that hides AVX2")]
    public void Other_processors_of_AMD_sign_as_OpenSSL_would(int signature, int features, string what) =>
        Assert.True(OpenSslArithmetic.Mask(Amd, signature, features) is null, what);

    [Fact]
    public void Those_of_Intel_too() => Assert.Null(OpenSslArithmetic.Mask(Intel, 0x000906ea, Avx2Adx));
}
