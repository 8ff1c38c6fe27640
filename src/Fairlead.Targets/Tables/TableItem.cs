using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Fairlead.Targets.Items;

namespace Fairlead.Targets.Tables;

/// <summary>An item whose keys the rule gives, as a JSON object: the payload in the form that suits its column.</summary>
internal static class TableItem
{
    /// <summary>Writes it; null when the payload does not suit its column.</summary>
    /// <param name="call">The item.</param>
    /// <param name="shape">Columns of the table.</param>
    public static byte[]? Write(ItemCall call, TableShape shape)
    {
        var json = new ArrayBufferWriter<byte>(call.Payload.Length + 256);
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        foreach (var key in call.Keys)
        {
            writer.WritePropertyName(key.Field);
            if (key.IsNumber) writer.WriteRawValue(NumberText(key.Value));
            else writer.WriteStringValue(key.Value);
        }

        if (call.Operation != ItemOperation.Delete && call.Keys.All(key => key.Field != call.PayloadField))
        {
            writer.WritePropertyName(call.PayloadField);
            if (!TryWritePayload(writer, call, shape.Find(call.PayloadField)?.Type)) return null;
        }

        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenSpan.ToArray();
    }

    private static bool TryWritePayload(Utf8JsonWriter writer, ItemCall call, string? type)
    {
        var payload = call.Payload.Span;
        switch (type)
        {
            case "bytea":
                writer.WriteStringValue("\\x" + Convert.ToHexStringLower(payload));
                return true;
            case "text" or "varchar" or "bpchar":
                if (!Utf8.IsValid(payload)) return false;
                writer.WriteStringValue(Encoding.UTF8.GetString(payload));
                return true;
            default:
                if (call.Evaluation.OutputIsJson) writer.WriteRawValue(payload);
                else writer.WriteBase64StringValue(payload);
                return true;
        }
    }

    // Prepare has seen that it is a number; JSON wants no plus sign and no white space.
    private static string NumberText(string text) =>
        decimal.Parse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture)
            .ToString(System.Globalization.CultureInfo.InvariantCulture);
}
