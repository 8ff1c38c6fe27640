using System.Text.Json.Serialization.Metadata;

namespace Fairlead.Features.Description;

/// <summary>What an operation of the hub's own API is for, takes and answers.</summary>
/// <param name="Name">Name of the operation.</param>
/// <param name="Summary">One line; the page of the HTTP API has the same.</param>
internal sealed record OperationDescription(string Name, string Summary)
{
    /// <summary>Group that it stands in.</summary>
    public string Tag { get; init; } = "";

    /// <summary>Parameters of the query.</summary>
    public IReadOnlyList<ParameterDescription> Parameters { get; init; } = [];

    /// <summary>Body; null for none.</summary>
    public JsonTypeInfo? Request { get; init; }

    /// <summary>Media type of the body.</summary>
    public string RequestType { get; init; } = "application/json";

    /// <summary>Answer; null for an empty object, or for what <see cref="AnswerType"/> says.</summary>
    public JsonTypeInfo? Answer { get; init; }

    /// <summary>Media type of the answer. Lines of JSON have <see cref="Answer"/> for each line.</summary>
    public string AnswerType { get; init; } = "application/json";

    /// <summary>Status of a success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Further statuses whose body is the same document.</summary>
    public IReadOnlyList<int> AlsoAnswers { get; init; } = [];

    /// <summary>Further failures beside 400, 403, 500 and, with a name in the path, 404.</summary>
    public IReadOnlyList<int> Failures { get; init; } = [];

    /// <summary>Method and path of what the program serves outside the table of operations; null for what is in it.</summary>
    public (string Method, string Path)? Outside { get; init; }

    /// <summary>Whether it needs no token.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Role of what is <see cref="Outside"/>; null for viewers.</summary>
    public string? Role { get; init; }
}

/// <summary>A parameter of a query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Means">What it means.</param>
internal sealed record ParameterDescription(string Name, string Means)
{
    /// <summary>JSON type: string, integer or boolean.</summary>
    public string Type { get; init; } = "string";

    /// <summary>Smallest number.</summary>
    public long? Least { get; init; }

    /// <summary>Largest number.</summary>
    public long? Most { get; init; }

    /// <summary>Words that it may be; empty for any.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Whether it must be there.</summary>
    public bool IsNeeded { get; init; }

    /// <summary>Whether it may come several times.</summary>
    public bool Repeats { get; init; }

    /// <summary>A whole number.</summary>
    public static ParameterDescription Number(string name, string means, long least, long most) => new(name, means) { Type = "integer", Least = least, Most = most };

    /// <summary>true or false.</summary>
    public static ParameterDescription Switch(string name, string means) => new(name, means) { Type = "boolean" };

    /// <summary>One of some words.</summary>
    public static ParameterDescription Choice(string name, string means, params string[] words) => new(name, means) { Words = words };
}
