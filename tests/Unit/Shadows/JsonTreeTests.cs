using System.Text;
using System.Text.Json;
using Fairlead.Features.Shadows.Documents;
using Fairlead.Features.Shadows.Json;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Shadows;

/// <summary>What is JSON and what is not, judged beside the platform's own reader.</summary>
public sealed class JsonTreeTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{\"a\"}")]
    [InlineData("{\"a\":}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{,}")]
    [InlineData("[1,]")]
    [InlineData("[1 2]")]
    [InlineData("[1}")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("01")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("NaN")]
    [InlineData("tru")]
    [InlineData("nul")]
    [InlineData("'a'")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u12")]
    [InlineData("\"a\nb\"")]
    [InlineData("{a:1}")]
    [InlineData("// no\n1")]
    [InlineData("\ufeff{}")]
    public void No_json(string text) => new JsonTree().TryParse(Encoding.UTF8.GetBytes(text)).ShouldBeFalse();

    [Theory]
    [InlineData("{}")]
    [InlineData(" { \"a\" : [ 1 , { } , [ ] ] } ")]
    [InlineData("\"\\u0000\\ud800 \\\\ \\/\"")]
    [InlineData("-0.0e-00")]
    [InlineData("null")]
    public void Json(string text) => new JsonTree().TryParse(Encoding.UTF8.GetBytes(text)).ShouldBeTrue();

    [Fact]
    public void Broken_texts_are_judged_as_the_platform_judges_them() =>
        Prop.ForAll(Broken().ToArbitrary(), bytes => new JsonTree().TryParse(bytes).ShouldBe(IsJson(bytes), Encoding.UTF8.GetString(bytes)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_text_written_back_says_the_same_in_compact_form()
    {
        var tree = new JsonTree(); // one for all: what is left of the text before must not matter
        var buffer = new ByteBuffer();
        Prop.ForAll(RequestGenerators.Object(3).ToArbitrary(), text =>
        {
            tree.TryParse(Encoding.UTF8.GetBytes(text)).ShouldBeTrue();
            buffer.Clear();
            RequestText.WriteValue(buffer, tree, 0);
            string written = Encoding.UTF8.GetString(buffer.Written);
            ModelJson.Write(ModelJson.Parse(written)).ShouldBe(ModelJson.Write(ModelJson.Parse(text)), text);
            tree.TryParse(buffer.Written).ShouldBeTrue();
            tree.IsClean.ShouldBeTrue(written);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void The_last_of_equal_names_counts_in_objects_of_every_size()
    {
        var tree = new JsonTree();
        foreach (int size in (int[])[1, 7, 8, 9, 10, 100, 3000])
        {
            string members = string.Join(',', Enumerable.Range(0, size).Select(i => $"\"n{i}\":{i}"));
            string again = string.Join(',', Enumerable.Range(0, size).Select(i => $"\"\\u006e{i}\":{i + 1}"));
            tree.TryParse(Encoding.UTF8.GetBytes($"{{{members},{again}}}")).ShouldBeTrue();
            for (int i = 0; i < size; i++)
                Encoding.UTF8.GetString(tree.Text(tree.Find(0, Encoding.UTF8.GetBytes($"n{i}")))).ShouldBe($"{i + 1}");
            tree.Find(0, "n"u8).ShouldBe(-1);
            int count = 0;
            for (int node = tree.First(0); node >= 0; node = tree.After(node)) count++;
            count.ShouldBe(size);
        }
    }

    [Theory]
    [InlineData("28", "28.0", true)]
    [InlineData("28", "2.8e1", true)]
    [InlineData("28", "280e-1", true)]
    [InlineData("0", "-0.000e7", true)]
    [InlineData("0.001", "1e-3", true)]
    [InlineData("100", "1e2", true)]
    [InlineData("12345678901234567890", "12345678901234567891", false)]
    [InlineData("12345678901234567890", "12345678901234567890.0", true)]
    [InlineData("0.1", "0.10000000000000000001", false)]
    [InlineData("1", "-1", false)]
    [InlineData("1", "10", false)]
    [InlineData("1e999999999999999999999", "1e999999999999999999999", true)]
    [InlineData("1e999999999999999999999", "2e999999999999999999999", false)]
    [InlineData("1e999999999999", "10e999999999998", true)]
    [InlineData("0", "1", false)]
    [InlineData("10.5", "105e-1", true)]
    [InlineData("10.05", "10.5", false)]
    public void Shadow_30_numbers_are_compared_by_value(string left, string right, bool equal)
    {
        NumberText.AreEqual(Encoding.ASCII.GetBytes(left), Encoding.ASCII.GetBytes(right)).ShouldBe(equal);
        NumberText.AreEqual(Encoding.ASCII.GetBytes(right), Encoding.ASCII.GetBytes(left)).ShouldBe(equal);
    }

    [Fact]
    public void Numbers_are_compared_as_decimals_compare_them() =>
        Prop.ForAll(Gen.Zip(Number(), Number()).ToArbitrary(), pair =>
        {
            bool equal = decimal.Parse(pair.Item1, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture)
                == decimal.Parse(pair.Item2, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);
            NumberText.AreEqual(Encoding.ASCII.GetBytes(pair.Item1), Encoding.ASCII.GetBytes(pair.Item2)).ShouldBe(equal, $"{pair.Item1} {pair.Item2}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private static Gen<string> Number() =>
        from sign in Gen.Elements("", "-")
        from whole in Gen.Elements("0", "1", "10", "100", "12")
        from fraction in Gen.Elements("", ".0", ".1", ".01", ".10", ".20")
        from exponent in Gen.Elements("", "e0", "e1", "E+2", "e-1", "e-2", "e01")
        select sign + whole + fraction + exponent;

    private static Gen<byte[]> Broken() =>
        from text in RequestGenerators.Object(3)
        from changes in Gen.Zip(Gen.Choose(0, 10_000), Gen.Elements("{}[]\",:\\ u0123456789-+.eEntfxal\u0001"u8.ToArray())).ArrayOf()
        select Break(Encoding.UTF8.GetBytes(text), changes.Take(3));

    private static byte[] Break(byte[] bytes, IEnumerable<(int Place, byte Value)> changes)
    {
        foreach (var (place, value) in changes)
        {
            // Only ASCII is replaced, so that the bytes stay UTF-8.
            if (bytes[place % bytes.Length] < 0x80) bytes[place % bytes.Length] = value;
        }

        return bytes;
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                // To the end.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
