using System.Globalization;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;

namespace Fairlead.Features.IotHub.Amqp;

/// <summary>Events of the device-to-cloud log as readers see them (spec/azure-gateway, sections 2.5 and 4.6).</summary>
internal static class EventMessages
{
    /// <summary>Writes an event.</summary>
    public static void Write(in LoggedEvent item, AmqpWriter writer)
    {
        var source = item.Event;
        var message = source.Message;
        var annotations = new AmqpMap(12)
            .AddSymbol("x-opt-sequence-number", AmqpValue.Long(item.Sequence))
            .AddSymbol("x-opt-offset", item.Sequence.ToString(CultureInfo.InvariantCulture))
            .AddSymbol("x-opt-enqueued-time", AmqpValue.Timestamp(source.EnqueuedAt))
            .AddSymbol("x-opt-partition-key", source.Source.DeviceId)
            .AddSymbol("iothub-connection-device-id", source.Source.DeviceId)
            .AddSymbol("iothub-connection-auth-method", source.AuthMethod)
            .AddSymbol("iothub-connection-auth-generation-id", source.GenerationId)
            .AddSymbol("iothub-enqueuedtime", AmqpValue.Timestamp(source.EnqueuedAt))
            .AddSymbol("iothub-message-source", source.Kind);
        if (source.Source.ModuleId is { } module) annotations.AddSymbol("iothub-connection-module-id", module);
        if (message.InterfaceId is { } interfaceId) annotations.AddSymbol("iothub-interface-id", interfaceId);
        if (message.Subject is { } subject) annotations.AddSymbol("dt-subject", subject);
        if (message.Schema is { } schema) annotations.AddSymbol("dt-dataschema", schema);
        if (message.DiagnosticId is { } diagnosticId) annotations.AddSymbol("Diagnostic-Id", diagnosticId);
        if (message.DiagnosticContext is { } context) annotations.AddSymbol("Correlation-Context", context);
        new AmqpMessage
        {
            MessageAnnotations = annotations,
            Properties = CloudToDeviceMessages.PropertiesOf(message),
            ApplicationProperties = CloudToDeviceMessages.ApplicationPropertiesOf(message, withAck: true),
            Data = [message.Body],
        }.Write(writer);
    }
}
