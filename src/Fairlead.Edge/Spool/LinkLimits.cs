namespace Fairlead.Edge.Spool;

/// <summary>A remote link that messages are kept for.</summary>
/// <param name="Name">Its name, under which its cursor is found again after a restart.</param>
/// <param name="MaximumMessages">Messages that may wait for it; beyond, its oldest are given up. 0 for no limit of its own.</param>
/// <param name="MaximumBytes">Bytes that may wait for it; 0 for no limit of its own.</param>
internal sealed record LinkLimits(string Name, long MaximumMessages = 0, long MaximumBytes = 0);
