using System.Globalization;

namespace Claims.Ingestion.Reading;

/// <summary>Reads the <c>Header</c> of a claim file.</summary>
internal static class HeaderParser
{
    /// <summary>Reads the present element.</summary>
    /// <returns>The header, or <see langword="null"/> when it is unfit; then the reader's fault says why.</returns>
    public static FileHeader? Read(ElementReader xml)
    {
        xml.Begin(position: 0);
        var line = xml.Line;
        string? sender = null, receiver = null, count = null, flag = null;
        DateTimeOffset? date = null;

        var header = xml.Enter();
        while (xml.Next(header))
        {
            switch (xml.Name)
            {
                case "SenderID":
                    sender = xml.Code("Header/SenderID");
                    break;
                case "ReceiverID":
                    receiver = xml.Code("Header/ReceiverID");
                    break;
                case "TransactionDate":
                    date = xml.Date("Header/TransactionDate");
                    break;
                case "RecordCount":
                    count = xml.Identifier("Header/RecordCount");
                    break;
                case "DispositionFlag":
                    flag = xml.Code("Header/DispositionFlag");
                    break;
            }
        }

        xml.Require(sender is not null, line, "Header/SenderID");
        xml.Require(date is not null, line, "Header/TransactionDate");
        if (xml.Fault is not null)
            return null;

        return new FileHeader
        {
            SenderId = sender!,
            ReceiverId = receiver,
            TransactionDate = date!.Value,
            RecordCount = int.TryParse(count, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var records) && records >= 0 ? records : null,
            DispositionFlag = flag,
        };
    }
}
