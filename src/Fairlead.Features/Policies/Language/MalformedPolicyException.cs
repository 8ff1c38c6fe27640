namespace Fairlead.Features.Policies.Language;

/// <summary>A policy document that cannot be understood.</summary>
/// <param name="message">What is wrong, and where.</param>
internal sealed class MalformedPolicyException(string message) : Exception(message);
