"""What makes a PDF a PDF/X-4 beside its pages (ISO 15930-7): metadata in XMP and in the information dictionary, and their dates.

Dates are those of the freezing of the batch and identifiers come from the content, so the same batch gives the same file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from print_jobs.pdf_file import PdfFile, text_string

_PRODUCER = "doorplate"
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>
<dc:format>application/pdf</dc:format>
<dc:title>{title}</dc:title>{subject}
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<xmp:CreatorTool>{producer}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
<pdf:Trapped>False</pdf:Trapped>
<xmpMM:DocumentID>{document}</xmpMM:DocumentID>
<xmpMM:InstanceID>{instance}</xmpMM:InstanceID>
<xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself. subject: "" = nothing; document: a name in 32 hexadecimal digits that all its versions share;
    made: when, with its zone."""

    title: str
    subject: str
    document: str
    made: datetime


def add_metadata(pdf: PdfFile, about: About) -> int:
    """The XMP packet, not compressed (ISO 15930-7, 6.3)."""
    subject = f"\n<dc:description>{_language(about.subject)}</dc:description>" if about.subject else ""
    date = about.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    xmp = _XMP.format(title=_language(about.title), subject=subject, date=date, producer=_PRODUCER,
                      document=_uuid(about.document), instance=_uuid(pdf.digest))
    return pdf.add_plain(xmp.encode(), b"/Type/Metadata/Subtype/XML")


def add_information(pdf: PdfFile, about: About) -> int:
    """The information dictionary: the same as in the XMP packet."""
    date = about.made.astimezone(UTC).strftime("(D:%Y%m%d%H%M%SZ)").encode()
    subject = b"/Subject" + text_string(about.subject) if about.subject else b""
    return pdf.add(b"<</Title%b%b/Creator(%b)/Producer(%b)/CreationDate%b/ModDate%b/Trapped/False/GTS_PDFXVersion(PDF/X-4)>>" % (
        text_string(about.title), subject, _PRODUCER.encode(), _PRODUCER.encode(), date, date))


def _language(text: str) -> str:
    return f"<rdf:Alt><rdf:li xml:lang=\"x-default\">{escape(text)}</rdf:li></rdf:Alt>"


def _uuid(digits: str) -> str:
    return f"uuid:{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"
