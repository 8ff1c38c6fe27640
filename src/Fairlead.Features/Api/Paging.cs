using System.Text;

namespace Fairlead.Features.Api;

/// <summary>
/// The two families of paging (spec/aws-registry-and-policies, section 1). Tokens are opaque to callers: the key behind which the next
/// page starts, in Base64.
/// </summary>
/// <param name="After">Key behind which the page starts; null for the first page.</param>
/// <param name="Size">Most entries on the page.</param>
internal readonly record struct Paging(string? After, int Size)
{
    private const int Largest = 250;

    /// <summary>Registry family: <c>nextToken</c> and <c>maxResults</c>.</summary>
    public static Paging Registry(ApiRequest request, int defaultSize = 50) => new(
        Decode(request.Query("nextToken"), "nextToken"), (int)(request.QueryNumber("maxResults", 1, Largest) ?? defaultSize));

    /// <summary>Security family: <c>marker</c> and <c>pageSize</c>.</summary>
    public static Paging Security(ApiRequest request) => new(
        Decode(request.Query("marker"), "marker"), (int)(request.QueryNumber("pageSize", 1, Largest) ?? 25));

    /// <summary>Takes a page.</summary>
    /// <param name="entries">Entries behind <see cref="After"/>, in order; read one further than the page.</param>
    /// <param name="keyOf">Key of an entry.</param>
    /// <param name="next">Token of the next page; null on the last.</param>
    public List<T> Take<T>(IEnumerable<T> entries, Func<T, string> keyOf, out string? next)
    {
        var page = new List<T>(Math.Min(Size, 64));
        next = null;
        foreach (var entry in entries)
        {
            if (page.Count == Size)
            {
                next = Encode(keyOf(page[^1]));
                break;
            }

            page.Add(entry);
        }

        return page;
    }

    /// <summary>A token for the page behind a key. The alphabet is that of plain Base64, which markers are checked for by SDKs.</summary>
    public static string Encode(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    /// <summary>The key in a token.</summary>
    /// <exception cref="ApiException">400: not a token of ours.</exception>
    public static string? Decode(string? token, string member)
    {
        if (string.IsNullOrEmpty(token)) return null;
        var bytes = new byte[token.Length];
        if (!Convert.TryFromBase64String(token, bytes, out var length) || !System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, length)))
            throw ApiException.InvalidRequest($"{member} is not one that this hub gave out");
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
