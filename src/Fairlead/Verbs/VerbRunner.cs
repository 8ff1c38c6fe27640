using System.Text;
using System.Text.Json;
using Fairlead.Client.Mqtt;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Verbs;

/// <summary>Runs the work of a verb and turns each failure into its lines on stderr and its exit code.</summary>
internal static class VerbRunner
{
    public static async Task<int> RunAsync(string verb, Terminal terminal, TalkFlags.Settings talk, Func<Task<int>> work)
    {
        try
        {
            int exitCode = await work();
            await terminal.Output.FlushAsync();
            return exitCode;
        }
        catch (MqttException exception)
        {
            await FlushAsync(terminal);
            return Report(verb, terminal, talk, ExitCodeOf(exception), exception.What, exception.Why, exception.Cure, CodeOf(exception));
        }
        catch (VerbException exception)
        {
            await FlushAsync(terminal);
            return Report(verb, terminal, talk, exception.ExitCode, exception.What, exception.Why, exception.Cure, null, exception.Code);
        }
        catch (IOException exception) when (IsBrokenPipe(exception))
        {
            // The reader of our output is gone, as in `fairlead sub | head -1`: nobody is left to tell.
            return ExitCode.Done;
        }
    }

    /// <summary>What a failure of the client is for a script.</summary>
    public static int ExitCodeOf(MqttException exception) => exception.Failure switch
    {
        MqttFailure.Timeout => ExitCode.Timeout,
        MqttFailure.Invalid or MqttFailure.Settings => ExitCode.Usage,
        MqttFailure.Refused or MqttFailure.Closed when exception.FromServer => exception.ReasonCode switch
        {
            ReasonCode.NotAuthorized or ReasonCode.BadUserNameOrPassword or ReasonCode.Banned or ReasonCode.BadAuthenticationMethod => ExitCode.Denied,
            ReasonCode.ServerUnavailable or ReasonCode.ServerBusy or ReasonCode.ServerShuttingDown => ExitCode.NotFound,
            _ => ExitCode.Failed,
        },
        MqttFailure.NameNotFound or MqttFailure.Unreachable or MqttFailure.NotConnected or MqttFailure.Closed => ExitCode.NotFound,
        MqttFailure.Refused when exception.ReasonCode == ReasonCode.BadAuthenticationMethod => ExitCode.Denied,
        _ => ExitCode.Failed,
    };

    /// <summary>Writes what failed.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(
        string verb,
        Terminal terminal,
        TalkFlags.Settings talk,
        int exitCode,
        string what,
        string why,
        string cure,
        ReasonCode? code,
        string? error = null)
    {
        if (talk.Json)
        {
            terminal.Error.WriteLine(ToJson(exitCode, what, why, cure, code, error));
        }
        else if (!talk.Quiet || exitCode == ExitCode.Usage)
        {
            terminal.Error.WriteLine($"fairlead {verb}: {what}");
            terminal.Error.WriteLine(error is null ? $"  why: {why}" : $"  why: {why} ({error})");
            terminal.Error.WriteLine($"  do:  {cure}");
        }

        return exitCode;
    }

    private static ReasonCode? CodeOf(MqttException exception) =>
        exception.FromServer || exception.ReasonCode != ReasonCode.UnspecifiedError ? exception.ReasonCode : null;

    /// <summary>What was found out before a failure counts too: the summary of a bench, for one.</summary>
    private static async Task FlushAsync(Terminal terminal)
    {
        try
        {
            await terminal.Output.FlushAsync();
        }
        catch (IOException exception) when (IsBrokenPipe(exception))
        {
            // Nobody reads it; the failure is told all the same.
        }
    }

    private static bool IsBrokenPipe(IOException exception) => (exception.HResult & 0xFFFF) is 32 or 109 || exception.HResult == 32;

    private static string ToJson(int exitCode, string what, string why, string cure, ReasonCode? code, string? error)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonText.Options))
        {
            json.WriteStartObject();
            json.WriteString("error", what);
            json.WriteString("why", why);
            json.WriteString("do", cure);
            if (code is { } reason)
                json.WriteNumber("reasonCode", (byte)reason);
            if (error is not null)
                json.WriteString("code", error);
            json.WriteNumber("exitCode", exitCode);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
