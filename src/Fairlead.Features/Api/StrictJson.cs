using System.Text.Json;
using System.Text.Unicode;

namespace Fairlead.Features.Api;

/// <summary>
/// Looks at a whole document before a part of it is believed: what one reader takes for this and another for that (a member twice, half
/// a surrogate pair, bytes that are no UTF-8) is taken by none, also where no operation looks.
/// </summary>
internal static class StrictJson
{
    private const int Deepest = 64;

    /// <summary>What is wrong, half a sentence; null for nothing.</summary>
    public static string? Problem(ReadOnlySpan<byte> document)
    {
        if (!Utf8.IsValid(document)) return "it is not UTF-8";
        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = Deepest });
        var names = new Stack<HashSet<string>>();
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject:
                        names.Push(new HashSet<string>(StringComparer.Ordinal));
                        break;
                    case JsonTokenType.EndObject:
                        names.Pop();
                        break;
                    case JsonTokenType.PropertyName when reader.GetString() is { } name && !names.Peek().Add(name):
                        return $"the member '{name}' is there twice";
                    case JsonTokenType.String when reader.ValueIsEscaped:
                        reader.GetString();
                        break;
                }
            }
        }
        catch (JsonException)
        {
            return $"byte {reader.BytesConsumed} is out of place";
        }
        catch (InvalidOperationException)
        {
            return $"half a surrogate pair stands before byte {reader.BytesConsumed}";
        }

        return null;
    }
}
