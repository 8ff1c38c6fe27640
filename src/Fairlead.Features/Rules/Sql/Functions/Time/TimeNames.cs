namespace Fairlead.Features.Rules.Sql.Functions.Time;

/// <summary>English names of months and days.</summary>
internal static class TimeNames
{
    /// <summary>Months from January.</summary>
    public static string[] Months { get; } =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <summary>Days from Monday.</summary>
    public static string[] Days { get; } = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <summary>The first three letters.</summary>
    public static string Short(string name) => name[..3];

    /// <summary>Number of a weekday from 1 for Monday.</summary>
    public static int Number(DayOfWeek day) => day == DayOfWeek.Sunday ? 7 : (int)day;
}
