using System.Text;
using Fairlead.Features.IotHub;
using Fairlead.Features.IotHub.Amqp;
using Fairlead.Features.IotHub.CloudToDevice;
using Fairlead.Features.IotHub.Messages;
using Fairlead.Protocols.Amqp;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.IotHub.Amqp;

public sealed class AmqpMessageTests
{
    [Fact]
    public void Azure_45_Telemetry_is_read_with_all_of_its_sections()
    {
        var application = new AmqpMap();
        application.Add("alert", "true");
        application.Add("count", 5);
        application.Add("none", default);
        application.Add("iothub-ack", "full");
        application.Add("iothub-creation-time-utc", "2026-01-01T00:00:00.000Z");
        var id = Guid.Parse("3f1b5c1e-7a2d-4b8e-9c3f-0123456789ab");
        var message = AmqpMessages.Read(new AmqpMessage
        {
            MessageAnnotations = new AmqpMap().AddSymbol("iothub-interface-id", "urn:x").AddSymbol("dt-subject", "part"),
            Properties = new MessageProperties
            {
                MessageId = id,
                UserId = Encoding.UTF8.GetBytes("ü"),
                To = "/devices/d/messages/events",
                CorrelationId = 7UL,
                ContentType = "application/json",
                ContentEncoding = "utf-8",
                AbsoluteExpiryTime = 1_800_000_000_000,
            },
            ApplicationProperties = application,
            Data = ["{\"a\""u8.ToArray(), ":1}"u8.ToArray()],
        }.Encode()).ShouldNotBeNull();

        message.MessageId.ShouldBe(id.ToString());
        (message.UserId, message.To, message.CorrelationId).ShouldBe(("ü", "/devices/d/messages/events", "7"));
        (message.ContentType, message.ContentEncoding, message.InterfaceId, message.Subject).ShouldBe(("application/json", "utf-8", "urn:x", "part"));
        message.ExpiresAt.ShouldBe(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
        (message.Ack, message.CreatedAt).ShouldBe((AckRequest.Full, "2026-01-01T00:00:00.000Z"));
        message.Properties.ShouldBe([new("alert", "true"), new("count", "5"), new("none", null)]);
        Encoding.UTF8.GetString(message.Body.Span).ShouldBe("{\"a\":1}");
    }

    [Fact]
    public void Azure_56_A_batch_is_several_messages_in_order()
    {
        var parts = Enumerable.Range(0, 3).Select(static i => (ReadOnlyMemory<byte>)new AmqpMessage { Properties = new MessageProperties { MessageId = $"{i}" }, Data = [new byte[i]] }.Encode());
        var batch = AmqpMessages.ReadAll(AmqpMessages.BatchFormat, new AmqpMessage { Data = [.. parts] }.Encode()).ShouldNotBeNull();
        batch.Select(static message => (message.MessageId, message.Body.Length)).ShouldBe([("0", 0), ("1", 1), ("2", 2)]);
        AmqpMessages.ReadAll(AmqpMessages.BatchFormat, new AmqpMessage { Data = ["no message"u8.ToArray()] }.Encode()).ShouldBeNull();
    }

    [Fact]
    public void Azure_17_Mutated_messages_are_read_or_refused_and_no_more()
    {
        var random = new Random(7);
        var good = new AmqpMessage
        {
            Properties = new MessageProperties { MessageId = "m", To = "t" },
            ApplicationProperties = new AmqpMap(),
            Data = [new byte[40]],
        }.Encode();
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = good[..random.Next(good.Length + 1)];
            for (var j = random.Next(4); j > 0 && bytes.Length > 0; j--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = AmqpMessages.ReadAll(i % 2 == 0 ? 0 : AmqpMessages.BatchFormat, bytes);
        }
    }

    [Fact]
    public void Azure_47_A_locked_message_is_written_with_the_types_that_clients_want()
    {
        var locked = new LockedMessage(Guid.NewGuid(), 9, 1000, 2000, 3, new IotMessage { MessageId = "m", Body = new byte[3], Properties = [new("k", "v")] });
        AmqpMessage.TryRead(CloudToDeviceMessages.Write(locked, new IdentityName("d/e", "m")), out var message, out _).ShouldBeTrue();
        var annotations = message.MessageAnnotations!;
        annotations["x-opt-lock-token"].ShouldBe(locked.LockToken.ToString());
        annotations["x-opt-sequence-number"].Type.ShouldBe(AmqpType.ULong);
        annotations["iothub-enqueuedtime"].ShouldBe(AmqpValue.Timestamp(1000));
        annotations["iothub-deliverycount"].ShouldBe(AmqpValue.UByte(3));
        message.Properties!.To.ShouldBe("/devices/d%2Fe/modules/m/messages/devicebound");
        message.Properties.AbsoluteExpiryTime.ShouldBe(2000);
    }

    [Fact]
    public void Azure_37_An_answer_has_an_int_status_that_is_never_202_and_the_id_as_it_came()
    {
        foreach (var id in (AmqpValue[])["text", AmqpValue.Uuid(Guid.NewGuid()), 7UL, AmqpValue.Binary([1, 2])])
        {
            var request = new AmqpMessage { Properties = new MessageProperties { MessageId = id } };
            AmqpMessage.TryRead(Requests.Answer(request, null).Encode(), out var answer, out _).ShouldBeTrue();
            answer.Properties!.CorrelationId.ShouldBe(id);
            answer.ApplicationProperties!["status-code"].ShouldBe(AmqpValue.Int(200));
            answer.ApplicationProperties["status-description"].AsText().ShouldNotBeNull();
        }

        Requests.Answer(new AmqpMessage(), IotHubError.Unauthorized("no")).ApplicationProperties!["status-code"].ShouldBe(AmqpValue.Int(401));
    }

    [Fact]
    public void Azure_52_Every_error_has_a_body_of_JSON()
    {
        var body = AmqpErrors.Body(IotHubError.ArgumentInvalid("a \"quoted\" word"), TimeProvider.System);
        using var json = System.Text.Json.JsonDocument.Parse(body);
        json.RootElement.GetProperty("errorCode").GetInt32().ShouldBe(400004);
        json.RootElement.GetProperty("message").GetString().ShouldBe("a \"quoted\" word");
    }
}
