namespace Fairlead.Server.Hosting;

/// <summary>The hub cannot start. The message is one line for people: what, why, what to do.</summary>
public sealed class HubStartException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line for people.</param>
    /// <param name="inner">What happened below, if anything.</param>
    public HubStartException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
