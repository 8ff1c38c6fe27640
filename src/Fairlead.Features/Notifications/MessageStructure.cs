using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Notifications;

/// <summary>The texts in a message with <c>MessageStructure</c> <c>json</c> (spec/aws-rules, section 10.2).</summary>
internal static class MessageStructure
{
    /// <summary>Reads them.</summary>
    /// <param name="message">JSON object with a text <c>default</c>; other texts stand for the protocol that they are named after.</param>
    /// <param name="body">Text for protocols without one of their own.</param>
    /// <param name="bodies">Texts by protocol.</param>
    /// <returns>False when there is no <c>default</c>.</returns>
    public static bool TryRead(string message, out string body, out ImmutableDictionary<string, string> bodies)
    {
        body = "";
        bodies = ImmutableDictionary<string, string>.Empty;
        try
        {
            using var document = JsonDocument.Parse(message);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return false;
            string? found = null;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String) continue;
                if (member.Name == "default") found = member.Value.GetString();
                else bodies = bodies.SetItem(member.Name, member.Value.GetString()!);
            }

            body = found ?? "";
            return found is not null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
