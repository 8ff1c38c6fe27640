namespace Fairlead.Edge.Spool;

/// <summary>A row without its body.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Links">Links that still want it.</param>
/// <param name="ArrivedAt">Arrival in Unix milliseconds.</param>
/// <param name="Size">Bytes as the limits count them.</param>
internal readonly record struct SpoolRow(long Sequence, long Links, long ArrivedAt, int Size)
{
    /// <summary>No row: sequences begin with 1.</summary>
    public static SpoolRow None => default;
}
