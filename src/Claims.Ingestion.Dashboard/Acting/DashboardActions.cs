using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Dashboard.Acting;

/// <summary>What those who look may do. Each asks the policy itself, whatever the page shows.</summary>
internal sealed class DashboardActions(IServiceProvider services, DashboardSession session)
{
    public const string Refused = "Refused: this needs the right to act. Sign in as somebody who has it.";

    /// <summary>Whether this host can do anything of it.</summary>
    public bool AreThere => services.GetService<OperatorActions>() is not null;

    public Task<ActionAnswer> PollAsync(string facilityId) => ActAsync(async (actions, by) =>
    {
        await actions.PollAsync(facilityId, by, CancellationToken.None);
        return new(true, $"The poll of {facilityId} has begun.");
    });

    public Task<ActionAnswer> PauseAsync(string facilityId) => ActAsync(async (actions, by) => Of(await actions.PauseAsync(facilityId, by, CancellationToken.None)));

    public Task<ActionAnswer> ResumeAsync(string facilityId) => ActAsync(async (actions, by) => Of(await actions.ResumeAsync(facilityId, by, CancellationToken.None)));

    public Task<ActionAnswer> RequeueAsync(long fileId) => ActAsync(async (actions, by) =>
    {
        FileFate fate = await actions.RequeueAsync(fileId, by, CancellationToken.None);
        return fate.Status == FileStatus.Stored
            ? new(true, $"File {fileId} is stored.")
            : new(false, $"File {fileId} is still not stored: {fate.Reason}");
    });

    public Task<ActionAnswer> RefreshViewAsync(string name) => ActAsync(async (actions, by) =>
    {
        await actions.RefreshViewAsync(name, by, CancellationToken.None);
        return new(true, $"The refresh of {name} has begun.");
    });

    private static ActionAnswer Of(OperatorAction action) => action.Error is { } error ? new(false, error) : new(true, $"{action.Target}: {action.Outcome}.");

    private async Task<ActionAnswer> ActAsync(Func<OperatorActions, string, Task<ActionAnswer>> act)
    {
        if (await session.FindActorAsync() is not { } by) return new(false, Refused);
        if (services.GetService<OperatorActions>() is not { } actions) return new(false, "This host has no ingestion to act on.");
        try
        {
            return await act(actions, by);
        }
        catch (OperatorActionException exception)
        {
            return new(false, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new(false, $"It failed: {exception.Message}");
        }
    }
}
