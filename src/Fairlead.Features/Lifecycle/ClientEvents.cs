namespace Fairlead.Features.Lifecycle;

/// <summary>One thing that happened to a client.</summary>
/// <param name="At">Milliseconds since the Unix epoch.</param>
/// <param name="ClientId">Client Identifier.</param>
/// <param name="Event">Such as <c>connected</c>.</param>
/// <param name="Detail">What explains it; null for nothing.</param>
internal sealed record ClientEvent(long At, string ClientId, string Event, string? Detail);

/// <summary>
/// The last events of all clients, in a ring of fixed size: what an administrator asks for about one client is picked from it. Memory
/// is bounded whatever the fleet does; a fleet that is very busy pushes out what is old.
/// </summary>
internal sealed class ClientEvents
{
    /// <summary>Events remembered of one client.</summary>
    public const int MostOfOne = 50;

    private const int Size = 32_768;
    private readonly ClientEvent?[] _ring = new ClientEvent?[Size];
    private long _next;

    /// <summary>Remembers an event.</summary>
    public void Add(ClientEvent happened) => Volatile.Write(ref _ring[(int)((Interlocked.Increment(ref _next) - 1) % Size)], happened);

    /// <summary>The newest events of a client, oldest first.</summary>
    public IReadOnlyList<ClientEvent> Of(string clientId)
    {
        var found = new List<ClientEvent>();
        var next = Volatile.Read(ref _next);
        for (var i = next - 1; i >= Math.Max(0, next - Size) && found.Count < MostOfOne; i--)
        {
            if (Volatile.Read(ref _ring[(int)(i % Size)]) is { } happened && happened.ClientId == clientId) found.Add(happened);
        }

        found.Reverse();
        return found;
    }
}

/// <summary>An event as it is shown.</summary>
internal sealed record ClientEventDocument(DateTimeOffset Time, string Event, string? Detail);

/// <summary>Events of a client, oldest first.</summary>
internal sealed record ClientEventListDocument(string ClientId, IReadOnlyList<ClientEventDocument> Events);
