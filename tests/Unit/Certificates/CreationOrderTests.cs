using Fairlead.Features.Api;
using Fairlead.Features.Certificates;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Certificates;

/// <summary>Pages by date of creation show every record once, whatever comes and goes.</summary>
public sealed class CreationOrderTests
{
    private static readonly Gen<(long At, string Id)[]> Entries =
        from count in Gen.Choose(0, 40)
        from times in Gen.ArrayOf(Gen.Choose(0, 5), count)
        select times.Select(static (at, i) => ((long)at, $"id{i:00}")).ToArray();

    [Fact]
    public void Pages_joined_are_the_whole_in_order() => Prop.ForAll(
        Entries.ToArbitrary(), Gen.Choose(1, 7).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(),
        static (entries, size, ascending) =>
        {
            var order = new CreationOrder();
            foreach (var (at, id) in entries) order.Add(at, id);
            var expected = entries.OrderBy(static entry => entry.At).ThenBy(static entry => entry.Id, StringComparer.Ordinal).Select(static entry => entry.Id).ToList();
            if (!ascending) expected.Reverse();
            Walk(order, size, ascending).ShouldBe(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_record_that_goes_between_two_pages_disturbs_nobody()
    {
        var order = new CreationOrder();
        for (var i = 0; i < 5; i++) order.Add(i, $"id{i}");
        var first = order.Page(CertificateRecords.Request("/c?pageSize=2"), static id => id, out var next);
        first.ShouldBe(["id4", "id3"]);
        order.Remove(3, "id3"); // the one that the marker names
        order.Remove(2, "id2");
        order.Add(9, "id9"); // newer than the first page
        order.Page(CertificateRecords.Request($"/c?pageSize=2&marker={Uri.EscapeDataString(next!)}"), static id => id, out next).ShouldBe(["id1", "id0"]);
        next.ShouldBeNull();
    }

    [Theory]
    [InlineData("bm9uc2Vuc2U=")]
    [InlineData("!!!")]
    [InlineData("LzEyMw==")]
    public void A_marker_of_somebody_else_is_refused(string marker)
    {
        var order = new CreationOrder();
        order.Add(1, "a");
        Should.Throw<ApiException>(() => order.Page(CertificateRecords.Request($"/c?marker={Uri.EscapeDataString(marker)}"), static id => id, out _)).Status.ShouldBe(400);
    }

    private static List<string> Walk(CreationOrder order, int size, bool ascending)
    {
        var all = new List<string>();
        string? marker = null;
        do
        {
            var query = $"/c?pageSize={size}&isAscendingOrder={(ascending ? "true" : "false")}" + (marker is null ? "" : $"&marker={Uri.EscapeDataString(marker)}");
            all.AddRange(order.Page(CertificateRecords.Request(query), static id => id, out marker));
        }
        while (marker is not null);
        return all;
    }
}
