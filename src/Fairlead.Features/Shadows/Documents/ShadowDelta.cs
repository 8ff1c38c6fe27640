namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// What desired has and reported has not, or has with another value (spec/aws-shadow, section 6): state and desired metadata of those
/// paths, written at the same time.
/// </summary>
internal readonly ref struct ShadowDelta(ByteBuffer state, ByteBuffer metadata, ValueComparison values)
{
    /// <summary>Writes it as two JSON objects.</summary>
    /// <returns>False when there is no difference; nothing is written then.</returns>
    public bool Write(ReadOnlySpan<byte> desired, ReadOnlySpan<byte> reported)
    {
        if (desired.IsEmpty || desired.SequenceEqual(reported)) return false;
        int stateStart = state.Length;
        int metadataStart = metadata.Length;
        byte separator = (byte)'{';
        var wanted = new MemberReader(desired);
        var search = new MemberSearch(reported);
        while (wanted.Read())
        {
            bool isThere = search.TryFind(wanted.Name, out var found);
            if (isThere && !wanted.IsObject && !found.IsObject && values.AreEqual(wanted.Content, found.Content)) continue;
            int stateBefore = state.Length;
            int metadataBefore = metadata.Length;
            WriteNames(separator, wanted.Name);
            if (isThere && wanted.IsObject && found.IsObject)
            {
                if (!Write(wanted.Content, found.Content))
                {
                    state.Length = stateBefore;
                    metadata.Length = metadataBefore;
                    continue;
                }
            }
            else if (wanted.IsObject)
            {
                StoredText.WriteState(state, wanted.Content);
                StoredText.WriteMetadata(metadata, wanted.Content);
            }
            else
            {
                state.Write(wanted.Content);
                StoredText.WriteTimes(metadata, wanted.Content, wanted.Timestamp);
            }

            separator = (byte)',';
        }

        if (separator == (byte)'{')
        {
            state.Length = stateStart;
            metadata.Length = metadataStart;
            return false;
        }

        state.Write((byte)'}');
        metadata.Write((byte)'}');
        return true;
    }

    private void WriteNames(byte separator, ReadOnlySpan<byte> name)
    {
        state.Write(separator);
        metadata.Write(separator);
        RequestText.WriteName(state, name);
        RequestText.WriteName(metadata, name);
    }
}
