using Fairlead.Features.Rules.Sql;

namespace Fairlead.Features.Rules.Engine;

/// <summary>The newest message of each rule, for the rule tester; all of them together within a bound of bytes.</summary>
internal sealed class LastMessages
{
    private const int LargestKept = 32 * 1024;
    private const long MostBytes = 16 * 1024 * 1024;

    private long _bytes;

    /// <summary>Notes a message; large ones, and those beyond the bound, are not kept.</summary>
    public void Note(RuleRunner rule, RuleMessage message)
    {
        int size = SizeOf(message);
        if (size > LargestKept) return;
        // A rule is run by one thread at a time, so nobody else changes its slot.
        int before = SizeOf(rule.State.LastMessage);
        if (Interlocked.Add(ref _bytes, size - before) > MostBytes)
        {
            Interlocked.Add(ref _bytes, before - size);
            return;
        }

        rule.State.LastMessage = message;
        rule.State.LastMessageAt = rule.Engine.Now;
    }

    /// <summary>A rule is gone.</summary>
    public void Forget(RuleState state)
    {
        Interlocked.Add(ref _bytes, -SizeOf(state.LastMessage));
        state.LastMessage = null;
    }

    /// <summary>The newest message that any rule has had and the FROM of a statement matches; null when none was kept.</summary>
    public static RuleMessage? Find(IEnumerable<RuleState> states, RuleStatement statement)
    {
        RuleState? newest = null;
        foreach (var state in states)
        {
            if (state.LastMessage is not { } message || state.LastMessageAt < (newest?.LastMessageAt ?? 0)) continue;
            if (statement.MatchesTopic(message.Topic)) newest = state;
        }

        return newest?.LastMessage;
    }

    private static int SizeOf(RuleMessage? message) => message is null ? 0 : message.Payload.Length + message.Topic.Length + 512;
}
