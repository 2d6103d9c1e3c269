# The application of AIMS: one image for web, worker, beat and the one-shot preparation (docker-compose.yml).
FROM python:3.11-slim

# Pango renders the PDF packs; everything else comes from the lock file
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN python -m compileall -q aims context leadership planning support operation evaluation improvement \
    && useradd --system --uid 10001 --home-dir /var/lib/aims --create-home aims
ENV AIMS_DATA=/var/lib/aims PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=aims.settings
VOLUME /var/lib/aims
USER aims
EXPOSE 8000
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--workers=3", "--threads=4", "--preload", "--no-control-socket", \
     "--worker-tmp-dir=/dev/shm", "aims.wsgi"]
