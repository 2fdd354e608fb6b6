# Torque's image: the web is built, then the server with the web inside, then
# only the binary is kept. It runs as an ordinary user and needs a database
# (TORQUE_DATABASE_URL); docker-compose.yml brings one.

FROM node:22-bookworm-slim AS web
WORKDIR /torque/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM rust:1.95-bookworm AS server
WORKDIR /torque
COPY Cargo.toml Cargo.lock torque.toml ./
COPY benches benches
COPY tests/main.rs tests/main.rs
COPY sql sql
COPY src src
COPY --from=web /torque/web/dist web/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/torque/target \
    cargo build --release --locked --bin torque && cp target/release/torque /usr/local/bin/torque

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/torque --create-home torque
COPY --from=server /usr/local/bin/torque /usr/local/bin/torque
# The container is the wall here: publish the port on loopback, or put a proxy that speaks TLS before it.
ENV TORQUE_SERVER_ALLOW_INSECURE_BIND=true
USER torque
WORKDIR /var/lib/torque
VOLUME /var/lib/torque
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
CMD ["torque", "server", "--bind", "0.0.0.0:8080", "--optimize"]
