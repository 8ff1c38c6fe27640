using System.Text.Json.Serialization;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Authorizers;

/// <summary>Tables of this slice.</summary>
internal sealed class AuthorizerRecords(DocumentStore store)
{
    private const string DefaultKey = "default";

    private readonly RecordTable<DefaultAuthorizer> _default = new(store, "default-authorizer", AuthorizerRecordJson.Default.DefaultAuthorizer);

    /// <summary>Authorizers by name.</summary>
    public RecordTable<Authorizer> Authorizers { get; } = new(store, "authorizers", AuthorizerRecordJson.Default.Authorizer);

    /// <summary>The one that is asked when a client names none; null for none. Takes no lock.</summary>
    public Authorizer? Default => _default.Find(DefaultKey) is { } chosen ? Authorizers.Find(chosen.Name) : null;

    /// <summary>Chooses the default; null for none. Under the gate.</summary>
    public void SetDefault(string? name)
    {
        if (name is null) _default.Remove(DefaultKey);
        else _default.Save(DefaultKey, new DefaultAuthorizer(name));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(Authorizer))]
[JsonSerializable(typeof(DefaultAuthorizer))]
internal sealed partial class AuthorizerRecordJson : JsonSerializerContext;
