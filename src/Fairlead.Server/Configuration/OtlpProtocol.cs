namespace Fairlead.Server.Configuration;

/// <summary>How metrics travel to an OpenTelemetry collector.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC, usually port 4317.</summary>
    Grpc,

    /// <summary>Protocol buffers over HTTP, usually port 4318 with the path <c>/v1/metrics</c>.</summary>
    Http,
}
