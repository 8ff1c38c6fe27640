namespace Fairlead.Server.Configuration;

/// <summary>The configuration cannot be used. The message is one line for people: key, value, what is allowed, origin.</summary>
public sealed class ConfigurationProblemException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line for people.</param>
    public ConfigurationProblemException(string message) : base(message)
    {
    }
}
