using System.Collections.Immutable;
using Fairlead.Features.Notifications.Delivery;

namespace Fairlead.Features.Notifications;

/// <summary>What is to be published.</summary>
/// <param name="Topic">Name of the topic.</param>
/// <param name="Message">Text, or a JSON object of texts when <see cref="IsStructured"/>.</param>
internal sealed record Publication(string Topic, string Message)
{
    /// <summary>Subject; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>Whether <see cref="Message"/> has a text of its own for protocols (<c>MessageStructure</c> <c>json</c>).</summary>
    public bool IsStructured { get; init; }

    /// <summary>Attributes.</summary>
    public ImmutableArray<MessageAttribute> Attributes { get; init; } = [];
}
