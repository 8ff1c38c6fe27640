using Fairlead.Features.Api;

namespace Fairlead.Server.WebConsole;

/// <summary>Somebody who is signed in.</summary>
internal sealed class ConsoleSession : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Makes a session.</summary>
    public ConsoleSession(ConsoleUser user, bool isByLink, DateTimeOffset expires)
    {
        User = user;
        IsByLink = isByLink;
        Expires = expires;
        Ended = _ended.Token;
    }

    /// <summary>Who.</summary>
    public ConsoleUser User { get; }

    /// <summary>Whether a link signed in, which belongs to no user of the hub's file.</summary>
    public bool IsByLink { get; }

    /// <summary>When it ends by itself.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Cancelled when it ends: so do the streams that it has open.</summary>
    public CancellationToken Ended { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _ended.Dispose();
    }
}
