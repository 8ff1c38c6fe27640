namespace Fairlead.Edge.Configuration;

/// <summary>Waits between connection attempts (spec section 9).</summary>
/// <param name="Init">First wait.</param>
/// <param name="Max">Longest wait before jitter.</param>
/// <param name="Multiplier">Growth.</param>
/// <param name="Jitter">Share by which a wait is made shorter or longer at random, 0 to 1.</param>
/// <param name="AuthRetries">Refusals of the credentials before every wait is <paramref name="Max"/>.</param>
internal sealed record BackoffOptions(TimeSpan Init, TimeSpan Max, double Multiplier, double Jitter, int AuthRetries);
