namespace Fairlead.Interop.Aws.Operations;

/// <summary>Every operation that AWS' service models have is either offered as they have it, or refused with a reason.</summary>
public sealed class OperationTests(AwsHub hub) : IClassFixture<AwsHub>
{
    [Fact]
    public async Task Every_operation_of_the_models_is_offered_or_refused_with_its_method_and_path()
    {
        var known = (await OfferedOperation.ListAsync(hub)).Where(static one => one.Service != "hub").ToLookup(static one => (one.Service, one.Name));
        known.Select(static one => one.Key).Except(OperationFact.All.Select(static fact => (fact.Service, fact.Name))).ShouldBeEmpty("the models have no such operation");
        OperationFact.All.Where(fact => !known.Contains((fact.Service, fact.Name))).Select(static fact => $"{fact.Service} {fact.Name}").ShouldBeEmpty();
        foreach (var fact in OperationFact.All)
        {
            // With and without a slash at its end, some paths are the same to SDKs of different age.
            known[(fact.Service, fact.Name)].Select(static one => $"{one.Method} {OperationFact.Shape(one.Path)}")
                .ShouldContain($"{fact.Method} {OperationFact.Shape(fact.Path)}", fact.Name);
        }
    }

    [Fact]
    public async Task Each_offered_operation_is_called_by_a_test()
    {
        var sources = OperationTable.Sources();
        (await OfferedOperation.ListAsync(hub)).Where(one => one is { IsOffered: true, Service: not "hub" } && OperationTable.CallersOf(sources, one.Name).Count == 0)
            .Select(static one => $"{one.Service} {one.Name}").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_table_in_the_documentation_is_current() =>
        OperationTable.ShouldBeCurrent(OperationTable.Write([.. (await OfferedOperation.ListAsync(hub)).Where(static one => one.Service != "hub")]));
}
