using Fairlead.Protocols.Mqtt;
using Fairlead.Protocols.Mqtt.Packets;
using FsCheck;
using FsCheck.Fluent;

namespace Fairlead.Unit.Protocols;

/// <summary>Any packet that may be sent in a version, fields of later versions left at their defaults.</summary>
internal static class PacketGenerators
{
    private static readonly string[] Pieces = ["a", "Z", "/", " ", "$", "0", "\u0001", "\u007f", "ß", "漢", "\ufeff", "\uffff", "😀", "temperature"];

    private static readonly Gen<byte> Byte = Gen.Choose(0, 255).Select(value => (byte)value);

    private static readonly Gen<byte[]> Bytes = Byte.ArrayOf();

    private static readonly Gen<string> Text = Gen.Elements(Pieces).ArrayOf().Select(string.Concat);

    private static readonly Gen<string> Topic = Gen.Elements(Pieces).NonEmptyListOf().Select(string.Concat);

    private static readonly Gen<string> Filter = Gen.Elements([.. Pieces, "+", "#"]).NonEmptyListOf().Select(string.Concat);

    private static readonly Gen<bool> Flag = Gen.Elements(false, true);

    private static readonly Gen<ushort> PacketId = Gen.Choose(1, 65535).Select(value => (ushort)value);

    private static readonly Gen<ushort> Short = Gen.OneOf(Gen.Elements<ushort>(0, 1, ushort.MaxValue), PacketId);

    private static readonly Gen<uint> Long = Gen.OneOf(
        Gen.Elements(0u, 1u, uint.MaxValue), Gen.Choose(0, int.MaxValue).Select(value => (uint)value));

    private static readonly Gen<uint> Identifier = Gen.OneOf(
        Gen.Elements(1u, 127u, 128u, 16_383u, 16_384u, 2_097_151u, 2_097_152u, 268_435_455u), Gen.Choose(1, 268_435_455).Select(value => (uint)value));

    private static readonly Gen<QualityOfService> QoS = Gen.Elements(Enum.GetValues<QualityOfService>());

    private static readonly Gen<UserProperty[]> Users =
        (from name in Text from value in Text select new UserProperty(name, value)).ArrayOf().Resize(3);

    private static readonly Gen<PublishProperties> Message =
        from payloadIsUtf8 in Maybe(Flag)
        from expiry in Maybe(Long)
        from contentType in Optional(Text)
        from responseTopic in Optional(Topic)
        from correlation in Optional(Bytes)
        from users in Users
        select new PublishProperties
        {
            PayloadIsUtf8 = payloadIsUtf8,
            MessageExpiryInterval = expiry,
            ContentType = contentType,
            ResponseTopic = responseTopic,
            CorrelationData = correlation,
            UserProperties = users,
        };

    public static Gen<object> Any(ProtocolVersion version)
    {
        bool v5 = version == ProtocolVersion.V5;
        Gen<object> ping = Gen.Elements(PacketType.PingReq, PacketType.PingResp).Select(type => (object)type);
        List<Gen<object>> all =
        [
            Boxed(Connect(version)), Boxed(ConnAck(version)), Boxed(Publish(v5)), Boxed(Publish(v5)), Boxed(Ack(v5)), Boxed(Subscribe(v5)),
            Boxed(SubAck(v5)), Boxed(Unsubscribe(v5)), Boxed(Disconnect(v5)), ping,
        ];
        if (v5)
            all.Add(Boxed(Auth()));
        return Gen.OneOf(all);
    }

    private static Gen<object> Boxed<T>(Gen<T> generator)
        where T : notnull => generator.Select(packet => (object)packet);

    private static Gen<T?> Maybe<T>(Gen<T> generator)
        where T : struct => Gen.OneOf(Gen.Constant<T?>(null), generator.Select(value => (T?)value));

    private static Gen<T?> Optional<T>(Gen<T> generator)
        where T : class => Gen.OneOf(Gen.Constant<T?>(null), generator.Select(value => (T?)value));

    private static Gen<T> Only<T>(bool when, Gen<T> generator, T otherwise) => when ? generator : Gen.Constant(otherwise);

