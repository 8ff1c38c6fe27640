using System.CommandLine;
using System.Text;

namespace Fairlead.Verbs.Local;

/// <summary>Where a password comes from: a file, standard input, or a person who types it twice unseen.</summary>
internal sealed class PasswordInput
{
    private const int LongestPassword = 65_535;

    private readonly Option<string?> _file = new("--password-file") { Description = "File with the password; - for standard input.", HelpName = "FILE" };
    private readonly Option<string?> _text = new("--password")
    {
        Description = "The password itself. Others on this machine can see it while the command runs; prefer --password-file.",
        HelpName = "TEXT",
    };

    /// <summary>Adds the flags to a command.</summary>
    public PasswordInput AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_text);
        return this;
    }

    /// <summary>Gets the password.</summary>
    /// <param name="result">Command line.</param>
    /// <param name="password">The password; empty when there is a problem.</param>
    /// <returns>What is wrong; null for nothing.</returns>
    public string? TryRead(ParseResult result, out string password)
    {
        password = "";
        string? problem = null;
        if (result.GetValue(_text) is { } text)
        {
            Console.Error.WriteLine("warning: a password on the command line can be seen by others on this machine and stays in the shell's history");
            password = text;
        }
        else if (result.GetValue(_file) is { } file && file != "-")
        {
            password = File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        else if (Console.IsInputRedirected || result.GetValue(_file) is "-")
        {
            password = Console.In.ReadLine() ?? "";
        }
        else
        {
            password = Prompt("Password: ");
            if (Prompt("Again:    ") != password) problem = "the two passwords differ";
        }

        if (problem is null && password.Length == 0) problem = "the password is empty";
        if (problem is null && Encoding.UTF8.GetByteCount(password) > LongestPassword) problem = "the password is longer than MQTT can carry (65,535 bytes)";
        if (problem is not null) password = "";
        return problem;
    }

    private static string Prompt(string label)
    {
        Console.Error.Write(label);
        var typed = new StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace)
            {
                if (typed.Length > 0) typed.Length--;
            }
            else if (key.KeyChar != '\0')
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
