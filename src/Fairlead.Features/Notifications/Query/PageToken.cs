using Fairlead.Features.Api;

namespace Fairlead.Features.Notifications.Query;

/// <summary>Tokens of the next page: the key behind which it starts.</summary>
internal static class PageToken
{
    /// <summary>Takes a page of 100.</summary>
    /// <param name="entries">Entries in order behind the token.</param>
    /// <param name="keyOf">Key of an entry.</param>
    /// <param name="next">Token of the next page; null on the last.</param>
    public static List<T> Take<T>(IEnumerable<T> entries, Func<T, string> keyOf, out string? next) => new Paging(null, TopicCalls.Page).Take(entries, keyOf, out next);

    /// <summary>Key in a token; null for none.</summary>
    /// <exception cref="NotificationException">400: not a token of ours.</exception>
    public static string? Decode(string? token)
    {
        try
        {
            return Paging.Decode(token, "NextToken");
        }
        catch (ApiException)
        {
            throw NotificationException.Invalid("NextToken");
        }
    }
}
