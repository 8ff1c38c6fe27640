using System.Text;
using Fairlead.Broker.Security;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Mqtt;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Mqtt;

/// <summary>Which topics a device may use over MQTT (spec/azure-gateway 3.2 and 3.4; semantics of line 60).</summary>
public sealed class DialectTopicTests
{
    private static readonly HubGrant Grant = new() { Permissions = HubPermissions.DeviceConnect, AuthMethod = "{}" };
    private static readonly IotHubPrincipal Device = new(new IdentityName("d1"), Grant, "");
    private static readonly IotHubPrincipal Module = new(new IdentityName("d1", "m1"), Grant, "");

    [Theory]
    [InlineData("devices/d1/messages/events/", true)]
    [InlineData("devices/d1/messages/events/a=b", true)]
    [InlineData("devices/d1/messages/events", true)]
    [InlineData("devices/d1/messages/eventsx", false)]
    [InlineData("devices/d2/messages/events/", false)]
    [InlineData("devices/d11/messages/events/", false)]
    [InlineData("devices/d1/modules/m1/messages/events/", false)]
    [InlineData("devices/d1/messages/devicebound/", false)]
    [InlineData("$iothub/methods/res/200/?$rid=1", true)]
    [InlineData("$iothub/twin/GET/?$rid=1", true)]
    [InlineData("$iothub/twin/PATCH/properties/reported/?$rid=1", true)]
    [InlineData("$iothub/twin/PATCH/properties/desired/?$version=1", false)]
    [InlineData("$iothub/methods/POST/reboot/?$rid=1", false)]
    [InlineData("factory/line", false)]
    [InlineData("$aws/things/d1/shadow/get", false)]
    public void Azure_60_A_device_publishes_to_its_own_topics_alone(string topic, bool allowed) =>
        DialectTopics.Allows(Device, AccessAction.Publish, Encoding.UTF8.GetBytes(topic)).ShouldBe(allowed);

    [Theory]
    [InlineData("devices/d1/messages/devicebound/#", true)]
    [InlineData("$iothub/methods/POST/#", true)]
    [InlineData("$iothub/twin/res/#", true)]
    [InlineData("$iothub/twin/PATCH/properties/desired/#", true)]
    [InlineData("devices/d1/messages/devicebound/+", false)]
    [InlineData("devices/d2/messages/devicebound/#", false)]
    [InlineData("devices/d1/#", false)]
    [InlineData("devices/+/messages/devicebound/#", false)]
    [InlineData("devices/d1/messages/events/#", false)]
    [InlineData("$iothub/#", false)]
    [InlineData("#", false)]
    [InlineData("$share/g/devices/d1/messages/devicebound/#", false)]
    public void Azure_60_A_device_subscribes_to_its_own_filters_alone(string filter, bool allowed) =>
        DialectTopics.Allows(Device, AccessAction.Subscribe, Encoding.UTF8.GetBytes(filter)).ShouldBe(allowed);

    [Theory]
    [InlineData("devices/d1/modules/m1/inputs/#", true)]
    [InlineData("devices/d1/modules/m1/#", true)]
    [InlineData("devices/d1/modules/m2/#", false)]
    [InlineData("devices/d1/messages/devicebound/#", false)]
    public void Azure_60_A_module_subscribes_to_its_own_filters_alone(string filter, bool allowed) =>
        DialectTopics.Allows(Module, AccessAction.Subscribe, Encoding.UTF8.GetBytes(filter)).ShouldBe(allowed);

    [Theory]
    [InlineData("?$rid=abc", "abc", null)]
    [InlineData("?$rid=a-b_c%20&$version=7", "a-b_c%20", 7L)]
    [InlineData("?$version=7&$rid=1", "1", 7L)]
    public void Azure_62_A_request_id_is_taken_as_it_came(string query, string requestId, long? version)
    {
        DialectTopics.TryReadQuery(Encoding.UTF8.GetBytes(query), out var id, out var read).ShouldBeTrue();
        (Encoding.UTF8.GetString(id), read).ShouldBe((requestId, version));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?$rid=")]
    [InlineData("?$version=1")]
    [InlineData("?$rid=1&$version=x")]
    public void Azure_62_A_request_without_an_id_is_none(string query) =>
        DialectTopics.TryReadQuery(Encoding.UTF8.GetBytes(query), out _, out _).ShouldBeFalse();
}
