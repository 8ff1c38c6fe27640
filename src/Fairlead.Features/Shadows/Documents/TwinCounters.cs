namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// What the Azure dialect counts besides the version of the document (spec/azure-gateway, section 6.3): each section has a version of its
/// own, 1 before the first write and one more with each.
/// </summary>
/// <param name="Desired"><c>$version</c> of desired.</param>
/// <param name="Reported"><c>$version</c> of reported.</param>
/// <param name="Tags">Version of tags.</param>
/// <param name="DesiredTime">When desired was last written, seconds since the Unix epoch; 0 for never, or not known.</param>
/// <param name="ReportedTime">When reported was.</param>
/// <param name="TagsTime">When tags were.</param>
internal readonly record struct TwinCounters(uint Desired, uint Reported, uint Tags, uint DesiredTime, uint ReportedTime, uint TagsTime)
{
    /// <summary>Those of a shadow that never was.</summary>
    public static TwinCounters First { get; } = new(1, 1, 1, 0, 0, 0);

    /// <summary>Rises with each change of what services write: desired and tags.</summary>
    public long ServiceVersion => (long)Desired + Tags - 1;

    /// <summary>Those after a change.</summary>
    /// <param name="desired">Whether desired is written.</param>
    /// <param name="reported">Whether reported is written.</param>
    /// <param name="tags">Whether tags are written.</param>
    /// <param name="time">When.</param>
    public TwinCounters After(bool desired, bool reported, bool tags, uint time) => new(
        desired ? Desired + 1 : Desired, reported ? Reported + 1 : Reported, tags ? Tags + 1 : Tags,
        desired ? time : DesiredTime, reported ? time : ReportedTime, tags ? time : TagsTime);
}
