using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Credentials;
using Fairlead.Features.IotHub.Identities;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Credentials;

/// <summary>What tokens and certificates allow (spec/azure-gateway, sections 5.1, 5.2 and 5.4).</summary>
public sealed class CredentialTests
{
    [Fact]
    public async Task Azure_38_A_bad_signature_is_401_an_unknown_device_404_and_the_skew_of_clocks_is_300_seconds()
    {
        await using var stage = new CredentialStage();
        var device = stage.Create("dev1");
        stage.Grant(stage.Token("hub%2Fdevices%2Fdev1", device.PrimaryKey!)).Scope.ShouldBe(device.Name);
        stage.Refusal(stage.Token("hub%2Fdevices%2Fdev1", IdentityRules.NewKey())).ShouldBe(401003);
        stage.Refusal(stage.Token("hub%2Fdevices%2Fdev2", device.PrimaryKey!)).ShouldBe(404001);
        stage.Refusal(stage.Token("hub%2Fdevices%2Fdev1%2Fmodules%2Fm", device.PrimaryKey!)).ShouldBe(404010);
        stage.Grant(stage.Token("hub%2Fdevices%2Fdev1", device.PrimaryKey!, seconds: -299)).AcceptedUntil!.Value.ShouldBeGreaterThan(stage.Clock.GetUtcNow());
        stage.Refusal(stage.Token("hub%2Fdevices%2Fdev1", device.PrimaryKey!, seconds: -301)).ShouldBe(401003);
    }

    [Fact]
    public async Task Azure_38_A_token_of_a_disabled_device_is_refused_and_so_is_a_grant_from_before()
    {
        await using var stage = new CredentialStage();
        var device = stage.Create("dev1");
        var grant = stage.Grant(stage.Token("hub/devices/dev1", device.PrimaryKey!));
        stage.Credentials.CheckIdentity(grant, device.Name).ShouldBeNull();
        stage.Update("dev1", new IdentityContent(IsDisabled: true));
        stage.Refusal(stage.Token("hub/devices/dev1", device.PrimaryKey!)).ShouldBe(401003);
        stage.Credentials.CheckIdentity(grant, device.Name)!.Code.ShouldBe(401003);
    }

    [Fact]
    public async Task Azure_39_A_token_reaches_its_own_identity_by_segments_and_neither_modules_nor_the_device_above()
    {
        await using var stage = new CredentialStage();
        var device = stage.Create("ab");
        stage.Create("abc");
        stage.Create("a");
        var module = stage.Create("ab", "m");
        var grant = stage.Grant(stage.Token("hub%2Fdevices%2Fab", device.PrimaryKey!));
        grant.Covers(new IdentityName("ab")).ShouldBeTrue();
        grant.Covers(new IdentityName("abc")).ShouldBeFalse();
        grant.Covers(new IdentityName("a")).ShouldBeFalse();
        grant.Covers(new IdentityName("ab", "m")).ShouldBeFalse();
        var ofModule = stage.Grant(stage.Token("hub%2Fdevices%2Fab%2Fmodules%2Fm", module.SecondaryKey!));
        ofModule.Covers(new IdentityName("ab", "m")).ShouldBeTrue();
        ofModule.Covers(new IdentityName("ab")).ShouldBeFalse();
        stage.Credentials.CheckIdentity(grant, new IdentityName("abc"))!.Code.ShouldBe(401002);
    }

    [Fact]
    public async Task Azure_39_A_policy_reaches_every_device_or_the_one_that_its_token_names()
    {
        await using var stage = new CredentialStage();
        stage.Create("dev1");
        stage.Create("dev1", "m");
        stage.Create("dev2");
        var policy = stage.Policies.Find("device")!;
        var hub = stage.Grant(stage.Token("hub", policy.PrimaryKey, "device"));
        hub.Covers(new IdentityName("dev1")).ShouldBeTrue();
        hub.Covers(new IdentityName("dev1", "m")).ShouldBeTrue();
        var one = stage.Grant(stage.Token("hub/devices/dev1", policy.SecondaryKey, "device"));
        one.Covers(new IdentityName("dev1")).ShouldBeTrue();
        one.Covers(new IdentityName("dev1", "m")).ShouldBeTrue();
        one.Covers(new IdentityName("dev2")).ShouldBeFalse();
        stage.Grant(stage.Token("hub", stage.Policies.Find("service")!.PrimaryKey, "service")).Covers(new IdentityName("dev1")).ShouldBeFalse();
        stage.Credentials.CheckIdentity(hub, new IdentityName("dev3"))!.Code.ShouldBe(404001);
    }

