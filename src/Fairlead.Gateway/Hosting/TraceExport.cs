using Fairlead.Gateway.Configuration;
using Fairlead.Gateway.Health;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fairlead.Gateway.Hosting;

/// <summary>Sends traces to an OpenTelemetry collector. Exists only when one is configured.</summary>
internal sealed class TraceExport : IDisposable
{
    private readonly TracerProvider _provider;

    /// <summary>Starts to export.</summary>
    /// <param name="options">Settings, with a collector.</param>
    public TraceExport(GatewayOptions options)
    {
        _provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("fairlead-gateway", serviceInstanceId: options.InstanceId))
            .AddSource(GatewayTraces.SourceName)
            // A caller that has decided already is followed.
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceRatio)))
            .AddOtlpExporter(exporter =>
            {
                exporter.Endpoint = options.OtlpEndpoint!;
                exporter.Protocol = options.OtlpOverHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
            })
            .Build();
    }

    /// <summary>Sends what is left, for five seconds at most.</summary>
    public void Dispose() => _provider.Dispose();
}
