namespace Fairlead.Edge.Configuration;

/// <summary>The settings that Kanto's connector has too, with its names and defaults (spec section 2).</summary>
internal static class KantoSettings
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<EdgeSetting> All { get; } =
    [
        new("configFile", SettingKind.Path, "", "Configuration file in JSON; also -config.") { FlagOnly = true },
        new("version", SettingKind.Flag, "false", "Print the version and exit.") { FlagOnly = true },
        new("address", SettingKind.Text, "", "Remote endpoint, scheme://host:port. TLS: tls, ssl, mqtts, mqtt+ssl, tcps, wss; plain: tcp, mqtt, ws.") { PerLink = true },
        new("clientId", SettingKind.Text, "", "Client Identifier towards the remote endpoint; empty takes the device id.") { PerLink = true },
        new("tenantId", SettingKind.Text, "default-tenant-id", "Second segment of forwarded topics.") { PerLink = true },
        new("topicFilter", SettingKind.Text, "", "Regular expression; drops twin messages whose Ditto topic matches.") { PerLink = true, Hot = true, Remote = true },
        new("payloadFilters", SettingKind.List, "", "Regular expressions; remove the matching parts of twin payloads.") { PerLink = true, Hot = true, Remote = true },
        new("alpn", SettingKind.List, "", "Protocol names offered by ALPN; one text with blanks as a flag.") { PerLink = true },
        new("caCert", SettingKind.Path, "aws.crt", "PEM file with the certificate authorities of the remote endpoint; the system's are never used.") { PerLink = true },
        new("cert", SettingKind.Path, "", "PEM file with the device certificate; its common name is the device id.") { PerLink = true },
        new("key", SettingKind.Path, "", "PEM file with the unencrypted private key.") { PerLink = true },
        new("tpmDevice", SettingKind.Path, "", "TPM 2.0 device. Keys in a TPM are not supported: anything but empty is refused.") { PerLink = true },
        new("tpmHandle", SettingKind.Number, "0", "Storage root key handle; refused unless 0, as tpmDevice.") { PerLink = true },
        new("tpmKeyPub", SettingKind.Path, "", "Public part of a TPM key; refused unless empty, as tpmDevice.") { PerLink = true },
        new("tpmKey", SettingKind.Path, "", "Private part of a TPM key; refused unless empty, as tpmDevice.") { PerLink = true },
        new("localAddress", SettingKind.Text, "tcp://localhost:1883", "Local broker; embedded or embedded://host:port runs one inside this process."),
        new("localUsername", SettingKind.Text, "", "User name at the local broker."),
        new("localPassword", SettingKind.Text, "", "Password at the local broker; used with localUsername alone.") { Secret = true },
        new("localCACert", SettingKind.Path, "", "PEM file with the certificate authorities of the local broker; needed for TLS."),
        new("localCert", SettingKind.Path, "", "PEM file with the client certificate for the local broker; goes with localKey."),
        new("localKey", SettingKind.Path, "", "PEM file with its private key."),
        new("logFile", SettingKind.Path, "logs/aws-connector.log", "Log file; empty for the standard error stream."),
        new("logLevel", SettingKind.Text, "INFO", "ERROR, WARN, INFO, DEBUG or TRACE.")
        {
            Choices = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"], ExitCode = 2, Hot = true, Remote = true,
        },
        new("logFileSize", SettingKind.Number, "2", "Size in MB at which the log file is rotated.") { Least = 1 },
        new("logFileCount", SettingKind.Number, "5", "Rotated log files kept.") { Least = 1 },
        new("logFileMaxAge", SettingKind.Number, "28", "Days that rotated log files are kept; 0 for ever."),
        new("deviceId", SettingKind.Text, "", "Device id, namespace:name; empty takes the common name of the certificate.") { PerLink = true },
        new("deviceIdPattern", SettingKind.Text, "", "Makes the device id from the certificate: {{subject-cn}}, {{subject-dn}}.") { PerLink = true },
        new("username", SettingKind.Text, "", "User name towards the remote endpoint.") { PerLink = true },
        new("password", SettingKind.Text, "", "Password towards the remote endpoint.") { PerLink = true, Secret = true },
        new("authId", SettingKind.Text, "", "Hono: user name is authId@tenantId.") { PerLink = true },
        new("policyId", SettingKind.Text, "", "Told to local applications with the device id.") { PerLink = true },
        new("generic", SettingKind.Flag, "false", "The same as topicStyle generic.") { PerLink = true },
    ];
}
