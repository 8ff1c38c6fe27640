using System.Collections.Concurrent;
using Fairlead.Broker;
using Fairlead.Broker.Durability;
using Fairlead.Broker.Extensions;

namespace Fairlead.Features.Rules.Engine;

/// <summary>
/// Runs rules: takes publications on the packet path, keeps them as long as any rule is not done with them, evaluates on workers. Rules never
/// hold up an acknowledgment beyond the commit of the message, nor its subscribers (spec/aws-rules, section 11).
/// </summary>
internal sealed class RuleEngine : IDisposable
{
    /// <summary>Rules that may wait for external functions at a time.</summary>
    private const int BlockingWorkers = 16;

    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(3);

    private readonly FeatureContext _context;
    private readonly ConcurrentDictionary<string, RuleState> _states = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly RuleLane _lane;
    private readonly RuleLane _blockingLane;
    private volatile FilterIndex<RuleRunner> _index = new([]);
    private bool _isLoading = true;
    private long _notFound;

    /// <summary>Makes the engine.</summary>
    /// <param name="context">What every slice is built on.</param>
    /// <param name="options">Settings.</param>
    /// <param name="log">What rules tell.</param>
    public RuleEngine(FeatureContext context, RulesOptions options, RuleLog log)
    {
        _context = context;
        Options = options;
        Log = log;
        _lane = new RuleLane(options.Workers > 0 ? options.Workers : Math.Max(1, Environment.ProcessorCount - 1), blocks: false);
        _blockingLane = new RuleLane(BlockingWorkers, blocks: true);
    }

    /// <summary>Settings.</summary>
    public RulesOptions Options { get; }

    /// <summary>What rules tell.</summary>
    public RuleLog Log { get; }

    /// <summary>The newest message of each rule.</summary>
    public LastMessages LastMessages { get; } = new();

    /// <summary>Clock.</summary>
    public TimeProvider Time => _context.Time;

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long Now => _context.Now;

    /// <summary>The broker.</summary>
    public MqttBroker Broker => _context.Broker;

    /// <summary>Cancelled at the end of the hub.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Enabled rules by filter.</summary>
    public FilterIndex<RuleRunner> Index => _index;

    /// <summary>Basic ingest to rules that are not there.</summary>
    public long NotFound => Volatile.Read(ref _notFound);

    /// <summary>Rules with what is counted of them, in no order; disabled ones too.</summary>
    public IEnumerable<RuleState> States => _states.Values;

    /// <summary>State of a rule; null when there is none.</summary>
    public RuleState? Find(string name) => _states.GetValueOrDefault(name);

    /// <summary>Puts a version of a rule to work; the one before ends with what it has. Under the gate.</summary>
    /// <param name="name">Name of the rule.</param>
    /// <param name="rule">The version; null for a rule that is disabled or cannot run.</param>
    public void Set(string name, CompiledRule? rule)
    {
        var state = _states.GetOrAdd(name, static key => new RuleState(key));
        var before = state.Current;
        state.Current = rule is null ? null : new RuleRunner(this, rule, state, rule.Statement.CallsFunctions ? _blockingLane : _lane);
        Reindex();
        before?.Retire();
    }

    /// <summary>Takes a rule away. Under the gate.</summary>
    public void Remove(string name)
    {
        if (!_states.TryRemove(name, out var state)) return;
        var before = state.Current;
        state.Current = null;
        LastMessages.Forget(state);
        Reindex();
        before?.Retire();
    }

    /// <summary>Takes a publication for rules. Within a tap or a topic owner, on the packet path.</summary>
    public void Accept(in Publication publication, IReadOnlyList<RuleRunner> rules, bool isBasic)
    {
        var job = RuleJob.Take(this, publication, rules, isBasic);
        foreach (var rule in rules) rule.Enqueue(job, isForced: false);
    }

    /// <summary>Basic ingest named a rule that is not there or is disabled.</summary>
    public void CountNotFound() => Interlocked.Increment(ref _notFound);

    /// <summary>All rules are loaded: what lay in the store is run again, before anything new can come.</summary>
    public void Start()
    {
        _isLoading = false;
        Reindex();
        int resumed = 0;
        int gone = 0;
        foreach (var kept in Broker.Kept.TakeRestored())
        {
            if (Resume(kept)) resumed++;
            else gone++;
        }

        if (resumed + gone > 0) Log.Resumed(resumed, gone);
    }

    /// <summary>Lets rules end with what they have, for a moment; what was promised and is left is run again at the next start.</summary>
    public async Task StopAsync()
    {
        long begun = Time.GetTimestamp();
        while (CountOpen() > 0 && Time.GetElapsedTime(begun) < LongestDrain)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Time).ConfigureAwait(false);
        if (CountOpen() is > 0 and var open) Log.Unfinished(open);
        await _stopping.CancelAsync().ConfigureAwait(false);
        _lane.Stop();
        _blockingLane.Stop();
        foreach (var state in _states.Values)
        {
            if (state.Current is { } current) await current.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private long CountOpen() => _states.Values.Sum(static state => state.Counters.Open);

    private bool Resume(KeptPublication kept)
    {
        var note = JobNote.Read(kept.Note);
        List<RuleRunner> rules = [];
        foreach (var name in note?.Rules ?? [])
        {
            if (Find(name)?.Current is { } rule) rules.Add(rule);
        }

        if (rules.Count == 0)
        {
            Broker.Kept.Done(kept);
            return false;
        }

        var job = RuleJob.Restore(this, kept, note!, rules.Count);
        foreach (var rule in rules) rule.Enqueue(job, isForced: true);
        return true;
    }

    private void Reindex()
    {
        if (_isLoading) return;
        _index = new FilterIndex<RuleRunner>(
            _states.Values.Select(static state => state.Current).OfType<RuleRunner>().Select(static rule => (rule.Rule.Statement.TopicFilter, rule)));
    }
}
