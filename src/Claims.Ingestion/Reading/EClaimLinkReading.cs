using System.Globalization;
using System.Xml;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Reading;

/// <summary>Reads one eClaimLink file in slices.</summary>
/// <param name="open">Opens the file, from its start.</param>
/// <param name="options">The limits.</param>
/// <param name="isPlain">Whether to take it for plain as long as it is; what it says must not depend on this.</param>
internal sealed class EClaimLinkReading(Func<Stream> open, ReadingOptions options, bool isPlain = true) : ClaimFileReading
{
    private const string TestFlag = "TEST";

    // A slice with large attachments ends early, so that its size is bounded too.
    private const long MaxSliceBytes = 16L * 1024 * 1024;

    private readonly WarningList _warnings = new();
    private readonly RepeatedIds _ids = new();
    private readonly EClaimLinkExcerpt _excerpt = new(open, options);
    private XmlCursor? _xml;
    private ElementReader? _elements;
    private SubmissionParser? _submissions;
    private RemittanceParser? _remittances;
    private ClaimFileKind? _kind;
    private FileHeader? _header;
    private ReadOutcome? _end;
    private ReadOutcome? _outcome;
    private int _root;
    private int _children;
    private int _position;
    private bool _disposed;

    public override ReadOutcome? Outcome => _outcome;

    public override ClaimExcerpt? Excerpt => _outcome is { Status: FileStatus.Stored } ? _excerpt : null;

    public override ClaimSlice? ReadSlice(int maxClaims, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxClaims);
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();

        var slice = _end is null ? ReadGuarded(maxClaims, cancellationToken) : null;
        if (slice is null)
            _outcome = _end;

