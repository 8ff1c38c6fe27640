using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.Shadows;

/// <summary>What a thread needs to serve a request without allocating: taken, used, given back.</summary>
internal sealed class ShadowScratch
{
    [ThreadStatic]
    private static ShadowScratch? t_free;

    /// <summary>The request.</summary>
    public ShadowRequest Request { get; } = new();

    /// <summary>A new document.</summary>
    public ByteBuffer Body { get; } = new();

    /// <summary>A message.</summary>
    public ByteBuffer Text { get; } = new();

    /// <summary>A second one that is written at the same time.</summary>
    public ByteBuffer Other { get; } = new();

    /// <summary>A topic.</summary>
    public ByteBuffer Topic { get; } = new();

    /// <summary>Compares values.</summary>
    public ValueComparison Values { get; } = new();

    /// <summary>Takes one; a request within a request (a tap that publishes) gets another.</summary>
    public static ShadowScratch Take()
    {
        var scratch = t_free ?? new ShadowScratch();
        t_free = null;
        return scratch;
    }

    /// <summary>Gives it back.</summary>
    public void Give()
    {
        Request.Tree.Shrink();
        Values.Shrink();
        Body.Clear();
        Text.Clear();
        Other.Clear();
        t_free = this;
    }
}
