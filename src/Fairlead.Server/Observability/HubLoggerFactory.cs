using System.Collections.Concurrent;
using Fairlead.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Observability;

/// <summary>
/// Makes the loggers of the process. Ours, not the framework's: no scopes (one for each connection would cost memory that idle
/// connections cannot spare), and its writer never blocks the thread that logs.
/// </summary>
public sealed class HubLoggerFactory : ILoggerFactory
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;
    private readonly bool _json;
    private volatile int _level;

    /// <summary>Makes the factory.</summary>
    /// <param name="writer">Where lines go.</param>
    /// <param name="json">Whether a line is a JSON object.</param>
    /// <param name="level">Least severe level.</param>
    /// <param name="time">Clock of the entries.</param>
    public HubLoggerFactory(LogWriter writer, bool json, LogLevel level, TimeProvider time)
    {
        _writer = writer;
        _json = json;
        _level = (int)level;
        _time = time;
    }

    /// <summary>Where lines go.</summary>
    public LogWriter Writer => _writer;

    /// <summary>Least severe level; may be changed while the hub runs.</summary>
    public LogLevel Level
    {
        get => (LogLevel)_level;
        set => _level = (int)value;
    }

    /// <summary>Whether the log is JSON.</summary>
    /// <param name="format">Setting.</param>
    /// <param name="redirected">Whether the log goes to something else than a terminal.</param>
    public static bool IsJson(LogFormat format, bool redirected) => format == LogFormat.Json || (format == LogFormat.Auto && redirected);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, static (name, self) => new Logger(self, name.StartsWith("Microsoft.", StringComparison.Ordinal)), this);

    /// <summary>Refused: there is one writer.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The hub's log has one writer.");

    /// <inheritdoc/>
    public void Dispose()
    {
        // The writer belongs to whoever made it.
    }

    private sealed class Logger(HubLoggerFactory factory, bool foreign) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // The framework's own chatter starts at warning, unless somebody looks for trouble in it with trace.
        public bool IsEnabled(LogLevel logLevel)
        {
            var level = factory._level;
            if (foreign && level > (int)LogLevel.Trace && level < (int)LogLevel.Warning) level = (int)LogLevel.Warning;
            return (int)logLevel >= level && logLevel != LogLevel.None;
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var time = factory._time.GetUtcNow();
            var message = formatter(state, exception);
            factory._writer.Write(factory._json
                ? LogLine.Json(time, logLevel, eventId, message, state as IReadOnlyList<KeyValuePair<string, object?>>, exception)
                : LogLine.Text(time, logLevel, message, exception));
        }
    }
}
