using System.Text;
using System.Text.Unicode;
using Fairlead.Features.Api;
using Fairlead.Features.Rules.Actions;
using Fairlead.Features.Rules.Sql;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Notifications;

/// <summary>An <c>sns</c> action of one rule.</summary>
internal sealed partial class SnsAction(
    Publisher publisher, NotificationArns arns, RuleTemplate target, bool isStructured, NotificationOptions options, ILogger<SnsAction> log) : IRuleAction
{
    /// <summary>Rule that the action belongs to.</summary>
    public required string RuleName { get; init; }

    /// <inheritdoc/>
    public ActionCall Prepare(RuleEvaluation evaluation)
    {
        var call = new ActionCall(evaluation, target.Resolve(evaluation));
        return Utf8.IsValid(call.Payload.Span) ? call : call.Fail("Failed to publish to SNS: the message is not UTF-8");
    }

    /// <inheritdoc/>
    public async ValueTask RunAsync(IReadOnlyList<ActionCall> calls, CancellationToken cancellationToken)
    {
        foreach (var call in calls)
        {
            try
            {
                await publisher.PublishAsync(Make(call)).ConfigureAwait(false);
                call.Succeed();
            }
            catch (NotificationException refusal)
            {
                call.Fail($"Failed to publish to SNS: {Reason(refusal)}");
            }
            catch (ApiException refusal)
            {
                call.FailForNow($"Failed to publish to SNS: {refusal.Message}");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;

    private static string Reason(NotificationException refusal) =>
        refusal.Code == "NotFound" ? "topic does not exist" : refusal.Message;

    private Publication Make(ActionCall call)
    {
        var text = Encoding.UTF8.GetString(call.Payload.Span);
        var publication = new Publication(arns.TopicOf(call.Resource), text) { IsStructured = isStructured };
        if (!isStructured || options.StrictMessageStructure || MessageStructure.TryRead(text, out _, out _)) return publication;
        // Decision U19: rules are seen in the wild that ask for JSON and have no default, and whose mails arrive.
        LogNoDefault(RuleName, call.Resource);
        return publication with { IsStructured = false };
    }

    [LoggerMessage(EventId = 7215, Level = LogLevel.Warning, Message = "sns json message without default: rule {Rule} sends it to {Topic} as it is", EventName = "sns_json_without_default")]
    private partial void LogNoDefault(string rule, string topic);
}