    private static Gen<ReasonCode> Code(PacketType type, bool v5) =>
        Gen.Elements([.. Enumerable.Range(0, 256).Where(code => LegalCodes.Of(type, v5).Contains((byte)code)).Select(code => (ReasonCode)code)]);

    private static Gen<ConnectPacket> Connect(ProtocolVersion version)
    {
        bool v5 = version == ProtocolVersion.V5;
        return
            from will in Optional(Will(v5))
            from cleanStart in Flag
            from keepAlive in Short
            from clientId in Text
            from userName in Optional(Text)
            from password in Only(v5 || userName is not null, Optional(Bytes), null)
            from expiry in Only(v5, Maybe(Long), null)
            from receiveMaximum in Only(v5, Maybe(PacketId), null)
            from size in Only(v5, Maybe(Identifier), null)
            from aliases in Only(v5, Short, (ushort)0)
            from response in Only(v5, Flag, false)
            from problem in Only(v5, Flag, true)
            from method in Only(v5, Optional(Text), null)
            from data in Only(method is not null, Optional(Bytes), null)
            from users in Only(v5, Users, [])
            select new ConnectPacket
            {
                Version = version,
                Will = will,
                CleanStart = cleanStart,
                KeepAlive = keepAlive,
                ClientId = clientId,
                UserName = userName,
                Password = password,
                SessionExpiryInterval = expiry,
                ReceiveMaximum = receiveMaximum,
                MaximumPacketSize = size,
                TopicAliasMaximum = aliases,
                RequestResponseInformation = response,
                RequestProblemInformation = problem,
                AuthenticationMethod = method,
                AuthenticationData = data,
                UserProperties = users,
            };
    }

    private static Gen<WillMessage> Will(bool v5) =>
        from topic in Topic
        from payload in Bytes
        from qos in QoS
        from retain in Flag
        from delay in Only(v5, Long, 0u)
        from properties in Only(v5, Message, PublishProperties.None)
        select new WillMessage { Topic = topic, Payload = payload, QoS = qos, Retain = retain, DelayInterval = delay, Properties = properties };

    private static Gen<ConnAckPacket> ConnAck(ProtocolVersion version)
    {
        bool v5 = version == ProtocolVersion.V5;
        return
            from code in Code(PacketType.ConnAck, v5)
            from present in Only(code == ReasonCode.Success && version != ProtocolVersion.V31, Flag, false)
            from expiry in Only(v5, Maybe(Long), null)
            from receiveMaximum in Only(v5, Maybe(PacketId), null)
            from maximumQoS in Only(v5, Maybe(Gen.Elements(QualityOfService.AtMostOnce, QualityOfService.AtLeastOnce)), null)
            from flags in Only(v5, Maybe(Flag).ArrayOf(4), new bool?[4])
            from size in Only(v5, Maybe(Identifier), null)
            from assigned in Only(v5, Optional(Text), null)
            from aliases in Only(v5, Maybe(Short), null)
            from reason in Only(v5, Optional(Text), null)
            from keepAlive in Only(v5, Maybe(Short), null)
            from response in Only(v5, Optional(Text), null)
            from reference in Only(v5, Optional(Text), null)
            from method in Only(v5, Optional(Text), null)
            from data in Only(method is not null, Optional(Bytes), null)
            from users in Only(v5, Users, [])
            select new ConnAckPacket
            {
                ReasonCode = code,
                SessionPresent = present,
                SessionExpiryInterval = expiry,
                ReceiveMaximum = receiveMaximum,
                MaximumQoS = maximumQoS,
                RetainAvailable = flags[0],
                WildcardSubscriptionAvailable = flags[1],
                SubscriptionIdentifierAvailable = flags[2],
                SharedSubscriptionAvailable = flags[3],
                MaximumPacketSize = size,
                AssignedClientIdentifier = assigned,
                TopicAliasMaximum = aliases,
                ReasonString = reason,
                ServerKeepAlive = keepAlive,
                ResponseInformation = response,
                ServerReference = reference,
                AuthenticationMethod = method,
                AuthenticationData = data,
                UserProperties = users,
            };
    }

