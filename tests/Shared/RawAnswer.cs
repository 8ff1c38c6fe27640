namespace Fairlead.Shared;

/// <summary>Any answer that carries codes: CONNACK, the acknowledgements, SUBACK, UNSUBACK, DISCONNECT, AUTH.</summary>
/// <param name="Type">Packet type.</param>
/// <param name="Id">Packet Identifier, 0 where there is none.</param>
/// <param name="SessionPresent">Session Present of a CONNACK.</param>
/// <param name="Codes">Return or reason codes; one zero where the packet leaves it out.</param>
/// <param name="Properties">MQTT 5 properties.</param>
public sealed record RawAnswer(RawType Type, int Id, bool SessionPresent, IReadOnlyList<int> Codes, RawProperties Properties)
{
    /// <summary>The first code.</summary>
    public int Code => Codes[0];

    public static RawAnswer Read(int level, RawPacket packet)
    {
        var type = (RawType)packet.Type;
        var body = packet.Body;
        var offset = 0;
        var id = 0;
        var present = false;
        var properties = new RawProperties();
        var codes = new List<int>();
        switch (type)
        {
            case RawType.ConnAck:
                present = (body[0] & 1) != 0;
                codes.Add(body[1]);
                offset = 2;
                if (level >= 5 && body.Length > 2)
                    properties = RawProperties.Read(body, ref offset);
                break;
            case RawType.SubAck or RawType.UnsubAck:
                id = (body[0] << 8) | body[1];
                offset = 2;
                if (level >= 5)
                    properties = RawProperties.Read(body, ref offset);
                codes.AddRange(body[offset..].Select(code => (int)code));
                break;
            default:
                if (type is not (RawType.Disconnect or RawType.Auth))
                {
                    id = (body[0] << 8) | body[1];
                    offset = 2;
                }

                codes.Add(body.Length > offset ? body[offset++] : 0);
                if (level >= 5 && body.Length > offset)
                    properties = RawProperties.Read(body, ref offset);
                break;
        }

        return new RawAnswer(type, id, present, codes, properties);
    }
}
