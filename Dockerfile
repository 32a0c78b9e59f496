ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
COPY requirements.lock ./
RUN python3 -m venv /app/.venv \
 && /app/.venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM ${PYTHON_IMAGE}
WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    BOT_STATE_DIR=/data BOT_HOST=0.0.0.0 PATH=/app/.venv/bin:$PATH
COPY --from=build /app/.venv /app/.venv
COPY bot bot
COPY faq faq
COPY quiz quiz
COPY data data
# The root may be read-only, so Python's files are compiled now; and what the matcher learns from
# the book is learned now, so that four processes do not learn it at once at the first start.
RUN python3 -m compileall -q bot faq quiz \
 && BOT_STATE_DIR=/data python3 -m bot ask VNeID \
 && chown -R 10001:10001 /data
USER 10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=8s --start-period=20s \
  CMD ["python3", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=6)"]
CMD ["python3", "-m", "bot", "run"]
