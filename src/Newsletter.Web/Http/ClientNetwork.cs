using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Newsletter.Web.Http;

/// <summary>Rate limits count one IPv4 address, or one IPv6 network (/64), as one client.</summary>
internal static class ClientNetwork
{
    private const int Prefix = 8;

    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <returns><c>192.0.2.1</c> or <c>2001:db8:1:2::/64</c>.</returns>
    public static string Of(IPAddress? address)
    {
        if (address is null)
        {
            return "unknown";
        }
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.MapToIPv4().ToString();
        }
        Span<byte> network = stackalloc byte[16];
        network.Clear();
        address.GetAddressBytes().AsSpan(0, Prefix).CopyTo(network);
        return $"{new IPAddress(network)}/64";
    }
}
