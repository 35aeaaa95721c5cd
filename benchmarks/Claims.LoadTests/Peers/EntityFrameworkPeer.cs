using Claims.LoadTests.Peers.Rows;
using Microsoft.EntityFrameworkCore;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Claims.LoadTests.Peers;

/// <summary>EF Core: for each batch a context of its own, <c>AddRange</c> without change detection, one <c>SaveChanges</c>, which is a transaction.</summary>
internal sealed class EntityFrameworkPeer(string connectionString) : Peer
{
    private readonly DbContextOptions<ClaimsContext> _options = new DbContextOptionsBuilder<ClaimsContext>().UseNpgsql(connectionString).Options;

    public override string Name => "EF Core SaveChanges";

    public override string Version { get; } = VersionOf(typeof(NpgsqlDbContextOptionsBuilder));

    public override bool IsSlow => true;

    public override Task WriteAsync(SourceFiles files, CancellationToken cancellationToken) => files.WriteAsync(
        async (batch, token) =>
        {
            await using var context = new ClaimsContext(_options);
            context.ChangeTracker.AutoDetectChangesEnabled = false;
            context.AddRange(batch.Claims);
            context.AddRange(batch.Diagnoses);
            context.AddRange(batch.Activities);
            context.AddRange(batch.Observations);
            context.AddRange(batch.Files);
            await context.SaveChangesAsync(token);
        },
        cancellationToken);

    private sealed class ClaimsContext(DbContextOptions<ClaimsContext> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<ClaimRow>();
            modelBuilder.Entity<DiagnosisRow>();
            modelBuilder.Entity<ActivityRow>();
            modelBuilder.Entity<ObservationRow>();
            modelBuilder.Entity<ClaimFileRow>();
        }
    }
}
