using System.Text.Json;

namespace Fairlead.Interop.Aws.Registry;

/// <summary>Runs a test with boto3, then with the AWS SDK for JavaScript, each with names of its own.</summary>
internal static class Both
{
    public static async Task Run(AwsHub hub, Func<AwsApi, string, Task> test)
    {
        await test(hub.Boto3, $"py-{Guid.NewGuid():N}");
        await test(hub.JavaScript, $"js-{Guid.NewGuid():N}");
    }

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;

    public static long Number(this JsonElement element, string member) => element.GetProperty(member).GetInt64();

    public static bool Has(this JsonElement element, string member) => element.TryGetProperty(member, out _);

    /// <summary>Strings of a list, or of one member of its entries.</summary>
    public static string[] Texts(this JsonElement element, string list, string? member = null) =>
        [.. element.GetProperty(list).EnumerateArray().Select(entry => (member is null ? entry : entry.GetProperty(member)).GetString()!)];

    /// <summary>A map of texts, its entries as <c>name=value</c> in order.</summary>
    public static string Map(this JsonElement element, string member) =>
        string.Join(' ', element.GetProperty(member).EnumerateObject().OrderBy(static entry => entry.Name, StringComparer.Ordinal).Select(static entry => $"{entry.Name}={entry.Value.GetString()}"));
}
