namespace Fairlead.Protocols.Mqtt;

/// <summary>Maps Reason Codes to the six Connect Return Codes of 3.x and back (MQTT 3.1.1, section 3.2.2.3).</summary>
internal static class ConnectReturnCode
{
    private const byte ServerUnavailable = 3;

    public static byte FromReasonCode(ReasonCode code) => code switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedProtocolVersion => 1,
        ReasonCode.ClientIdentifierNotValid => 2,
        ReasonCode.BadUserNameOrPassword => 4,
        ReasonCode.NotAuthorized or ReasonCode.Banned => 5,
        _ => ServerUnavailable,
    };

    public static bool TryToReasonCode(byte value, out ReasonCode code)
    {
        code = value switch
        {
            1 => ReasonCode.UnsupportedProtocolVersion,
            2 => ReasonCode.ClientIdentifierNotValid,
            3 => ReasonCode.ServerUnavailable,
            4 => ReasonCode.BadUserNameOrPassword,
            5 => ReasonCode.NotAuthorized,
            _ => ReasonCode.Success,
        };
        return value <= 5;
    }
}
