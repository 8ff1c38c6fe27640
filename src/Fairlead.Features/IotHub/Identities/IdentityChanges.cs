using Fairlead.Features.Documents;

namespace Fairlead.Features.IotHub.Identities;

/// <summary>Tells after the commit what ends grants that were given before; see <see cref="IdentityChange"/>.</summary>
internal sealed class IdentityChanges
{
    private readonly FeatureContext _context;

    // Guarded by itself; as large as what changed since the last commit.
    private readonly Dictionary<string, IdentityChange> _pending = new(StringComparer.Ordinal);
    private bool _isUnderWay;

    /// <summary>Follows the table.</summary>
    public IdentityChanges(FeatureContext context, RecordTable<Identity> table)
    {
        _context = context;
        table.Changed += OnChanged;
    }

    /// <summary>See <see cref="IdentityService.Changed"/>.</summary>
    public event Action<IdentityName, IdentityChange>? Changed;

    private static IdentityChange? ChangeOf(Identity before, Identity? after)
    {
        if (after is null || after.GenerationId != before.GenerationId) return IdentityChange.Deleted;
        if (after.IsDisabled) return before.IsDisabled ? null : IdentityChange.Disabled;
        return after.Authentication == before.Authentication && after.PrimaryKey == before.PrimaryKey && after.SecondaryKey == before.SecondaryKey
            && after.PrimaryThumbprint == before.PrimaryThumbprint && after.SecondaryThumbprint == before.SecondaryThumbprint
            ? null
            : IdentityChange.KeysChanged;
    }

    /// <summary>Under the gate.</summary>
    private void OnChanged(string key, Identity? before, Identity? after)
    {
        if (before is null || ChangeOf(before, after) is not { } change) return;
        lock (_pending)
        {
            // The graver one stays: what was deleted and made again was deleted.
            if (!_pending.TryGetValue(key, out var noted) || change < noted) _pending[key] = change;
            if (_isUnderWay) return;
            _isUnderWay = true;
        }

        _ = TellAsync();
    }

    private async Task TellAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            try
            {
                await _context.Documents.CommitAsync().ConfigureAwait(false);
            }
            catch (Api.ApiException)
            {
                // The disk takes nothing: the change is in force in memory all the same, and so is its end.
            }

            List<KeyValuePair<string, IdentityChange>> changes;
            lock (_pending)
            {
                if (_pending.Count == 0)
                {
                    _isUnderWay = false;
                    return;
                }

                changes = [.. _pending];
                _pending.Clear();
            }

            foreach (var (key, change) in changes) Changed?.Invoke(IdentityName.OfKey(key), change);
        }
    }
}
