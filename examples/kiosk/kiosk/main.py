"""The application: `uvicorn kiosk.main:app`."""

import logging

from fastapi import FastAPI

from kiosk.config import LOG_LEVEL
from kiosk.papers.router import router as papers
from kiosk.sales.router import router as sales

logging.basicConfig(level=LOG_LEVEL)

app = FastAPI(title="Kiosk", version="0.2.0")  # strict fault: LC313, LC314, LC509
app.include_router(papers)
app.include_router(sales)
