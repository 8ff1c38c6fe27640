using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Amqp;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("$cbs", "Cbs", "", null, null)]
    [InlineData("/$cbs", "Cbs", "", null, null)]
    [InlineData("$management", "Management", "", null, null)]
    [InlineData("hub1/$management", "Management", "", null, null)]
    [InlineData("/devices/dev1/messages/events", "Events", "", "dev1", null)]
    [InlineData("amqps://h.example:5671/devices/dev1/messages/deviceBound", "CloudToDevice", "h.example:5671", "dev1", null)]
    [InlineData("/DEVICES/Dev1/Messages/Devicebound/", "CloudToDevice", "", "Dev1", null)]
    [InlineData("/devices/d%25v%231%2Bx/modules/m%20/twin", "Unknown", "", null, null)]
    [InlineData("/devices/d%25v%231%2Bx/modules/m/twin", "Twin", "", "d%v#1+x", "m")]
    [InlineData("/devices/dev1/methods/devicebound", "Methods", "", "dev1", null)]
    [InlineData("/messages/deviceBound", "DeviceBound", "", null, null)]
    [InlineData("/messages/serviceBound/feedback", "Feedback", "", null, null)]
    [InlineData("/messages/serviceBound/filenotifications", "FileNotifications", "", null, null)]
    [InlineData("/messages/serviceBound/other", "Unknown", "", null, null)]
    [InlineData("/devices/dev1", "Unknown", "", null, null)]
    [InlineData("/devices/dev1/messages/events/more", "Unknown", "", null, null)]
    [InlineData("amqps://h.example", "Unknown", "", null, null)]
    [InlineData("", "Unknown", "", null, null)]
    [InlineData(null, "Unknown", "", null, null)]
    public void Azure_41_Addresses_are_taken_apart(string? text, string kind, string host, string? device, string? module)
    {
        var address = NodeAddress.Parse(text);
        address.Kind.ToString().ShouldBe(kind);
        if (address.Kind == NodeKind.Unknown) return;
        address.Host.ShouldBe(host);
        address.Identity.ShouldBe(device is null ? default : new IdentityName(device, module));
    }

    [Theory]
    [InlineData("hub1/ConsumerGroups/$Default/Partitions/3", "$Default", "3")]
    [InlineData("/messages/events/consumergroups/g1/partitions/0", "g1", "0")]
    public void Azure_68_Partitions_are_named_with_their_group(string text, string group, string partition)
    {
        var address = NodeAddress.Parse(text);
        (address.Kind, address.Group, address.Partition).ShouldBe((NodeKind.Partition, group, partition));
    }

    [Fact]
    public void Azure_17_Random_addresses_are_only_unknown()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => "/%:$devicsmo2Bé\0"[random.Next(16)])]);
            Should.NotThrow(() => NodeAddress.Parse(text));
        }

        NodeAddress.Parse(new string('/', 5000)).Kind.ShouldBe(NodeKind.Unknown);
    }

    [Theory]
    [InlineData("dev1@sas.hub", "dev1", null, null)]
    [InlineData("d@v@sas.hub", "d@v", null, null)]
    [InlineData("dev1/modules/m@sas.hub", "dev1", "m", null)]
    [InlineData("device@sas.root.hub", null, null, "device")]
    [InlineData("dev1", null, null, null)]
    [InlineData("@sas.hub", null, null, null)]
    [InlineData("a/b@sas.hub", null, null, null)]
    public void Azure_30_User_names_of_PLAIN_are_taken_apart(string user, string? device, string? module, string? policy)
    {
        PlainUser.TryParse(user, out var identity, out var found).ShouldBe(device is not null || policy is not null);
        found.ShouldBe(policy);
        identity.ShouldBe(device is null ? default : new IdentityName(device, module));
    }
}
