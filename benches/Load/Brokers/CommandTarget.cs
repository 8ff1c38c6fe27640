using System.Text;

namespace Fairlead.Load.Brokers;

// Any broker that a command starts: {port} is where it must listen on 127.0.0.1, {data} a directory of its own that survives a restart
// within a scenario. No shell in between, so that the process measured is the broker.
internal sealed class CommandTarget : Target
{
    private readonly string _command;

    private CommandTarget(string name, string command)
    {
        Name = name;
        _command = command;
    }

    internal override string Name { get; }

    internal override string Version => "";

    internal static CommandTarget Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !text.Contains("{port}", StringComparison.Ordinal))
            throw new BenchException("--peer takes 'name=command', and the command says {port} where the port goes.");
        return new CommandTarget(text[..equals], text[(equals + 1)..]);
    }

    // Blanks separate; quotes, double or single, hold together.
    internal static List<string> Split(string command)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        bool inWord = false;
        foreach (char c in command)
        {
            if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '"' or '\'')
            {
                quote = c;
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (inWord)
            words.Add(word.ToString());
        return words;
    }

    internal override BrokerProcess Start(StartOptions options)
    {
        int port = FindFreePort();
        string filled = _command.Replace("{port}", $"{port}", StringComparison.Ordinal).Replace("{data}", options.Data, StringComparison.Ordinal);
        BrokerProcess broker = BrokerProcess.Launch(Name, Split(filled), new Dictionary<string, string>(StringComparer.Ordinal));
        try
        {
            broker.Port = port;
            broker.WaitForPort(MosquittoTarget.StartTimeout);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }
}
