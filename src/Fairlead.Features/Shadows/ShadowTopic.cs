namespace Fairlead.Features.Shadows;

/// <summary>What a topic below <c>$aws/things/</c> is to shadows (spec/aws-shadow, section 2).</summary>
internal readonly ref struct ShadowTopic
{
    /// <summary>Prefix of all topics about things.</summary>
    public const string Prefix = "$aws/things/";

    /// <summary>Level of the thing's name, as it came.</summary>
    public ReadOnlySpan<byte> Thing { get; private init; }

    /// <summary>Level of the shadow's name; meaningful when <see cref="IsNamed"/>.</summary>
    public ReadOnlySpan<byte> Shadow { get; private init; }

    /// <summary>Whether it is about a named shadow.</summary>
    public bool IsNamed { get; private init; }

    /// <summary>What is asked.</summary>
    public ShadowOperation Operation { get; private init; }

    /// <summary>Takes the topic of a request apart. False for everything else, the hub's own messages included.</summary>
    public static bool TryParse(ReadOnlySpan<byte> topic, out ShadowTopic parsed)
    {
        parsed = default;
        var rest = topic[Prefix.Length..];
        if (!TryTake(ref rest, out var thing) || !TryTake(ref rest, out var shadow) || !shadow.SequenceEqual("shadow"u8)) return false;
        ReadOnlySpan<byte> name = default;
        bool isNamed = rest.StartsWith("name/"u8);
        if (isNamed)
        {
            rest = rest[5..];
            if (!TryTake(ref rest, out name)) return false;
        }

        ShadowOperation operation;
        if (rest.SequenceEqual("update"u8)) operation = ShadowOperation.Update;
        else if (rest.SequenceEqual("get"u8)) operation = ShadowOperation.Get;
        else if (rest.SequenceEqual("delete"u8)) operation = ShadowOperation.Delete;
        else return false;
        parsed = new ShadowTopic { Thing = thing, Shadow = name, IsNamed = isNamed, Operation = operation };
        return true;
    }

    /// <summary>Whether a Topic Filter may match something of a shadow; wildcards are welcome (spec/aws-messaging, section 1.11).</summary>
    public static bool MayMatch(string filter)
    {
        if (filter == Prefix + "#") return true;
        int slash = filter.IndexOf('/', Prefix.Length);
        if (slash < 0) return false;
        var rest = filter.AsSpan(slash + 1);
        int end = rest.IndexOf('/');
        return (end < 0 ? rest : rest[..end]) is "shadow" or "+" or "#";
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> level)
    {
        int slash = rest.IndexOf((byte)'/');
        level = slash < 0 ? default : rest[..slash];
        if (slash < 0) return false;
        rest = rest[(slash + 1)..];
        return true;
    }
}
