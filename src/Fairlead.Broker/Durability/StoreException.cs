namespace Fairlead.Broker.Durability;

/// <summary>The store cannot be opened or read. The message is one line for people: file, cause, cure.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">File, cause and cure in one line.</param>
    /// <param name="inner">What happened below, if anything.</param>
    public StoreException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
