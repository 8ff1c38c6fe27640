using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Shadows;

/// <summary>
/// An update as it was asked for, checked in the order of spec/aws-shadow, section 5.1. Belongs to one thread; parsed in place.
/// </summary>
internal sealed class ShadowRequest
{
    private const int LongestNamedNode = 128;

    /// <summary>The document.</summary>
    public JsonTree Tree { get; } = new();

    /// <summary>Node of <c>state</c>.</summary>
    public int State { get; private set; }

    /// <summary>Node of <c>desired</c>; -1 when it is not there.</summary>
    public int Desired { get; private set; }

    /// <summary>Node of <c>reported</c>; -1 when it is not there.</summary>
    public int Reported { get; private set; }

    /// <summary>Node of the twin's tags; -1 when it is not there, as in every request of the AWS dialect.</summary>
    public int Tags { get; private set; }

    /// <summary>Whether the sections in the request replace the stored ones (Azure: PUT) instead of being merged into them.</summary>
    public bool Replaces { get; private set; }

    /// <summary>Version that the caller believes is the present one; -1 for none.</summary>
    public long Version { get; private set; }

    /// <summary>Node of <c>clientToken</c>; -1 when it is not there, or not valid.</summary>
    private int TokenNode { get; set; }

    /// <summary>The client token as it was sent, quotes included; empty for none.</summary>
    public ReadOnlySpan<byte> Token => TokenNode < 0 ? default : Tree.Text(TokenNode);

    /// <summary>Reads an update.</summary>
    /// <returns>Null when it may be applied; <see cref="Token"/> is there even in most refusals.</returns>
    public ShadowRefusal? Read(ReadOnlySpan<byte> payload, ShadowLimits limits)
    {
        Clear(replaces: false);
        if (payload.Length > ShadowLimits.LargestPayload) return ShadowRefusal.TooLarge;
        if (!Utf8.IsValid(payload)) return ShadowRefusal.NotUtf8;
        if (!Tree.TryParse(payload) || Tree[0].Kind != JsonKind.Object) return ShadowRefusal.InvalidJson;
        if (!TryReadToken()) return ShadowRefusal.InvalidToken;
        return ReadState() ?? CheckState(limits) ?? ReadVersion();
    }

    /// <summary>
    /// Reads a change of a twin: <c>{"state":{"desired":...,"reported":...},"tags":...}</c>, put together by the Azure dialect, each part
    /// of which was found to be JSON before. Its own <c>$version</c> and <c>$metadata</c>, as callers read them, are left out.
    /// </summary>
    /// <param name="payload">The change.</param>
    /// <param name="replaces">See <see cref="Replaces"/>.</param>
    public ShadowRefusal? ReadTwin(ReadOnlySpan<byte> payload, bool replaces)
    {
        Clear(replaces);
        if (payload.Length > ShadowLimits.LargestPayload * 2) return TwinRules.Invalid("the document is too large");
        if (!Utf8.IsValid(payload) || !Tree.TryParse(payload)) return TwinRules.Invalid("the document is not JSON");
        State = Tree.Find(0, "state"u8);
        Tags = Tree.Find(0, "tags"u8);
        if (State >= 0)
        {
            Desired = Tree.Find(State, "desired"u8);
            Reported = Tree.Find(State, "reported"u8);
        }

        return CheckSection(Desired) ?? CheckSection(Reported) ?? CheckSection(Tags);
    }

    /// <summary>Reads the token of a get or delete; whatever else they carry, and whether it is JSON at all, does not matter.</summary>
    public void ReadTokenAlone(ReadOnlySpan<byte> payload)
    {
        TokenNode = -1;
        if (payload.IsEmpty || payload.Length > ShadowLimits.LargestPayload || !Utf8.IsValid(payload)) return;
        if (Tree.TryParse(payload) && Tree[0].Kind == JsonKind.Object) _ = TryReadToken();
    }

    /// <summary>Forgets the request before.</summary>
    public void Forget() => TokenNode = -1;

    private void Clear(bool replaces)
    {
        TokenNode = State = Desired = Reported = Tags = -1;
        Version = -1;
        Replaces = replaces;
    }

    private ShadowRefusal? CheckSection(int section)
    {
        if (section < 0 || Tree[section].Kind == JsonKind.Null) return null;
        if (Tree[section].Kind != JsonKind.Object) return TwinRules.Invalid("tags, desired and reported are objects");
        if (Tree.Find(section, "$version"u8) is >= 0 and var version) Tree.Drop(version);
        if (Tree.Find(section, "$metadata"u8) is >= 0 and var metadata) Tree.Drop(metadata);
        return TwinRules.Check(Tree, section);
    }

    private bool TryReadToken()
    {
        int node = Tree.Find(0, "clientToken"u8);
        if (node < 0) return true;
        if (Tree[node].Kind != JsonKind.String || EscapedText.PlainLength(Tree.Inner(node)) > ShadowLimits.LongestToken) return false;
        TokenNode = node;
        return true;
    }

    private ShadowRefusal? ReadState()
    {
        State = Tree.Find(0, "state"u8);
        if (State < 0) return ShadowRefusal.MissingState;
        if (Tree[State].Kind == JsonKind.Null) return null;
        if (Tree[State].Kind != JsonKind.Object) return ShadowRefusal.StateNoObject;
        for (int node = Tree.First(State); node >= 0; node = Tree.After(node))
        {
            var name = Tree.Name(node);
            if (name.SequenceEqual("desired"u8)) Desired = node;
            else if (name.SequenceEqual("reported"u8)) Reported = node;
            else return ShadowRefusal.InvalidNode(name.Length > LongestNamedNode ? "..." : Encoding.UTF8.GetString(name));
        }

        if (Desired >= 0 && Tree[Desired].Kind is not (JsonKind.Object or JsonKind.Null)) return ShadowRefusal.DesiredNoObject;
        return Reported >= 0 && Tree[Reported].Kind is not (JsonKind.Object or JsonKind.Null) ? ShadowRefusal.ReportedNoObject : null;
    }

    private ShadowRefusal? CheckState(ShadowLimits limits)
    {
        bool isDeep = false;
        int end = Tree[State].Next;
        for (int node = State + 1; node < end; node++)
        {
            ref readonly var value = ref Tree[node];
            if (value.IsSuperseded)
            {
                node = value.Next - 1;
                continue;
            }

            if (value.Kind == JsonKind.Null && value.IsInArray) return ShadowRefusal.InvalidJson;
            // The section's own object has depth 2 and is level 1; scalars and what is empty add none.
            isDeep |= value.Kind >= JsonKind.Array && value.Count > 0 && value.Depth - 1 > limits.MaximumDepth;
        }

        return isDeep ? ShadowRefusal.TooDeep(limits.MaximumDepth) : null;
    }

    private ShadowRefusal? ReadVersion()
    {
        int node = Tree.Find(0, "version"u8);
        if (node < 0 || Tree[node].Kind == JsonKind.Null) return null;
        var text = Tree.Text(node);
        if (Tree[node].Kind != JsonKind.Number || text.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return ShadowRefusal.InvalidVersion;
        // No shadow will ever have a version that does not fit.
        Version = Utf8Parser.TryParse(text, out long version, out _) ? version : long.MaxValue;
        return null;
    }
}
