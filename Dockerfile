# One image for every tier and every process: what a container is, its command and its variables decide.
# Built from the repository's root: docker compose build

FROM node:24-bookworm-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=optional
COPY tools/__init__.py tools/errors.py tools/frontend.py tools/node.py tools/paths.py \
     tools/installers.py tools/locks.py tools/processes.py tools/progress.py tools/
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
RUN python3 -c "from tools import frontend; frontend.build()"

FROM python:3.11-slim-bookworm
ENV PYTHONPATH=/app:/app/platform PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings VAR_DIR=/var/lib/node
RUN groupadd --gid 10001 node && useradd --uid 10001 --gid node --no-create-home --shell /usr/sbin/nologin node \
    && install -d -o node -g node -m 0750 /var/lib/node
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt
COPY . .
COPY --from=front-end /app/platform/web/static/vendor platform/web/static/vendor
USER node
EXPOSE 8000
VOLUME /var/lib/node
CMD ["granian", "--interface", "asgi", "--loop", "uvloop", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--no-ws", "--respawn-failed-workers", "config.asgi:application"]
