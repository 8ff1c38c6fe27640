namespace Fairlead.Gateway.Hosting;

/// <summary>The gateway cannot start; the message says why and what to do.</summary>
internal sealed class GatewayStartException(string message, Exception? innerException = null) : Exception(message, innerException);