        return slice;
    }

    public override void Dispose()
    {
        _disposed = true;
        _elements?.Dispose();
        _xml?.Dispose();
    }

    private ClaimSlice? ReadGuarded(int maxClaims, CancellationToken cancellationToken)
    {
        try
        {
            if (_xml is null)
                Begin(cancellationToken);

            _xml!.Source.CancellationToken = cancellationToken;
            return _end is null ? ReadClaims(maxClaims, cancellationToken) : null;
        }
        catch (XmlException e)
        {
            End(FileStatus.Quarantined, XmlTrouble.Describe(e, _xml?.Source));
        }
        catch (PayloadException e)
        {
            End(FileStatus.Quarantined, XmlTrouble.Describe(e, _xml));
        }

        return null;
    }

    private void Begin(CancellationToken cancellationToken)
    {
        _xml = isPlain ? new PlainXmlCursor(open(), options) : new FullXmlCursor(open(), options);
        _elements = new ElementReader(_xml, options, _warnings);
        try
        {
            _xml.MoveToRoot(cancellationToken);
        }
        catch (NotPlainException)
        {
            UseFull(cancellationToken);
        }

        _kind = RootKind.Of(_xml.Name);
        if (_kind == ClaimFileKind.Submission)
            _submissions = new SubmissionParser(_elements);
        else if (_kind == ClaimFileKind.Remittance)
            _remittances = new RemittanceParser(_elements);
        else
            _end = RootKind.Refuse(_xml.Name);

        _excerpt.Root = _xml.Place;
        _root = _xml.Enter();
    }

    private ClaimSlice? ReadClaims(int maxClaims, CancellationToken cancellationToken)
    {
        var submitted = new List<SubmittedClaim>();
        var remitted = new List<RemittedClaim>();
        var errors = new List<ClaimError>();
        _elements!.HeldBytes = 0;

        while (submitted.Count + remitted.Count + errors.Count < maxClaims && _elements.HeldBytes < MaxSliceBytes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (position, warnings, held) = (_position, _warnings.Count, _elements.HeldBytes);
            try
            {
                ReadChild(submitted, remitted, errors, cancellationToken);
            }
            catch (NotPlainException)
            {
                _position = position;
                _warnings.CutTo(warnings);
                _elements.HeldBytes = held;
                UseFull(cancellationToken);
                continue;
            }

            if (_end is { Status: FileStatus.Stored })
                break;

            if (_end is not null)
                return null;
        }

        if (_end is { Status: not FileStatus.Stored } || submitted.Count + remitted.Count + errors.Count == 0)
            return null;

        return new ClaimSlice { Submitted = submitted, Remitted = remitted, Errors = errors };
    }

    private void ReadChild(List<SubmittedClaim> submitted, List<RemittedClaim> remitted, List<ClaimError> errors, CancellationToken cancellationToken)
    {
        if (!_xml!.NextChild(_root))
        {
            Finish(cancellationToken);
            return;
        }

        if (_xml.Name == "Header" && _header is null)
            TakeHeader(_xml, _elements!);
        else if (_xml.Name == "Claim" && (_header is not null || FindHeader(cancellationToken)))
            ReadClaim(submitted, remitted, errors);

        _children++;
    }

    private void ReadClaim(List<SubmittedClaim> submitted, List<RemittedClaim> remitted, List<ClaimError> errors)
    {
        var start = _xml!.Place;
        ClaimError? error;
        _position++;
        if (_submissions is not null)
        {
            if (_submissions.Read(_position, out error) is { } claim)
            {
                submitted.Add(claim);
                NoticeRepeated(claim);
            }
        }
        else if (_remittances!.Read(_position, _header!.ReceiverId, out error) is { } claim)
            remitted.Add(claim);

        if (error is not null)
        {
            errors.Add(error);
            _excerpt.Add(_position, new ElementPlace(start, _xml.Place));
        }
    }

    /// <summary>Begins anew with the other cursor, and goes to the child of the root that was read last.</summary>
    private void UseFull(CancellationToken cancellationToken)
    {
        _xml!.Dispose();

        // The next one reads the first block when it is made: until then there is no place to tell.
        _xml = null;
        _xml = new FullXmlCursor(open(), options);
        _elements!.Use(_xml);
        _xml.MoveToRoot(cancellationToken);
        _root = _xml.Enter();
        for (var i = 0; i < _children; i++)
            _xml.NextChild(_root);
    }

    private void NoticeRepeated(SubmittedClaim claim)
    {
        var wasFull = _ids.IsFull;
        if (_ids.Repeats(claim.ProviderId, claim.Id))
            _warnings.Add(claim.Position, claim.Line, "an earlier claim of the file has the same id");

        if (!wasFull && _ids.IsFull)
            _warnings.Add(claim.Position, claim.Line, "ids of claims after this one are not compared with each other");
    }

    private void TakeHeader(XmlCursor xml, ElementReader elements)
    {
        var start = xml.Place;
        _header = HeaderParser.Read(elements);
        _excerpt.Header = new ElementPlace(start, xml.Place);
        if (_header is null)
        {
            var fault = elements.Fault!;
            End(FileStatus.Quarantined, string.Create(CultureInfo.InvariantCulture, $"the header cannot be used: {fault.Reason} (line {fault.Line})"));
        }
        else if (!options.StoreTestFiles && TestFlag.Equals(_header.DispositionFlag, StringComparison.OrdinalIgnoreCase))
            End(FileStatus.Skipped, "test file");
    }

    // Claims need the header, which may come after them: then a second pass looks for it.
    private bool FindHeader(CancellationToken cancellationToken)
    {
        using var xml = new FullXmlCursor(open(), options);
        using var elements = new ElementReader(xml, options, _warnings);
        xml.MoveToRoot(cancellationToken);
        var root = xml.Enter();
        while (_header is null && _end is null && xml.NextChild(root))
        {
            if (xml.Name == "Header")
                TakeHeader(xml, elements);
        }

        if (_header is null && _end is null)
            EndWithoutHeader();

        return _end is null;
    }

    private void Finish(CancellationToken cancellationToken)
    {
        _xml!.ReadToEnd();
        cancellationToken.ThrowIfCancellationRequested();
        if (_header is null)
        {
            EndWithoutHeader();
            return;
        }

        if (_header.RecordCount is null)
            _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Header/RecordCount is missing or unreadable; {_position} claims were found"));
        else if (_header.RecordCount != _position)
            _warnings.Add(string.Create(CultureInfo.InvariantCulture, $"Header/RecordCount says {_header.RecordCount}; {_position} claims were found"));

        End(FileStatus.Stored, reason: null);
    }

    private void EndWithoutHeader() => End(FileStatus.Quarantined, "the file has no Header");

    private void End(FileStatus status, string? reason) => _end = new ReadOutcome
    {
        Status = status,
        Reason = reason,
        Kind = _kind,
        Header = _header,
        Warnings = _warnings.ToList(),
    };
}
