using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Streams;

/// <summary>One message on its way to a stream, as one record or, in batch mode, as several.</summary>
/// <param name="evaluation">What the rule made of the message.</param>
/// <param name="stream">Name of the stream.</param>
internal sealed class StreamCall(RuleEvaluation evaluation, string stream) : ActionCall(evaluation, stream)
{
    /// <summary>The stream here; null when the call has failed already.</summary>
    public IRecordStream? Stream { get; set; }

    /// <summary>Its records.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Records { get; set; } = [];

    /// <summary>Whether the records end with the separator that the rule gave.</summary>
    public bool IsSeparated { get; set; }

    /// <summary>Partition key; empty for none.</summary>
    public string PartitionKey { get; set; } = "";
}
