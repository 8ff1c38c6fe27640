using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Server.Backup;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Backups;

/// <summary><c>fairlead hub backup</c>: everything that a hub keeps, in one file, whether it runs or not.</summary>
internal sealed class BackupVerb(Terminal terminal)
{
    private const string Verb = "hub backup";
    private const string What = "cannot back up the hub";
    private const string Examples =
        """
        fairlead hub backup hub.tar.gz --data /var/lib/fairlead     # by the running hub there; when none runs, from its files
        fairlead hub backup hub.tar.gz                              # the hub of the context, over its API
        fairlead hub backup - --url https://hub:8443 --token-file t --cafile root-CA.crt | age -r KEY > hub.tar.gz.age
        fairlead hub restore hub.tar.gz --data ./data               # back again
        """;

    private readonly ApiFlags _api = new();
    private readonly TalkFlags _talk = new(600, "Longest wait until the hub has copied its data");
    private readonly Argument<string> _file = new("file") { Description = "File to write, - for standard output. It holds keys and passwords' hashes: made with mode 0600.", HelpName = "file" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Replace the file when there is one." };

    public Command Create()
    {
        var command = new Command("backup", "Copy everything that a hub keeps into one file, while it runs. The file holds private keys: keep it as you keep those.");
        command.Add(_file);
        command.Add(_yes);
        _api.AddTo(command, withToken: true);
        _talk.AddTo(command);
        HelpWithExamples.AddTo(command, Examples);
        command.SetAction((result, cancellationToken) =>
        {
            var talk = _talk.Read(result);
            return VerbRunner.RunAsync(Verb, terminal, talk, () => RunAsync(result, talk, cancellationToken));
        });
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        string file = result.GetRequiredValue(_file);
        if (file != "-" && File.Exists(file) && !result.GetValue(_yes))
            throw new VerbException(ExitCode.Failed, What, $"{file} is there already", "Name another file, or replace it with --yes");
        await using var target = BackupTarget.Open(file, terminal);
        try
        {
            var manifest = await WriteAsync(result, talk, target, cancellationToken);
            await target.KeepAsync(cancellationToken);
            Tell(file, manifest, talk);
            return ExitCode.Done;
        }
        catch (BackupException exception)
        {
            throw new VerbException(ExitCode.Failed, What, exception.Why, exception.Cure);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw new VerbException(ExitCode.Failed, What, exception.Message.ReplaceLineEndings(" ").TrimEnd('.'), "Check the disk, and the hub and its log");
        }
    }

    private async Task<BackupManifest> WriteAsync(ParseResult result, TalkFlags.Settings talk, BackupTarget target, CancellationToken cancellationToken)
    {
        string? data = result.GetValue<string?>("--data") is { } directory ? Path.GetFullPath(directory) : null;
        bool isNamed = result.GetValue<string?>("--url") is not null || result.GetValue<string?>("--context") is not null;
        if (data is not null && !isNamed && !OfflineBackup.IsInUse(data))
            return await WriteOfflineAsync(data, talk, target, cancellationToken);
        using var hub = _api.Open(result, talk, terminal);
        // Who names a data directory shall not get the data of another hub that happens to answer.
        using var response = await hub.OpenAsync(HubRequest.Get(HubRequest.Query("/v1/backup", ("data", isNamed ? null : data))), What, cancellationToken);
        long total = response.Headers.TryGetValues("x-fairlead-backup-bytes", out var values) && long.TryParse(values.First(), CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await VerifyAsync(new CopyingStream(body, target.Stream), total, talk, cancellationToken);
    }

    private async Task<BackupManifest> WriteOfflineAsync(string data, TalkFlags.Settings talk, BackupTarget target, CancellationToken cancellationToken)
    {
        // As with a hub: written and checked at the same time, through a pipe.
        var pipe = new System.IO.Pipelines.Pipe();
        long total = 0;
        var size = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = OfflineBackup.WriteAsync(data, size.SetResult, () => pipe.Writer.AsStream(), terminal.Time, cancellationToken);
        if (await Task.WhenAny(size.Task, writing) == writing)
            await writing;
        total = await size.Task;
        var manifest = await VerifyAsync(new CopyingStream(pipe.Reader.AsStream(), target.Stream), total, talk, cancellationToken);
        await writing;
        return manifest;
    }

    private async Task<BackupManifest> VerifyAsync(CopyingStream source, long total, TalkFlags.Settings talk, CancellationToken cancellationToken)
    {
        var bar = new ProgressBar(terminal, talk, total);
        try
        {
            var manifest = await BackupArchive.VerifyAsync(source, new BarProgress(bar, total), cancellationToken);
            // What may follow the end of the archive belongs to the file all the same.
            await source.CopyToAsync(Stream.Null, cancellationToken);
            return manifest;
        }
        finally
        {
            bar.Clear();
        }
    }

    private void Tell(string file, BackupManifest manifest, TalkFlags.Settings talk)
    {
        if (talk.Json && file != "-")
        {
            var document = new JsonObject
            {
                ["file"] = file,
                ["version"] = manifest.Version,
                ["createdAt"] = manifest.CreatedAt.ToString("O", CultureInfo.InvariantCulture),
                ["files"] = manifest.Entries.Count,
                ["bytes"] = manifest.Bytes,
                ["outside"] = new JsonArray([.. manifest.Outside.Select(static path => (JsonNode)path)]),
            };
            terminal.Output.Write(Encoding.UTF8.GetBytes(JsonText.Of(document) + "\n"));
        }

        if (talk.Quiet || talk.Json)
            return;
        terminal.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"backed up {manifest.Entries.Count} files, {manifest.Bytes:N0} bytes; checked against their hashes"));
        foreach (string path in manifest.Outside)
            terminal.Error.WriteLine($"not in it, because the configuration names it outside the data directory: {path}");
    }
}
