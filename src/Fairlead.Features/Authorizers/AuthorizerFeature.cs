using Fairlead.Broker;
using Fairlead.Features.Api;
using Fairlead.Features.Functions;
using Fairlead.Features.Tags;
using Microsoft.Extensions.Logging;

namespace Fairlead.Features.Authorizers;

/// <summary>Custom authorizers: their operations, and asking them at CONNECT and over HTTP (spec/aws-messaging, section 1.1).</summary>
internal sealed class AuthorizerFeature : IFeature
{
    private readonly AuthorizerOperations _operations;
    private readonly ConnectionLifetimes _lifetimes;
    private readonly AuthorizerCalls _calls;

    /// <summary>Composes the slice.</summary>
    /// <param name="context">What every slice is built on.</param>
    /// <param name="tags">Tags.</param>
    /// <param name="functions">Calls functions.</param>
    /// <param name="checkPolicy">Why a policy document cannot be used; null when it can.</param>
    public AuthorizerFeature(FeatureContext context, TagService tags, FunctionCaller functions, Func<string, string?> checkPolicy)
    {
        var records = new AuthorizerRecords(context.Documents);
        tags.Register("authorizer", records.Authorizers);
        var answer = new AuthorizerAnswer(checkPolicy);
        var calls = _calls = new AuthorizerCalls(functions, answer, new WebTokens(answer, context.Time));
        var sessions = new AuthorizedSessions();
        Service = new AuthorizerService(context, records, tags, functions.Directory);
        _operations = new AuthorizerOperations(context, records, Service, calls);
        _lifetimes = new ConnectionLifetimes(context, records, calls, sessions, new Logger<ConnectionLifetimes>(context.Loggers));
        Connect = new AuthorizerConnect(records, calls, sessions, new Logger<AuthorizerConnect>(context.Loggers));
        Http = new AuthorizerHttp(records, calls, context.Time, new Logger<AuthorizerHttp>(context.Loggers));
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations => _operations.All;

    /// <summary>What authorizers have said.</summary>
    public AuthorizerCounters Counters => _calls.Counters;

    /// <summary>The rules.</summary>
    public AuthorizerService Service { get; }

    /// <summary>For CONNECT.</summary>
    public IConnectAuthenticator Connect { get; }

    /// <summary>For HTTP requests.</summary>
    public IApiAuthenticator Http { get; }

    /// <inheritdoc/>
    public void Attach(MqttBroker broker) => broker.AddConnectionObserver(_lifetimes);
}
