using Confluent.Kafka;

namespace Fairlead.Targets.Kafka;

/// <summary>The native library behind the client. Machines without one that fits refuse Kafka by name instead of failing at the first message.</summary>
internal static class KafkaLibrary
{
    private static readonly Lazy<string?> Loading = new(Load);

    /// <summary>Why it cannot be used; null when it can.</summary>
    public static string? Problem => Loading.Value;

    private static string? Load()
    {
        try
        {
            return Library.IsLoaded || Library.Load(null) ? null : "librdkafka was not loaded";
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or InvalidOperationException or TypeInitializationException)
        {
            return $"librdkafka cannot be loaded on this machine: {exception.Message.ReplaceLineEndings(" ")}";
        }
    }
}
