using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Features.Api;

namespace Fairlead.Features.Rules.Destinations;

/// <summary>
/// The rules of destinations. What changes is called under <see cref="Documents.DocumentStore.Gate"/> and commits nothing; requests to confirm
/// go out when the caller says so, after the commit.
/// </summary>
internal sealed class DestinationService : IRuleDestinations
{
    private const int Most = 10_000;
    private const string Type = "ruledestination";

    private readonly FeatureContext _context;
    private readonly RuleRecords _records;
    private readonly RulesOptions _options;
    private volatile RuleDestination[] _http = [];

    /// <summary>Makes the service; before documents are loaded.</summary>
    public DestinationService(FeatureContext context, RuleRecords records, RulesOptions options)
    {
        (_context, _records, _options) = (context, records, options);
        records.Destinations.Changed += (id, _, after) =>
            _http = [.. _http.Where(destination => destination.Id != id), .. after is { Url: not null } ? [after] : Array.Empty<RuleDestination>()];
    }

    /// <summary>ARN of a destination.</summary>
    public string ArnOf(RuleDestination destination) => _context.Scope.Arn(Type, destination.Id);

    /// <inheritdoc/>
    public bool Exists(string arn) => _context.Scope.TryParseArn(arn, Type, out var id) && _records.Destinations.Find(id) is not null;

    /// <inheritdoc/>
    public bool IsConfirmed(string url, out string problem)
    {
        problem = "";
        bool isKnown = false;
        foreach (var destination in _http)
        {
            if (!Covers(destination, url)) continue;
            if (destination.StatusAt(_context.Now) == DestinationStatus.Enabled) return true;
            isKnown = true;
        }

        problem = isKnown ? $"the destination of {url} is not enabled: its owner has to confirm it" : $"there is no destination for {url}";
        return false;
    }

    /// <summary>Finds a destination by its ARN.</summary>
    /// <exception cref="ApiException">404 in the words of the other operations of this slice.</exception>
    public RuleDestination Get(string arn) =>
        _context.Scope.TryParseArn(arn, Type, out var id) && _records.Destinations.Find(id) is { } found
            ? found
            : throw ApiException.InvalidRequest($"there is no destination {(arn.Length <= 200 ? arn : arn[..200])}");

    /// <summary>Creates an HTTP destination that waits to be confirmed.</summary>
    public (RuleDestination Destination, string Token) CreateHttp(string? url)
    {
        if (string.IsNullOrEmpty(url)) throw ApiException.InvalidRequest("confirmationUrl is missing");
        if (!DestinationUrls.TryTake(url, _options.PlainHosts, out _, out var problem)) throw ApiException.InvalidRequest($"confirmationUrl {problem}");
        CheckNumber();
        var token = NewToken();
        var destination = new RuleDestination($"http/{Guid.NewGuid()}", DestinationStatus.InProgress, _context.Now, _context.Now)
        {
            Url = url,
            TokenHash = HashOf(token),
            TokenAt = _context.Now,
            Reason = "waits to be confirmed by its owner",
        };
        _records.Destinations.Save(destination.Id, destination);
        return (destination, token);
    }

    /// <summary>Creates a VPC destination: there is no VPC here, but kafka actions name one.</summary>
    public RuleDestination CreateVpc(JsonElement vpc)
    {
        CheckNumber();
        if (vpc.ValueKind != JsonValueKind.Object || !vpc.TryGetProperty("vpcId", out _) || !vpc.TryGetProperty("subnetIds", out _) || !vpc.TryGetProperty("roleArn", out _))
            throw ApiException.InvalidRequest("vpcConfiguration must have subnetIds, vpcId and roleArn");
        var destination = new RuleDestination($"vpc/{Guid.NewGuid()}", DestinationStatus.Enabled, _context.Now, _context.Now) { Vpc = vpc.Clone(), WasConfirmed = true };
        _records.Destinations.Save(destination.Id, destination);
        return destination;
    }

    /// <summary>Makes sure that there is a destination of a confirmation URL, whatever its state.</summary>
    /// <returns>The one that had to be made; null when there was one.</returns>
    public (RuleDestination Destination, string Token)? Ensure(string url)
    {
        return Array.Exists(_http, destination => Covers(destination, url)) ? null : CreateHttp(url);
    }

    /// <summary>Changes the state.</summary>
    /// <returns>The destination, and a token when it has to be confirmed again.</returns>
    public (RuleDestination Destination, string? Token) Update(RuleDestination destination, string? status)
    {
        string? token = null;
        var changed = destination with { UpdatedAt = _context.Now, Reason = null };
        switch (status)
        {
            case "ENABLED" when destination.WasConfirmed:
                changed = changed with { Status = DestinationStatus.Enabled };
                break;
            case "ENABLED":
                throw ApiException.InvalidRequest("a destination is enabled when its owner has confirmed it");
            case "DISABLED":
                changed = changed with { Status = DestinationStatus.Disabled, TokenHash = null };
                break;
            case "IN_PROGRESS" when destination.Url is not null:
                token = NewToken();
                changed = changed with
                {
                    Status = DestinationStatus.InProgress,
                    TokenHash = HashOf(token),
                    TokenAt = _context.Now,
                    WasConfirmed = false,
                    Reason = "waits to be confirmed by its owner",
                };
                break;
            default:
                throw ApiException.InvalidRequest("status must be ENABLED, DISABLED or, for an HTTP destination, IN_PROGRESS");
        }

        _records.Destinations.Save(changed.Id, changed);
        return (changed, token);
    }

    /// <summary>Confirms the destination of a token; once.</summary>
    public void Confirm(string token)
    {
        var hash = HashOf(token);
        foreach (var destination in _http)
        {
            if (destination.TokenHash != hash || destination.StatusAt(_context.Now) != DestinationStatus.InProgress) continue;
            _records.Destinations.Save(
                destination.Id, destination with { Status = DestinationStatus.Enabled, TokenHash = null, WasConfirmed = true, UpdatedAt = _context.Now, Reason = null });
            return;
        }

        throw ApiException.InvalidRequest("the token confirms nothing: it was used, has expired or was replaced by a newer one");
    }

    /// <summary>Removes a destination.</summary>
    public void Delete(RuleDestination destination) => _records.Destinations.Remove(destination.Id);

    // A prefix that ends within a word would let https://a.example also stand for https://a.example.org.
    private static bool Covers(RuleDestination destination, string url)
    {
        var known = destination.Url!;
        if (!url.StartsWith(known, StringComparison.Ordinal)) return false;
        return url.Length == known.Length || known.EndsWith('/') || url[known.Length] is '/' or '?' || new Uri(known).PathAndQuery.Length > 1;
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private void CheckNumber()
    {
        if (_records.Destinations.Count >= Most) throw ApiException.InvalidRequest($"there are {Most} destinations already");
    }
}
