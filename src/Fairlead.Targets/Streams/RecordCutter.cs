using System.Text;
using System.Text.Json;
using Fairlead.Features.Rules.Sql;

namespace Fairlead.Targets.Streams;

/// <summary>Makes records of a result (spec/aws-rules, section 7.2: firehose).</summary>
/// <param name="Separator">Put behind each record; empty for none.</param>
/// <param name="ByElement">Whether the result is a list whose elements are records.</param>
internal sealed record RecordCutter(string Separator, bool ByElement)
{
    private const int MostRecords = 500;
    private readonly byte[] _separator = Encoding.ASCII.GetBytes(Separator);

    /// <summary>Makes the records.</summary>
    /// <param name="evaluation">The result.</param>
    /// <param name="records">The records.</param>
    /// <param name="problem">Why there are none, one phrase.</param>
    public bool TryCut(RuleEvaluation evaluation, out IReadOnlyList<ReadOnlyMemory<byte>> records, out string problem)
    {
        records = [];
        problem = "";
        if (!ByElement)
        {
            records = [With(evaluation.Output)];
            return true;
        }

        if (!evaluation.OutputIsJson || evaluation.Output.Span.TrimStart(" \r\n\t"u8) is not [(byte)'[', ..])
        {
            problem = "in batch mode the result must be an array";
            return false;
        }

        using var document = JsonDocument.Parse(evaluation.Output);
        var count = document.RootElement.GetArrayLength();
        if (count is 0 or > MostRecords)
        {
            problem = $"in batch mode the result must have 1 to {MostRecords} elements, not {count}";
            return false;
        }

        records = [.. document.RootElement.EnumerateArray().Select(element => With(Encoding.UTF8.GetBytes(element.GetRawText())))];
        return true;
    }

    private ReadOnlyMemory<byte> With(ReadOnlyMemory<byte> record) =>
        _separator.Length == 0 ? record : (byte[])[.. record.Span, .. _separator];
}
