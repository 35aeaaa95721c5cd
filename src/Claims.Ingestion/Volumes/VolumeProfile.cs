using System.Buffers.Binary;
using System.Globalization;
using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Volumes;

/// <summary>What is usual for one facility, and whether it fell silent or surged. Not for use by several threads at once.</summary>
/// <remarks>
/// <para>
/// Files come in bursts and most hours bring none, so how far one hour deviates (a z-score) says nothing. What can be counted are the files
/// that were to be expected since the last one: each empty hour adds the share of weeks in which it brought any. Silence is when that count
/// reaches <see cref="VolumeOptions.SilenceExpectedFiles"/>, sooner or later by how the facility's waits usually go: <see cref="WaitHistory"/>.
/// A surge is <see cref="VolumeOptions.SurgeFactor"/> times the claims usual for 24 hours, and beyond what chance makes of a few files of
/// uneven size: a clearly higher multiple than on any day of late, and six usual arrivals on top of the usual.
/// </para>
/// <para>
/// An hour in which nobody polled teaches nothing and does not count as silence. What comes with the first poll after more than
/// <see cref="MaxPollGap"/> has heaped up: it teaches nothing, and for 24 hours no surge is reported.
/// </para>
/// </remarks>
internal sealed class VolumeProfile(VolumeOptions options)
{
    /// <summary>The longest time between two polls of a facility that is still being watched.</summary>
    public static readonly TimeSpan MaxPollGap = TimeSpan.FromHours(26);

    private const byte Version = 1;
    private const float RegularLimit = 1.75f;
    private const float SurgeMargin = 1.75f;
    private const float SurgeArrivals = 6;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxSilence = 4 * Week;
    private static readonly TimeSpan Period = 8 * Week;

    private UsualWeek _usual = new();
    private RecentDay _day = new();
    private WaitHistory _waits = new();
    private RecentPeak _highestMultiple;
    private DateTimeOffset _lastPoll;
    private DateTimeOffset _lastFile;

    // For how long it was watched by polls, and when, in that time, other things began.
    private TimeSpan _watched;
    private TimeSpan _periodFrom;
    private TimeSpan _waitFrom;
    private TimeSpan _silentFrom;

    private long _hour;
    private long _resumed;
    private int _files;
    private float _missed;
    private float _missedFiles;
    private float _nextMissed;
    private float _nextMissedFiles;
    private float _meanDay;

    private bool HasLearned => _watched >= options.WeeksToLearn * Week;

    /// <summary>Whether it was judged for four weeks, so that what is rare with it is known a little.</summary>
    private bool IsFamiliar => _watched >= (options.WeeksToLearn + 4) * Week;

    private bool IsSilent => HasLearned && _missed >= (IsFamiliar && _waits.IsRegular ? RegularLimit : IrregularLimit);

    private double IrregularLimit => options.SilenceExpectedFiles * _waits.Scale;

    private bool HasWholeDay => _hour - _resumed >= 24;

    /// <summary>Counts what a poll brought, which may be nothing. The learning begins with the first file.</summary>
    public void Count(DateTimeOffset at, int files, long claims)
    {
        if (_lastFile == default && files == 0)
            return;

        long hour = at.UtcTicks / TimeSpan.TicksPerHour;
        if (hour < _hour || at - _lastPoll > MaxPollGap)
        {
            Resume(at, hour);
        }
        else
        {
            if (at > _lastPoll) _watched += at - _lastPoll;
            if (hour > _hour) CloseHour(hour);
            if (_silentFrom != default && _watched - _silentFrom > MaxSilence) Forget();
        }

        _lastPoll = at;
        _day.Add(hour, claims);
        if (files > 0)
        {
            if (_files == 0) EndWait();
            _files += files;
            _lastFile = at;
        }
    }

