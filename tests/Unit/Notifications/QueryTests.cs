using System.Xml.Linq;
using Fairlead.Features.Notifications;
using Fairlead.Features.Notifications.Query;
using Fairlead.Features.Notifications.Topics;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Notifications;

/// <summary>The query protocol, and what texts may be.</summary>
public sealed class QueryTests
{
    [Fact]
    public void Parameters_are_read_from_query_and_form()
    {
        var read = QueryParameters.Read(
            [new("Version", "2010-03-31")],
            "Action=Publish&Message=a+b%2Bc%C3%A4&Attributes.entry.1.key=DisplayName&Attributes.entry.1.value=x&Tags.member.1.Key=k&Tags.member.1.Value=v&TagKeys.member.1=one&TagKeys.member.2=two" +
            "&MessageAttributes.entry.1.Name=n&MessageAttributes.entry.1.Value.DataType=String&MessageAttributes.entry.1.Value.StringValue=s")!;
        read.Action.ShouldBe("Publish");
        read.Version.ShouldBe("2010-03-31");
        read.Required("Message").ShouldBe("a b+cä");
        read.Map("Attributes").ShouldBe([new("DisplayName", "x")]);
        read.Tags("Tags").ShouldBe([new("k", "v")]);
        read.List("TagKeys").ShouldBe(["one", "two"]);
        read.Attributes("MessageAttributes").ShouldBe([new("n", "String", "s")]);
    }

    [Theory]
    [InlineData("a=%zz")]
    [InlineData("a=%ff")]
    [InlineData("a=1&a=2")]
    public void What_is_malformed_is_not_read(string form) => QueryParameters.Read([], form).ShouldBeNull();

    [Theory]
    [InlineData("n.entry.1.Name=a&n.entry.1.Value.DataType=String&n.entry.1.Value.BinaryValue=AA")]
    [InlineData("n.entry.1.Name=a&n.entry.1.Value.DataType=Binary&n.entry.1.Value.StringValue=x")]
    [InlineData("n.entry.1.Name=a&n.entry.1.Value.StringValue=x&n.entry.2.Name=a&n.entry.2.Value.StringValue=x")]
    public void Attributes_have_one_value_of_their_type(string form) =>
        Should.Throw<NotificationException>(() => QueryParameters.Read([], form)!.Attributes("n"));

    [Fact]
    public void Every_operation_of_the_service_is_offered_or_refused_by_name()
    {
        var operations = new QueryOperations([new("Publish", _ => default)]);
        operations.Find("Publish").ShouldNotBeNull();
        foreach (var (name, why) in QueryOperations.NotOffered)
        {
            var refusal = Should.Throw<NotificationException>(() => operations.Find(name));
            refusal.Message.ShouldContain(name);
            refusal.Message.ShouldContain(why);
        }

        Should.Throw<NotificationException>(() => operations.Find("Nonsense")).Code.ShouldBe("InvalidAction");
    }

    [Fact]
    public void Errors_are_xml_whatever_they_quote()
    {
        var error = XDocument.Parse(System.Text.Encoding.UTF8.GetString(QueryXml.Error(NotificationException.Invalid("<\u0001\ufffe>"), "id")));
        XNamespace ns = QueryXml.Namespace;
        error.Root!.Name.ShouldBe(ns + "ErrorResponse");
        error.Root.Element(ns + "Error")!.Element(ns + "Type")!.Value.ShouldBe("Sender");
        error.Root.Element(ns + "Error")!.Element(ns + "Message")!.Value.ShouldBe("Invalid parameter: <??>");
    }

    [Theory]
    [InlineData("ops@example.org", true)]
    [InlineData("first.last+tag@mail.example.org", true)]
    [InlineData("ops@localhost", true)]
    [InlineData("ops", false)]
    [InlineData("@example.org", false)]
    [InlineData("ops@", false)]
    [InlineData("a@b@c", false)]
    [InlineData("a b@example.org", false)]
    [InlineData("a@example.org,b@example.org", false)]
    [InlineData("a@example.org\r\nBcc: b@example.org", false)]
    [InlineData("Ops <ops@example.org>", false)]
    [InlineData("a..b@example.org", false)]
    [InlineData("a@-example.org", false)]
    public void Addresses_are_one_address(string text, bool isOne)
    {
        if (isOne) NotificationText.Endpoint(Protocol.Email, text).ShouldBe(text);
        else Should.Throw<NotificationException>(() => NotificationText.Endpoint(Protocol.Email, text)).Message.ShouldBe("Invalid parameter: Email address");
    }

    [Theory]
    [InlineData(Protocol.Http, "http://127.0.0.1:80/x?y=1", true)]
    [InlineData(Protocol.Https, "https://example.org/", true)]
    [InlineData(Protocol.Https, "http://example.org/", false)]
    [InlineData(Protocol.Http, "http://user:word@example.org/", false)]
    [InlineData(Protocol.Http, "http:///x", false)]
    [InlineData(Protocol.Http, "http://example.org/#part", false)]
    public void Urls_fit_their_protocol(object protocol, string text, bool fits)
    {
        if (fits) NotificationText.Endpoint((Protocol)protocol, text).ShouldBe(text);
        else Should.Throw<NotificationException>(() => NotificationText.Endpoint((Protocol)protocol, text));
    }

    [Theory]
    [InlineData("""{"default":"d","email":"e","http":7}""", true)]
    [InlineData("""{"email":"e"}""", false)]
    [InlineData("""{"default":7}""", false)]
    [InlineData("""["default"]""", false)]
    [InlineData("no json", false)]
    [InlineData("""{"default":"\ud800"}""", false)]
    public void Sns_37_a_structured_message_has_a_default(string message, bool has)
    {
        MessageStructure.TryRead(message, out var body, out var bodies).ShouldBe(has);
        if (!has) return;
        body.ShouldBe("d");
        bodies.ShouldHaveSingleItem().Value.ShouldBe("e");
    }

    [Theory]
    [InlineData("sms")]
    [InlineData("sqs")]
    [InlineData("firehose")]
    [InlineData("pigeon")]
    public void Protocols_that_are_not_there_are_refused_by_name(string name) =>
        Should.Throw<NotificationException>(() => ProtocolNames.Parse(name)).Message.ShouldStartWith($"Invalid parameter: Does not support this protocol string: {name}");
}
