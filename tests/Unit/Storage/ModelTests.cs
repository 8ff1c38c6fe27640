using Shouldly;
using Xunit;

namespace Fairlead.Unit.Storage;

/// <summary>Random changes against a plain model.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_changes_come_back_after_each_restart_and_each_crash(int seed)
    {
        using var directory = new StoreDirectory();
        var model = new StoreModel(seed);
        var random = new Random(seed);
        for (var life = 0; life < 8; life++)
        {
            await using var store = directory.Open();
            var state = store.Load();
            StateText.Of(state).ShouldBe(StateText.Of(model.Expected()), $"life {life}");
            state.LastId.ShouldBe(model.LastId);
            model.Adopt(state);
            for (var flushes = random.Next(1, 25); flushes > 0; flushes--)
            {
                for (var steps = random.Next(80); steps > 0; steps--) model.Step(store);
                await store.FlushAsync(TestContext.Current.CancellationToken);
            }

            using var crashed = directory.Image();
            StateText.Of(await crashed.ReadAsync()).ShouldBe(StateText.Of(model.Expected()), $"crash in life {life}");
        }
    }
}
