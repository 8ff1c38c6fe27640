using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// Applies a request's sections to the stored ones (spec/aws-shadow, section 5.2): JSON Merge Patch with two differences, an emptied
/// section disappears and arrays hold no null. Members keep their place; new ones go to the end. What the request names gets the new
/// time, even with its old value (section 5.3).
/// </summary>
internal readonly ref struct ShadowMerge(JsonTree request, ByteBuffer to, ByteBuffer text, uint timestamp)
{
    /// <summary>Writes a section as it is after the request.</summary>
    /// <param name="stored">Members before.</param>
    /// <param name="patch">Node of the section in the request; -1 when it is not there.</param>
    public void Section(ReadOnlySpan<byte> stored, int patch)
    {
        if (patch < 0) to.Write(stored);
        else if (request[patch].Kind == JsonKind.Object) Merge(stored, patch);
    }

    private void Merge(ReadOnlySpan<byte> stored, int patch)
    {
        var members = new MemberReader(stored);
        while (members.Read())
        {
            int node = request.Find(patch, members.Name);
            if (node < 0)
            {
                to.Write(members.Whole);
                continue;
            }

            request[node].IsTaken = true;
            switch (request[node].Kind)
            {
                case JsonKind.Null:
                    break;
                case JsonKind.Object when members.IsObject:
                    int inner = MemberReader.BeginObject(to, members.Name);
                    Merge(members.Content, node);
                    MemberReader.EndObject(to, inner);
                    break;
                case JsonKind.Object:
                    int replacing = MemberReader.BeginObject(to, members.Name);
                    _ = Copy(node);
                    MemberReader.EndObject(to, replacing);
                    break;
                default:
                    Leaf(node);
                    break;
            }
        }

        for (int node = request.First(patch); node >= 0; node = request.After(node))
        {
            if (!request[node].IsTaken) Add(node);
        }
    }

    /// <summary>A member that was not there. False when nothing of it remains, because it consisted of nulls alone.</summary>
    private bool Add(int node)
    {
        switch (request[node].Kind)
        {
            case JsonKind.Null:
                return false;
            case JsonKind.Object:
                int before = to.Length;
                int start = MemberReader.BeginObject(to, request.Name(node));
                if (!Copy(node))
                {
                    to.Length = before;
                    return false;
                }

                MemberReader.EndObject(to, start);
                return true;
            default:
                Leaf(node);
                return true;
        }
    }

    /// <summary>Members of a new object. False when it is empty because of nulls; one that came empty is kept.</summary>
    private bool Copy(int parent)
    {
        bool removed = false;
        bool any = false;
        for (int node = request.First(parent); node >= 0; node = request.After(node))
        {
            if (Add(node)) any = true;
            else removed = true;
        }

        return any || !removed;
    }

    private void Leaf(int node)
    {
        if (request.IsClean || request[node].Kind != JsonKind.Array)
        {
            MemberReader.WriteLeaf(to, request.Name(node), request.Text(node), timestamp);
            return;
        }

        text.Clear();
        RequestText.WriteValue(text, request, node);
        MemberReader.WriteLeaf(to, request.Name(node), text.Written, timestamp);
    }
}
