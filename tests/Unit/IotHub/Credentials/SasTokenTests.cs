using Fairlead.Features.IotHub.Credentials;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Credentials;

/// <summary>Tokens (spec/azure-gateway, section 5.1).</summary>
public sealed class SasTokenTests
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const string Other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public static TheoryData<string, string> Vectors => new()
    {
        { "hub.example.net%2Fdevices%2Fdev1", "z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D" },
        { "hub.example.net/devices/dev1", "e1ACRIcyvbPQNTRwyGQo6ex%2FDSXExaZH%2FOrfTgkUVQU%3D" },
        { "hub.example.net", "yTVZaH7rOUVMb5M0i2O8B6R22c66BsAbkxCPYPV%2BzNY%3D" },
        { "hub.example.net%2Fdevices%2Fdev%2B1%2Fmodules%2Fmod%231", "amVM9T%2FkX2F6h4%2BfR2arfU7aXuOTzWnOrUWwFYTfe3A%3D" },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Azure_69_The_vectors_verify_with_their_fields_in_any_order_and_fail_with_one_bit_flipped(string resource, string signature)
    {
        string[] fields = [$"sr={resource}", $"sig={signature}", "se=1900000000", "skn=device"];
        foreach (int first in (int[])[0, 1, 2, 3])
        {
            string text = $"SharedAccessSignature {string.Join('&', fields.Skip(first).Concat(fields.Take(first)))}";
            SasToken.TryParse(text, out var token, out string problem).ShouldBeTrue(problem);
            token!.IsSignedBy(Key).ShouldBeTrue();
            token.IsSignedBy(Other).ShouldBeFalse();
            token.IsSignedBy(null).ShouldBeFalse();
            token.KeyName.ShouldBe("device");
            token.AcceptedUntil.ToUnixTimeSeconds().ShouldBe(1_900_000_300);
            for (int bit = 0; bit < 256; bit += 17)
            {
                byte[] flipped = [.. token.Signature];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                (token with { Signature = flipped }).IsSignedBy(Key).ShouldBeFalse();
            }

            (token with { ExpiryText = "1900000001" }).IsSignedBy(Key).ShouldBeFalse();
            (token with { Resource = token.Resource + "x" }).IsSignedBy(Key).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&se=1")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&se=1")]
    [InlineData("SharedAccessSignature sr=a&sr=b&sig=z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D&se=1")]
    [InlineData("SharedAccessSignature sr=a&sig=z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D&se=soon")]
    [InlineData("SharedAccessSignature sr=a&sig=z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D&se=-1")]
    [InlineData("SharedAccessSignature sr=&sig=z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D&se=1")]
    [InlineData("Bearer sr=a&sig=z24jB5n1zf%2B6yV9dwizX6gaI3EFGOCYPQJDcUXNQjro%3D&se=1")]
    [InlineData("SharedAccessSignature &&&=")]
    public void Azure_69_What_is_no_token_is_refused_without_an_exception(string text) =>
        SasToken.TryParse(text, out _, out string problem).ShouldBeFalse(problem);

    [Fact]
    public void Azure_69_A_token_that_is_made_verifies_and_an_end_far_away_is_no_trouble()
    {
        string text = Fairlead.Verbs.IotHub.SasText.Create("hub.example.net/devices/dev 1", Key, "service", DateTimeOffset.FromUnixTimeSeconds(1_900_000_000));
        SasToken.TryParse(text, out var token, out _).ShouldBeTrue();
        token!.IsSignedBy(Key).ShouldBeTrue();
        token.KeyName.ShouldBe("service");
        // Some callers write a time beyond what 32 bits hold (checklist, line 5).
        (token with { Expiry = long.MaxValue }).AcceptedUntil.Year.ShouldBe(9999);
    }

    [Theory]
    [InlineData("hub", "hub", null, null, false)]
    [InlineData("HUB%3A15671%2Fdevices%2Fdev1", "HUB", "dev1", null, false)]
    [InlineData("amqps://hub:5671/", "hub", null, null, false)]
    [InlineData("hub/devices", "hub", null, null, false)]
    [InlineData("hub/devices/a/modules/b", "hub", "a", "b", false)]
    [InlineData("sb%3A%2F%2Fhub%2Fname%2FConsumerGroups%2F%24Default%2FPartitions%2F0", "hub", null, null, true)]
    [InlineData("hub/messages/events", "hub", null, null, true)]
    [InlineData("[::1]:5671/devices/a", "[::1]", "a", null, false)]
    public void Azure_39_The_scope_is_read_by_segments_without_scheme_and_port(string resource, string host, string? device, string? module, bool isService)
    {
        TokenScope.TryParse(resource, out var scope).ShouldBeTrue();
        scope.ShouldBe(new TokenScope(host, device, module, isService));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/devices/a")]
    [InlineData("hub/devices/a/things/b")]
    [InlineData("hub/devices/a/modules")]
    public void Azure_39_A_scope_that_names_nothing_of_a_hub_is_none(string resource) => TokenScope.TryParse(resource, out _).ShouldBeFalse();
}
