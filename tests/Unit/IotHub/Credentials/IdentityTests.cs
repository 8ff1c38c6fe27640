using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Identities;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Credentials;

/// <summary>Identities and the things behind them (spec/azure-gateway, section 4.3).</summary>
public sealed class IdentityTests
{
    [Theory]
    [InlineData("dev1", "dev1")]
    [InlineData("dev:1", "dev:1")]
    [InlineData("dev.1", "az:dev:2E1")]
    [InlineData("az:x", "az:az:3Ax")]
    [InlineData("a+b%c", "az:a:2Bb:25c")]
    public void Azure_64_A_device_has_a_thing_of_its_name_or_of_its_escaped_name(string id, string thing) => ThingNames.OfDevice(id).ShouldBe(thing);

    [Fact]
    public void Azure_64_Two_devices_never_share_a_thing()
    {
        string[] ids =
        [
            "a.b", "a:2Eb", "az:a:2Eb", "az:a", "az::a", "az:", "A.b", "a..b", new string('.', 128), new string('.', 127), new string('.', 127) + "!", new string('a', 128), new string('$', 60),
        ];
        ids.ShouldAllBe(static id => IdentityName.IsId(id));
        ids.Select(ThingNames.OfDevice).Distinct(StringComparer.Ordinal).Count().ShouldBe(ids.Length);
        ids.Select(ThingNames.OfModule).Distinct(StringComparer.Ordinal).Count().ShouldBe(ids.Length);
        ids.Select(ThingNames.OfDevice).All(static name => Fairlead.Features.Shadows.ShadowName.IsThing(name)).ShouldBeTrue();
        ids.Select(ThingNames.OfModule).ShouldAllBe(static name => name.Length <= 64);
    }

    [Theory]
    [InlineData("dev-1.+%_#*?!(),:=@$'", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    public void Azure_64_Ids_have_the_letters_of_the_specification(string id, bool isId) => IdentityName.IsId(id).ShouldBe(isId);

    [Fact]
    public async Task Azure_54_Deleting_disabling_and_new_keys_are_told_after_the_commit_and_other_changes_are_not()
    {
        await using var stage = new CredentialStage();
        var told = System.Threading.Channels.Channel.CreateUnbounded<(IdentityName, IdentityChange)>();
        stage.Identities.Changed += (name, change) => told.Writer.TryWrite((name, change));
        stage.Create("dev1");
        stage.Create("dev1", "m");
        var token = TestContext.Current.CancellationToken;
        stage.Update("dev1", new IdentityContent(StatusReason: "nothing that matters"));
        stage.Update("dev1", new IdentityContent(PrimaryKey: IdentityRules.NewKey()));
        (await told.Reader.ReadAsync(token)).ShouldBe((new IdentityName("dev1"), IdentityChange.KeysChanged));
        stage.Update("dev1", new IdentityContent(IsDisabled: true));
        (await told.Reader.ReadAsync(token)).ShouldBe((new IdentityName("dev1"), IdentityChange.Disabled));
        lock (stage.Context.Documents.Gate) stage.Identities.Delete(new IdentityName("dev1"), null);
        var deleted = new[] { await told.Reader.ReadAsync(token), await told.Reader.ReadAsync(token) };
        deleted.ShouldBe([(new IdentityName("dev1", "m"), IdentityChange.Deleted), (new IdentityName("dev1"), IdentityChange.Deleted)], ignoreOrder: true);
        stage.Identities.Devices.ShouldBe(0);
    }

    [Fact]
    public async Task Azure_64_Presence_counts_connections_and_the_last_to_go_ends_it()
    {
        await using var stage = new CredentialStage();
        var presence = new IdentityPresence(stage.Clock);
        var device = new IdentityName("dev1");
        var seen = new List<bool>();
        presence.Changed += (_, isConnected) => seen.Add(isConnected);
        presence.OnConnected(device);
        presence.OnConnected(device);
        presence.OnDisconnected(device);
        presence.Of(device).IsConnected.ShouldBeTrue();
        presence.Connected.ShouldBe(1);
        presence.OnDisconnected(device);
        presence.Of(device).IsConnected.ShouldBeFalse();
        presence.Connected.ShouldBe(0);
        seen.ShouldBe([true, false]);
    }
}