    private static Gen<PublishPacket> Publish(bool v5) =>
        from qos in QoS
        from alias in Only(v5, Maybe(PacketId), null)
        from topic in alias is null ? Topic : Gen.OneOf(Topic, Gen.Constant(""))
        from payload in Gen.OneOf(Bytes, Gen.Choose(0, 20_000).Select(length => new byte[length]))
        from retain in Flag
        from dup in Only(qos != QualityOfService.AtMostOnce, Flag, false)
        from id in Only(qos != QualityOfService.AtMostOnce, PacketId, (ushort)0)
        from properties in Only(v5, Message, PublishProperties.None)
        from identifiers in Only(v5, Identifier.ArrayOf().Resize(3), [])
        select new PublishPacket
        {
            QoS = qos,
            TopicAlias = alias,
            Topic = topic,
            Payload = payload,
            Retain = retain,
            Dup = dup,
            PacketId = id,
            Properties = properties with { SubscriptionIdentifiers = identifiers },
        };

    private static Gen<AckPacket> Ack(bool v5) =>
        from type in Gen.Elements(PacketType.PubAck, PacketType.PubRec, PacketType.PubRel, PacketType.PubComp)
        from id in PacketId
        from code in Only(v5, Code(type, v5: true), ReasonCode.Success)
        from reason in Only(v5, Optional(Text), null)
        from users in Only(v5, Users, [])
        select new AckPacket { Type = type, PacketId = id, ReasonCode = code, ReasonString = reason, UserProperties = users };

    private static Gen<SubscribePacket> Subscribe(bool v5)
    {
        Gen<SubscriptionRequest> request =
            from filter in Filter
            from qos in QoS
            from noLocal in Only(v5, Flag, false)
            from asPublished in Only(v5, Flag, false)
            from handling in Only(v5, Gen.Elements(Enum.GetValues<RetainHandling>()), RetainHandling.SendAtSubscribe)
            select new SubscriptionRequest(filter, qos, noLocal, asPublished, handling);
        return
            from id in PacketId
            from identifier in Only(v5, Maybe(Identifier), null)
            from users in Only(v5, Users, [])
            from requests in request.NonEmptyListOf()
            select new SubscribePacket { PacketId = id, SubscriptionIdentifier = identifier, UserProperties = users, Subscriptions = [.. requests] };
    }

    private static Gen<SubAckPacket> SubAck(bool v5) =>
        from type in Gen.Elements(PacketType.SubAck, PacketType.UnsubAck)
        from id in PacketId
        from codes in Only(v5 || type == PacketType.SubAck, Code(type, v5).NonEmptyListOf(), [])
        from reason in Only(v5, Optional(Text), null)
        from users in Only(v5, Users, [])
        select new SubAckPacket { Type = type, PacketId = id, ReasonCodes = [.. codes], ReasonString = reason, UserProperties = users };

    private static Gen<UnsubscribePacket> Unsubscribe(bool v5) =>
        from id in PacketId
        from users in Only(v5, Users, [])
        from filters in Filter.NonEmptyListOf()
        select new UnsubscribePacket { PacketId = id, UserProperties = users, Filters = [.. filters] };

    private static Gen<DisconnectPacket> Disconnect(bool v5) =>
        from code in Only(v5, Code(PacketType.Disconnect, v5: true), ReasonCode.Success)
        from expiry in Only(v5, Maybe(Long), null)
        from reason in Only(v5, Optional(Text), null)
        from reference in Only(v5, Optional(Text), null)
        from users in Only(v5, Users, [])
        select new DisconnectPacket
        {
            ReasonCode = code,
            SessionExpiryInterval = expiry,
            ReasonString = reason,
            ServerReference = reference,
            UserProperties = users,
        };

    private static Gen<AuthPacket> Auth() =>
        from code in Code(PacketType.Auth, v5: true)
        from method in Text
        from data in Optional(Bytes)
        from reason in Optional(Text)
        from users in Users
        select new AuthPacket
        {
            ReasonCode = code,
            AuthenticationMethod = method,
            AuthenticationData = data,
            ReasonString = reason,
            UserProperties = users,
        };
}
