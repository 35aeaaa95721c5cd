using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Deploy.Tests;

/// <summary>Reads files of YAML.</summary>
internal static class Yaml
{
    private static readonly IDeserializer _reader = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build();

    public static T Read<T>(string file) => _reader.Deserialize<T>(File.ReadAllText(file));

    /// <summary>The one document of a file.</summary>
    public static YamlMappingNode ReadTree(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(file)));
        return (YamlMappingNode)Assert.Single(stream.Documents).RootNode;
    }
}
