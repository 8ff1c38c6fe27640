using System.Text;
using Fairlead.Features.Api;
using Fairlead.Features.Endpoints;

namespace Fairlead.Features.Description;

/// <summary><c>GET /v1/openapi.json</c>: the hub's own API for programs and generators.</summary>
internal sealed class DescriptionFeature : IFeature
{
    private readonly HubSite _site;
    private readonly List<OperationDescription> _outside = [];
    private readonly Lazy<byte[]> _document;
    private IReadOnlyList<ApiOperation> _offered = [];

    /// <summary>Makes the slice.</summary>
    public DescriptionFeature(HubSite site)
    {
        _site = site;
        _document = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(Write()));
    }

    /// <inheritdoc/>
    public IEnumerable<ApiOperation> Operations =>
        [ApiOperation.Hub("GetOpenApi", "GET", "/v1/openapi.json", _ => new(new ApiResponse(200, _document.Value)))];

    /// <summary>Takes the operations of all slices, while they are composed.</summary>
    /// <returns>The same.</returns>
    public IReadOnlyList<ApiOperation> Offer(IReadOnlyList<ApiOperation> operations)
    {
        _offered = [.. operations.Where(static operation => operation.Service == ApiService.Hub)];
        return operations;
    }

    /// <summary>Adds what the program serves itself, before the first request.</summary>
    public void Add(IEnumerable<OperationDescription> outside) => _outside.AddRange(outside);

    private string Write()
    {
        var document = new OpenApiDocument(_site.Version);
        var offered = _offered.ToLookup(static operation => operation.Name, StringComparer.Ordinal);
        // In the order of the descriptions, which is that of the page.
        foreach (var description in _outside) document.Add(description);
        foreach (var description in HubOperations.All)
        {
            foreach (var operation in offered[description.Name]) document.Add(operation, description);
        }

        return document.ToJson().ToJsonString();
    }
}
