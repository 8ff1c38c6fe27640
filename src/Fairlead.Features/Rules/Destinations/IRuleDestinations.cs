namespace Fairlead.Features.Rules.Destinations;

/// <summary>Destinations, as actions see them (spec/aws-rules, section 9). Thread-safe.</summary>
internal interface IRuleDestinations
{
    /// <summary>Whether a destination of this ARN exists, whatever its state.</summary>
    bool Exists(string arn);

    /// <summary>
    /// Whether a request may go to a URL: it starts with the confirmation URL of an ENABLED destination.
    /// </summary>
    /// <param name="url">The URL with its templates resolved.</param>
    /// <param name="problem">Why not, one sentence; empty when it may.</param>
    bool IsConfirmed(string url, out string problem);
}
