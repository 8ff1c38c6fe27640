namespace Fairlead.Storage.Sqlite;

/// <summary>What a commit survives.</summary>
public enum Durability
{
    /// <summary>Loss of power: each commit is synced to the disk.</summary>
    Commit = 0,

    /// <summary>The end of the process, <c>kill -9</c> included, but not of the machine: the operating system writes when it likes.</summary>
    Os = 1,
}
