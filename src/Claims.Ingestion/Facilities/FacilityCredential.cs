using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Facilities;

/// <summary>A facility's login at its gateway. Its text shows neither the login nor the password.</summary>
public sealed class FacilityCredential
{
    /// <summary>Creates the credential.</summary>
    /// <param name="login">The login.</param>
    /// <param name="password">The password.</param>
    public FacilityCredential(string login, string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(login);
        ArgumentException.ThrowIfNullOrEmpty(password);
        Login = login;
        Password = password;
    }

    /// <summary>The login.</summary>
    [CredentialData]
    public string Login { get; }

    /// <summary>The password.</summary>
    [CredentialData]
    public string Password { get; }

    /// <summary>Returns a text without the login and the password.</summary>
    /// <returns>A fixed text.</returns>
    public override string ToString() => "FacilityCredential (redacted)";
}
