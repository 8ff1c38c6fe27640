using System.Text.Json;

namespace Fairlead.Interop.Aws.Authorizers;

/// <summary>Policy documents and answers of functions that the tests of this folder use.</summary>
public static class Policies
{
    public const string All = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";

    /// <summary>Everything but publishing outside <c>mine/</c>.</summary>
    public const string Mine = """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iot:Connect","iot:Subscribe","iot:Receive"],"Resource":"*"},{"Effect":"Allow","Action":"iot:Publish","Resource":"arn:aws:iot:us-east-1:123456789012:topic/mine/*"}]}
        """;

    /// <summary>What a function answers that lets a client in.</summary>
    public static object LetIn(string principal, string policy) => new
    {
        isAuthenticated = true,
        principalId = principal,
        policyDocuments = new[] { JsonSerializer.Deserialize<JsonElement>(policy) },
        refreshAfterInSeconds = 300,
        disconnectAfterInSeconds = 3600,
    };
}
