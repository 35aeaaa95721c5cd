using System.CommandLine;
using System.Reflection;
using Claims.LoadTests.Facilities.Today;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>The reference host in a process of its own: its own program, with what reports to the load test beside it.</summary>
internal static class HostCommand
{
    public const string Name = "host";

    public static Command Create()
    {
        var inbox = new Option<string>("--inbox") { Required = true };
        var port = new Option<int>("--port") { Required = true };
        var profile = new Option<LoadProfile>("--profile") { Required = true };
        var views = new Option<bool>("--views");
        var interval = new Option<TimeSpan>("--interval") { Required = true };
        var command = new Command(Name) { inbox, port, profile, views, interval };
        command.Hidden = true;
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(profile), parsed.GetRequiredValue(inbox), parsed.GetValue(port), parsed.GetValue(views), parsed.GetValue(interval)));
        return command;
    }

    private static int Run(LoadProfile profile, string inbox, int port, bool views, TimeSpan interval)
    {
        // The other output is for answers.
        TextWriter answers = Console.Out;
        Console.SetOut(Console.Error);
        using HostBuilding building = HostBuilding.Watch(services =>
        {
            services.AddSingleton<HostMeter>();
            if (profile == LoadProfile.Today) TodayIngestion.Add(services, new TodaySettings(inbox, interval, views));
            else services.AddSingleton<IHostedIngestion, LibraryIngestion>();
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<HostTalk>(provider, answers));
        });
        MethodInfo main = Assembly.Load(nameof(ReferenceHost)).EntryPoint!;
        return (int)main.Invoke(null, [new[] { "--inbox", inbox, "--port", FormattableString.Invariant($"{port}") }])!;
    }
}
