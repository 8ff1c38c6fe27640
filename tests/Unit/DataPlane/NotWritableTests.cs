using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Security;
using Fairlead.Features;
using Fairlead.Features.Api;
using Fairlead.Features.DirectMessages;
using Fairlead.Features.Documents;
using Fairlead.Features.Logging;
using Fairlead.Features.Logs;
using Fairlead.Unit.Broker;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.DataPlane;

/// <summary>A direct message to a client that does not read what is sent to it (spec/aws-messaging, section 3.7).</summary>
public sealed class NotWritableTests
{
    [Fact]
    public async Task Messaging_who_does_not_read_is_told_in_the_answer_and_in_the_log()
    {
        await using var broker = new BrokerFixture(new BrokerOptions { SystemTopicInterval = TimeSpan.Zero, MaximumOutputBytes = 64 * 1024 });
        _ = await broker.ConnectAsync("deaf", outputLimit: 1_024);
        var context = new FeatureContext(new HubScope(), new DocumentStore(new MemoryStore(), TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance);
        context.Attach(broker.Broker);
        var log = new EventLog(context, new LoggingLevels(context.Documents, new HubRecords(context.Documents)));
        var direct = new DirectMessageFeature(context, new DataAuthorizer(context.Scope, new Everything()), log, new DirectMessageCounters(), 0);
        var send = direct.Operations.Single();
        ApiResponse answer;
        int sent = 0;
        do answer = await send.Handler(Request(send));
        while (answer.Status == 200 && ++sent < 1_000);

        sent.ShouldBeInRange(1, 200, "what has room is taken");
        (answer.Status, answer.ErrorType).ShouldBe((500, "InternalFailureException"));
        log.Entries.TryRead(out var item).ShouldBeTrue();
        (item.Entry!.EventType, item.Entry.Status, item.Entry.Reason, item.Entry.ClientId).ShouldBe(("SendDirectMessage", "Failure", "CLIENT_ENDPOINT_NOT_WRITABLE", "deaf"));
    }

    private static ApiRequest Request(ApiOperation operation)
    {
        RawTarget.TryParse("/connections/deaf/messages?topic=a", out var target).ShouldBeTrue();
        return new ApiRequest
        {
            Operation = operation,
            Caller = new Caller(CallerKind.Administrator, "administrator"),
            RequestId = "1",
            Target = target!,
            Labels = ["deaf"],
            Headers = new HeaderDictionary(),
            RawBody = new byte[1_024],
            Host = "localhost",
            Aborted = TestContext.Current.CancellationToken,
        };
    }

    private sealed class Everything : IApiAuthorizer
    {
        public Decision Authorize(Caller caller, string action, string resource, IReadOnlyDictionary<string, string>? keys = null) => new(Allowed: true, "everything");
    }
}
