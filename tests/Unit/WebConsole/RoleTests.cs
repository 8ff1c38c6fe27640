using Fairlead.Features.Api;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.WebConsole;

/// <summary>What the roles of the console may call.</summary>
public sealed class RoleTests
{
    [Theory]
    [InlineData("ListThings", "GET", true, true)]
    [InlineData("SearchIndex", "POST", true, true)]
    [InlineData("Explain", "POST", true, true)]
    [InlineData("TestRule", "POST", true, true)]
    [InlineData("GetKey", "GET", false, false)]
    [InlineData("GetOutboxMail", "GET", false, false)]
    [InlineData("DownloadBackup", "GET", false, false)]
    [InlineData("EndTopicWatch", "DELETE", true, true)]
    [InlineData("Publish", "POST", false, true)]
    [InlineData("UpdateThingShadow", "POST", false, true)]
    [InlineData("SendDirectMessage", "POST", false, true)]
    [InlineData("DisconnectClient", "POST", false, true)]
    [InlineData("DeleteConnection", "DELETE", false, true)]
    [InlineData("CreateThing", "POST", false, false)]
    [InlineData("SetUser", "PUT", false, false)]
    [InlineData("MakeConsoleLink", "POST", false, false)]
    [InlineData("SomethingNew", "POST", false, false)]
    public void Viewers_look_operators_operate(string operation, string method, bool viewer, bool operatr)
    {
        var one = new ApiOperation(ApiService.Hub, operation, method, "/x", static _ => default);
        RoleRights.Allows(HubRole.Viewer, one).ShouldBe(viewer);
        RoleRights.Allows(HubRole.Operator, one).ShouldBe(operatr);
        RoleRights.Allows(HubRole.Administrator, one).ShouldBeTrue();
    }

    [Fact]
    public void Roles_are_read_as_they_are_written()
    {
        foreach (var role in Enum.GetValues<HubRole>()) RoleRights.Parse(RoleRights.NameOf(role)).ShouldBe(role);
        RoleRights.Parse("root").ShouldBeNull();
        RoleRights.Parse(null).ShouldBeNull();
    }
}
