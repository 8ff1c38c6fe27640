using Fairlead.Edge.Twin.Commands;
using Fairlead.Edge.Twin.Messages;
using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Sessions;

/// <summary>Who waits for how a command ends at the hub, and the answers they get (spec/kanto-edge, section 14, rules 4 and 5).</summary>
internal sealed class Outcomes(TwinContext context)
{
    /// <summary>Commands that may wait for the hub's word at one time.</summary>
    private const int MostExpected = 1000;

    private readonly Dictionary<(string Token, string Topic, string Path), Queue<CommandOutcome>> _expected = [];
    private readonly Dictionary<long, CommandOutcome> _interrupted = [];
    private int _count;

    /// <summary>Whether the application that sent a command wants an answer.</summary>
    public bool WantsAnswer(TwinCommand command) => (command.IsResponseRequired ?? context.Options.ResponseDefault) && command.Timeout != TimeSpan.Zero;

    /// <summary>Whether there is room for one more that waits for the hub.</summary>
    public bool HasRoom()
    {
        if (_count < MostExpected) return true;
        foreach (var (key, queue) in _expected) // those whose record never came, because the spool dropped it
        {
            int before = queue.Count;
            var living = new Queue<CommandOutcome>(queue.Where(static outcome => !outcome.IsOver));
            _count -= before - living.Count;
            if (living.Count == 0) _expected.Remove(key);
            else _expected[key] = living;
        }

        return _count < MostExpected;
    }

    /// <summary>A command whose answer waits for the hub was taken: its time runs from now on.</summary>
    public CommandOutcome Expect(TwinCommand command, bool isNew)
    {
        var outcome = NewAtCloud(command);
        outcome.IsNew = isNew;
        var key = KeyOf(command);
        if (!_expected.TryGetValue(key, out var queue)) _expected[key] = queue = new Queue<CommandOutcome>();
        queue.Enqueue(outcome);
        _count++;
        return outcome;
    }

    /// <summary>The outcome of a command that is sent now.</summary>
    public CommandOutcome OfSent(long record, TwinCommand command)
    {
        if (_interrupted.Remove(record, out var interrupted)) return interrupted;
        if (context.Options.Ack == TwinAck.Local || !WantsAnswer(command)) return new CommandOutcome(command) { WantsError = WantsAnswer(command) };
        var key = KeyOf(command);
        if (!_expected.TryGetValue(key, out var queue)) return NewAtCloud(command); // taken before a restart
        _count--;
        var outcome = queue.Dequeue();
        if (queue.Count == 0) _expected.Remove(key);
        return outcome;
    }

    /// <summary>The outcome of a command that the local twin absorbed.</summary>
    public CommandOutcome OfCoalesced(TwinCommand command, bool waitsForHub) =>
        waitsForHub ? NewAtCloud(command) : new CommandOutcome(command) { WantsError = WantsAnswer(command) };

    /// <summary>The link was lost before the hub had all requests of a command: it will be sent again.</summary>
    public void Interrupt(long record, CommandOutcome outcome) => _interrupted[record] = outcome;

    /// <summary>An edit came to its end.</summary>
    /// <param name="outcome">Of its command; null when nobody waits.</param>
    /// <param name="error">Why it failed; null when it did not.</param>
    public void Complete(CommandOutcome? outcome, TwinError? error)
    {
        if (error is not null) context.Counters.CountError();
        if (outcome is null) return;
        outcome.Error ??= outcome is { IsSweep: true } && error is { Status: 404 } ? null : error;
        outcome.Waiting--;
        if (outcome.Waiting > 0 || outcome.IsOver) return;
        outcome.IsOver = true;
        if (outcome.Error is not null)
        {
            if (outcome.WantsError) context.Outbox.Add(TwinMessages.Failure(outcome.Command, outcome.Error));
        }
        else if (outcome.WantsSuccess)
        {
            context.Outbox.Add(TwinMessages.Success(outcome.Command, outcome.IsNew));
        }
    }

    /// <summary>All edits of a request came to their end.</summary>
    public void Complete(ShadowRequest request, TwinError? error)
    {
        if (request.Edits.Count == 0 && error is not null) context.Counters.CountError();
        foreach (var edit in request.Edits) Complete(edit.Outcome, error);
    }

    /// <summary>The time of an answer is over.</summary>
    public void OnAlarm(CommandOutcome outcome)
    {
        if (outcome.IsOver) return;
        outcome.IsOver = true;
        context.Counters.CountError();
        context.Outbox.Add(TwinMessages.Failure(outcome.Command, TwinError.Timeout));
    }

    private static (string Token, string Topic, string Path) KeyOf(TwinCommand command) => (command.Token ?? "", command.Topic.Text, command.Path);

    private CommandOutcome NewAtCloud(TwinCommand command)
    {
        var outcome = new CommandOutcome(command) { WantsError = true, WantsSuccess = true };
        context.Alarm(outcome, command.Timeout ?? context.Options.AnswerTimeout);
        return outcome;
    }
}
