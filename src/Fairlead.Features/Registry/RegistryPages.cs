using Fairlead.Features.Api;
using Fairlead.Features.Documents;

namespace Fairlead.Features.Registry;

/// <summary>Pages of long lists, and changes, each made durable before it is answered.</summary>
internal sealed class RegistryPages(DocumentStore documents)
{
    /// <summary>Most records that are looked at before others get the gate.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>Records looked at so far: what a list costs.</summary>
    public long Examined { get; private set; }

    /// <summary>Makes a change under the gate and waits until it is durable.</summary>
    public async ValueTask<T> ChangeAsync<T>(Func<T> change)
    {
        T result;
        lock (documents.Gate) result = change();
        await documents.CommitAsync().ConfigureAwait(false);
        return result;
    }

    /// <summary>Makes a change under the gate and waits until it is durable.</summary>
    public async ValueTask<ApiResponse> ChangeAsync(Action change)
    {
        lock (documents.Gate) change();
        await documents.CommitAsync().ConfigureAwait(false);
        return ApiResponse.Done;
    }

    /// <summary>Walks a list until a page is full, in steps: a search that finds little must not hold up those who change records.</summary>
    /// <param name="paging">Where the page starts and how long it is.</param>
    /// <param name="after">Records behind a key, in order; called under the gate.</param>
    /// <param name="keyOf">Key of a record.</param>
    /// <param name="isWanted">Whether a record belongs on the page.</param>
    /// <param name="next">Token of the next page; null on the last.</param>
    public List<T> Take<T>(Paging paging, Func<string?, IEnumerable<T>> after, Func<T, string> keyOf, Func<T, bool> isWanted, out string? next)
    {
        var page = new List<T>(Math.Min(paging.Size, 64));
        var position = paging.After;
        while (Step(page, paging.Size, after, keyOf, isWanted, ref position, out next))
        {
        }

        return page;
    }

    private bool Step<T>(
        List<T> page, int size, Func<string?, IEnumerable<T>> after, Func<T, string> keyOf, Func<T, bool> isWanted, ref string? position, out string? next)
    {
        next = null;
        lock (documents.Gate)
        {
            var looked = 0;
            foreach (var record in after(position))
            {
                if (++looked > MostAtOnce) return true;
                Examined++;
                var isOnList = isWanted(record);
                if (isOnList && page.Count == size)
                {
                    // The next page starts with this record: what was passed over since the last one is not looked at again.
                    next = Paging.Encode(position!);
                    return false;
                }

                if (isOnList) page.Add(record);
                position = keyOf(record);
            }
        }

        return false;
    }
}
