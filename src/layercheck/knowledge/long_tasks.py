"""Which calls take so long that nobody should wait for them in a request.

Asked by the rule LC903. Source: the documentation of the packages. Not here: calls of language models and payment providers, whose answer
is what the caller of a route waits for, and quick operations of the same packages (opening an image, making an empty table).
"""

from __future__ import annotations

READS_TABLE = "reads a whole table"

_TASKS: dict[str, str] = {
    "sends mail": (
        "aiosmtplib.SMTP.send_message aiosmtplib.SMTP.sendmail aiosmtplib.send emails.Message.send emails.message.Message.send "
        "fastapi_mail.FastMail.send_message redmail.EmailSender.send resend.Emails.send sendgrid.SendGridAPIClient.send "
        "smtplib.SMTP.send_message smtplib.SMTP.sendmail smtplib.SMTP_SSL.send_message smtplib.SMTP_SSL.sendmail "
        "yagmail.SMTP.send"
    ),
    "sends a text message": "twilio.rest.Client.messages.create vonage.Sms.send_message",
    "renders a document": (
        "fpdf.FPDF.output pdfkit.from_file pdfkit.from_string pdfkit.from_url reportlab.pdfgen.canvas.Canvas.save "
        "reportlab.platypus.SimpleDocTemplate.build weasyprint.HTML.write_pdf xhtml2pdf.pisa.CreatePDF"
    ),
    READS_TABLE: (
        "pandas.read_csv pandas.read_excel pandas.read_json pandas.read_parquet pandas.read_sql pandas.read_sql_query "
        "pandas.read_sql_table polars.read_csv polars.read_excel polars.read_parquet"
    ),
    "processes images": (
        "pdf2image.convert_from_bytes pdf2image.convert_from_path pytesseract.image_to_data pytesseract.image_to_pdf_or_hocr "
        "pytesseract.image_to_string rembg.remove"
    ),
    "processes video": "ffmpeg.run moviepy.VideoFileClip moviepy.editor.VideoFileClip",
    "runs a model": (
        "sentence_transformers.SentenceTransformer sentence_transformers.SentenceTransformer.encode spacy.load transformers.pipeline "
        "whisper.load_model whisper.transcribe"
    ),
}

LONG_TASKS: dict[str, str] = {name: what for what, names in _TASKS.items() for name in names.split()}
"""Canonical callable -> what it does, for people."""
