using System.Text;
using Fairlead.Features.Provisioning.Templates;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Provisioning;

/// <summary>Reading templates and computing their values (spec/aws-registry-and-policies, section 11.3).</summary>
public sealed class TemplateTests
{
    [Theory]
    [InlineData("\"plain\"", "plain")]
    [InlineData("""{"Ref":"A"}""", "alpha")]
    [InlineData("""{"Ref":"D"}""", "delta")]
    [InlineData("""{"Fn::Join":["-",["x",{"Ref":"A"},{"Ref":"B"}]]}""", "x-alpha-b/e/t/a")]
    [InlineData("""{"Fn::Select":[2,{"Fn::Split":["/",{"Ref":"B"}]}]}""", "t")]
    [InlineData("""{"Fn::Select":["0",["one","two"]]}""", "one")]
    [InlineData("""{"Fn::Sub":"<${A}|${!A}>"}""", "<alpha|${A}>")]
    [InlineData("""{"Fn::Sub":["${A} ${mine}",{"mine":{"Fn::Join":["",["m",{"Ref":"A"}]]}}]}""", "alpha malpha")]
    [InlineData("""{"Fn::FindInMap":["M",{"Ref":"A"},"k"]}""", "found")]
    public void Function_computes(string value, string expected) => Name(value).ShouldBe(expected);

    [Theory]
    [InlineData("""{"Ref":"Nobody"}""", "Nobody")]
    [InlineData("""{"Fn::GetAtt":["a","b"]}""", "Fn::GetAtt")]
    [InlineData("""{"Fn::Transform":{}}""", "Fn::Transform")]
    [InlineData("""{"Fn::Join":["-"]}""", "2 values")]
    [InlineData("""{"Fn::Join":[{"Ref":"A"},["x"]]}""", "literal")]
    [InlineData("""{"Fn::Select":[-1,["x"]]}""", "whole number")]
    [InlineData("""{"Fn::Split":["","x"]}""", "separator")]
    [InlineData("""{"Fn::Split":["/","x"]}""", "list")]
    [InlineData("""{"Fn::Sub":"${Nobody}"}""", "Nobody")]
    [InlineData("""{"Fn::Sub":"${A"}""", "closing brace")]
    [InlineData("""{"Fn::FindInMap":["Nowhere","a","b"]}""", "Nowhere")]
    [InlineData("12", "text")]
    [InlineData("""{"Ref":"A","Fn::Sub":"x"}""", "text")]
    public void Reader_refuses_what_it_does_not_know(string value, string because) =>
        Should.Throw<TemplateProblem>(() => Name(value)).Message.ShouldContain(because);

    [Fact]
    public void Missing_parameter_is_named()
    {
        var template = TemplateReader.Read(Template("\"x\""));
        Should.Throw<TemplateProblem>(() => ResolvedTemplate.From(template, new Dictionary<string, string>())).Message.ShouldContain("parameter A");
    }

    [Fact]
    public void Values_that_no_map_and_no_list_holds_are_told()
    {
        Should.Throw<TemplateProblem>(() => Name("""{"Fn::Select":[9,["x"]]}""")).Message.ShouldContain("9");
        Should.Throw<TemplateProblem>(() => Name("""{"Fn::FindInMap":["M","nothing","k"]}""")).Message.ShouldContain("M/nothing/k");
    }

    [Fact]
    public void Doubling_at_each_level_comes_to_an_end()
    {
        var value = "\"" + new string('x', 500) + "\"";
        for (var level = 0; level < 8; level++) value = $$"""{"Fn::Sub":["${v}${v}${v}",{"v":{{value}}}]}""";
        Should.Throw<TemplateProblem>(() => Name(value)).Message.ShouldContain("more than");
    }

    [Theory]
    [InlineData("", "1 to")]
    [InlineData("[]", "object")]
    [InlineData("""{"Resources":{},"Resources":{}}""", "JSON")]
    [InlineData("""{"Outputs":{}}""", "Outputs")]
    [InlineData("""{"Parameters":{"A":{"Type":"Number"}},"Resources":{}}""", "String")]
    [InlineData("""{"Resources":{"a":{"Type":"AWS::IoT::Thing"}}}""", "Properties")]
    [InlineData("""{"Resources":{"c":{"Type":"AWS::IoT::Certificate","Properties":{}}}}""", "one of")]
    [InlineData("""{"Resources":{"c":{"Type":"AWS::IoT::Certificate","Properties":{"CertificateId":"a","CertificatePem":"b"}}}}""", "one of")]
    [InlineData("""{"Resources":{"c":{"Type":"AWS::IoT::Certificate","Properties":{"CertificateId":"a","Status":"GONE"}}}}""", "GONE")]
    [InlineData("""{"Resources":{"c":{"Type":"AWS::IoT::Certificate","Properties":{"CertificateId":"a"},"OverrideSettings":{"Status":"MERGE"}}}}""", "OverrideSettings")]
    [InlineData("""{"Resources":{"p":{"Type":"AWS::IoT::Policy","Properties":{"PolicyName":"a","PolicyDocument":"b"}}}}""", "either")]
    [InlineData("""{"Resources":{"p":{"Type":"AWS::IoT::Policy","Properties":{}}}}""", "either")]
    public void Template_that_could_not_work_is_refused(string text, string because) =>
        Should.Throw<TemplateProblem>(() => TemplateReader.Read(text)).Message.ShouldContain(because);

    [Fact]
    public void Configuration_keeps_its_shape_and_computes_functions()
    {
        var template = TemplateReader.Read(Template("\"x\"", """{"list":[1,{"Ref":"A"},null],"deep":{"on":true,"name":{"Fn::Sub":"${B}"}}}"""));
        var configuration = ResolvedTemplate.From(template, Given).DeviceConfiguration!;
        Encoding.UTF8.GetString(configuration).ShouldBe("""{"list":[1,"alpha",null],"deep":{"on":true,"name":"b/e/t/a"}}""");
    }

    [Fact]
    public void Policy_without_a_name_is_called_after_its_document()
    {
        var text = """{"Resources":{"c":{"Type":"AWS::IoT::Certificate","Properties":{"CertificateId":"a"}},"p":{"Type":"AWS::IoT::Policy","Properties":{"PolicyDocument":"{}"}}}}""";
        var policy = ResolvedTemplate.From(TemplateReader.Read(text), Given).Policies.ShouldHaveSingleItem();
        policy.Name.ShouldBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
        policy.Document.ShouldBe("{}");
    }

    private static readonly Dictionary<string, string> Given = new(StringComparer.Ordinal) { ["A"] = "alpha", ["B"] = "b/e/t/a" };

    private static string Name(string value) => ResolvedTemplate.From(TemplateReader.Read(Template(value)), Given).Thing!.Name;

    private static string Template(string name, string? configuration = null) => $$"""
        {
          "Parameters": { "A": { "Type": "String" }, "B": { "Type": "String" }, "D": { "Type": "String", "Default": "delta" } },
          "Mappings": { "M": { "alpha": { "k": "found" } } },
          "Resources": {
            "t": { "Type": "AWS::IoT::Thing", "Properties": { "ThingName": {{name}} } },
            "c": { "Type": "AWS::IoT::Certificate", "Properties": { "CertificateId": "a" } }
          }{{(configuration is null ? "" : $", \"DeviceConfiguration\": {configuration}")}}
        }
        """;
}
