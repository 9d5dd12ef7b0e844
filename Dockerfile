# dixie's server with the demo models. Build: docker build -t dixie .
# Run: docker run -p 12345:12345 dixie
# Own models: mount them with a configuration and say --config_path; Amazon SageMaker needs neither.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libopenblas-dev libssl-dev zlib1g-dev libcurl4-openssl-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /dixie
# The tests too: the manifest names their folders, and is not believed without them.
COPY Package.swift ./
COPY Sources ./Sources
COPY Tests ./Tests
RUN swift build -c release --static-swift-stdlib --product server \
    && install -D .build/release/server /out/server

FROM debian:bookworm-slim
# scripts/check_runtime_image.sh reads the packages of this stage from the line below.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl3 zlib1g libcurl4 libstdc++6 ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home dixie

LABEL com.amazonaws.sagemaker.capabilities.multi-models=true \
      com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true

COPY --from=build /out/server /usr/local/bin/server
COPY server_config.json.sample /srv/dixie/server_config.json
# Where SageMaker asks, unless it says another port; the configuration's own port is for the rest.
ENV SAGEMAKER_BIND_TO_PORT=8080
COPY Examples/models /srv/dixie/Examples/models

WORKDIR /srv/dixie
USER dixie
# dixie's own port, and the one of `serve`.
EXPOSE 12345 8080
# Without curl in the image: a shell's own TCP. `serve` has its port from SageMaker, else 8080.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["bash", "-c", \
    "for port in ${SAGEMAKER_BIND_TO_PORT:-} 12345 8080; do exec 3<>/dev/tcp/127.0.0.1/$port && printf 'GET /ping HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.1 200' <&3 && exit 0; done 2>/dev/null; exit 1"]
ENTRYPOINT ["server"]
# `docker run IMAGE serve`, as SageMaker starts it, replaces this.
CMD ["--config_path", "server_config.json", "--host", "0.0.0.0", "--insecure"]
