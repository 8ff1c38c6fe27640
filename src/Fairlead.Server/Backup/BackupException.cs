namespace Fairlead.Server.Backup;

/// <summary>A backup cannot be made, read or restored.</summary>
public sealed class BackupException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="why">Why, without a full stop.</param>
    /// <param name="cure">What to do, without a full stop.</param>
    /// <param name="inner">What happened below, if anything.</param>
    public BackupException(string why, string cure, Exception? inner = null) : base($"{why}: {cure}", inner) => (Why, Cure) = (why, cure);

    /// <summary>Why.</summary>
    public string Why { get; }

    /// <summary>What to do.</summary>
    public string Cure { get; }
}
