using System.Globalization;
using System.Text;
using Fairlead.Edge.Spool;
using Fairlead.Protocols.Mqtt;
using Fairlead.Unit.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Edge.Spool;

/// <summary>A directory for one test, spools over it, and messages that are told apart by a number.</summary>
internal sealed class SpoolStage : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public SpoolStage() => Options = new SpoolOptions
    {
        Directory = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "fairlead-spool-" + Guid.NewGuid().ToString("N")),
        Links = [new LinkLimits("hub")],
    };

    public SpoolOptions Options { get; set; }

    public ManualTimeProvider Time { get; } = new();

    public string File => System.IO.Path.Combine(Options.Directory, "spool.db");

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public MessageSpool Open(SpoolLimits? limits = null) =>
        new(limits is null ? Options : Options with { Limits = limits }, Time, NullLogger<MessageSpool>.Instance);

    public SpoolEntry Entry(
        int number, MessageClass messageClass = MessageClass.Telemetry, QualityOfService qos = QualityOfService.AtLeastOnce, int padding = 0, long expiresAt = 0) => new()
        {
            ArrivedAt = Now,
            Class = messageClass,
            QoS = qos,
            LocalTopic = "t/" + messageClass,
            RemoteTopic = "telemetry/tenant/test:device",
            Payload = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture) + new string(' ', padding)),
            ExpiresAt = expiresAt,
        };

    /// <summary>Appends numbers from first to last and waits until they are decided.</summary>
    public async Task AppendAsync(MessageSpool spool, int first, int last, MessageClass messageClass = MessageClass.Telemetry)
    {
        for (var number = first; number <= last; number++) _ = spool.Append(Entry(number, messageClass));
        await spool.FlushAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    public static int NumberOf(SpooledMessage message) => int.Parse(Encoding.UTF8.GetString(message.Payload.Span).Trim(), CultureInfo.InvariantCulture);

    /// <summary>Takes so many messages, waiting for each.</summary>
    public static async Task<List<SpooledMessage>> TakeAsync(SpoolCursor cursor, int count)
    {
        var taken = new List<SpooledMessage>();
        while (taken.Count < count)
        {
            if (cursor.TryTake(out var message)) taken.Add(message);
            else await cursor.WaitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        }

        return taken;
    }

    /// <summary>Takes, acknowledges, and tells the numbers.</summary>
    public static async Task<List<int>> DrainAsync(SpoolCursor cursor, int count)
    {
        var taken = await TakeAsync(cursor, count);
        foreach (var message in taken) cursor.Acknowledge(message);
        return [.. taken.Select(NumberOf)];
    }

    /// <summary>Opens the file anew, takes all that is there and tells the numbers.</summary>
    public async Task<List<int>> ReopenAndDrainAsync(string link = "hub")
    {
        await using var spool = Open();
        var cursor = spool.Open(link);
        return await DrainAsync(cursor, (int)cursor.Pending);
    }

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.IsCancellationRequested.ShouldBeFalse(what);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Options.Directory)) Directory.Delete(Options.Directory, recursive: true);
    }
}
