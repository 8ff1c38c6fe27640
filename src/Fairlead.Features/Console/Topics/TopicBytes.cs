using System.Diagnostics.CodeAnalysis;

namespace Fairlead.Features.Console.Topics;

/// <summary>Compares topics as they lie in packets, so that one already known is found without making a string of it.</summary>
internal sealed class TopicBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    /// <inheritdoc/>
    public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] byte[] topic) => GetHashCode(topic.AsSpan());

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> topic)
    {
        // Seeded for each process: topics are chosen by whoever publishes.
        var hash = new HashCode();
        hash.AddBytes(topic);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
