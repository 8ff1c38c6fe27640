namespace Fairlead.Edge.Health;

/// <summary>An answer of the health endpoint.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Media type without character set.</param>
/// <param name="Body">Text.</param>
internal sealed record HealthAnswer(int Status, string ContentType, string Body);
