using System.Text.Json;
using Fairlead.Features.Api;

namespace Fairlead.Features.Rules.Actions;

/// <summary>One member of the <c>Action</c> union (spec/aws-rules, section 7.1): what it is called and how an action is made of its definition.</summary>
internal interface IRuleActionType
{
    /// <summary>Name of the member, such as <c>s3</c>.</summary>
    string Member { get; }

    /// <summary>Name in error documents, logs and metrics, such as <c>S3Action</c>.</summary>
    string LogName { get; }

    /// <summary>Makes an action. Connects to nothing: that happens with the first call.</summary>
    /// <param name="definition">Value of the member, a JSON object.</param>
    /// <param name="setup">Readers of its members, under the rule's statement.</param>
    /// <exception cref="ApiException">400: the shape is wrong or this hub has no target for it; the message names the member and the fault.</exception>
    IRuleAction Create(JsonElement definition, ActionSetup setup);
}
