namespace FacilityGateway.Gateway;

/// <summary>Which calls a fault strikes, and how.</summary>
public sealed record FaultRule
{
    public required GatewayFault Kind { get; init; }

    /// <summary>One of <see cref="GatewayOperation"/>; <see langword="null"/> for any that the fault makes sense for.</summary>
    public string? Operation { get; init; }

    /// <summary>The facility; <see langword="null"/> for any.</summary>
    public string? FacilityId { get; init; }

    /// <summary>The file that a download or an acknowledgement names; <see langword="null"/> for any.</summary>
    public string? FileId { get; init; }

    /// <summary>How many calls it strikes; <see langword="null"/> until it is removed.</summary>
    public int? Times { get; init; }

    /// <summary>How long each call it strikes waits first.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The code of <see cref="GatewayFault.Result"/>.</summary>
    public int Code { get; init; } = ResultCode.Unexpected;

    /// <exception cref="ArgumentException">Something is out of its limits; the message names it.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Kind))
            throw new ArgumentException($"Kind is {Kind}; it must be one of {string.Join(", ", Enum.GetNames<GatewayFault>())}.");

        if (Operation is not null && !GatewayOperation.IsKnown(Operation))
            throw new ArgumentException($"Operation is {Operation}; there is none of that name.");

        if (Times < 1)
            throw new ArgumentException($"Times is {Times}; it must be at least 1.");

        if (Delay < TimeSpan.Zero || Delay > TimeSpan.FromDays(1))
            throw new ArgumentException($"Delay is {Delay}; it must be from 0 to one day.");
    }

    internal bool Matches(string operation, string? facilityId, string? fileId) =>
        (Operation is null || Operation == operation)
        && (FacilityId is null || FacilityId == facilityId)
        && (FileId is null || FileId.Equals(fileId, StringComparison.OrdinalIgnoreCase))
        && Kind switch
        {
            GatewayFault.TruncatedBase64 or GatewayFault.ListedThenGone => operation == GatewayOperation.DownloadTransactionFile,
            GatewayFault.DuplicatedListing => GatewayOperation.IsListing(operation),
            _ => true,
        };
}
