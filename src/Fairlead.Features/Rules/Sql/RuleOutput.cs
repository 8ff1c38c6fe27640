using Fairlead.Features.Rules.Sql.Nodes;
using Fairlead.Features.Rules.Sql.Payloads;

namespace Fairlead.Features.Rules.Sql;

/// <summary>Makes the output of SELECT (spec/aws-rules, sections 2.5 and 2.12).</summary>
internal static class RuleOutput
{
    /// <summary>Evaluates the clause and gives the result to the evaluation.</summary>
    public static void Write(SelectClause select, SqlFrame frame, RuleEvaluation evaluation)
    {
        // What is not JSON passes byte for byte; other items are dropped [U8].
        if (select.PassesPayload && frame.Kind == PayloadKind.Raw)
        {
            if (!select.IsEverything && !select.IsValue) frame.Warning ??= "the payload is not JSON: it is passed on as it is, without the items beside *";
            evaluation.SetOutput(frame.Message.Payload, isJson: false, isObject: false);
            return;
        }

        if (select.IsFlat)
        {
            select.Write(frame, frame.Text);
            Finish(frame, evaluation, isObject: true);
            return;
        }

        var result = select.Evaluate(frame, select.HasEverything ? frame.Slots[select.EverythingSlot] : default);
        // SELECT VALUE of an Array needs 2016-03-23 [U33].
        if (result.IsUndefined || (select.IsValue && result.Kind == SqlKind.Array && frame.KeepsDecimals))
        {
            evaluation.SetOutput(default, isJson: false, isObject: false);
            return;
        }

        frame.Text.Write(result);
        Finish(frame, evaluation, result.Kind == SqlKind.Object);
    }

    private static void Finish(SqlFrame frame, RuleEvaluation evaluation, bool isObject)
    {
        if (frame.Text.IsFull) frame.Failure ??= $"the result has more than {Values.JsonText.DefaultLimit} bytes";
        else if (frame.Failure is null) evaluation.SetOutput(frame.Text.Written.ToArray(), isJson: true, isObject);
    }
}
