using System.Net.NetworkInformation;

namespace Fairlead.Edge.Hosting;

/// <summary>
/// Tells when an address of this machine came or went: after hours without a network the wait before the next attempt is long, and the
/// moment at which a cable is plugged in is a better one than its end.
/// </summary>
internal sealed class NetworkWatch : IDisposable
{
    private readonly Action _changed;

    /// <summary>Begins to watch.</summary>
    /// <param name="changed">Called after each change, on a thread of the pool.</param>
    public NetworkWatch(Action changed)
    {
        _changed = changed;
        NetworkChange.NetworkAddressChanged += OnChanged;
    }

    /// <inheritdoc/>
    public void Dispose() => NetworkChange.NetworkAddressChanged -= OnChanged;

    private void OnChanged(object? sender, EventArgs arguments) => _changed();
}
