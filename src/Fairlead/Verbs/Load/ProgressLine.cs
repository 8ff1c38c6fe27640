namespace Fairlead.Verbs.Load;

/// <summary>A bar and a text on the last line of a terminal.</summary>
internal sealed class ProgressLine(TextWriter output)
{
    private const int Width = 30;

    public void Show(double part, string text)
    {
        int full = (int)(Math.Clamp(part, 0, 1) * Width);
        output.Write($"\r[{new string('#', full)}{new string('.', Width - full)}] {text}\e[K");
        output.Flush();
    }

    public void Clear()
    {
        output.Write("\r\e[K");
        output.Flush();
    }
}
