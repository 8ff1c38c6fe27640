using Members = System.Collections.Generic.SortedDictionary<string, object>;

namespace Fairlead.Unit.Shadows;

/// <summary>A shadow by the pseudo-code of spec/aws-shadow, sections 5 to 7, with nothing but dictionaries.</summary>
internal sealed class ShadowModel
{
    private static readonly string[] Sections = ["desired", "reported"];
    private Members _state = [];
    private Members _metadata = [];

    /// <summary>Version, or the hidden counter.</summary>
    public long Version { get; private set; }

    public bool Exists { get; private set; }

    /// <summary>Messages of an update: accepted, delta, documents. Throws what the request does not allow to happen.</summary>
    public IReadOnlyList<(string Suffix, string Payload)> Update(Members request, long now)
    {
        var token = Token(request);
        if (request.TryGetValue("version", out var expected) && !ModelJson.IsNull(expected) && ModelJson.Write(expected) != $"{Version}")
            return [("update/rejected", Write(("code", ModelJson.Number(409)), ("message", Text("Version conflict")), token))];
        var previous = Exists ? Stored() : null;
        if (!Exists) (_state, _metadata) = ([], []);
        Exists = true;
        Version++;
        Apply(request["state"], now);
        var time = ("timestamp", (object)ModelJson.Number(now));
        var version = ("version", (object)ModelJson.Number(Version));
        var messages = new List<(string, string)>
        {
            ("update/accepted", Write(("state", request["state"]), ("metadata", Times(request["state"], now)), version, time, token)),
        };
        var (delta, metadata) = Delta();
        if (delta.Count > 0) messages.Add(("update/delta", Write(version, time, ("state", delta), ("metadata", metadata), token)));
        messages.Add(("update/documents", Write(("previous", (object?)previous!), ("current", Stored()), time, token)));
        return messages;
    }

    /// <summary>The answer to a get.</summary>
    public (string Suffix, string Payload) Get(string told, Members? request, long now)
    {
        var token = Token(request ?? []);
        if (!Exists) return ("get/rejected", Missing(told, token));
        var state = (Members)ModelJson.Copy(_state);
        var (delta, _) = Delta();
        if (delta.Count > 0) state["delta"] = delta;
        return ("get/accepted", Write(
            ("state", state), ("metadata", _metadata), ("version", ModelJson.Number(Version)), ("timestamp", ModelJson.Number(now)), token));
    }

    /// <summary>The answer to a delete.</summary>
    public (string Suffix, string Payload) Delete(string told, Members? request, long now)
    {
        var token = Token(request ?? []);
        if (!Exists) return ("delete/rejected", Missing(told, token));
        var answer = Write(("version", ModelJson.Number(Version)), ("timestamp", ModelJson.Number(now)), token);
        Exists = false;
        Version++;
        return ("delete/accepted", answer);
    }

    private static string Missing(string told, (string, object) token) =>
        Write(("code", ModelJson.Number(404)), ("message", Text($"No shadow exists with name: '{told}'")), token);

    private static ModelJson.Scalar Text(string text) => new(System.Text.Json.JsonValueKind.String, text);

    private static (string, object) Token(Members request) => ("clientToken", request.GetValueOrDefault("clientToken")!);

    private static string Write(params (string Name, object Value)[] members) =>
        ModelJson.Write(ModelJson.Object([.. members.Where(static m => m.Value is not null)]));

    private Members Stored() => (Members)ModelJson.Copy(
        ModelJson.Object(("state", _state), ("metadata", _metadata), ("version", ModelJson.Number(Version))));

    private void Apply(object state, long now)
    {
        foreach (var section in Sections)
        {
            object? patch = null;
            if (state is Members members && !members.TryGetValue(section, out patch)) continue;
            if (patch is not Members change)
            {
                _state.Remove(section);
                _metadata.Remove(section);
                continue;
            }

            var stored = _state.GetValueOrDefault(section) as Members ?? [];
            var times = _metadata.GetValueOrDefault(section) as Members ?? [];
            Merge(stored, times, change, now);
            _state.Remove(section);
            _metadata.Remove(section);
            if (stored.Count == 0) continue;
            _state[section] = stored;
            _metadata[section] = times;
        }
    }

    private static void Merge(Members stored, Members times, Members patch, long now)
    {
        foreach (var (name, value) in patch)
        {
            if (ModelJson.IsNull(value))
            {
                stored.Remove(name);
                times.Remove(name);
            }
            else if (value is Members inner && stored.GetValueOrDefault(name) is Members known)
            {
                Merge(known, (Members)times[name], inner, now);
            }
            else if (value is Members added)
            {
                var copy = WithoutNulls(added, out bool removed);
                if (copy.Count == 0 && removed && !stored.ContainsKey(name)) continue;
                stored[name] = copy;
                times[name] = Times(copy, now);
            }
            else
            {
                stored[name] = value;
                times[name] = Times(value, now);
            }
        }
    }

    private static Members WithoutNulls(Members members, out bool removed)
    {
        var copy = new Members(StringComparer.Ordinal);
        removed = false;
        foreach (var (name, value) in members)
        {
            if (ModelJson.IsNull(value))
            {
                removed = true;
                continue;
            }

            bool hadNulls = false;
            var kept = value is Members inner ? WithoutNulls(inner, out hadNulls) : value;
            if (kept is Members { Count: 0 } && hadNulls) removed = true;
            else copy[name] = kept;
        }

        return copy;
    }

    private static object Times(object value, long now) => value switch
    {
        Members members => ModelJson.Object([.. members.Select(m => (m.Key, Times(m.Value, now)))]),
        List<object> elements => elements.ConvertAll(element => Times(element, now)),
        _ => ModelJson.Time(now),
    };

    private (Members State, Members Metadata) Delta()
    {
        var desired = _state.GetValueOrDefault("desired") as Members ?? [];
        var reported = _state.GetValueOrDefault("reported") as Members ?? [];
        return Delta(desired, reported, _metadata.GetValueOrDefault("desired") as Members ?? []);
    }

    private static (Members State, Members Metadata) Delta(Members desired, Members reported, Members times)
    {
        var state = new Members(StringComparer.Ordinal);
        var metadata = new Members(StringComparer.Ordinal);
        foreach (var (name, wanted) in desired)
        {
            if (reported.TryGetValue(name, out var actual) && wanted is Members inner && actual is Members other)
            {
                var (innerState, innerMetadata) = Delta(inner, other, (Members)times[name]);
                if (innerState.Count == 0) continue;
                (state[name], metadata[name]) = (innerState, innerMetadata);
            }
            else if (actual is null || !ModelJson.AreEqual(wanted, actual))
            {
                (state[name], metadata[name]) = (wanted, times[name]);
            }
        }

        return (state, metadata);
    }
}
