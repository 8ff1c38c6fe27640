using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Fairlead.Features.Notifications.Delivery;
using Fairlead.Features.Notifications.Mail;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using IMailTransport = Fairlead.Features.Notifications.Mail.IMailTransport;

namespace Fairlead.Targets.Mail;

/// <summary>Hands mails to an SMTP server (RFC 5321), one connection for each.</summary>
internal sealed class SmtpMail(SmtpOptions options) : IMailTransport
{
    private readonly X509Certificate2Collection? _authorities = Load(options.CaFile);

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(MailMessage mail, CancellationToken cancellationToken)
    {
        try
        {
            using var message = MailComposer.Compose(mail, options.Sender);
            using var client = new SmtpClient { CheckCertificateRevocation = false };
            if (_authorities is not null) client.ServerCertificateValidationCallback = IsTrusted;
            await client.ConnectAsync(options.Host, options.Port, Security(), cancellationToken).ConfigureAwait(false);
            if (options.User.Length > 0) await client.AuthenticateAsync(options.User, options.Password, cancellationToken).ConfigureAwait(false);
            await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
            await SayGoodbyeAsync(client, cancellationToken).ConfigureAwait(false);
            return DeliveryOutcome.Delivered;
        }
        catch (SmtpCommandException refusal)
        {
            return Judge(refusal);
        }
        catch (Exception fault) when (fault is ProtocolException or IOException or SocketException or AuthenticationException or SslHandshakeException or NotSupportedException or ParseException)
        {
            return DeliveryOutcome.Transient($"{options.Host}:{options.Port}: {OneLine(fault.Message)}");
        }
    }

    /// <summary>The server has the mail: what becomes of the connection is of no interest.</summary>
    private static async Task SayGoodbyeAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is ProtocolException or CommandException or IOException or SocketException or OperationCanceledException)
        {
            // As said.
        }
    }

    // 5xx to RCPT or DATA is about this mail; everything else is about the server or its configuration and may be mended.
    private static DeliveryOutcome Judge(SmtpCommandException refusal)
    {
        var why = $"{(int)refusal.StatusCode} {OneLine(refusal.Message)}";
        var isFinal = (int)refusal.StatusCode is >= 500 and < 600 &&
            refusal.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted;
        return isFinal ? DeliveryOutcome.Refused(why) : DeliveryOutcome.Transient(why);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private static X509Certificate2Collection? Load(string file)
    {
        if (file.Length == 0) return null;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities;
    }

    private SecureSocketOptions Security() => options.Security switch
    {
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        _ => SecureSocketOptions.None,
    };

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(server);
    }
}
