using System.Runtime.CompilerServices;

namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>Room for the arguments of most calls without allocating.</summary>
[InlineArray(Length)]
internal struct ArgumentBuffer
{
    /// <summary>Arguments that there is room for.</summary>
    public const int Length = 4;

    private SqlValue _first;
}
