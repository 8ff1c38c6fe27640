namespace Fairlead.Verbs.Demo;

/// <summary>One step of the tour: it does something for real and says what came of it.</summary>
internal interface IDemoStep
{
    /// <summary>Short name, for scripts.</summary>
    string Name { get; }

    /// <summary>What it is about, in a few words.</summary>
    string Title { get; }

    /// <summary>What will happen, for somebody who has never seen it.</summary>
    string Story { get; }

    /// <summary>Page of the console that shows it, such as <c>/console/things/lamp1</c>.</summary>
    string Page { get; }

    /// <summary>What to look at there.</summary>
    string LookAt { get; }

    /// <summary>Does it.</summary>
    /// <exception cref="VerbException">It did not come out as it should.</exception>
    Task RunAsync(DemoStage stage, DemoRecord record, CancellationToken cancellationToken);
}
