using Shouldly;
using Xunit;

namespace Fairlead.Unit.Broker;

public sealed class ConnectionPageTests
{
    [Fact]
    public async Task A_page_names_the_next_one_only_when_there_is_one()
    {
        await using var fixture = new BrokerFixture();
        foreach (string id in (string[])["a1", "a2", "a3", "a4", "b1"]) await fixture.ConnectAsync(id);
        Page("a", null).ShouldBe("a1 a2, next a2");
        Page("a", "a2").ShouldBe("a3 a4, next "); // exactly full, and the last
        Page(null, "a4").ShouldBe("b1, next ");

        string Page(string? prefix, string? after)
        {
            var found = fixture.Broker.ListConnections(2, prefix, after, out string? next);
            return $"{string.Join(' ', found.Select(static client => client.ClientId))}, next {next}";
        }
    }
}
