using Microsoft.Extensions.Hosting;

namespace Claims.Ingestion.Postgres.Credentials;

/// <summary>Lets a host that lacks what the table needs fail when it starts, not at a poll: a host makes its services before it starts any.</summary>
internal sealed class CredentialTableCheck : IHostedService
{
    public CredentialTableCheck(FacilityCredentials credentials) => ArgumentNullException.ThrowIfNull(credentials);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
