namespace Fairlead.Broker.Durability;

/// <summary>One publication of <see cref="KeptPublications"/>.</summary>
public sealed class KeptPublication
{
    internal KeptPublication(Message message, string? note, QueuedMessage? entry)
    {
        Message = message;
        Note = note;
        Entry = entry;
    }

    /// <summary>The publication, as something to hold on to.</summary>
    public Message Message { get; }

    /// <summary>What its keeper noted; null when it noted nothing.</summary>
    public string? Note { get; }

    /// <summary>Its entry in the journal; null when it lives in memory alone.</summary>
    internal QueuedMessage? Entry { get; }
}
