using Fairlead.Client.Mqtt;

namespace Fairlead.Client.Amqp;

/// <summary>What kept a connection from being made.</summary>
public enum DialFailure
{
    /// <summary>The host name could not be resolved.</summary>
    NameNotFound,

    /// <summary>Nothing listens at the address, or it cannot be reached.</summary>
    Unreachable,

    /// <summary>There was no answer in time.</summary>
    Timeout,

    /// <summary>TLS failed: certificate, name, key or handshake.</summary>
    Tls,

    /// <summary>The server refused to open a WebSocket.</summary>
    Refused,

    /// <summary>The server hung up, or what it sends is something else.</summary>
    Closed,

    /// <summary>A setting or a file of the settings cannot be used.</summary>
    Settings,
}

/// <summary>No transport to the server could be made; says what, why, and what to do about it.</summary>
public sealed class AmqpDialException : IOException
{
    internal AmqpDialException(DialFailure failure, string what, string why, string cure, Exception? innerException = null)
        : base($"{what}: {why}. {cure}.", innerException)
    {
        Failure = failure;
        What = what;
        Why = why;
        Cure = cure;
    }

    /// <summary>What kind of failure it is.</summary>
    public DialFailure Failure { get; }

    /// <summary>What could not be done.</summary>
    public string What { get; }

    /// <summary>Why not.</summary>
    public string Why { get; }

    /// <summary>What to do about it.</summary>
    public string Cure { get; }

    internal static AmqpDialException From(MqttException exception) => new(
        exception.Failure switch
        {
            MqttFailure.NameNotFound => DialFailure.NameNotFound,
            MqttFailure.Unreachable => DialFailure.Unreachable,
            MqttFailure.Timeout => DialFailure.Timeout,
            MqttFailure.Tls => DialFailure.Tls,
            MqttFailure.Refused => DialFailure.Refused,
            MqttFailure.Settings or MqttFailure.Invalid => DialFailure.Settings,
            _ => DialFailure.Closed,
        },
        exception.What, exception.Why, exception.Cure, exception.InnerException);
}