    /// <summary>Says what stands out, as of the last poll.</summary>
    public VolumeVerdict Judge(DateTimeOffset now)
    {
        if (!HasLearned)
            return new(VolumeState.Learning, null);

        if (IsSilent)
        {
            return new(VolumeState.Silent, Text(
                $"no file for {Math.Max(0, Math.Floor((now - _lastFile).TotalHours)):N0} hours, in which {_missedFiles:N0} files are usual; the last one came {_lastFile.UtcDateTime:yyyy-MM-dd HH:mm} UTC"));
        }

        if (now - _lastPoll <= MaxPollGap && IsSurge(out float claims, out float usual))
            return new(VolumeState.Surging, Text($"{claims:N0} claims within 24 hours, {claims / usual:N0} times the usual {usual:N0}"));

        return new(VolumeState.Usual, null);
    }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream(2048);
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(_lastPoll.UtcTicks);
        writer.Write(_lastFile.UtcTicks);
        writer.Write(_watched.Ticks);
        writer.Write(_periodFrom.Ticks);
        writer.Write(_waitFrom.Ticks);
        writer.Write(_silentFrom.Ticks);
        writer.Write(_hour);
        writer.Write(_resumed);
        writer.Write(_files);
        writer.Write(_missed);
        writer.Write(_missedFiles);
        writer.Write(_nextMissed);
        writer.Write(_nextMissedFiles);
        writer.Write(_meanDay);
        _usual.Write(writer);
        _day.Write(writer);
        _waits.Write(writer);
        _highestMultiple.Write(writer);
        writer.Write(Crc32.Start.Add(stream.GetBuffer().AsSpan(0, (int)stream.Length)).Value);
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote. Anything else, such as another version's bytes, gives a fresh profile.</summary>
    public static VolumeProfile FromBytes(ReadOnlySpan<byte> bytes, VolumeOptions options)
    {
        if (bytes.Length < 5 || bytes[0] != Version || Crc32.Start.Add(bytes[..^4]).Value != BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]))
            return new(options);

        using var reader = new BinaryReader(new MemoryStream(bytes[1..].ToArray()));
        return new(options)
        {
            _lastPoll = new(reader.ReadInt64(), TimeSpan.Zero),
            _lastFile = new(reader.ReadInt64(), TimeSpan.Zero),
            _watched = new(reader.ReadInt64()),
            _periodFrom = new(reader.ReadInt64()),
            _waitFrom = new(reader.ReadInt64()),
            _silentFrom = new(reader.ReadInt64()),
            _hour = reader.ReadInt64(),
            _resumed = reader.ReadInt64(),
            _files = reader.ReadInt32(),
            _missed = reader.ReadSingle(),
            _missedFiles = reader.ReadSingle(),
            _nextMissed = reader.ReadSingle(),
            _nextMissedFiles = reader.ReadSingle(),
            _meanDay = reader.ReadSingle(),
            _usual = UsualWeek.Read(reader),
            _day = RecentDay.Read(reader),
            _waits = WaitHistory.Read(reader),
            _highestMultiple = RecentPeak.Read(reader),
        };
    }

    /// <summary>Begins with the hour of a poll before which nothing is known: the first one, after a pause, or when the clock was set back.</summary>
    private void Resume(DateTimeOffset at, long hour)
    {
        _hour = hour;
        _resumed = hour;
        _files = 0;
        _day = new();
        if (_lastFile > at) _lastFile = at;
    }

    private void CloseHour(long next)
    {
        if (_files == 0) Wait();

        if (IsSilent)
        {
            if (_silentFrom == default) _silentFrom = _watched;
        }
        else if (_hour != _resumed && _watched - _waitFrom <= Week)
        {
            _usual.Learn(_hour, _files, _day.ClaimsOf(_hour));
        }

        if (next / 24 > _hour / 24) CloseDay();
        if (_watched - _periodFrom >= Period)
        {
            _periodFrom = _watched;
            _waits.EndPeriod();
            _highestMultiple.EndPeriod();
        }

        while (_hour < next) _day.Begin(++_hour, _usual.Claims(_hour));
        _files = 0;
    }

    private void CloseDay()
    {
        if (HasLearned && HasWholeDay && !IsSurge(out float claims, out float usual) && usual > 0) _highestMultiple.Note(claims / usual);
        _meanDay = _usual.ClaimsOfMeanDay();
    }

    /// <summary>Counts an hour without a file. Neighbours of an hour with files do not count: a file may be an hour early or late.</summary>
    private void Wait()
    {
        _missed += _nextMissed;
        _missedFiles += _nextMissedFiles;
        bool isNeighbour = _hour - (_lastFile.UtcTicks / TimeSpan.TicksPerHour) <= 1;
        (_nextMissed, _nextMissedFiles) = isNeighbour ? (0, 0) : (_usual.Arrivals(_hour), _usual.Files(_hour));
    }

    /// <remarks>
    /// What a wait has beyond a week is learned when it ends, unless it was silence: else the usual would fade while one waits. A silence that
    /// would be none for an irregular facility is noted, so that one that is regular no more is not reported again and again.
    /// </remarks>
    private void EndWait()
    {
        TimeSpan waited = _watched - _waitFrom;
        if (waited > Week && !IsSilent) _usual.LearnNothingFor((float)((waited - Week) / Week));
        if (_missed < IrregularLimit) _waits.Note(_missed);
        _missed = _missedFiles = _nextMissed = _nextMissedFiles = 0;
        _waitFrom = _watched;
        _silentFrom = default;
    }

    /// <summary>After four weeks of silence the facility counts as closed; should it come back, it is learned anew.</summary>
    private void Forget()
    {
        _lastFile = default;
        _watched = _periodFrom = _waitFrom = _silentFrom = default;
        _missed = _missedFiles = _nextMissed = _nextMissedFiles = 0;
        _meanDay = 0;
        _usual = new();
        _waits = new();
        _highestMultiple = default;
    }

    private bool IsSurge(out float claims, out float usual)
    {
        claims = _day.Claims();
        usual = Math.Max(_day.UsualClaims(), _meanDay);
        return IsFamiliar && HasWholeDay && usual > 0
            && claims >= options.SurgeMinimumClaims
            && claims >= options.SurgeFactor * usual
            && claims >= SurgeMargin * _highestMultiple.Value * usual
            && claims >= usual + (SurgeArrivals * _usual.ClaimsOfArrival());
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
