using System.Net;
using System.Runtime.InteropServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Fairlead.Targets.Signing;

namespace Fairlead.Targets.S3;

/// <summary>Objects on a server with the API of S3. Retries are the engine's: the client tries once.</summary>
internal sealed class ObjectServer : IObjectStore
{
    private readonly AmazonS3Client _client;
    private readonly string _endpoint;

    /// <summary>Makes the client; it connects with the first object.</summary>
    /// <param name="endpoint">URL of the server.</param>
    /// <param name="key">Key that requests are signed with; null for unsigned ones.</param>
    /// <param name="region">Region of the signature.</param>
    /// <param name="connections">Most connections.</param>
    public ObjectServer(string endpoint, SigningKey? key, string region, int connections)
    {
        _endpoint = endpoint;
        var configuration = new AmazonS3Config
        {
            ServiceURL = endpoint,
            AuthenticationRegion = region,
            // Buckets are part of the path: servers at home have no wildcard names.
            ForcePathStyle = true,
            MaxErrorRetry = 0,
            MaxConnectionsPerServer = connections,
            Timeout = TimeSpan.FromSeconds(10),
            // Trailing checksums are newer than many a compatible server.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            AllowAutoRedirect = false,
            ThrottleRetries = false,
        };
        AWSCredentials credentials = key is null ? new AnonymousAWSCredentials() : new BasicAWSCredentials(key.Id, key.Secret);
        _client = new AmazonS3Client(credentials, configuration);
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(S3Call call, CancellationToken cancellationToken)
    {
        using var body = MemoryMarshal.TryGetArray(call.Payload, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(call.Payload.ToArray(), writable: false);
        var request = new PutObjectRequest
        {
            BucketName = call.Bucket,
            Key = call.Key,
            InputStream = body,
            AutoCloseStream = false,
            UseChunkEncoding = false,
            ContentType = call.Evaluation.OutputIsJson ? "application/json" : "application/octet-stream",
        };
        if (call.Acl is not null) request.CannedACL = S3CannedACL.FindValue(call.Acl);
        var what = $"cannot write object '{call.Key}' of bucket {call.Bucket} at {_endpoint}";
        try
        {
            await _client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
            call.Succeed();
        }
        catch (AmazonServiceException exception) when (exception.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            and not HttpStatusCode.TooManyRequests and not HttpStatusCode.RequestTimeout)
        {
            call.Fail($"{what}: {exception.ErrorCode} {exception.Message}");
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            call.FailForNow($"{what}: {(exception.InnerException?.InnerException ?? exception.InnerException ?? exception).Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
