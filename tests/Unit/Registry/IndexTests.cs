using System.Collections.Immutable;
using Fairlead.Features.Registry;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Registry;

/// <summary>Indexes agree with a plain search after any changes, from any place on.</summary>
public sealed class IndexTests
{
    private static readonly Gen<string> Names = Gen.Elements("a", "b", "c", "d", "B", "a:1", "a-1");

    [Fact]
    public void Names_of_a_key_are_those_that_were_moved_there_last() => Prop.ForAll(
        Gen.ListOf(from name in Names from key in Gen.Elements("x", "y", null) select (name, key)).ToArbitrary(), Names.ToArbitrary(),
        (moves, after) =>
        {
            var index = new NameIndex();
            var keys = new Dictionary<string, string?>(StringComparer.Ordinal);
            foreach (var (name, key) in moves)
            {
                index.Move(name, keys.GetValueOrDefault(name), key);
                keys[name] = key;
            }

            foreach (var key in new[] { "x", "y", "z" })
            {
                var expected = keys.Where(pair => pair.Value == key).Select(static pair => pair.Key).Order(StringComparer.Ordinal).ToArray();
                index.Count(key).ShouldBe(expected.Length);
                index.After(key, null).ShouldBe(expected);
                index.After(key, after).ShouldBe(expected.Where(name => string.CompareOrdinal(name, after) > 0));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Things_of_a_value_are_those_that_have_it_now() => Prop.ForAll(
        Gen.ListOf(from thing in Names from attribute in Gen.Elements("p", "q") from value in Gen.Elements("", "1", "10", "11", "2") select (thing, attribute, value)).ToArbitrary(),
        changes =>
        {
            var index = new AttributeIndex();
            var things = new Dictionary<string, ImmutableSortedDictionary<string, string>>(StringComparer.Ordinal);
            foreach (var (thing, attribute, value) in changes)
            {
                var before = things.GetValueOrDefault(thing);
                var after = AttributeRules.Apply(before ?? AttributeRules.None, new Dictionary<string, string> { [attribute] = value }, isMerged: true);
                index.Change(thing, before, after);
                things[thing] = after;
            }

            foreach (var (value, isPrefix) in new[] { ("1", false), ("1", true), ("", true), ("2", true), ("3", false) })
            {
                var expected = (from pair in things
                                where pair.Value.TryGetValue("p", out var has) && (isPrefix ? has.StartsWith(value, StringComparison.Ordinal) : has == value)
                                select new AttributeEntry("p", pair.Value["p"], pair.Key)).ToList();
                expected.Sort(AttributeEntry.Compare);
                var found = index.Find("p", value, isPrefix, null).ToList();
                found.ShouldBe(expected);
                foreach (var (i, entry) in found.Index()) index.Find("p", value, isPrefix, entry).ShouldBe(expected.Skip(i + 1));
            }
        }).QuickCheckThrowOnFailure();
}
