using System.CommandLine;
using System.Text;
using System.Text.Json;
using Fairlead.Server.Security;

namespace Fairlead.Verbs.Local;

/// <summary><c>fairlead user add|passwd|rm|ls</c>: who may connect with a password. A running hub notices within seconds.</summary>
internal static class UserVerb
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => new("user", "Users who connect with a password. A running hub notices a change within seconds.")
    {
        Add(), ChangePassword(), Remove(), List(),
    };

    private static Argument<string> NameArgument() => new("name") { Description = "User name.", HelpName = "NAME" };

    private static Option<string?> FileOption() =>
        new("--users-file") { Description = "Users file, when it is not users.json of the data directory.", HelpName = "FILE" };

    private static Command Add()
    {
        var name = NameArgument();
        var file = FileOption();
        var admin = new Option<bool>("--admin") { Description = "May also read $SYS." };
        var command = new Command("add", "Add a user; the password comes from a prompt, standard input or a file.") { name, file, admin };
        var data = new DataFlags().AddTo(command);
        var password = new PasswordInput().AddTo(command);
        HelpWithExamples.AddTo(command, """printf %s "$PASSWORD" | fairlead user add ada --data /var/lib/fairlead""", hasLetter: true);
        command.SetAction(result => LocalVerb.Run("user add", () =>
        {
            var user = result.GetRequiredValue(name);
            if (!IsName(user)) return LocalVerb.Fail("user add", "a user name must not be empty and must not hold control characters", ExitCode.Usage);
            var users = Open(data, file, result);
            if (users.Find(user) is not null)
                return LocalVerb.Fail("user add", $"the user {user} exists; 'fairlead user passwd {user}' changes the password", ExitCode.Failed);
            return Save(users, user, result.GetValue(admin), password, result, "user add", "added");
        }));
        return command;
    }

    private static Command ChangePassword()
    {
        var name = NameArgument();
        var file = FileOption();
        var command = new Command("passwd", "Change a user's password.") { name, file };
        var data = new DataFlags().AddTo(command);
        var password = new PasswordInput().AddTo(command);
        HelpWithExamples.AddTo(command, "fairlead user passwd ada --data /var/lib/fairlead", hasLetter: true);
        command.SetAction(result => LocalVerb.Run("user passwd", () =>
        {
            var users = Open(data, file, result);
            return users.Find(result.GetRequiredValue(name)) is { } user
                ? Save(users, user.Name, user.Admin, password, result, "user passwd", "changed")
                : Missing("user passwd", result.GetRequiredValue(name), users);
        }));
        return command;
    }

    private static Command Remove()
    {
        var name = NameArgument();
        var file = FileOption();
        var command = new Command("rm", "Remove a user. Who is connected stays so until the connection ends.") { name, file };
        var data = new DataFlags().AddTo(command);
        HelpWithExamples.AddTo(command, "fairlead user rm ada --data /var/lib/fairlead", hasLetter: true);
        command.SetAction(result => LocalVerb.Run("user rm", () =>
        {
            var users = Open(data, file, result);
            if (!users.Remove(result.GetRequiredValue(name))) return Missing("user rm", result.GetRequiredValue(name), users);
            users.Save();
            Console.Error.WriteLine($"removed {result.GetRequiredValue(name)}");
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command List()
    {
        var file = FileOption();
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Command("ls", "List users.") { file, json };
        var data = new DataFlags().AddTo(command);
        HelpWithExamples.AddTo(command, "fairlead user ls --data /var/lib/fairlead", hasLetter: true);
        command.SetAction(result => LocalVerb.Run("user ls", () =>
        {
            foreach (var user in Open(data, file, result).Users)
            {
                Console.Out.WriteLine(result.GetValue(json)
                    ? $$"""{"name":"{{JsonEncodedText.Encode(user.Name)}}","admin":{{(user.Admin ? "true" : "false")}}}"""
                    : user.Name + (user.Admin ? "  admin" : ""));
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static int Save(
        UsersFile users, string user, bool admin, PasswordInput input, ParseResult result, string verb, string done)
    {
        if (input.TryRead(result, out var password) is { } problem) return LocalVerb.Fail(verb, problem, ExitCode.Usage);
        users.Set(user, password, admin);
        users.Save();
        Console.Error.WriteLine($"{done} {user} in {users.Path}");
        return ExitCode.Done;
    }

    private static int Missing(string verb, string user, UsersFile users) =>
        LocalVerb.Fail(verb, $"no user {user} in {users.Path}; 'fairlead user ls' lists them", ExitCode.NotFound);

    private static UsersFile Open(DataFlags data, Option<string?> file, ParseResult result)
    {
        var options = data.Load(result);
        if (result.GetValue(file) is { } path) options.Auth.UsersFile = path;
        return UsersFile.Open(options);
    }

    private static bool IsName(string name) =>
        name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= 65_535 && !name.Any(char.IsControl);
}
