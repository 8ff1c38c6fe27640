namespace Fairlead.Server.Configuration;

/// <summary>What an acknowledgement promises.</summary>
public enum Durability
{
    /// <summary>On the disk: survives power loss.</summary>
    Commit,

    /// <summary>Handed to the operating system: survives the end of the process, not of the machine.</summary>
    Os,

    /// <summary>Nothing outlives the process.</summary>
    Memory,
}
