namespace FacilityGateway.Gateway;

/// <summary>The login of a facility.</summary>
public sealed record GatewayAccount(string FacilityId, string Login, string Password)
{
    /// <summary>Everything but the password.</summary>
    public override string ToString() => $"{FacilityId}, login {Login}";
}
