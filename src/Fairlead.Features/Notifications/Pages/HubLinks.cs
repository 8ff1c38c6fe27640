using Fairlead.Features.Endpoints;
using Fairlead.Features.Notifications.Topics;

namespace Fairlead.Features.Notifications.Pages;

/// <summary>Links to this hub in mails and documents.</summary>
internal sealed class HubLinks(HubScope scope, HubSite site, NotificationOptions options, NotificationArns arns)
{
    /// <summary>Path of the page that confirms.</summary>
    public const string ConfirmPath = "/sns/confirm";

    /// <summary>Path of the page that ends a subscription.</summary>
    public const string UnsubscribePath = "/sns/unsubscribe";

    /// <summary>Path of the certificate.</summary>
    public const string CertificatePath = "/sns/cert.pem";

    /// <summary>Certificate of the key that signs documents.</summary>
    public string Certificate => Root + CertificatePath;

    /// <summary>Address of this hub without a slash at its end.</summary>
    public string Root => options.PublicUrl.Length > 0 ? options.PublicUrl.TrimEnd('/') : OfListeners();

    /// <summary>Confirms at once.</summary>
    public string Confirm(Subscription subscription) =>
        $"{Root}/?Action=ConfirmSubscription&TopicArn={Uri.EscapeDataString(arns.OfTopic(subscription.Topic))}&Token={subscription.Token}";

    /// <summary>Ends the subscription at once.</summary>
    public string Unsubscribe(Subscription subscription) =>
        $"{Root}/?Action=Unsubscribe&SubscriptionArn={Uri.EscapeDataString(arns.Of(subscription))}";

    /// <summary>
    /// Page with a button that confirms: programs that look at mails before their receiver does open the links in them, and press no button.
    /// </summary>
    public string ConfirmPage(Subscription subscription) =>
        $"{Root}{ConfirmPath}?TopicArn={Uri.EscapeDataString(arns.OfTopic(subscription.Topic))}&Token={subscription.Token}";

    /// <summary>Page with a button that ends the subscription, for the same reason.</summary>
    public string UnsubscribePage(Subscription subscription) =>
        $"{Root}{UnsubscribePath}?SubscriptionArn={Uri.EscapeDataString(arns.Of(subscription))}";

    // Without a setting: the listener that serves the API over TLS, by the name that clients are told; a developer's hub may have none.
    private string OfListeners()
    {
        Uri? plain = null;
        foreach (var listener in site.Listeners)
        {
            if (!Uri.TryCreate(listener, UriKind.Absolute, out var url)) continue;
            if (url.Scheme == "tls") return $"https://{Host(url)}:{url.Port}";
            if (url.Scheme == "http") plain ??= url;
        }

        return plain is null ? $"https://{Name()}" : $"http://{Host(plain)}:{plain.Port}";
    }

    private string Host(Uri listener)
    {
        if (scope.EndpointHost.Length > 0) return scope.EndpointHost;
        return listener.Host switch
        {
            "0.0.0.0" or "[::]" => Name(),
            "127.0.0.1" or "[::1]" => "localhost",
            var host => host,
        };
    }

    private string Name() => scope.EndpointHost.Length > 0 ? scope.EndpointHost : Environment.MachineName.ToLowerInvariant();
}
