using FacilityGateway.Generation;

namespace FacilityGateway.Gateway;

/// <summary>The accounts of all facilities, each a pure function of the seed until its password is changed.</summary>
internal sealed class AccountBook
{
    private const string Characters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private readonly GatewayAccount[] _accounts;
    private readonly Dictionary<string, int> _byLogin;
    private readonly Dictionary<string, int> _byFacility;

    public AccountBook(World world)
    {
        _accounts = [.. world.FacilityIds.Select((id, index) => new GatewayAccount(id, $"facility{index + 1:0000000}", Password(world.Options.Seed, index)))];
        _byLogin = ByKey(account => account.Login);
        _byFacility = ByKey(account => account.FacilityId);
    }

    public IReadOnlyList<GatewayAccount> Accounts => _accounts;

    public bool Knows(string facilityId) => _byFacility.ContainsKey(facilityId);

    /// <summary>The facility that a login belongs to, whatever the password.</summary>
    public string? FacilityOf(string? login) => Find(login)?.FacilityId;

    /// <summary>The facility, if login and password are right.</summary>
    public string? LogIn(string login, string password) => Find(login) is { } account && account.Password == password ? account.FacilityId : null;

    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public void SetPassword(string facilityId, string password)
    {
        if (!_byFacility.TryGetValue(facilityId, out var index))
            throw new ArgumentException($"There is no facility {facilityId} in this world.", nameof(facilityId));

        Volatile.Write(ref _accounts[index], _accounts[index] with { Password = password });
    }

    private static string Password(int seed, int facility)
    {
        var random = Randomness.For((ulong)seed, (ulong)facility, 'w');
        return string.Create(12, random, static (password, random) =>
        {
            foreach (ref var character in password)
                character = Characters[random.Below(Characters.Length)];
        });
    }

    private GatewayAccount? Find(string? login) => login is not null && _byLogin.TryGetValue(login, out var index) ? Volatile.Read(ref _accounts[index]) : null;

    private Dictionary<string, int> ByKey(Func<GatewayAccount, string> key) =>
        _accounts.Index().ToDictionary(account => key(account.Item), account => account.Index, StringComparer.Ordinal);
}
