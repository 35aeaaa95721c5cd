using YamlDotNet.RepresentationModel;

namespace Deploy.Tests.Otel;

/// <summary>The collector and Loki are not on this machine: their files are read, and must hold together.</summary>
public sealed class CollectorTests
{
    private static readonly YamlMappingNode _collector = Yaml.ReadTree(Repository.PathOf("deploy", "otel", "collector.yml"));

    [Fact]
    public void Pipelines_UseAllPartsThatAreThereAndNoOthers()
    {
        foreach (string kind in new[] { "receivers", "processors", "exporters" })
        {
            IEnumerable<string> used = Pipelines().SelectMany(pipeline => Names(pipeline.Parts[kind])).Distinct();
            Assert.Equal(((YamlMappingNode)_collector[kind]).Children.Keys.Select(key => key.ToString()).Order(), used.Order());
        }

        Assert.Equal(Names(_collector["service"]["extensions"]), ((YamlMappingNode)_collector["extensions"]).Children.Keys.Select(key => key.ToString()));
        Assert.Equal(["logs", "metrics", "traces"], Pipelines().Select(pipeline => pipeline.Name).Order());
    }

    [Fact]
    public void Pipelines_LimitTheirMemoryFirstAndBatchLast() => Assert.All(Pipelines(), pipeline =>
    {
        string[] processors = [.. Names(pipeline.Parts["processors"])];
        Assert.Equal(("memory_limiter", "batch"), (processors[0], processors[^1]));
    });

    [Fact]
    public void Loki_TakesWhatTheCollectorSends()
    {
        YamlMappingNode loki = Yaml.ReadTree(Repository.PathOf("deploy", "loki", "loki.yml"));

        Assert.Equal($"http://loki:{loki["server"]["http_listen_port"]}/otlp", _collector["exporters"]["otlphttp/loki"]["endpoint"].ToString());
        Assert.Equal("true", loki["limits_config"]["allow_structured_metadata"].ToString());
        Assert.Equal(("true", "filesystem"), (loki["compactor"]["retention_enabled"].ToString(), loki["compactor"]["delete_request_store"].ToString()));
    }

    private static IEnumerable<(string Name, YamlNode Parts)> Pipelines() =>
        ((YamlMappingNode)_collector["service"]["pipelines"]).Children.Select(pipeline => (pipeline.Key.ToString(), pipeline.Value));

    private static IEnumerable<string> Names(YamlNode list) => ((YamlSequenceNode)list).Children.Select(item => item.ToString());
}
