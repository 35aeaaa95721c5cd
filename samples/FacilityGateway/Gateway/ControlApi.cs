using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace FacilityGateway.Gateway;

/// <summary>What other processes may ask of the simulation, as JSON under <c>/control</c>.</summary>
internal static class ControlApi
{
    public static void Configure(JsonSerializerOptions json)
    {
        json.Converters.Add(new JsonStringEnumConverter<GatewayFault>());
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var control = routes.MapGroup("/control");
        control.MapGet("/accounts", (AccountBook accounts) => accounts.Accounts);
        control.MapGet("/state", State);
        control.MapGet("/faults", (GatewayFaults faults) => faults.All.Select(fault => new FaultState(fault.Rule, fault.Strikes)));
        control.MapPost("/faults", AddFault);
        control.MapDelete("/faults", (GatewayFaults faults) =>
        {
            faults.Clear();
            return TypedResults.NoContent();
        });
        control.MapPost("/facilities/{id}/password", SetPassword);
        control.MapPost("/new", (GatewayInboxes inboxes) =>
        {
            inboxes.MarkAllNew();
            return TypedResults.NoContent();
        });
    }

    private static IEnumerable<FacilityState> State(GatewayInboxes inboxes, GatewayCalls calls)
    {
        var byFacility = calls.ByFacility();
        return inboxes.All.Select(inbox => new FacilityState(
            inbox.FacilityId,
            inbox.Count,
            inbox.Downloaded,
            byFacility[inbox.FacilityId].ToDictionary(call => call.Operation, call => call.Count)));
    }

    private static Results<NoContent, BadRequest<string>> AddFault(FaultRule rule, GatewayFaults faults)
    {
        try
        {
            faults.Add(rule);
            return TypedResults.NoContent();
        }
        catch (ArgumentException exception)
        {
            return TypedResults.BadRequest(exception.Message);
        }
    }

    private static Results<NoContent, NotFound> SetPassword(string id, NewPassword body, AccountBook accounts)
    {
        if (!accounts.Knows(id))
            return TypedResults.NotFound();

        accounts.SetPassword(id, body.Password);
        return TypedResults.NoContent();
    }

    private sealed record NewPassword(string Password);

    private sealed record FacilityState(string FacilityId, int Files, int Downloaded, Dictionary<string, int> Calls);

    private sealed record FaultState(FaultRule Rule, int Strikes);
}
