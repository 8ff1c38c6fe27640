using System.CommandLine;
using System.Text;
using System.Text.Json;
using Fairlead.Verbs.Remote;

namespace Fairlead.Verbs.Outbox;

/// <summary><c>fairlead outbox ls|show</c>: the mails of a hub without an SMTP server.</summary>
internal sealed class OutboxVerb(Terminal terminal)
{
    public Command Create() => new("outbox", "The mails of a hub that has no SMTP server.") { List(), Show() };

    private static string Printable(string text)
    {
        // What a stranger wrote: lines stay lines, other control characters do not reach the terminal.
        var printable = new StringBuilder(text.Length);
        foreach (char unit in text)
            printable.Append(unit is '\n' or '\t' || !char.IsControl(unit) ? unit : '?');
        return printable.ToString();
    }

    private Command List()
    {
        const string Examples =
            """
            fairlead outbox ls --data ./data              # newest first
            fairlead outbox ls --json | jq -r .id
            """;
        var verb = new ApiVerb(terminal, "outbox ls", "List the mails, newest first.", Examples);
        var limit = verb.Number("--limit", "number", "At most so many (default all).", 1, 1_000);
        return verb.Runs(async call =>
        {
            string path = HubRequest.Query("/v1/outbox", ("limit", call.Get(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            var answer = await call.SendAsync(HubRequest.Get(path), "cannot list the mails");
            var listing = new Listing(call, "id", "date", "to", "subject", "bytes");
            foreach (var mail in answer.GetProperty("mails").EnumerateArray())
                listing.Add(mail);
            listing.End();
            if (answer.TryGetProperty("isUsed", out var isUsed) && isUsed.ValueKind == JsonValueKind.False)
                call.Say("mails go to the SMTP server of Smtp:Host; these are from before");
        });
    }

    private Command Show()
    {
        const string Examples =
            """
            fairlead outbox show last                     # head and text, for people
            fairlead outbox show last | grep -o 'https://[^ ]*'
            fairlead outbox show last --raw > mail.eml
            """;
        var verb = new ApiVerb(terminal, "outbox show", "Print a mail.", Examples);
        var id = verb.Argument("id", "Its id, or last for the newest.");
        var raw = verb.Flag("--raw", "As it would have been sent (RFC 5322).");
        return verb.Runs(async call =>
        {
            string what = $"cannot show the mail {call.Get(id)}";
            var path = $"/v1/outbox/{HubRequest.Segment(call.Get(id))}";
            if (call.Get(raw))
            {
                var answer = await call.Hub.SendAsync(HubRequest.Get($"{path}?raw=true"), call.Cancellation);
                call.Terminal.Output.Write(answer.IsSuccess ? answer.Body : throw answer.ToException(what));
                return;
            }

            var mail = await call.SendAsync(HubRequest.Get(path), what);
            if (call.Talk.Json)
            {
                call.WriteLine(JsonText.OneLine(mail));
                return;
            }

            foreach (string name in (string[])["date", "from", "to", "subject"])
                call.WriteLine($"{char.ToUpperInvariant(name[0])}{name[1..]}: {Cells.Of(mail, name)}");
            call.WriteLine("");
            call.WriteLine(Printable(mail.GetProperty("text").GetString()!).TrimEnd('\n'));
        });
    }
}