    [Fact]
    public async Task Azure_39_A_policy_creates_the_device_that_it_speaks_for_where_the_options_say_so()
    {
        await using var stage = new CredentialStage(static options => options.CreateUnknownDevices = true);
        var grant = stage.Grant(stage.Token("hub/devices/dev3", stage.Policies.Find("device")!.PrimaryKey, "device"));
        stage.Credentials.Judge(grant, new IdentityName("dev3")).ShouldBeNull();
        stage.Identities.Find(new IdentityName("dev3")).ShouldBeNull();
        stage.Credentials.CheckIdentity(grant, new IdentityName("dev3")).ShouldBeNull();
        stage.Identities.Find(new IdentityName("dev3")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Azure_69_Both_keys_are_accepted_and_keys_of_a_policy_need_its_name()
    {
        await using var stage = new CredentialStage();
        var device = stage.Create("dev1");
        stage.Grant(stage.Token("hub/devices/dev1", device.PrimaryKey!));
        stage.Grant(stage.Token("hub/devices/dev1", device.SecondaryKey!));
        var owner = stage.Policies.Find("iothubowner")!;
        stage.Grant(stage.Token("hub", owner.PrimaryKey, "iothubowner")).Permissions.ShouldBe(HubPermissions.All);
        stage.Grant(stage.Token("hub", owner.SecondaryKey, "iothubowner"));
        stage.Refusal(stage.Token("hub", owner.PrimaryKey)).ShouldBe(401003);
        stage.Refusal(stage.Token("hub", owner.PrimaryKey, "nobody")).ShouldBe(401003);
        stage.Refusal(stage.Token("hub", owner.PrimaryKey, "service")).ShouldBe(401003);
        // A token for an event log reads that, and changes nothing.
        stage.Grant(stage.Token("sb%3A%2F%2Fhub%2Fname%2FConsumerGroups%2F%24Default%2FPartitions%2F0", owner.PrimaryKey, "iothubowner")).Permissions.ShouldBe(HubPermissions.ServiceConnect);
    }

    [Fact]
    public async Task Azure_69_The_host_is_one_of_those_configured_in_any_case_and_with_any_port()
    {
        await using var stage = new CredentialStage(static options => options.HostNames = ["Hub.example.net", "edge"]);
        var device = stage.Create("dev1");
        stage.Grant(stage.Token("HUB.EXAMPLE.NET%3A15671%2Fdevices%2Fdev1", device.PrimaryKey!));
        stage.Grant(stage.Token("edge/devices/dev1", device.PrimaryKey!));
        stage.Refusal(stage.Token("other/devices/dev1", device.PrimaryKey!)).ShouldBe(401003);
    }

    [Theory]
    [InlineData("dev%2B1", "dev+1")]
    [InlineData("dev%252B1", "dev+1")]
    [InlineData("50%25", "50%")]
    [InlineData("50%", "50%")]
    public async Task Azure_41_Ids_with_letters_that_need_encoding_are_found_however_often_they_were_encoded(string encoded, string id)
    {
        await using var stage = new CredentialStage();
        var device = stage.Create(id);
        stage.Grant(stage.Token($"hub%2Fdevices%2F{encoded}", device.PrimaryKey!)).Scope.ShouldBe(new IdentityName(id));
    }

    [Fact]
    [SuppressMessage("Security", "CA5350", Justification = "Thumbprints are made so (section 5.4).")]
    public async Task Azure_70_A_thumbprint_of_either_kind_proves_its_device_and_no_other_certificate_does()
    {
        await using var stage = new CredentialStage();
        var first = stage.Certificate("anything");
        var second = stage.Certificate("anything else");
        string old = string.Join(':', SHA1.HashData(first.RawData).Select(static b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
        stage.Create("dev1", content: new IdentityContent(Authentication: AuthenticationKind.SelfSigned, PrimaryThumbprint: old, SecondaryThumbprint: Convert.ToHexStringLower(SHA256.HashData(second.RawData))));
        stage.Judge("dev1", first).ShouldBe(0);
        stage.Judge("dev1", second).ShouldBe(0);
        stage.Judge("dev1", stage.Certificate("anything")).ShouldBe(401003);
        stage.Judge("dev1").ShouldBe(401003);
        stage.Judge("dev2", first).ShouldBe(404001);
        stage.Clock.Advance(TimeSpan.FromDays(31));
        stage.Judge("dev1", first).ShouldBe(401003);
    }

    [Fact]
    public async Task Azure_70_A_certificate_of_a_registered_authority_proves_the_device_that_is_its_common_name()
    {
        await using var stage = new CredentialStage();
        var root = stage.Certificate("root", isAuthority: true);
        var middle = stage.Certificate("middle", root, isAuthority: true, days: 20);
        var device = stage.Certificate("dev1", middle, days: 10);
        stage.Create("dev1", content: new IdentityContent(Authentication: AuthenticationKind.CertificateAuthority));
        stage.Create("dev2", content: new IdentityContent(Authentication: AuthenticationKind.CertificateAuthority));
        stage.Judge("dev1", device, middle).ShouldBe(401003);
        stage.Register(root);
        stage.Judge("dev1", device, middle).ShouldBe(0);
        stage.Judge("dev1", device).ShouldBe(401003);
        stage.Judge("dev2", device, middle).ShouldBe(401003);
        stage.Judge("dev1", stage.Certificate("dev1"), middle).ShouldBe(401003);
        // A device's certificate is no authority: what it signs proves nothing.
        var forged = stage.Certificate("dev2", device, days: 5);
        stage.Judge("dev2", forged, device, middle).ShouldBe(401003);
        stage.Register(root, isActive: false);
        stage.Judge("dev1", device, middle).ShouldBe(401003);
    }

    [Fact]
    public async Task Azure_70_A_device_is_proved_by_its_own_kind_of_credential_alone()
    {
        await using var stage = new CredentialStage();
        var certificate = stage.Certificate("dev1");
        var sas = stage.Create("dev1");
        stage.Judge("dev1", certificate).ShouldBe(401003);
        stage.Update("dev1", new IdentityContent(Authentication: AuthenticationKind.SelfSigned, PrimaryThumbprint: Convert.ToHexString(SHA256.HashData(certificate.RawData))));
        stage.Judge("dev1", certificate).ShouldBe(0);
        stage.Refusal(stage.Token("hub/devices/dev1", sas.PrimaryKey!)).ShouldBe(401003);
    }
}
