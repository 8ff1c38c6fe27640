using System.Text.Json;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Fairlead.Targets.Items;
using Fairlead.Targets.Signing;

namespace Fairlead.Targets.DynamoDb;

/// <summary>Items on a server with the API of DynamoDB. Retries are the engine's: the client tries once.</summary>
internal sealed class DynamoServer : IItemStore
{
    private readonly AmazonDynamoDBClient _client;
    private readonly string _endpoint;

    /// <summary>Makes the client; it connects with the first item.</summary>
    /// <param name="endpoint">URL of the server.</param>
    /// <param name="key">Key that requests are signed with; such servers want some signature, so null takes one that says nothing.</param>
    /// <param name="region">Region of the signature.</param>
    /// <param name="connections">Most connections.</param>
    public DynamoServer(string endpoint, SigningKey? key, string region, int connections)
    {
        _endpoint = endpoint;
        var configuration = new AmazonDynamoDBConfig
        {
            ServiceURL = endpoint,
            AuthenticationRegion = region,
            MaxErrorRetry = 0,
            MaxConnectionsPerServer = connections,
            Timeout = TimeSpan.FromSeconds(10),
            AllowAutoRedirect = false,
            ThrottleRetries = false,
        };
        _client = new AmazonDynamoDBClient(new BasicAWSCredentials(key?.Id ?? "fairlead", key?.Secret ?? "fairlead"), configuration);
    }

    /// <inheritdoc/>
    public int LargestBatch => 1;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(IReadOnlyList<ItemCall> calls, CancellationToken cancellationToken)
    {
        foreach (var call in calls) await WriteAsync(call, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask WriteAsync(ItemCall call, CancellationToken cancellationToken)
    {
        var what = $"cannot write to table {call.Table} at {_endpoint}";
        try
        {
            await SendAsync(call, cancellationToken).ConfigureAwait(false);
            call.Succeed();
        }
        catch (AmazonServiceException exception) when (IsFinal(exception))
        {
            call.Fail($"{what}: {exception.ErrorCode} {exception.Message}");
        }
        catch (JsonException exception)
        {
            call.Fail($"{what}: {exception.Message}");
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            call.FailForNow($"{what}: {(exception.InnerException?.InnerException ?? exception.InnerException ?? exception).Message}");
        }
    }

    private async Task SendAsync(ItemCall call, CancellationToken cancellationToken)
    {
        var keys = call.Keys.ToDictionary(
            static key => key.Field, static key => key.IsNumber ? new AttributeValue { N = key.Value } : new AttributeValue { S = key.Value }, StringComparer.Ordinal);
        switch (call.Operation)
        {
            case ItemOperation.Delete:
                await _client.DeleteItemAsync(new DeleteItemRequest { TableName = call.Table, Key = keys }, cancellationToken).ConfigureAwait(false);
                return;
            case ItemOperation.Update:
                var update = new UpdateItemRequest
                {
                    TableName = call.Table,
                    Key = keys,
                    UpdateExpression = "SET #p = :p",
                    ExpressionAttributeNames = new Dictionary<string, string>(StringComparer.Ordinal) { ["#p"] = call.PayloadField },
                    ExpressionAttributeValues = new Dictionary<string, AttributeValue>(StringComparer.Ordinal) { [":p"] = PayloadOf(call) },
                };
                await _client.UpdateItemAsync(update, cancellationToken).ConfigureAwait(false);
                return;
            default:
                await _client.PutItemAsync(new PutItemRequest { TableName = call.Table, Item = ItemOf(call, keys) }, cancellationToken).ConfigureAwait(false);
                return;
        }
    }

    private static AttributeValue PayloadOf(ItemCall call) => Attributes.Payload(call.Payload, call.Evaluation.OutputIsJson);

    private static Dictionary<string, AttributeValue> ItemOf(ItemCall call, Dictionary<string, AttributeValue> keys)
    {
        if (call.Keys.Count > 0)
        {
            // A key of the same name goes before the payload: without it there is no item.
            keys.TryAdd(call.PayloadField, PayloadOf(call));
            return keys;
        }

        using var document = JsonDocument.Parse(call.Payload);
        return Attributes.Of(document.RootElement);
    }

    private static bool IsFinal(AmazonServiceException exception) =>
        (int)exception.StatusCode is >= 400 and < 500 and not (408 or 429) &&
        exception.ErrorCode is not ("ProvisionedThroughputExceededException" or "ThrottlingException" or "RequestLimitExceeded" or "TransactionConflictException"
            or "LimitExceededException" or "RequestExpired");
}
