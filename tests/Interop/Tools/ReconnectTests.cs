using Fairlead.Interop.Mosquitto;

namespace Fairlead.Interop.Tools;

/// <summary>A broker that dies and comes back; with a broker of its own, since others would not like that.</summary>
public sealed class ReconnectTests(MosquittoBroker broker) : IClassFixture<MosquittoBroker>
{
    [Theory]
    [InlineData("5")]
    [InlineData("311")]
    public async Task Sub_comes_back_and_subscribes_again(string version)
    {
        broker.Need();
        await using var sub = await ToolProcess.SubscribeAsync(broker.Plain, "-t", $"again/{version}/#", "-V", version, "-q", "1", "-C", "1", "-v");
        await broker.RestartAsync();
        await sub.TalkAsync("connected again with a new Session");
        await MosquittoTool.PublishAsync(broker.Plain, ["-t", $"again/{version}/x", "-m", "back", "-q", "1", "-r"]);
        var outcome = await sub.EndAsync();
        outcome.ShouldBeDone();
        outcome.Output.ShouldBe($"again/{version}/x back\n");
        outcome.Errors.ShouldContain("lost the connection to");
    }
}
