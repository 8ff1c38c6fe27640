using System.Text;
using System.Xml;

namespace Fairlead.Features.Notifications.Query;

/// <summary>Answers of the query protocol (spec/aws-rules, section 10.1).</summary>
internal static class QueryXml
{
    /// <summary>Namespace of the answers.</summary>
    public const string Namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        OmitXmlDeclaration = true,
        Indent = false,
    };

    /// <summary>An answer.</summary>
    /// <param name="operation">Name of the operation.</param>
    /// <param name="requestId">Request id.</param>
    /// <param name="result">Writes the members of the result; null when the operation has none.</param>
    public static byte[] Answer(string operation, string requestId, Action<XmlWriter>? result) => Write(xml =>
    {
        xml.WriteStartElement(null, $"{operation}Response", Namespace);
        if (result is not null)
        {
            xml.WriteStartElement($"{operation}Result", Namespace);
            result(xml);
            xml.WriteEndElement();
        }

        xml.WriteStartElement("ResponseMetadata", Namespace);
        Element(xml, "RequestId", requestId);
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    /// <summary>An error.</summary>
    public static byte[] Error(NotificationException refusal, string requestId) => Write(xml =>
    {
        xml.WriteStartElement(null, "ErrorResponse", Namespace);
        xml.WriteStartElement("Error", Namespace);
        Element(xml, "Type", refusal.IsSender ? "Sender" : "Receiver");
        Element(xml, "Code", refusal.Code);
        Element(xml, "Message", Printable(refusal.Message));
        xml.WriteEndElement();
        Element(xml, "RequestId", requestId);
        xml.WriteEndElement();
    });

    /// <summary>An element with a text.</summary>
    public static void Element(XmlWriter xml, string name, string text) => xml.WriteElementString(name, Namespace, text);

    /// <summary>A map.</summary>
    public static void Map(XmlWriter xml, string name, IEnumerable<KeyValuePair<string, string>> entries)
    {
        xml.WriteStartElement(name, Namespace);
        foreach (var (key, value) in entries)
        {
            xml.WriteStartElement("entry", Namespace);
            Element(xml, "key", key);
            Element(xml, "value", value);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>A list of structures.</summary>
    public static void List<T>(XmlWriter xml, string name, IEnumerable<T> members, Action<XmlWriter, T> write)
    {
        xml.WriteStartElement(name, Namespace);
        foreach (var member in members)
        {
            xml.WriteStartElement("member", Namespace);
            write(xml, member);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    // Refusals quote what came, which may be anything.
    private static string Printable(string text) =>
        Topics.NotificationText.IsLine(text) ? text : string.Concat(text.Select(static unit => unit is >= ' ' and <= '~' ? unit : '?'));

    private static byte[] Write(Action<XmlWriter> content)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, Settings)) content(xml);
        return bytes.ToArray();
    }
}
