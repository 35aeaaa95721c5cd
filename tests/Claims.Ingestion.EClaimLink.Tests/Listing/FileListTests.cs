using Claims.Ingestion.EClaimLink.Listing;

namespace Claims.Ingestion.EClaimLink.Tests.Listing;

public sealed class FileListTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    [InlineData("\uFEFF")]
    [InlineData("<Files></Files>")]
    [InlineData("<Files/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-16\"?><Files />")]
    public void Read_Nothing_IsEmpty(string? text) => Assert.Empty(FileList.Read(text).Files);

    [Theory]
    [InlineData("<Files><File FileID=\"1\" FileName=\"a.xml\" SenderID=\"S\" /></Files>", "a.xml")]
    [InlineData("<Files><File FileID= '1'  FileName = 'a.xml' /></Files>", "a.xml")]
    [InlineData("<Files><File fileid=\"1\" FILENAME=\"a.xml\"/></Files>", "a.xml")]
    [InlineData("<x:Files xmlns:x=\"urn:x\"><x:File FileID=\"1\" FileName=\"a.xml\"/></x:Files>", "a.xml")]
    [InlineData("<Files><File FileID=\"1\" FileName=\"a &amp; b.xml\" /></Files>", "a & b.xml")]
    [InlineData("<Files><File FileID=\"1\" FileName=\"a & b.xml\" SenderID=\"S\" /></Files>", "a & b.xml")]
    [InlineData("<Files><File FileID=\"1\" FileName=\"a<b>.xml\" IsDownloaded=\"False\" /></Files>", "a<b>.xml")]
    [InlineData("<Files><File FileID='1' FileName='a'b.xml' SenderID='S' RecordCount='1'/></Files>", "a'b.xml")]
    [InlineData("<Files><File FileID='1' FileName='a'b' /></Files>", "a'b")]
    [InlineData("<Files><File FileName='a'b' FileID='1' /></Files>", "a'b")]
    [InlineData("<Files><File FileID=\"1\" FileName=\"a\"b.xml\" SenderID=\"S\"></File></Files>", "a\"b.xml")]
    [InlineData("<Files><File FileID=\"1\" FileName=\"a.xml\" />", "a.xml")]
    [InlineData("<Files><File FileID=\"1\" FileName=\"\" /></Files>", "1")]
    [InlineData("<Files><File FileID=\"1\" /></Files>", "1")]
    public void Read_OneFile_FindsItsIdAndName(string text, string name)
    {
        FileList list = FileList.Read(text);

        Assert.Equal([new ListedFile("1", name)], list.Files);
        Assert.Equal(0, list.Damaged);
    }

    [Fact]
    public void Read_BrokenNameAmongOthers_FindsAll()
    {
        FileList list = FileList.Read(
            "<Files><File FileID=\"1\" FileName=\"a.xml\" SenderID=\"S\" /><File FileID=\"2\" FileName=\"b & 'c' <d>.xml\" SenderID=\"S\" /><File FileID=\"3\" FileName=\"e.xml\" SenderID=\"S\" /></Files>");

        Assert.Equal([new("1", "a.xml"), new("2", "b & 'c' <d>.xml"), new("3", "e.xml")], list.Files);
    }

    [Fact]
    public void Read_EntryWithoutId_IsCounted()
    {
        FileList list = FileList.Read("<Files><File FileName=\"a.xml\" /><File FileID=\"2\" FileName=\"b.xml\" /></Files>");

        Assert.Equal([new("2", "b.xml")], list.Files);
        Assert.Equal(1, list.Damaged);
    }

    [Theory]
    [InlineData("sorry")]
    [InlineData("<Error>sorry</Error>")]
    [InlineData("<Files><Error/></Files>")]
    [InlineData("<Files><File/></Files>")]
    [InlineData("<Files")]
    [InlineData("<!DOCTYPE Files [<!ENTITY a \"b\">]><Files>&a;</Files>")]
    [InlineData("<html><body>down</body></html>")]
    public void Read_SomethingElse_Throws(string text) => Assert.Throws<FormatException>(() => FileList.Read(text));
}
