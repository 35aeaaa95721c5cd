using System.Security.Claims;
using Claims.Ingestion.Dashboard.Acting;
using Claims.Ingestion.Dashboard.Hosting;
using Claims.Ingestion.Dashboard.Tests.Support;
using Claims.Ingestion.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Dashboard.Tests.Acting;

public sealed class DashboardActionsTests : IAsyncLifetime
{
    private const string Facility = "DHA-F-0000001";

    private DashboardHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DashboardHost.StartAsync(app => app.MapClaimsDashboard());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task EveryAction_WithoutRights_IsRefusedAndDoesNothing()
    {
        using IServiceScope scope = Scope("operators", user: null);
        DashboardActions actions = scope.ServiceProvider.GetRequiredService<DashboardActions>();

        ActionAnswer[] answers = [await actions.PollAsync(Facility), await actions.PauseAsync(Facility), await actions.ResumeAsync(Facility), await actions.RequeueAsync(23), await actions.RefreshViewAsync("mv_claim_summary_payerwise")];

        Assert.All(answers, answer => Assert.Equal(new ActionAnswer(false, DashboardActions.Refused), answer));
        Assert.Empty(await _host.Services.GetRequiredService<OperatorActions>().GetActionsAsync(null, 10, TestContext.Current.CancellationToken));
        Assert.Empty(_host.Poller.Asked);
        Assert.Empty(_host.Desks!.Refreshed);
    }

    [Fact]
    public async Task Action_WithTheRightTakenAwayMeanwhile_IsRefused()
    {
        using IServiceScope scope = Scope("operators", "Amina");
        DashboardActions actions = scope.ServiceProvider.GetRequiredService<DashboardActions>();
        Assert.True((await actions.PauseAsync(Facility)).IsDone);

        _host.MayAct = false;

        Assert.Equal(DashboardActions.Refused, (await actions.ResumeAsync(Facility)).Text);
    }

    [Fact]
    public async Task Action_WithRights_IsRecordedByTheNameOfWhoAsked()
    {
        using IServiceScope scope = Scope("operators", "Amina");

        ActionAnswer answer = await scope.ServiceProvider.GetRequiredService<DashboardActions>().RefreshViewAsync("mv_claim_summary_payerwise");

        Assert.Equal(new ActionAnswer(true, "The refresh of mv_claim_summary_payerwise has begun."), answer);
        OperatorAction action = Assert.Single(await _host.Services.GetRequiredService<OperatorActions>().GetActionsAsync(null, 10, TestContext.Current.CancellationToken));
        Assert.Equal(("Amina", "refresh", "mv_claim_summary_payerwise"), (action.By, action.Action, action.Target));
    }

    [Fact]
    public async Task Action_ThatCannotBeDone_SaysWhy()
    {
        using IServiceScope scope = Scope("operators", "Amina");

        ActionAnswer answer = await scope.ServiceProvider.GetRequiredService<DashboardActions>().PollAsync("DHA-F-9999999");

        Assert.False(answer.IsDone);
        Assert.Contains("DHA-F-9999999", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no-such-policy")]
    public async Task Action_WithoutAPolicyOrWithAnUnknownOne_IsRefusedToAll(string? policy)
    {
        using IServiceScope scope = Scope(policy, "Amina");

        Assert.False(await scope.ServiceProvider.GetRequiredService<DashboardSession>().MayActAsync());
        Assert.Equal(DashboardActions.Refused, (await scope.ServiceProvider.GetRequiredService<DashboardActions>().PollAsync(Facility)).Text);
    }

    private IServiceScope Scope(string? policy, string? user)
    {
        IServiceScope scope = _host.Services.CreateScope();
        var identity = user is null ? new ClaimsIdentity() : new ClaimsIdentity([new(ClaimTypes.Name, user)], "test");
        ((IHostEnvironmentAuthenticationStateProvider)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(identity))));
        scope.ServiceProvider.GetRequiredService<DashboardSession>().Mount = new DashboardMount("", new DashboardOptions { ActionsPolicy = policy });
        return scope;
    }
}
