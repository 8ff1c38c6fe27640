using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Fairlead.Features.IotHub.Identities;
using Fairlead.Features.Shadows.Documents;

namespace Fairlead.Features.IotHub.Twins;

/// <summary>Writes twins as JSON, for devices and for services (spec/azure-gateway, sections 2.8 and 4.4).</summary>
internal static class TwinText
{
    private const string NoTime = "0001-01-01T00:00:00Z";

    /// <summary>The etag of tags and desired: base64 of eight bytes, as tools know it.</summary>
    public static string ETag(in TwinCounters counters)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, counters.ServiceVersion);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The counter behind an etag; null when no twin of this hub ever had it.</summary>
    public static long? ServiceVersion(string etag)
    {
        Span<byte> bytes = stackalloc byte[8];
        return etag.Length == 12 && Convert.TryFromBase64String(etag, bytes, out int length) && length == 8 ? BinaryPrimitives.ReadInt64BigEndian(bytes) : null;
    }

    /// <summary>The twin's own version: rises with any change.</summary>
    public static long Version(ShadowDocument document) => (long)document.Counters.Desired + document.Counters.Reported + document.Counters.Tags - 2;

    /// <summary>What a device may see: desired and reported with their versions.</summary>
    public static void WriteForDevice(ByteBuffer to, ShadowDocument document)
    {
        to.Write("{\"desired\":"u8);
        WriteSection(to, document.Desired, document.Counters.Desired);
        to.Write(",\"reported\":"u8);
        WriteSection(to, document.Reported, document.Counters.Reported);
        to.Write((byte)'}');
    }

    /// <summary>Everything, for services.</summary>
    public static void WriteForService(ByteBuffer to, ShadowDocument document, Identity identity, IdentityView view)
    {
        var counters = document.Counters;
        to.Write("{\"deviceId\":"u8);
        WriteString(to, identity.DeviceId);
        if (identity.ModuleId is { } module) WriteMember(to, ",\"moduleId\":"u8, module);
        WriteMember(to, ",\"etag\":"u8, ETag(counters));
        WriteMember(to, ",\"deviceEtag\":"u8, identity.ETag);
        WriteMember(to, ",\"status\":"u8, IdentityView.Status(identity));
        if (identity.StatusReason is { } reason) WriteMember(to, ",\"statusReason\":"u8, reason);
        WriteMember(to, ",\"statusUpdateTime\":"u8, IdentityView.Time(identity.StatusUpdatedAt));
        WriteMember(to, ",\"connectionState\":"u8, view.ConnectionState(identity.Name));
        WriteMember(to, ",\"lastActivityTime\":"u8, view.LastActivity(identity.Name));
        to.Write(",\"cloudToDeviceMessageCount\":"u8);
        to.WriteDecimal(view.CountQueued(identity.Name));
        WriteMember(to, ",\"authenticationType\":"u8, IdentityView.Kind(identity.Authentication));
        to.Write(",\"x509Thumbprint\":{\"primaryThumbprint\":"u8);
        WriteString(to, identity.PrimaryThumbprint);
        WriteMember(to, ",\"secondaryThumbprint\":"u8, identity.SecondaryThumbprint);
        WriteMember(to, "},\"modelId\":"u8, "");
        to.Write(",\"version\":"u8);
        to.WriteDecimal(Version(document));
        to.Write(",\"tags\":"u8);
        StoredText.WriteState(to, document.Tags);
        to.Write(",\"properties\":{\"desired\":"u8);
        WriteWithMetadata(to, document.Desired, counters.Desired, counters.DesiredTime, identity.CreatedAt, isDesired: true);
        to.Write(",\"reported\":"u8);
        WriteWithMetadata(to, document.Reported, counters.Reported, counters.ReportedTime, identity.CreatedAt, isDesired: false);
        to.Write(identity.IsEdge ? "},\"capabilities\":{\"iotEdge\":true}}"u8 : "},\"capabilities\":{\"iotEdge\":false}}"u8);
    }

    private static void WriteSection(ByteBuffer to, ReadOnlySpan<byte> members, uint version)
    {
        StoredText.WriteState(to, members);
        to.Length--;
        to.Write(members.IsEmpty ? "\"$version\":"u8 : ",\"$version\":"u8);
        to.WriteDecimal(version);
        to.Write((byte)'}');
    }

    private static void WriteWithMetadata(ByteBuffer to, ReadOnlySpan<byte> members, uint version, uint written, long createdAt, bool isDesired)
    {
        StoredText.WriteState(to, members);
        to.Length--;
        to.Write(members.IsEmpty ? "\"$metadata\":"u8 : ",\"$metadata\":"u8);
        WriteMetadata(to, members, Math.Max(written, written == 0 && members.IsEmpty ? (uint)Math.Clamp(createdAt / 1000, 0, uint.MaxValue) : Latest(members)), isDesired ? version : null);
        to.Write(",\"$version\":"u8);
        to.WriteDecimal(version);
        to.Write((byte)'}');
    }

    /// <summary>The time of a level is the latest below it (section 6.3); the version stands at the section alone, because leaves keep none.</summary>
    private static void WriteMetadata(ByteBuffer to, ReadOnlySpan<byte> members, uint time, uint? version)
    {
        WriteMember(to, "{\"$lastUpdated\":"u8, Time(time));
        if (version is { } number)
        {
            to.Write(",\"$lastUpdatedVersion\":"u8);
            to.WriteDecimal(number);
        }

        var reader = new MemberReader(members);
        while (reader.Read())
        {
            to.Write((byte)',');
            RequestText.WriteName(to, reader.Name);
            if (reader.IsObject) WriteMetadata(to, reader.Content, Latest(reader.Content), null);
            else WriteMetadata(to, default, reader.Timestamp, null);
        }

        to.Write((byte)'}');
    }

    private static uint Latest(ReadOnlySpan<byte> members)
    {
        uint latest = 0;
        var reader = new MemberReader(members);
        while (reader.Read()) latest = Math.Max(latest, reader.IsObject ? Latest(reader.Content) : reader.Timestamp);
        return latest;
    }

    private static string Time(uint seconds) => seconds == 0
        ? NoTime
        : DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime.ToString("o", CultureInfo.InvariantCulture);

    private static void WriteMember(ByteBuffer to, ReadOnlySpan<byte> name, string? value)
    {
        to.Write(name);
        WriteString(to, value);
    }

    private static void WriteString(ByteBuffer to, string? value)
    {
        if (value is null)
        {
            to.Write("null"u8);
            return;
        }

        to.Write((byte)'"');
        to.Write(JsonEncodedText.Encode(value).EncodedUtf8Bytes);
        to.Write((byte)'"');
    }
}
