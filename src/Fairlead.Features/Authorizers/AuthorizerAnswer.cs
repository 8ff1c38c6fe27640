using System.Collections.Immutable;
using System.Text.Json;

namespace Fairlead.Features.Authorizers;

/// <summary>
/// Reads what a function answered, or the claims of a web token: <c>isAuthenticated</c>, <c>principalId</c>, <c>policyDocuments</c>,
/// <c>refreshAfterInSeconds</c>, <c>disconnectAfterInSeconds</c> (spec/aws-messaging, section 1.1).
/// </summary>
/// <param name="checkPolicy">Why a policy document cannot be used; null when it can.</param>
internal sealed class AuthorizerAnswer(Func<string, string?> checkPolicy)
{
    private const int LeastSeconds = 300;
    private const int MostSeconds = 86_400;
    private const int MostDocuments = 10;
    private const int LongestDocument = 2_048;
    private const int LongestPrincipal = 128;

    /// <summary>Reads an answer.</summary>
    /// <param name="body">JSON.</param>
    public AuthorizerVerdict Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement, isClaims: false);
        }
        catch (JsonException)
        {
            return Invalid("is not JSON");
        }
    }

    /// <summary>Reads an answer, or the claims of a token whose signature was verified.</summary>
    /// <param name="answer">The object.</param>
    /// <param name="isClaims">Claims say who it is by <c>sub</c> too, and that they exist says that it is authenticated.</param>
    public AuthorizerVerdict Read(JsonElement answer, bool isClaims)
    {
        if (answer.ValueKind != JsonValueKind.Object) return Invalid("is not a JSON object");
        if (!isClaims)
        {
            if (!answer.TryGetProperty("isAuthenticated", out var authenticated) || authenticated.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                return Invalid("has no boolean isAuthenticated");
            if (authenticated.ValueKind == JsonValueKind.False) return AuthorizerVerdict.Denied("the authorizer says that the client is not authenticated");
        }

        if (Text(answer, "principalId") is not { } principal && (!isClaims || (principal = Text(answer, "sub")) is null)) return Invalid("has no principalId");
        if (principal.Length is 0 or > LongestPrincipal || !principal.All(char.IsAsciiLetterOrDigit))
            return Invalid($"has a principalId that is not 1 to {LongestPrincipal} letters and digits");
        if (ReadDocuments(answer, out var documents) is { } problem) return Invalid(problem);
        if (!TryReadSeconds(answer, "refreshAfterInSeconds", out var refresh) || !TryReadSeconds(answer, "disconnectAfterInSeconds", out var disconnect))
            return Invalid($"has refreshAfterInSeconds or disconnectAfterInSeconds outside {LeastSeconds} to {MostSeconds}");
        return AuthorizerVerdict.Granted(new AuthorizerGrant(principal, documents, refresh, disconnect));
    }

    private static AuthorizerVerdict Invalid(string what) => AuthorizerVerdict.Refused(RefusalKind.InvalidAnswer, $"the authorizer's answer {what}");

    private static string? Text(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryReadSeconds(JsonElement answer, string name, out int seconds)
    {
        seconds = MostSeconds;
        return !answer.TryGetProperty(name, out var value)
            || (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out seconds) && seconds is >= LeastSeconds and <= MostSeconds);
    }

    private string? ReadDocuments(JsonElement answer, out ImmutableArray<string> documents)
    {
        documents = [];
        if (!answer.TryGetProperty("policyDocuments", out var list) || list.ValueKind != JsonValueKind.Array) return "has no list policyDocuments";
        if (list.GetArrayLength() > MostDocuments) return $"has more than {MostDocuments} policyDocuments";
        var read = ImmutableArray.CreateBuilder<string>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            // Functions return the document as text or as the object that it is.
            var text = item.ValueKind switch { JsonValueKind.String => item.GetString()!, JsonValueKind.Object => item.GetRawText(), _ => "" };
            if (text.Length is 0 or > LongestDocument) return $"has a policy document that is not 1 to {LongestDocument} characters long";
            if (checkPolicy(text) is { } problem) return $"has a policy document that is none: {problem}";
            read.Add(text);
        }

        documents = read.ToImmutable();
        return null;
    }
}
