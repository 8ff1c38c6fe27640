using System.Collections.Immutable;
using Fairlead.Features.Api;
using Fairlead.Features.Registry;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Registry;

/// <summary>Attributes are replaced or merged, and an empty value takes one away.</summary>
public sealed class AttributeRulesTests
{
    private static readonly Gen<Dictionary<string, string>> Maps =
        from names in Gen.SubListOf("a", "b", "c", "d.e", "f@g")
        from values in Gen.ArrayOf(Gen.Elements("", "1", "2", "[x]"), 5)
        select names.Select((name, i) => (name, value: values[i])).ToDictionary(static pair => pair.name, static pair => pair.value, StringComparer.Ordinal);

    [Fact]
    public void What_comes_out_is_what_was_given_over_what_stays() => Prop.ForAll(
        Maps.ToArbitrary(), Maps.ToArbitrary(), Gen.Elements(true, false).ToArbitrary(),
        (before, given, isMerged) =>
        {
            var present = AttributeRules.Apply(AttributeRules.None, before, isMerged: false);
            var expected = (isMerged ? present : AttributeRules.None).Where(pair => !given.ContainsKey(pair.Key)).Concat(given).Where(static pair => pair.Value.Length > 0)
                .OrderBy(static pair => pair.Key, StringComparer.Ordinal);
            AttributeRules.Apply(present, given, isMerged).ShouldBe(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_given_changes_nothing()
    {
        var present = AttributeRules.None.Add("a", "1");
        AttributeRules.Apply(present, null, isMerged: false).ShouldBeSameAs(present);
        AttributeRules.Apply(present, null, isMerged: true).ShouldBeSameAs(present);
        AttributeRules.Apply(present, ImmutableDictionary<string, string>.Empty, isMerged: true).ShouldBe(present);
    }

    [Fact]
    public void All_attributes_together_have_a_limit()
    {
        var most = Enumerable.Range(0, 60).ToDictionary(static i => $"a{i:00}", static _ => new string('x', 799), StringComparer.Ordinal);
        AttributeRules.Apply(AttributeRules.None, most, isMerged: false).Count.ShouldBe(60, "60 x 802 characters are just 47 KB");
        most["b"] = new string('x', 8);
        var refusal = Should.Throw<ApiException>(() => AttributeRules.Apply(AttributeRules.None, most, isMerged: false));
        refusal.Message.ShouldContain("48128");
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("a b", "1")]
    [InlineData("a=", "1")]
    [InlineData("a", "x y")]
    [InlineData("a", "x|y")]
    [InlineData("a", "ü")]
    [InlineData("a", null)]
    public void Names_and_values_are_checked(string name, string? value) =>
        Should.Throw<ApiException>(() => AttributeRules.Apply(AttributeRules.None, new Dictionary<string, string> { [name] = value! }, isMerged: true)).Status.ShouldBe(400);
}
