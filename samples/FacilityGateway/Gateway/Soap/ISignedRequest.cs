namespace FacilityGateway.Gateway.Soap;

/// <summary>The credentials that stand in every request.</summary>
public interface ISignedRequest
{
    string? Login { get; }

    string? Password { get; }
}
