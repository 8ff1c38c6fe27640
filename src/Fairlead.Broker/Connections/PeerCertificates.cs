using System.Collections;

namespace Fairlead.Broker.Connections;

/// <summary>
/// What a client sent along to prove its certificate: DER of its own, then of others. It is looked at once, at CONNECT, and released
/// then: an idle connection does not carry it.
/// </summary>
/// <param name="certificates">DER, the client's own first.</param>
public sealed class PeerCertificates(IReadOnlyList<ReadOnlyMemory<byte>> certificates) : IReadOnlyList<ReadOnlyMemory<byte>>
{
    private volatile IReadOnlyList<ReadOnlyMemory<byte>> _certificates = certificates;

    /// <summary>None.</summary>
    public static PeerCertificates None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _certificates.Count;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> this[int index] => _certificates[index];

    /// <summary>Forgets them.</summary>
    public void Release() => _certificates = [];

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator() => _certificates.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
