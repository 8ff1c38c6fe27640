using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Server.Backup;
using Fairlead.Verbs.Local;

namespace Fairlead.Verbs.Backups;

/// <summary><c>fairlead hub restore</c>: a backup into a data directory that no hub uses.</summary>
internal sealed class RestoreVerb(Terminal terminal)
{
    private const string Verb = "hub restore";
    private const string What = "cannot restore";
    private const string Examples =
        """
        fairlead hub restore hub.tar.gz --data ./data            # into an empty directory
        runuser -u fairlead -- fairlead hub restore hub.tar.gz --data /var/lib/fairlead --yes    # what is there is kept aside in it
        age -d -i key hub.tar.gz.age | fairlead hub restore - --data ./data
        """;

    private readonly Argument<string> _file = new("file") { Description = "File that fairlead hub backup made, - for standard input.", HelpName = "file" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Also when the directory is not empty: what is there is moved to before-restore-TIME in it." };
    private readonly Option<bool> _json = new("--json") { Description = "Results as JSON, one object a line; errors too, on stderr." };
    private readonly Option<bool> _quiet = new("--quiet") { Description = "No talk on stderr, only the exit code." };

    public Command Create()
    {
        var command = new Command("restore", "Put a backup into a data directory. Run it as the user of the hub, with the hub stopped.");
        command.Add(_file);
        command.Add(_yes);
        var data = new DataFlags().AddTo(command);
        command.Add(_json);
        command.Add(_quiet);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = new TalkFlags.Settings(result.GetValue(_json), result.GetValue(_quiet), Timeout.InfiniteTimeSpan);
            return VerbRunner.RunAsync(Verb, terminal, talk, () => RunAsync(result, data, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, DataFlags data, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        string file = result.GetRequiredValue(_file);
        string directory = LoadDirectory(data, result);
        var restore = new DataRestore(directory, terminal.Time);
        await using var source = Open(file);
        long total = source.CanSeek ? source.Length : 0;
        var bar = new ProgressBar(terminal, talk, total);
        try
        {
            // Progress in bytes of the file, whose length is known.
            var progress = total > 0 ? new PositionProgress(source, bar, total) : null;
            var manifest = await restore.RestoreAsync(source, result.GetValue(_yes), progress, cancellationToken);
            bar.Clear();
            Tell(directory, restore.Kept, manifest, talk);
            return ExitCode.Done;
        }
        catch (BackupException exception)
        {
            bar.Clear();
            throw new VerbException(ExitCode.Failed, $"{What} into {directory}", exception.Why, exception.Cure);
        }
    }

    private static string LoadDirectory(DataFlags data, ParseResult result)
    {
        try
        {
            return data.Load(result).Data;
        }
        catch (Fairlead.Server.Configuration.ConfigurationProblemException problem)
        {
            throw VerbException.Usage(What, problem.Message.ReplaceLineEndings(" ").TrimEnd('.'), "Correct the configuration, or name the directory with --data");
        }
    }

    private Stream Open(string file)
    {
        try
        {
            return file == "-" ? terminal.Input : File.OpenRead(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw VerbException.Usage(What, $"{file}: {Files.Problem(file, exception)}", "Name a file that can be read, or - for standard input");
        }
    }

    private void Tell(string directory, string? kept, BackupManifest manifest, TalkFlags.Settings talk)
    {
        if (talk.Json)
        {
            var document = new JsonObject
            {
                ["data"] = directory,
                ["version"] = manifest.Version,
                ["createdAt"] = manifest.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
                ["files"] = manifest.Entries.Count,
                ["bytes"] = manifest.Bytes,
                ["kept"] = kept,
            };
            terminal.Output.Write(Encoding.UTF8.GetBytes(JsonText.Of(document) + "\n"));
            return;
        }

        if (talk.Quiet)
            return;
        terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"restored {manifest.Entries.Count} files, {manifest.Bytes:N0} bytes, of {manifest.CreatedAt:u} into {directory}"));
        if (kept is not null)
            terminal.Error.WriteLine($"what was there is in {kept}: remove it when you need it no more");
        foreach (string path in manifest.Outside)
            terminal.Error.WriteLine($"not in the backup: {path}");
    }

    private sealed class PositionProgress(Stream source, ProgressBar bar, long total) : IProgress<long>
    {
        public void Report(long value) => bar.Show(Math.Min(source.Position, total), 0);
    }
}
