namespace Fairlead.Features.Api;

/// <summary>Client Identifiers in paths (spec/aws-messaging, section 3.7).</summary>
internal static class ClientIdentifiers
{
    private const int Longest = 128;

    /// <summary>Whether operations take it: 1 to 128 characters, the first not a dollar sign.</summary>
    public static bool IsValid(string clientId) => clientId.Length is > 0 and <= Longest && clientId[0] != '$';

    /// <summary>The first label of the path as a Client Identifier.</summary>
    /// <exception cref="ApiException">400: too long, or one of the hub's own.</exception>
    public static string Of(ApiRequest request)
    {
        var clientId = request.Label();
        return IsValid(clientId) ? clientId : throw ApiException.InvalidRequest("clientId has 1 to 128 characters and does not start with $");
    }
}
