namespace Fairlead.Edge.Spool;

/// <summary>In which order messages are taken.</summary>
internal enum SpoolOrder
{
    /// <summary>One total order of arrival over all classes.</summary>
    Fifo = 0,

    /// <summary>By class, in order of arrival inside a class, with a share for the lower ones (<see cref="SpoolLimits.MinimumShare"/>).</summary>
    Priority = 1,
}
