namespace Fairlead.Edge.Hosting;

/// <summary>
/// Looks every second whether files have changed, and tells when they have been left alone for three seconds (spec section 3). Looking
/// finds files that are swapped by renaming a directory or a link too, which is how secrets are mounted.
/// </summary>
internal sealed class FileWatch(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    private readonly List<Group> _groups = [];

    /// <summary>Adds files that belong together; before <see cref="RunAsync"/>.</summary>
    /// <param name="files">The files.</param>
    /// <param name="changed">Called with their names.</param>
    public void Add(IEnumerable<string> files, Action<string> changed)
    {
        string[] all = [.. files.Distinct(StringComparer.Ordinal)];
        if (all.Length > 0) _groups.Add(new Group(all, changed));
    }

    /// <summary>Looks until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Look(Quiet);
        }
    }

    /// <summary>Looks now, and waits for nothing.</summary>
    public void LookNow() => Look(TimeSpan.Zero);

    private void Look(TimeSpan quiet)
    {
        foreach (var group in _groups)
        {
            lock (group)
            {
                string now = group.Stamp();
                if (now != group.Last)
                {
                    group.Last = now;
                    group.ChangedAt = time.GetTimestamp();
                }

                if (group.Last == group.Told || time.GetElapsedTime(group.ChangedAt) < quiet) continue;
                group.Told = group.Last;
            }

            group.Changed(string.Join(", ", group.Files));
        }
    }

    private sealed class Group
    {
        public Group(string[] files, Action<string> changed)
        {
            Files = files;
            Changed = changed;
            Told = Last = Stamp();
        }

        public string[] Files { get; }

        public Action<string> Changed { get; }

        public string Last { get; set; }

        public string Told { get; set; }

        public long ChangedAt { get; set; }

        public string Stamp() => string.Join('|', Files.Select(StampOf));

        private static string StampOf(string file)
        {
            try
            {
                var target = File.ResolveLinkTarget(file, returnFinalTarget: true) ?? new FileInfo(file);
                return target is FileInfo { Exists: true } info ? $"{info.FullName} {info.LastWriteTimeUtc.Ticks} {info.Length}" : "";
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return "";
            }
        }
    }
}
