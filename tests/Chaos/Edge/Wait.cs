namespace Fairlead.Chaos.Edge;

/// <summary>Waits for conditions that only looking again can tell.</summary>
internal static class Wait
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    public static async Task UntilAsync(Func<bool> condition, Func<string> otherwise, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (!condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail(otherwise());
            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (!await condition())
        {
            if (deadline.IsCancellationRequested) Assert.Fail(otherwise());
            await Task.Delay(Step, TestContext.Current.CancellationToken);
        }
    }
}
