using System.Diagnostics;

namespace Fairlead.Interop.Aws.DataPlane;

/// <summary>The command line of AWS, as people use it.</summary>
internal static class AwsCommandLine
{
    private static readonly string? Program =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(static folder => Path.Combine(folder, "aws")).FirstOrDefault(File.Exists);

    /// <summary>Runs it; returns its exit code and what it said when it failed.</summary>
    public static async Task<(int Code, string Error)> RunAsync(AwsLogin login, string service, params string[] arguments)
    {
        if (Program is null)
        {
            if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail("awscli is missing: apt-get install awscli.");
            Assert.Skip("awscli is missing: apt-get install awscli.");
        }

        var start = new ProcessStartInfo(
            Program!, ["--endpoint-url", login.Endpoint, "--region", login.Region, "--ca-bundle", login.Ca!, service, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AWS_ACCESS_KEY_ID"] = login.AccessKey;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = login.SecretKey;
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        start.Environment["NO_PROXY"] = "*";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await process.WaitForExitAsync(deadline.Token);
        await output;
        return (process.ExitCode, process.ExitCode == 0 ? "" : await error);
    }
}
