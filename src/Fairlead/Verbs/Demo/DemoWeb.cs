using System.Globalization;
using System.Text;

namespace Fairlead.Verbs.Demo;

/// <summary>HTTP requests that a person would make with curl, told as such.</summary>
internal sealed class DemoWeb : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request.</summary>
    /// <param name="record">Where the command is told.</param>
    /// <param name="method">HTTP method.</param>
    /// <param name="url">Whole address.</param>
    /// <param name="body">Text of the body; null for none.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Answer> SendAsync(
        DemoRecord record, HttpMethod method, Uri url, string? body, string contentType, CancellationToken cancellationToken)
    {
        record.Command(Line(method, url, body, contentType));
        using var request = new HttpRequestMessage(method, url);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, contentType);
        using var response = await _http.SendAsync(request, cancellationToken);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), response.Headers.ETag?.Tag.Trim('"'));
    }

    /// <summary>Sends a request that is expected to be answered with 2xx.</summary>
    /// <exception cref="VerbException">It was answered otherwise.</exception>
    public async Task<Answer> RequireAsync(
        DemoRecord record, HttpMethod method, Uri url, string? body, string contentType, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(record, method, url, body, contentType, cancellationToken);
        record.Require(answer.Status is >= 200 and < 300, $"{method} {url} is answered with success", $"HTTP {answer.Status.ToString(CultureInfo.InvariantCulture)}: {answer.Text}");
        return answer;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Line(HttpMethod method, Uri url, string? body, string contentType)
    {
        var line = new StringBuilder("curl");
        bool isUsual = method == HttpMethod.Get || (method == HttpMethod.Post && body is not null);
        if (!isUsual) line.Append(" -X ").Append(method.Method);
        // What curl says by itself of -d.
        if (body is not null && contentType != "application/x-www-form-urlencoded") line.Append(" -H 'Content-Type: ").Append(contentType).Append('\'');
        if (body is not null) line.Append(" -d '").Append(body).Append('\'');
        return line.Append(" '").Append(url.AbsoluteUri).Append('\'').ToString();
    }

    /// <param name="Status">HTTP status.</param>
    /// <param name="Text">Body.</param>
    /// <param name="Tag">ETag without quotes; null for none.</param>
    internal sealed record Answer(int Status, string Text, string? Tag);
}
