namespace Fairlead.Verbs.Backups;

/// <summary>Shows bytes on a <see cref="ProgressBar"/>; headers between the files may make them a little more than the total.</summary>
internal sealed class BarProgress(ProgressBar bar, long total) : IProgress<long>
{
    public void Report(long value) => bar.Show(Math.Min(value, total), 0);
}
