using Fairlead.Edge.Configuration;
using Microsoft.Extensions.Logging;

namespace Fairlead.Edge.Logging;

/// <summary>Makes loggers whose category is the link that a line is about: <c>edge</c>, <c>local</c>, or a link's name (spec section 17.15).</summary>
internal sealed class EdgeLoggerFactory(LogOptions options, LogPump pump, TimeProvider time) : ILoggerFactory
{
    private volatile int _level = (int)options.Level;

    /// <summary>Least level written; a reload changes it.</summary>
    public LogLevel Level
    {
        get => (LogLevel)_level;
        set => _level = (int)value;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new EdgeLogger(this, categoryName);

    /// <summary>Whoever embeds the broker asks for loggers by type; they write here, nobody else does.</summary>
    public void AddProvider(ILoggerProvider provider)
    {
        // There is one way out.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The pump belongs to the process: it is ended last.
    }

    private void Write(LogLevel level, string link, EventId id, string text, Exception? exception)
    {
        if (exception is not null) text = $"{text}: {exception.GetType().Name}: {exception.Message}";
        var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), time.LocalTimeZone);
        pump.Write(options.IsJson ? LogLine.ToJson(now, level, link, id, text) : LogLine.ToText(now, level, link, text));
    }

    private sealed class EdgeLogger(EdgeLoggerFactory factory, string category) : ILogger
    {
        // The broker's own category is a type name: the last part says enough.
        private readonly string _link = category.Contains('.', StringComparison.Ordinal) ? "local" : category;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= factory.Level && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) factory.Write(logLevel, _link, eventId, formatter(state, exception), exception);
        }
    }
}
