using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>Adds services to a host of this process just before it is built, after all of its own: as test servers do.</summary>
internal sealed class HostBuilding : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly Action<IServiceCollection> _add;
    private readonly List<IDisposable> _subscriptions = [];

    private HostBuilding(Action<IServiceCollection> add) => _add = add;

    public static HostBuilding Watch(Action<IServiceCollection> add)
    {
        var building = new HostBuilding(add);
        building._subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(building));
        return building;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") _subscriptions.Add(value.Subscribe(this));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder }) builder.ConfigureServices((_, services) => _add(services));
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _subscriptions.ForEach(subscription => subscription.Dispose());
}
