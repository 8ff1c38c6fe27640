namespace Fairlead.Edge.Logging;

/// <summary>Where lines end up.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Writes whole lines.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    void Write(ReadOnlySpan<byte> lines);
}
