namespace Fairlead.Verbs.Remote;

/// <summary>How a list of the API is paged.</summary>
/// <param name="Size">Parameter with the size of a page.</param>
/// <param name="Token">Parameter with the place where the page starts.</param>
/// <param name="Next">Member with the place where the next one starts.</param>
/// <param name="Largest">Most entries on a page.</param>
internal sealed record Paging(string Size, string Token, string Next, int Largest = 250)
{
    /// <summary>Things, keys, retained messages.</summary>
    public static Paging Registry { get; } = new("maxResults", "nextToken", "nextToken");

    /// <summary>Certificates and policies.</summary>
    public static Paging Security { get; } = new("pageSize", "marker", "nextMarker");

    /// <summary>Named shadows.</summary>
    public static Paging Shadows { get; } = new("pageSize", "nextToken", "nextToken", 100);

    /// <summary>Clients.</summary>
    public static Paging Clients { get; } = new("limit", "after", "next", 1000);
}
